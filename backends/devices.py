"""Devices: where operations run, and how much memory they may take there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kerasish.backends import Backend, backend_scope, current, get_backend
from kerasish.core.errors import ArgumentError, BackendError

__all__ = ["device", "memory_info", "set_memory_limit"]

BACKENDS = {"cpu": "numpy", "gpu": "cupy", "cuda": "cupy"}


@contextmanager
def device(device_name: str) -> Iterator[Backend]:
    """Runs operations on another device inside a `with` block.

    "cpu" is the NumPy backend, "gpu" the CuPy one. Tensors and variables stay where
    they were made: make a model and train it inside one block.

    Args:
        device_name: "cpu", "gpu", or "gpu:1" for the second GPU.

    Raises:
        ArgumentError: If there is no such device.
        BackendError: If its library is missing.

    Example:
        >>> with device("cpu") as backend:
        ...     backend.name
        'numpy'
    """
    kind, _, number = str(device_name).lower().partition(":")
    if kind not in BACKENDS or not (number or "0").isdecimal():
        raise ArgumentError(
            "`device_name` must be 'cpu', 'gpu' or the number of one, as 'gpu:1'. "
            f"Received: device_name={device_name!r}"
        )
    backend = get_backend(BACKENDS[kind])
    with backend_scope(backend), backend.on_device(int(number or 0)):
        yield backend


def set_memory_limit(limit: float | int | None) -> None:
    """Limits the memory that arrays of the current GPU may take.

    Args:
        limit: A fraction of the GPU's memory as a float up to 1.0, a number of bytes
            as an integer, or None for no limit.

    Raises:
        ArgumentError: If `limit` is none of these.
        BackendError: If the current backend computes in the host's memory.
    """
    _memory().set_limit(limit)


def memory_info() -> dict[str, int | None]:
    """Returns bytes of the current GPU: `used`, `held`, `free`, `total`, `limit`.

    `used` by arrays and `held` for them are parts of what is not `free`; plans that
    were captured hold memory of their own besides.

    Raises:
        BackendError: If the current backend computes in the host's memory.
    """
    found: dict[str, int | None] = _memory().info()._asdict()
    return found


def _memory() -> Any:
    backend = current()
    if backend.memory is None:
        raise BackendError(
            f"Backend {backend.name!r} computes in the host's memory, which is not "
            "counted. Choose a GPU first: `keras.config.set_backend('cupy')`."
        )
    return backend.memory
