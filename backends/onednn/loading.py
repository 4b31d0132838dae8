"""The library: where it is found, its engine, its threads.

oneDNN is looked for in `KERASISH_ONEDNN`, in the environment's `lib` folder, where the
wheel `onednn-cpu-gomp` puts it, and as the system's `libdnnl.so.3`. Its C ABI must be
that of version 3. Every call returns a status, which `check` turns into an error.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

__all__ = [
    "Library",
    "Refused",
    "Threads",
    "check",
    "executed",
    "library",
    "runtime",
    "threads",
]

CPU = 1
INSTRUCTIONS = {
    0x1: "SSE4.1",
    0x3: "AVX",
    0x7: "AVX2",
    0xF: "AVX2 VNNI",
    0x1F: "AVX2 VNNI 2",
    0x27: "AVX-512",
    0x67: "AVX-512 VNNI",
    0xE7: "AVX-512 BF16",
    0x1EF: "AVX-512 FP16",
    0xFEF: "AMX",
    0x1FEF: "AMX FP16",
}
IN_ORDER = 1
SPINS = "20000"  # about 0.5 ms


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
        self.engine = self.make("dnnl_engine_create", CPU, ctypes.c_size_t(0))
        self.stream = self.make("dnnl_stream_create", self.engine, IN_ORDER)
        self.execute = self.calls["dnnl_primitive_execute"]  # a function of our own
        self.execute.restype = executed

    def _version(self) -> tuple[int, int, int]:
        class Version(ctypes.Structure):
            _fields_ = [(n, ctypes.c_int) for n in ("major", "minor", "patch")]

        self.calls.dnnl_version.restype = ctypes.POINTER(Version)
        found = self.calls.dnnl_version().contents
        return found.major, found.minor, found.patch

    @property
    def instructions(self) -> str:
        """The instruction set that kernels are made for."""
        return INSTRUCTIONS.get(self.calls.dnnl_get_effective_cpu_isa(), "unknown")

    def make(self, function: str, *args: Any) -> ctypes.c_void_p:
        """Returns the handle that a function writes to its first argument."""
        handle = ctypes.c_void_p()
        check(getattr(self.calls, function)(ctypes.byref(handle), *args), function)
        return handle


def executed(status: int) -> None:
    """Raises an error where a primitive's run returned a status."""
    if status:
        check(status, "dnnl_primitive_execute")


class Refused(Exception):
    """The library does not do what it was asked for."""


def check(status: int, function: str) -> None:
    """Raises `Refused` where a function returned a status that is no success.

    Args:
        status: What it returned.
        function: Its name, for the message.
    """
    if status:
        raise Refused(f"oneDNN: `{function}` returned the status {status}.")


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
