"""oneDNN through its C interface: matrix products with bias and activation.

The library is found in `KERASISH_ONEDNN`, in the environment's `lib` folder, where the
wheel `onednn-cpu-gomp` puts it, or as the system's `libdnnl.so.3`. Without it, or where
it refuses a shape, `bind_matmul` returns None and NumPy does the product.

Numbers below are those of `dnnl_types.h`, C ABI 3. Every call returns a status, which
`_check` turns into an error; every handle is destroyed with the object that holds it.
"""

import ctypes
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "ELTWISE",
    "Library",
    "Threads",
    "bind_matmul",
    "library",
    "runtime",
    "threads",
]

FLOAT32 = 3
CPU = 1
IN_ORDER = 1
SOURCE, WEIGHTS, BIAS, DESTINATION = 1, 33, 41, 17
SPINS = "20000"  # about 0.5 ms
LARGE = 65536  # elements of a matrix by which BLAS multiplies one row in half the time
ELTWISE = {"relu": 0x20, "tanh": 0x21, "sigmoid": 0x29}


class Library:
    """The loaded library with an engine and a stream.

    Args:
        path: The shared object.

    Raises:
        OSError: If it cannot be loaded, or is of another ABI.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        with _brief_spins():
            self.calls = ctypes.CDLL(path)
        self.version = self._version()
        if self.version[0] != 3:
            raise OSError(f"{path} is oneDNN {self.version}; version 3 is needed.")
        self.engine = self._made("dnnl_engine_create", CPU, ctypes.c_size_t(0))
        self.stream = self._made("dnnl_stream_create", self.engine, IN_ORDER)
        self.execute = self.calls["dnnl_primitive_execute"]  # a function of our own
        self.execute.restype = _executed

    def _version(self) -> tuple[int, int, int]:
        class Version(ctypes.Structure):
            _fields_ = [(n, ctypes.c_int) for n in ("major", "minor", "patch")]

        self.calls.dnnl_version.restype = ctypes.POINTER(Version)
        found = self.calls.dnnl_version().contents
        return found.major, found.minor, found.patch

    def _made(self, function: str, *args: Any) -> ctypes.c_void_p:
        """Returns the handle that a function writes to its first argument."""
        handle = ctypes.c_void_p()
        _check(getattr(self.calls, function)(ctypes.byref(handle), *args), function)
        return handle

    def describe(self, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
        """Returns a memory descriptor of float32 numbers; strides count elements."""
        return self._made(
            "dnnl_memory_desc_create_with_strides",
            len(shape),
            _dims(shape),
            FLOAT32,
            _dims(strides),
        )

    def memory(self, descriptor: Any, array: np.ndarray) -> Any:
        """Returns a memory object over an array, which must stay alive."""
        return self._made(
            "dnnl_memory_create",
            descriptor,
            self.engine,
            ctypes.c_void_p(array.ctypes.data),
        )


class _Argument(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("memory", ctypes.c_void_p)]


@cache
def library() -> Library | None:
    """Returns the library, or None where there is none."""
    for path in _candidates():
        try:
            return Library(path)
        except OSError:
            continue
    return None


def threads() -> "Threads | None":
    """Returns the threads of the library; None without a library or its runtime."""
    return Threads(runtime()) if library() and runtime() else None


def _stay_alone() -> None:
    """Holds a forked process to one thread: the others of the pool are not there."""
    if runtime.cache_info().currsize and runtime() is not None:
        runtime().omp_set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_stay_alone)


class Threads:
    """The number of threads that products use, for each thread that calls them."""

    def __init__(self, openmp: Any) -> None:
        # By `PyDLL`: the calls are too short to let other threads run.
        held = ctypes.PyDLL(None, handle=openmp._handle)
        self.get_num_threads = held.omp_get_max_threads
        self.set_num_threads = held.omp_set_num_threads


def bind_matmul(
    x1: np.ndarray,
    x2: np.ndarray,
    out: np.ndarray,
    bias: np.ndarray | None = None,
    activation: str | None = None,
) -> Callable[[], Any] | None:
    """Returns a function that computes `activation(x1 @ x2 + bias)` into `out`.

    Args:
        x1: Matrix `(rows, inner)`, of any strides.
        x2: Matrix `(inner, columns)`, of any strides.
        out: Matrix `(rows, columns)`.
        bias: Vector of the columns, or None.
        activation: "relu", "tanh", "sigmoid" or None.

    Returns:
        A function without arguments; None if the library is missing or refuses.
    """
    found = library()
    arrays = [x1, x2, out, *([] if bias is None else [bias])]
    if found is None or any(a.dtype != np.float32 or not a.size for a in arrays):
        return None
    if bias is not None and not bias.flags.c_contiguous:
        return None
    if len(x1) == 1 and x2.size >= LARGE:
        return None
    try:
        return _bound(found, x1, x2, out, bias, activation)
    except _Refused:
        return None


def _bound(
    lib: Library,
    x1: np.ndarray,
    x2: np.ndarray,
    out: np.ndarray,
    bias: np.ndarray | None,
    activation: str | None,
) -> Callable[[], Any]:
    made: list[tuple[str, Any]] = []

    def keep(destroy: str, handle: Any) -> Any:
        made.append((destroy, handle))
        return handle

    descriptors = [
        keep("dnnl_memory_desc_destroy", lib.describe(a.shape, _strides(a)))
        for a in (x1, x2, out)
    ]
    row = None
    if bias is not None:
        row = lib.describe((1, bias.size), (bias.size, 1))
        keep("dnnl_memory_desc_destroy", row)
    attributes = lib._made("dnnl_primitive_attr_create")
    keep("dnnl_primitive_attr_destroy", attributes)
    if activation is not None:
        _add_activation(lib, attributes, ELTWISE[activation], keep)
    first, second, result = descriptors
    description = lib._made(
        "dnnl_matmul_primitive_desc_create",
        lib.engine,
        first,
        second,
        row,
        result,
        attributes,
    )
    keep("dnnl_primitive_desc_destroy", description)
    primitive = lib._made("dnnl_primitive_create", description)
    keep("dnnl_primitive_destroy", primitive)
    places = [
        (SOURCE, first, x1),
        (WEIGHTS, second, x2),
        (DESTINATION, result, out),
        *([] if bias is None else [(BIAS, row, bias)]),
    ]
    arguments = (_Argument * len(places))()
    for argument, (kind, descriptor, array) in zip(arguments, places, strict=True):
        argument.kind = kind
        memory = keep("dnnl_memory_destroy", lib.memory(descriptor, array))
        argument.memory = memory.value
    step = _Execution(lib.execute, primitive, lib.stream, len(places), arguments)
    step.arrays = [array for _, _, array in places]
    weakref.finalize(step, _destroy, lib, made)
    return step


class _Execution(partial):  # type: ignore[type-arg]
    """One primitive bound to its memory, which it keeps; calling it runs it."""

    arrays: list[np.ndarray]
    is_native = True


def _executed(status: int) -> None:
    if status:
        _check(status, "dnnl_primitive_execute")


def _add_activation(lib: Library, attributes: Any, kind: int, keep: Any) -> None:
    steps = keep("dnnl_post_ops_destroy", lib._made("dnnl_post_ops_create"))
    zero = ctypes.c_float(0.0)
    _check(lib.calls.dnnl_post_ops_append_eltwise(steps, kind, zero, zero), "eltwise")
    _check(lib.calls.dnnl_primitive_attr_set_post_ops(attributes, steps), "post_ops")


def _destroy(lib: Library, made: list[tuple[str, Any]]) -> None:
    for destroy, handle in reversed(made):
        getattr(lib.calls, destroy)(handle)


class _Refused(Exception):
    """The library does not do what it was asked for."""


def _check(status: int, function: str) -> None:
    if status:
        raise _Refused(f"oneDNN: `{function}` returned the status {status}.")


def _dims(sizes: tuple[int, ...]) -> Any:
    return (ctypes.c_int64 * 12)(*sizes)


def _strides(array: np.ndarray) -> tuple[int, ...]:
    return tuple(n // array.itemsize for n in array.strides)


@cache
def runtime() -> Any:
    """Returns the library of OpenMP that oneDNN uses, or None."""
    for name in ("libgomp.so.1", "libomp.so", "libomp.dylib"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


@contextmanager
def _brief_spins() -> Iterator[None]:
    """Lets a runtime that is loaded inside give up its core early when it waits.

    By default libgomp spins for some ms, and for as long nobody gets the core that the
    thread it waits for may need. It reads its settings when it is loaded.
    """
    if any(name in os.environ for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")):
        yield
        return
    os.environ["GOMP_SPINCOUNT"] = SPINS
    try:
        yield
    finally:
        del os.environ["GOMP_SPINCOUNT"]


def _candidates() -> list[str]:
    named = os.environ.get("KERASISH_ONEDNN")
    if named is not None:
        return [named] if named else []
    inside = [Path(p) / "lib" / "libdnnl.so.3" for p in (sys.prefix, sys.base_prefix)]
    return [*(str(p) for p in inside if p.exists()), "libdnnl.so.3"]
