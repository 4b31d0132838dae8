"""A product of matrices bound to memory, with what cublasLt does besides.

By columns our product `x1 @ x2` is the turned one, of `x2` with `x1`: the library's
operand A is `x2`, and its rows are our columns. So a bias along the rows of its result
is one of our columns, and what it sums of A for a bias's gradient are rows of `x2`.

The gradient of ReLU is no such end, though the library has one: it reads bits that the
product before has written. It would save a launch for each hidden layer, 11 in place of
13 for a step with two; but nobody has seen what the bits say of 0 and of NaN, and where
one product is refused the bits of the other would need kernels of their own.
"""

import ctypes
from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any, NamedTuple

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import choosing, cublaslt, device
from kerasish.backends.cuda.cublaslt import DTYPES, Found, Making
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.matrices import Matrix
from kerasish.core.config import matmul_precision

__all__ = ["NOTHING", "End", "are_dtypes", "bind_product"]

ALIGNED = 256  # bytes, beyond which nothing is gained
CANDIDATES = 8  # algorithms that are asked for where one is chosen by time
ACTIVATIONS = {None: 0, "relu": cublaslt.RELU, "gelu": cublaslt.GELU}


class End(NamedTuple):
    """What a product does besides.

    Args:
        bias: Vector of the columns that is added, or None.
        activation: What is done with the sum: "relu", "gelu" (with tanh) or None.
        sums: Vector of the columns that gets the sums of the rows of `x2`, or None.
    """

    bias: Array | None = None
    activation: str | None = None
    sums: Array | None = None

    @property
    def vector(self) -> Array | None:
        """The vector that the library is told of: it knows of one."""
        return self.sums if self.bias is None else self.bias

    @property
    def kind(self) -> int:
        """The library's number of it, 0 where nothing is done."""
        if self.sums is not None:
            return cublaslt.SUMS_OF_A
        return 0 if self.bias is None else cublaslt.BIAS + ACTIVATIONS[self.activation]


NOTHING = End()


def are_dtypes(operands: str, result: str) -> bool:
    """Returns whether the library multiplies operands of a dtype to one of another.

    Args:
        operands: Dtype name.
        result: Dtype name.

    Example:
        >>> are_dtypes("float16", "float16"), are_dtypes("float16", "float32")
        (True, True)
        >>> are_dtypes("float32", "float64"), are_dtypes("int32", "int32")
        (False, False)
    """
    wider = operands in ("bfloat16", "float16") and result == "float32"
    return operands in DTYPES and (operands == result or wider)


def bind_product(
    x1: Array, x2: Array, out: Array, end: End = NOTHING
) -> Callable[[], Any] | None:
    """Returns a step that computes `x1 @ x2`.

    Args:
        x1: Matrices `(..., rows, inner)`; all are of one float dtype, but that results
            of operands in half precision may be float32.
        x2: Matrices `(..., inner, columns)`.
        out: Matrices `(..., rows, columns)`, of no gaps within a row.
        end: What it does besides.

    Returns:
        None if there is no library, or it refuses, or it cannot be told how they lie.
    """
    lib, stack = cublaslt.library(), out.shape[:-2]
    given = [Matrix.of(x, stack) for x in (x2, x1, out)]
    if lib is None or not are_dtypes(x1.dtype.name, out.dtype.name):
        return None
    if given[2] is None or given[2].is_turned:
        return None
    known = [m for m in given if m is not None]
    if len(known) < 3:
        return None
    try:
        return _Product(Making(lib), (x2, x1, out), known, end).fastest()
    except Refused:
        return None


