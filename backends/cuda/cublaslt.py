"""cublasLt through ctypes: products of matrices that a stream may capture.

CuPy's own matmul refuses to run in a capture, widens float16, has no stacks of bfloat16
and copies transposed operands. A call here takes its stream and workspace as arguments
and keeps no state. Numbers are those of `cublasLt.h`, version 13.
"""

import ctypes
import weakref
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from typing import Any, NamedTuple

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.core.config import matmul_precision

__all__ = ["Library", "Matrix", "Refused", "bind_product", "library"]

# cudaDataType, and the type in which products are summed up.
DTYPES = {"float16": 2, "bfloat16": 14, "float32": 0, "float64": 1}
SUM_FLOAT32, SUM_TF32, SUM_FLOAT64 = 68, 77, 70
NONE, RELU, BIAS = 1, 2, 4  # epilogues; they add up
TRANSPOSED_A, TRANSPOSED_B, EPILOGUE, BIAS_POINTER = 3, 4, 7, 8  # of a description
BATCH, BATCH_STRIDE = 5, 6  # of a layout
MOST_WORKSPACE, ALIGNMENTS = 1, (5, 6, 7, 8)  # of a preference: of A, B, C, D
ALIGNED = 256  # bytes, beyond which nothing is gained

_PREFIX = "cublasLtMatmul"
_POINTER, _SIZE = ctypes.c_void_p, ctypes.c_size_t
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "cublasLtCreate": (_POINTER,),
    "cublasLtDestroy": (_POINTER,),
    "cublasLtMatmul": (*[_POINTER] * 14, _SIZE, _POINTER),
    f"{_PREFIX}AlgoGetHeuristic": (*[_POINTER] * 7, ctypes.c_int, *[_POINTER] * 2),
    f"{_PREFIX}DescCreate": (_POINTER, ctypes.c_int, ctypes.c_int),
    f"{_PREFIX}DescDestroy": (_POINTER,),
    f"{_PREFIX}DescSetAttribute": (_POINTER, ctypes.c_int, _POINTER, _SIZE),
    f"{_PREFIX}PreferenceCreate": (_POINTER,),
    f"{_PREFIX}PreferenceDestroy": (_POINTER,),
    f"{_PREFIX}PreferenceSetAttribute": (_POINTER, ctypes.c_int, _POINTER, _SIZE),
    "cublasLtMatrixLayoutCreate": (
        *(_POINTER, ctypes.c_int, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_int64),
    ),
    "cublasLtMatrixLayoutDestroy": (_POINTER,),
    "cublasLtMatrixLayoutSetAttribute": (_POINTER, ctypes.c_int, _POINTER, _SIZE),
}


class Refused(Exception):
    """The library does not do what it was asked for."""


class _Found(ctypes.Structure):
    """An algorithm that the library proposes: `cublasLtMatmulHeuristicResult_t`."""

    _fields_ = [
        ("algorithm", ctypes.c_uint64 * 8),
        ("workspace", ctypes.c_size_t),
        ("state", ctypes.c_int),
        ("waves", ctypes.c_float),
        ("reserved", ctypes.c_int * 4),
    ]


class Library:
    """The loaded library, with a handle for each device.

    Args:
        calls: The shared object.
    """

    def __init__(self, calls: Any) -> None:
        self.calls = calls
        self._handles: dict[int, ctypes.c_void_p] = {}
        for name, signature in _SIGNATURES.items():
            getattr(calls, name).argtypes = signature
            getattr(calls, name).restype = ctypes.c_int

    def check(self, name: str, *args: Any) -> None:
        """Calls a function.

        Raises:
            Refused: If it returned a status that is no success.
        """
        status = getattr(self.calls, name)(*args)
        if status:
            raise Refused(f"cublasLt: `{name}` returned the status {status}.")

    def handle(self) -> ctypes.c_void_p:
        """Returns the handle for the current device."""
        number = int(device.library().cuda.runtime.getDevice())
        if number not in self._handles:
            made = ctypes.c_void_p()
            self.check("cublasLtCreate", ctypes.byref(made))
            self._handles[number] = made
        return self._handles[number]


