"""NVIDIA's libraries through ctypes: found, given their signatures, asked politely."""

import ctypes
from collections.abc import Mapping
from importlib import import_module
from typing import Any

__all__ = ["Library", "Refused", "found"]


class Refused(Exception):
    """A library does not do what it was asked for."""


class Library:
    """A loaded library, whose functions return 0 for success.

    Args:
        name: What it is called, for errors.
        calls: The shared object.
        signatures: The types of the arguments of each function that is used.
    """

    def __init__(
        self, name: str, calls: Any, signatures: Mapping[str, tuple[Any, ...]]
    ) -> None:
        self.name = name
        self.calls = calls
        for function, signature in signatures.items():
            getattr(calls, function).argtypes = signature
            getattr(calls, function).restype = ctypes.c_int

    def check(self, function: str, *args: Any) -> None:
        """Calls a function.

        Raises:
            Refused: If it returned a status that is no success.
        """
        status = getattr(self.calls, function)(*args)
        if status:
            raise Refused(f"{self.name}: `{function}` returned the status {status}.")


def found(*names: str) -> Any:
    """Returns the last of some libraries, of which each needs those before it.

    Args:
        *names: What NVIDIA calls them, as "cublasLt".

    Returns:
        The shared object, or None where one is missing.
    """
    try:
        pathfinder = import_module("cuda.pathfinder")
        places = [pathfinder.load_nvidia_dynamic_lib(name) for name in names]
        return ctypes.CDLL(places[-1].abs_path)
    except (ImportError, OSError, RuntimeError):
        return None
