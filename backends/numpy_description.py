"""What computes on the CPU: which libraries are there, and how to get those missing."""

import importlib
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from kerasish.backends.llvm.cache import cache_folder
from kerasish.backends.llvm.library import has_llvm
from kerasish.backends.onednn import loading

__all__ = ["describe"]

EXTRA = 'pip install "kerasish[cpu]"'


def describe() -> dict[str, str]:
    """Returns the libraries of the NumPy backend, in words.

    Example:
        >>> sorted(describe())
        ['BLAS', 'LLVM', 'kernel cache', 'oneDNN', 'threads']
    """
    return {
        "oneDNN": _onednn(),
        "LLVM": _llvm(),
        "BLAS": _blas(),
        "threads": _threads(),
        "kernel cache": str(cache_folder()),
    }


def _onednn() -> str:
    found = loading.library()
    if found is not None:
        version = ".".join(map(str, found.version))
        return f"{version}, {found.instructions}, {found.path}"
    named = os.environ.get("KERASISH_ONEDNN")
    if named is not None:
        how = f"KERASISH_ONEDNN={named}" if named else "the empty KERASISH_ONEDNN"
        return f"not in use, because of {how}"
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return f"not found: {EXTRA}"
    return "not found: install oneDNN 3 and name its library in KERASISH_ONEDNN"


def _llvm() -> str:
    if not has_llvm():
        return f"not found: {EXTRA}"
    try:
        return f"by llvmlite {version('llvmlite')}"
    except PackageNotFoundError:  # there, but not by an installer
        return "by llvmlite"


def _blas() -> str:
    controller = importlib.import_module("threadpoolctl").ThreadpoolController()
    found = [
        f"{pool.internal_api} {pool.version or ''}".strip()
        for pool in controller.select(user_api="blas").lib_controllers
    ]
    return ", ".join(sorted(set(found))) or "not known to threadpoolctl"


def _threads() -> str:
    """Returns how many threads multiply: oneDNN's where it is there, else BLAS's."""
    pool = loading.threads()
    if pool is not None:
        return f"{pool.get_num_threads()} of OpenMP, on {os.cpu_count()} CPUs"
    controller = importlib.import_module("threadpoolctl").ThreadpoolController()
    pools = controller.select(user_api="blas").lib_controllers
    most = max((p.num_threads for p in pools), default=1)
    return f"{most} of BLAS, on {os.cpu_count()} CPUs"
