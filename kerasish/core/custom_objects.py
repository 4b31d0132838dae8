"""Classes and functions of the user that a saved config may name.

Three places are searched, in this order: the `custom_objects` given to a loading
function, the open `CustomObjectScope`s, and what `register_keras_serializable` and
`get_custom_objects` hold for the whole process.
"""

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType, TracebackType
from typing import Any, TypeVar

from kerasish.core.errors import ArgumentError, ArgumentTypeError

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "custom_objects_in_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
]

T = TypeVar("T")

_by_name: dict[str, Any] = {}
_name_of: dict[Any, str] = {}
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_scoped: ContextVar[Mapping[str, Any]] = ContextVar("scoped", default=_NOTHING)


class CustomObjectScope:
    """Makes classes and functions known by name inside a `with` block.

    Scopes nest, the inner one winning, and hold for the current thread or task only.

    Args:
        custom_objects: Classes and functions by the name that configs give.

    Example:
        >>> with CustomObjectScope({"Square": float}):
        ...     get_registered_object("Square")
        <class 'float'>
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        if custom_objects is not None and not isinstance(custom_objects, Mapping):
            raise ArgumentTypeError(
                "`custom_objects` must be a dict from names to classes or functions. "
                f"Received: {custom_objects!r:.80} of type "
                f"{type(custom_objects).__name__}"
            )
        self.custom_objects = dict(custom_objects or {})
        self._tokens: list[Token[Mapping[str, Any]]] = []

    def __enter__(self) -> "CustomObjectScope":
        merged = {**_scoped.get(), **self.custom_objects}
        self._tokens.append(_scoped.set(merged))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _scoped.reset(self._tokens.pop())


custom_object_scope = CustomObjectScope


def custom_objects_in_scope() -> Mapping[str, Any]:
    """Returns the objects of the open scopes.

    Example:
        >>> dict(custom_objects_in_scope())
        {}
    """
    return _scoped.get()


def get_custom_objects() -> dict[str, Any]:
    """Returns the process-wide dict of registered objects, which may be changed.

    Example:
        >>> get_custom_objects()["Celsius"] = float
        >>> get_registered_object("Celsius")
        <class 'float'>
        >>> del get_custom_objects()["Celsius"]
    """
    return _by_name


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[T], T]:
    """Decorates a class or function so that saved models can name it.

    Args:
        package: A prefix that keeps names of different origins apart.
        name: The name; that of the class or function by default.

    Returns:
        A decorator that returns its argument unchanged.

    Raises:
        ArgumentError: If the object is neither a function nor a class with a
            `get_config` method.

    Example:
        >>> @register_keras_serializable(package="shapes")
        ... def cube(x): return x ** 3
        >>> get_registered_name(cube)
        'shapes>cube'
    """
    if not isinstance(package, str) or not package:
        raise ArgumentError(
            "`package` of `register_keras_serializable` must be a non-empty string; "
            f"decorate with parentheses. Received: package={package!r}"
        )

    def decorate(target: T) -> T:
        cls = inspect.isclass(target)
        if not callable(target) or (cls and not hasattr(target, "get_config")):
            raise ArgumentError(
                "A class must have a `get_config()` method to be registered, and "
                f"anything else must be callable. Received: {target!r}"
            )
        short = name if name is not None else getattr(target, "__name__", None)
        registered = f"{package}>{short}"
        _by_name[registered] = target
        _name_of[target] = registered
        return target

    return decorate


def get_registered_name(obj: Any) -> str:
    """Returns the name under which a class or function is registered, or its own.

    Args:
        obj: A class or function.

    Example:
        >>> get_registered_name(float)
        'float'
    """
    try:
        registered = _name_of.get(obj)
    except TypeError:  # not hashable
        registered = None
    return registered or str(getattr(obj, "__name__", type(obj).__name__))


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Returns the class or function known under a name, or None.

    Args:
        name: The name, with its package: `"shapes>cube"`.
        custom_objects: Objects to search first.
        module_objects: Objects to search last.

    Example:
        >>> get_registered_object("nobody") is None
        True
    """
    for table in (custom_objects, _scoped.get(), _by_name, module_objects):
        if table and name in table:
            return table[name]
    return None
