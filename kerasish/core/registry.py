"""The door to everything that is named in configs: registering, writing, reading.

`Serializable` is the base of layers, losses, metrics, optimizers and the like, and
`resolve` what their `get()` functions are made of.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Self

from kerasish.core.builtin_objects import (
    register_builtin_class,
    register_builtin_functions,
)
from kerasish.core.codecs import register_codec
from kerasish.core.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from kerasish.core.deserialization import deserialize_keras_object
from kerasish.core.errors import ArgumentError, unknown
from kerasish.core.naming import to_snake_case
from kerasish.core.revision import VOLATILE, revise
from kerasish.core.safe_mode import (
    enable_unsafe_deserialization,
    in_safe_mode,
    safe_mode_scope,
)
from kerasish.core.serialization import serialize_keras_object, serialize_shared

__all__ = [
    "CustomObjectScope",
    "Serializable",
    "custom_object_scope",
    "deserialize_keras_object",
    "enable_unsafe_deserialization",
    "find_named",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "in_safe_mode",
    "register_builtin_class",
    "register_builtin_functions",
    "register_codec",
    "register_keras_serializable",
    "resolve",
    "safe_mode_scope",
    "serialize_keras_object",
    "serialize_shared",
]


class Serializable:
    """Base of objects that `get_config` describes and `from_config` makes again.

    Public classes defined inside kerasish are registered under Keras' name for their
    module when they are defined; a class attribute `_public_module` overrides it.

    Example:
        >>> class Point(Serializable):
        ...     def __init__(self, x): self.x = x
        ...     def get_config(self): return {"x": self.x}
        >>> Point.from_config(Point(3).get_config()).x
        3
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        inside = cls.__module__.partition(".")[0] == "kerasish"
        local = "<locals>" in cls.__qualname__
        if inside and not local and not cls.__name__.startswith("_"):
            register_builtin_class(cls)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name not in VOLATILE:
            revise()

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes an object from what `get_config` returned.

        Args:
            config: The constructor's arguments.
        """
        return cls(**config)


def find_named(
    kind: str,
    name: str,
    table: Mapping[str, Any],
    custom_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Returns the class or function that a name means, without making anything of it.

    Args:
        kind: What is looked for, for the error: `"optimizer"`.
        name: The name, matched as given, then without regard to case and underscores.
        table: Classes and functions by name.
        custom_objects: Further classes and functions by name.

    Raises:
        ArgumentError: If the name is unknown, with the nearest one.

    Example:
        >>> find_named("activation", "ReLU", {"relu": abs}) is abs
        True
    """
    with CustomObjectScope(custom_objects):
        found = get_registered_object(name, None, _AnyCase(table))
    if found is None:
        raise unknown(kind, name, table)
    return found


def resolve(
    kind: str,
    identifier: Any,
    table: Mapping[str, Any],
    base: type | tuple[type, ...] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Returns the object that an argument such as `optimizer="adam"` means.

    Args:
        kind: What is looked for, for the error: `"optimizer"`.
        identifier: None, a name, a config dict, a class, an instance or a callable.
        table: Classes (which are instantiated) and functions by name. Names are
            matched as given, then without regard to case and underscores.
        base: The class or classes of which instances are accepted; callables are
            accepted in any case when it is None.
        custom_objects: Further classes and functions by name.

    Returns:
        None for None, or the object.

    Raises:
        ArgumentError: If the name is unknown, with the nearest one, or the
            identifier is of another kind.
        SerializationError: If a config dict cannot be read.

    Example:
        >>> resolve("activation", "relu", {"relu": abs}) is abs
        True
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        found = find_named(kind, identifier, table, custom_objects)
    elif isinstance(identifier, dict):
        found = deserialize_keras_object(
            identifier,
            custom_objects,
            in_safe_mode(),
            module_objects=_AnyCase(table),
            printable_module_name=kind,
        )
    else:
        found = identifier
    if inspect.isclass(found):
        if base is not None and not issubclass(found, base):
            raise _wrong(kind, identifier, base)
        found = found()
    if not callable(found) and (base is None or not isinstance(found, base)):
        raise _wrong(kind, identifier, base)
    return found


class _AnyCase(Mapping[str, Any]):
    """A table that also finds names in another case, or with other underscores."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table

    def __getitem__(self, name: str) -> Any:
        if name in self._table:
            return self._table[name]
        wanted = to_snake_case(name).replace("_", "")
        for key, value in self._table.items():
            if key.replace("_", "").lower() == wanted:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def _wrong(kind: str, identifier: Any, base: Any) -> ArgumentError:
    bases = base if isinstance(base, tuple) else (base,) if base else ()
    names = " or ".join(f"`{b.__name__}`" for b in bases) or "callable"
    return ArgumentError(
        f"A {kind} must be None, a name, a config dict or a {names}. "
        f"Received: {identifier!r:.80} of type {type(identifier).__name__}"
    )