class _Product:
    """A product as the library knows it.

    Args:
        making: Makes and keeps the handles.
        arrays: A, B and the result.
        matrices: How they lie.
        end: What is done besides.
    """

    def __init__(
        self,
        making: Making,
        arrays: tuple[Array, Array, Array],
        matrices: list[Matrix],
        end: End,
    ) -> None:
        out = arrays[2]
        self._making, self._arrays, self._end = making, arrays, end
        self._count = int(prod(out.shape[:-2]))
        dtypes = [x.dtype.name for x in arrays]
        dtype = dtypes[0]
        self._space = device.workspace()
        fast = dtype == "float32" and matmul_precision() != "highest"
        wide = dtype == "float64"
        exact = cublaslt.SUM_FLOAT64 if wide else cublaslt.SUM_FLOAT32
        number = ctypes.c_double if wide else ctypes.c_float
        self._one, self._zero = number(1), number(0)
        kind = cublaslt.SUM_TF32 if fast else exact
        # What tells one problem from another: then the same algorithm is the fastest.
        aligned = tuple(map(_alignment, arrays))
        self._key = (kind, *dtypes, *matrices, self._count, end.kind, aligned)
        real = DTYPES["float64" if wide else "float32"]
        self._what = making.create("MatmulDesc", kind, real)
        pairs = zip(matrices, dtypes, strict=True)
        self._layouts = [making.layout(m, d, self._count) for m, d in pairs]
        self._describe(matrices)
        rows, inner = arrays[1].shape[-2:]
        self._size = self._count * rows * inner * out.shape[-1]

    def _describe(self, matrices: list[Matrix]) -> None:
        operands = (cublaslt.TRANSPOSED_A, cublaslt.TRANSPOSED_B)
        for attribute, matrix in zip(operands, matrices[:2], strict=True):
            self._tell(attribute, ctypes.c_int32(matrix.is_turned))
        if self._end.vector is not None:
            self._tell(cublaslt.EPILOGUE, ctypes.c_uint32(self._end.kind))
            self._point(self._end.vector.data.ptr)

    def _tell(self, attribute: int, value: Any) -> None:
        self._making.set("MatmulDesc", self._what, attribute, value)

    def _point(self, address: int) -> None:
        self._tell(cublaslt.BIAS_POINTER, ctypes.c_void_p(address))

    def fastest(self) -> Callable[[], Any]:
        """Returns a step by the fastest algorithm.

        Raises:
            Refused: If the library has none.
        """
        found = self._algorithms(CANDIDATES if choosing.pays(self._size) else 1)
        step = self._step(found[self._best(found)], self._arrays[2].data.ptr)
        step.kept = (self._making, self._arrays, self._end, self._space)  # type: ignore[attr-defined]
        return step

    def _best(self, found: list[Found]) -> int:
        """Returns which algorithm is the fastest, tried on memory of nobody's."""
        if len(found) == 1:
            return 0
        out, sums = self._arrays[2], self._end.sums
        ends = (n * s for n, s in zip(out.shape, out.strides, strict=True))
        scratch = device.empty((max(ends),), "uint8")
        summed = None if sums is None else device.empty(sums.shape, sums.dtype)
        if summed is not None:
            self._point(summed.data.ptr)
        steps = [self._step(each, scratch.data.ptr) for each in found]
        best = choosing.fastest(self._key, steps)
        if sums is not None:
            self._point(sums.data.ptr)
        return best

    def _step(self, found: Found, out: int) -> "partial[None]":
        lib, space = self._making.lib, self._space
        (a, b, _), (left, right, made) = self._arrays, self._layouts
        return partial(
            cublaslt.launch,
            lib.calls.cublasLtMatmul,
            *(lib.handle(), self._what, ctypes.byref(self._one)),
            *(a.data.ptr, left, b.data.ptr, right, ctypes.byref(self._zero)),
            *(out, made, out, made, ctypes.byref(found.algorithm)),
            *(space.data.ptr, space.nbytes),
        )

    def _algorithms(self, count: int) -> list[Found]:
        """Returns algorithms, first what the library takes for the fastest."""
        making, space = self._making, ctypes.c_uint64(self._space.nbytes)
        wish = making.create("MatmulPreference")
        making.set("MatmulPreference", wish, cublaslt.MOST_WORKSPACE, space)
        a, b, c = map(_alignment, self._arrays)
        for attribute, aligned in zip(cublaslt.ALIGNMENTS, (a, b, c, c), strict=True):
            making.set("MatmulPreference", wish, attribute, ctypes.c_uint32(aligned))
        found, number = (Found * count)(), ctypes.c_int()
        left, right, out = self._layouts
        making.lib.check(
            "cublasLtMatmulAlgoGetHeuristic",
            *(making.lib.handle(), self._what, left, right, out, out, wish, count),
            *(found, ctypes.byref(number)),
        )
        if not number.value:
            raise Refused("cublasLt has no algorithm for this product.")
        return list(found[: number.value])


def _alignment(x: Array) -> int:
    """Returns the largest power of two that divides an address."""
    return min(x.data.ptr & -x.data.ptr, ALIGNED) or ALIGNED