@cache
def library() -> Library | None:
    """Returns the library, or None where there is none."""
    try:
        pathfinder = import_module("cuda.pathfinder")
        found = pathfinder.load_nvidia_dynamic_lib("cublasLt")
        return Library(ctypes.CDLL(found.abs_path))
    except (ImportError, OSError, RuntimeError):
        return None


class Matrix(NamedTuple):
    """Matrices as they lie in memory, in the library's words: by columns.

    Args:
        rows: Elements of a column.
        columns: How many columns.
        leading: Elements from one column to the next.
        is_turned: Whether our matrix is this one, not its transpose.
        stride: Elements from one matrix of a stack to the next.
    """

    rows: int
    columns: int
    leading: int
    is_turned: bool
    stride: int

    @classmethod
    def of(cls, x: Array, stack: tuple[int, ...]) -> "Matrix | None":
        """Returns how matrices lie, or None for one that cannot be told so.

        Args:
            x: Matrices along the last two axes.
            stack: The axes before them, to which those of `x` are broadcast.
        """
        stride = _stack_stride(x, stack)
        rows, columns = x.shape[-2:]
        down, along = (s // x.dtype.itemsize for s in x.strides[-2:])
        if stride is None or min(down, along) < 0:
            return None
        if along == 1 or columns == 1:
            leading = columns if rows == 1 else down
            if leading >= columns:
                return cls(columns, rows, leading, False, stride)
        if down == 1 or rows == 1:
            leading = rows if columns == 1 else along
            if leading >= rows:
                return cls(rows, columns, leading, True, stride)
        return None


def _stack_stride(x: Array, stack: tuple[int, ...]) -> int | None:
    """Returns the one stride of a stack of matrices, 0 where they are the same."""
    shape, strides = x.shape[:-2], [s // x.dtype.itemsize for s in x.strides[:-2]]
    missing = len(stack) - len(shape)
    pairs = [(n, 0) for n in stack[:missing]]
    for n, given, stride in zip(stack[missing:], shape, strides, strict=True):
        pairs.append((n, stride if given == n else 0))
    pairs = [(n, s) for n, s in pairs if n > 1]
    if not pairs:
        return 0
    count, step = pairs[-1]
    for n, s in reversed(pairs[:-1]):
        if s != step * count:
            return None
        count *= n
    return step if step >= 0 else None


class _Making:
    """The handles of one product, which are freed with it.

    Args:
        lib: The library.
    """

    def __init__(self, lib: Library) -> None:
        self.lib = lib
        self._made: list[tuple[str, ctypes.c_void_p]] = []
        weakref.finalize(self, _destroy, lib, self._made)

    def create(self, kind: str, *args: Any) -> ctypes.c_void_p:
        """Returns a handle: a "MatmulDesc", "MatrixLayout" or "MatmulPreference"."""
        made = ctypes.c_void_p()
        self.lib.check(f"cublasLt{kind}Create", ctypes.byref(made), *args)
        self._made.append((f"cublasLt{kind}Destroy", made))
        return made

    def set(self, kind: str, handle: Any, attribute: int, value: Any) -> None:
        """Sets an attribute of a handle to a number of C."""
        size = ctypes.sizeof(value)
        function = f"cublasLt{kind}SetAttribute"
        self.lib.check(function, handle, attribute, ctypes.byref(value), size)

    def layout(self, matrix: Matrix, dtype: str, count: int) -> ctypes.c_void_p:
        """Returns the handle of a layout of as many matrices."""
        sizes = matrix.rows, matrix.columns, matrix.leading
        made = self.create("MatrixLayout", DTYPES[dtype], *sizes)
        if count > 1:
            self.set("MatrixLayout", made, BATCH, ctypes.c_int32(count))
            stride = ctypes.c_int64(matrix.stride)
            self.set("MatrixLayout", made, BATCH_STRIDE, stride)
        return made


def _destroy(lib: Library, made: list[tuple[str, ctypes.c_void_p]]) -> None:
    for destroyer, handle in reversed(made):
        getattr(lib.calls, destroyer)(handle)


def bind_product(
    x1: Array,
    x2: Array,
    out: Array,
    bias: Array | None = None,
    activation: str | None = None,
) -> Callable[[], Any] | None:
    """Returns a step that computes `activation(x1 @ x2 + bias)`.

    Args:
        x1: Matrices `(..., rows, inner)`; all are of one float dtype.
        x2: Matrices `(..., inner, columns)`.
        out: Matrices `(..., rows, columns)`, of no gaps within a row.
        bias: Vector of the columns, or None.
        activation: "relu" or None.

    Returns:
        None if there is no library, or it refuses, or it cannot be told how they lie.
    """
    lib, stack = library(), out.shape[:-2]
    given = [Matrix.of(x, stack) for x in (x2, x1, out)]
    if lib is None or out.dtype.name not in DTYPES:
        return None
    if given[2] is None or given[2].is_turned:
        return None
    known = [m for m in given if m is not None]
    if len(known) < 3:
        return None
    count = int(out.size // (out.shape[-2] * out.shape[-1]))
    try:
        return _bound(lib, (x2, x1, out), known, count, bias, activation)
    except Refused:
        return None


def _bound(
    lib: Library,
    arrays: tuple[Array, Array, Array],
    matrices: list[Matrix],
    count: int,
    bias: Array | None,
    activation: str | None,
) -> Callable[[], Any]:
    """By columns our product is the turned one: of `x2` with `x1`."""
    making, dtype = _Making(lib), arrays[2].dtype.name
    wide = dtype == "float64"
    exact = SUM_FLOAT64 if wide else SUM_FLOAT32
    fast = dtype == "float32" and matmul_precision() != "highest"
    real = DTYPES["float64" if wide else "float32"]
    what = making.create("MatmulDesc", SUM_TF32 if fast else exact, real)
    for attribute, matrix in ((TRANSPOSED_A, matrices[0]), (TRANSPOSED_B, matrices[1])):
        turned = ctypes.c_int32(matrix.is_turned)
        making.set("MatmulDesc", what, attribute, turned)
    if bias is not None:
        ends = BIAS + (RELU if activation == "relu" else 0)
        making.set("MatmulDesc", what, EPILOGUE, ctypes.c_uint32(ends))
        pointer = ctypes.c_void_p(bias.data.ptr)
        making.set("MatmulDesc", what, BIAS_POINTER, pointer)
    layouts = [making.layout(m, dtype, count) for m in matrices]
    number = ctypes.c_double if wide else ctypes.c_float
    space = device.workspace()
    algorithm = _algorithm(making, what, layouts, arrays, space.nbytes)
    first, second, out = (x.data.ptr for x in arrays)
    one, zero = number(1), number(0)
    step = partial(
        _launch,
        lib.calls.cublasLtMatmul,
        *(lib.handle(), what, ctypes.byref(one), first, layouts[0]),
        *(second, layouts[1], ctypes.byref(zero), out, layouts[2], out, layouts[2]),
        *(ctypes.byref(algorithm.algorithm), space.data.ptr, space.nbytes),
    )
    step.kept = (making, arrays, bias, space)  # type: ignore[attr-defined]
    return step


def _launch(call: Any, *args: Any) -> None:
    status = call(*args, device.stream())
    if status:
        raise Refused(f"cublasLt: `cublasLtMatmul` returned the status {status}.")


def _algorithm(
    making: _Making, what: Any, layouts: list[Any], arrays: Any, space: int
) -> _Found:
    """Returns what the library takes for the fastest algorithm.

    Raises:
        Refused: If it has none.
    """
    wish = making.create("MatmulPreference")
    making.set("MatmulPreference", wish, MOST_WORKSPACE, ctypes.c_uint64(space))
    a, b, c = (_alignment(x) for x in arrays)
    for attribute, aligned in zip(ALIGNMENTS, (a, b, c, c), strict=True):
        making.set("MatmulPreference", wish, attribute, ctypes.c_uint32(aligned))
    found, count = _Found(), ctypes.c_int()
    left, right, out = layouts
    making.lib.check(
        f"{_PREFIX}AlgoGetHeuristic",
        *(making.lib.handle(), what, left, right, out, out, wish, 1),
        *(ctypes.byref(found), ctypes.byref(count)),
    )
    if not count.value:
        raise Refused("cublasLt has no algorithm for this product.")
    return found


def _alignment(x: Array) -> int:
    """Returns the largest power of two that divides an address."""
    return min(x.data.ptr & -x.data.ptr, ALIGNED) or ALIGNED
