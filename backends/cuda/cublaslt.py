"""cublasLt through ctypes: products of matrices that a stream may capture.

CuPy's own matmul refuses to run in a capture, widens float16, has no stacks of bfloat16
and copies transposed operands. A call here takes its stream and workspace as arguments
and keeps no state. Numbers are those of `cublasLt.h`, version 13.
"""

import ctypes
import weakref
from functools import cache
from typing import Any

from kerasish.backends.cuda import device, libraries
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.matrices import Matrix

__all__ = ["Found", "Library", "Making", "launch", "library"]

# cudaDataType, and the type in which products are summed up.
DTYPES = {"float16": 2, "bfloat16": 14, "float32": 0, "float64": 1}
SUM_FLOAT32, SUM_TF32, SUM_FLOAT64 = 68, 77, 70
RELU, BIAS, GELU, SUMS_OF_A = 2, 4, 32, 256  # epilogues; the first three add up
TRANSPOSED_A, TRANSPOSED_B, EPILOGUE, BIAS_POINTER = 3, 4, 7, 8  # of a description
BATCH, BATCH_STRIDE = 5, 6  # of a layout
MOST_WORKSPACE, ALIGNMENTS = 1, (5, 6, 7, 8)  # of a preference: of A, B, C, D

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


class Found(ctypes.Structure):
    """An algorithm that the library proposes: `cublasLtMatmulHeuristicResult_t`."""

    _fields_ = [
        ("algorithm", ctypes.c_uint64 * 8),
        ("workspace", ctypes.c_size_t),
        ("state", ctypes.c_int),
        ("waves", ctypes.c_float),
        ("reserved", ctypes.c_int * 4),
    ]


class Library(libraries.Library):
    """The loaded library, with a handle for each device.

    Args:
        calls: The shared object.
    """

    def __init__(self, calls: Any) -> None:
        super().__init__("cublasLt", calls, _SIGNATURES)
        self._handles: dict[int, ctypes.c_void_p] = {}

    def handle(self) -> ctypes.c_void_p:
        """Returns the handle for the current device."""
        number = int(device.library().cuda.runtime.getDevice())
        if number not in self._handles:
            made = ctypes.c_void_p()
            self.check("cublasLtCreate", ctypes.byref(made))
            self._handles[number] = made
        return self._handles[number]


def launch(call: Any, *args: Any) -> None:
    """Calls the function that launches a product, on the current stream.

    Raises:
        Refused: If it returned a status that is no success.
    """
    status = call(*args, device.stream())
    if status:
        raise Refused(f"cublasLt: `cublasLtMatmul` returned the status {status}.")


@cache
def library() -> Library | None:
    """Returns the library, or None where there is none."""
    calls = libraries.found("cublasLt")
    return None if calls is None else Library(calls)


class Making:
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
