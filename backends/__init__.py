"""The door to the kernels: which backend is current, and how to choose another.

Everything above asks `current()` for the backend of this moment and calls kernels on
it; nobody else imports an array library's backend module. A backend is chosen by, in
falling order, `backend_scope`, `set_backend`, the variable `KERASISH_BACKEND`, the key
`"backend"` of the config file; else it is NumPy.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.metadata import entry_points

if __name__ != "kerasish.backends":
    raise ImportError("Import this package as `kerasish.backends`.")

from kerasish.backends.base.backend import Array, Backend
from kerasish.core.config import load_config_file
from kerasish.core.errors import BackendError, suggest

__all__ = [
    "Array",
    "Backend",
    "available_backends",
    "backend_scope",
    "current",
    "get_backend",
    "set_backend",
]

BUILTIN = {
    "numpy": "kerasish.backends.numpy_backend:NumpyBackend",
    "cupy": "kerasish.backends.cupy_backend:CupyBackend",
}
ENTRY_POINT_GROUP = "kerasish.backends"

_loaded: dict[str, Backend] = {}
_default: list[Backend] = []
_scope: ContextVar[Backend | None] = ContextVar("backend", default=None)


def available_backends() -> list[str]:
    """Returns the names that `set_backend` accepts, installed or not.

    Example:
        >>> available_backends()[:2]
        ['cupy', 'numpy']
    """
    return sorted({*BUILTIN, *(e.name for e in _entry_points())})


def current() -> Backend:
    """Returns the backend that operations use at this moment.

    Example:
        >>> current().name
        'numpy'
    """
    scoped = _scope.get()
    if scoped is not None:
        return scoped
    if not _default:
        _default.append(get_backend(_configured_name()))
    return _default[0]


def get_backend(name: str | Backend) -> Backend:
    """Returns the one instance of a backend, loading it at first use.

    Args:
        name: A name of `available_backends()`, or a backend itself.

    Raises:
        BackendError: If the name is unknown, or its library or device is missing.
    """
    if isinstance(name, Backend):
        return name
    if name not in _loaded:
        _loaded[name] = _load(name)
    return _loaded[name]


def set_backend(backend: str | Backend) -> None:
    """Makes a backend the default of this process.

    Models made before keep their arrays: choose the backend first.

    Args:
        backend: A name of `available_backends()`, or a backend itself.

    Raises:
        BackendError: If the name is unknown, or its library or device is missing.
    """
    _default[:] = [get_backend(backend)]


@contextmanager
def backend_scope(name: str | Backend) -> Iterator[Backend]:
    """Uses another backend for the operations inside a `with` block.

    Args:
        name: A name of `available_backends()`, or a backend itself.

    Raises:
        BackendError: If the name is unknown, or its library or device is missing.

    Example:
        >>> with backend_scope("numpy") as backend:
        ...     backend.name
        'numpy'
    """
    backend = get_backend(name)
    token = _scope.set(backend)
    try:
        yield backend
    finally:
        _scope.reset(token)


def _configured_name() -> str:
    chosen = os.environ.get("KERASISH_BACKEND") or load_config_file().get("backend")
    return str(chosen) if chosen else "numpy"


def _entry_points() -> list:  # type: ignore[type-arg]
    return list(entry_points(group=ENTRY_POINT_GROUP))


def _load(name: str) -> Backend:
    target = BUILTIN.get(name)
    if target is None:
        for entry in _entry_points():
            if entry.name == name:
                target = entry.value
    if target is None:
        names = available_backends()
        raise BackendError(
            f"Unknown backend: {name!r}.{suggest(name, names)} "
            f"Known: {', '.join(names)}."
        )
    module, _, attribute = target.partition(":")
    made = getattr(import_module(module), attribute)()
    if not isinstance(made, Backend):
        raise BackendError(
            f"Backend {name!r} must be a subclass of `kerasish.backends.Backend`. "
            f"Received: {target} of type {type(made).__name__}"
        )
    return made
