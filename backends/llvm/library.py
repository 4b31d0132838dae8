"""LLVM: from text to machine code, by llvmlite, the part of Numba that is needed.

Going to LLVM directly costs 15 to 60 ms a kernel where Numba's own front end takes
0.3 to 1.3 s, runs without the interpreter's lock, and leaves an object file that any
later process loads in a millisecond.
"""

import ctypes
import hashlib
import importlib
import importlib.util
import sys
import threading
from functools import cache
from typing import Any

from kerasish.backends.llvm.elements import LIBRARY
from kerasish.backends.llvm.team import SYMBOLS
from kerasish.backends.onednn import loading
from kerasish.core.errors import BackendError

__all__ = ["fingerprint", "has_half", "has_llvm", "load", "translate"]

FEATURES_HALF = "+f16c"
_lock = threading.Lock()
_engines: list[Any] = []  # own the machine code; never dropped


@cache
def has_llvm() -> bool:
    """Returns whether kernels can be compiled, without importing anything."""
    return importlib.util.find_spec("llvmlite") is not None


@cache
def _llvm() -> Any:
    if not has_llvm():
        raise BackendError(
            "Compiled kernels need the package llvmlite: pip install kerasish[cpu]"
        )
    made = importlib.import_module("llvmlite.binding")
    made.initialize_native_target()
    made.initialize_native_asmprinter()
    _offer_library(made)
    return made


def _offer_library(llvm: Any) -> None:
    """Tells LLVM where the functions of the C library are."""
    # Python itself is linked with it, except on Windows.
    here = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    for function in LIBRARY:
        pointer = ctypes.cast(getattr(here, function), ctypes.c_void_p)
        llvm.add_symbol(function, pointer.value)
    runtime = loading.runtime()
    for function in SYMBOLS if runtime is not None else ():
        pointer = ctypes.cast(getattr(runtime, function), ctypes.c_void_p)
        llvm.add_symbol(function, pointer.value)


@cache
def _target() -> tuple[str, str]:
    llvm = _llvm()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _machine() -> Any:
    cpu, features = _target()
    return (
        _llvm()
        .Target.from_default_triple()
        .create_target_machine(cpu=cpu, features=features, opt=3, reloc="pic")
    )


@cache
def fingerprint() -> str:
    """Returns what machine code depends on besides its source."""
    llvm = _llvm()
    parts = (*_target(), str(llvm.llvm_version_info), llvm.get_default_triple())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def has_half() -> bool:
    """Returns whether compiled kernels may convert float16."""
    return has_llvm() and FEATURES_HALF in _target()[1].split(",")


def translate(text: str) -> bytes:
    """Returns the object file of a source; other threads run meanwhile.

    Args:
        text: LLVM's intermediate language.
    """
    llvm = _llvm()
    with _lock:
        context = llvm.create_context()
        module = llvm.parse_assembly(text, context)
        module.verify()
        machine = _machine()
        tuning = llvm.create_pipeline_tuning_options(speed_level=3)
        tuning.loop_vectorization = True
        tuning.slp_vectorization = True
        builder = llvm.create_pass_builder(machine, tuning)
        builder.getModulePassManager().run(module, builder)
        return bytes(machine.emit_object(module))


def load(code: bytes, name: str = "kernel") -> int:
    """Returns the address of a function in an object file.

    Args:
        code: The object file.
        name: The function's name.
    """
    llvm = _llvm()
    with _lock:
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        _engines.append(engine)
        return int(engine.get_function_address(name))
