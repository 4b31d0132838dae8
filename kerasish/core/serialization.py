"""Objects to plain data, in the JSON form of Keras 3.

An object becomes `{"module", "class_name", "config", "registered_name"}`, with
`build_config` and `compile_config` where it has them. Whatever cannot be read back is
refused here, while the file on disk is still the old one.
"""

import inspect
import numbers
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from kerasish.core.builtin_objects import builtin_key, is_builtin_function
from kerasish.core.codecs import encode
from kerasish.core.config_forms import lowest_common_config
from kerasish.core.custom_objects import get_registered_name
from kerasish.core.errors import SerializationError

__all__ = ["serialize_keras_object", "serialize_shared"]

# The numbers given to stateful objects in this call, by id, each with the object
# itself, which keeps the id from being used again.
_Numbers = dict[int, tuple[Any, int]]
_numbers: ContextVar[_Numbers | None] = ContextVar("shared_objects", default=None)


def serialize_shared(obj: Any) -> Any:
    """Serialises an object, marking objects with state that occur in it twice.

    All occurrences get the same `shared_object_id`, so that reading makes one object
    of them: a layer that two inner models share stays shared.

    Args:
        obj: What `serialize_keras_object` takes.

    Returns:
        Plain data.

    Raises:
        SerializationError: If there is no form for something in it.

    Example:
        >>> serialize_shared([1, None])
        [1, None]
    """
    token = _numbers.set({})
    try:
        data = serialize_keras_object(obj)
    finally:
        _numbers.reset(token)
    counts = Counter(_shared_ids(data))
    return _without_ids(data, {number for number, n in counts.items() if n == 1})


def serialize_keras_object(obj: Any) -> Any:
    """Turns an object into plain data that `deserialize_keras_object` reads.

    Args:
        obj: A number, string or None; a list, tuple or dict; a named function; an
            object with `get_config()`; or a value with a codec.

    Returns:
        Data that `json` can write.

    Raises:
        SerializationError: If there is no form for the object.

    Example:
        >>> serialize_keras_object(slice(1, 2))["class_name"]
        '__slice__'
    """
    if obj is None or isinstance(obj, bool | int | float | str):
        return obj
    if isinstance(obj, list):
        return [serialize_keras_object(part) for part in obj]
    if isinstance(obj, tuple):
        return tuple([serialize_keras_object(part) for part in obj])
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    marked = encode(obj)
    if marked is not None:
        return marked
    if isinstance(obj, numbers.Integral):
        return int(obj)
    if isinstance(obj, numbers.Real):
        return float(obj)
    if inspect.isclass(obj) or not hasattr(obj, "get_config"):
        return _serialize_function(obj)
    return _serialize_object(obj)


def _serialize_function(obj: Any) -> dict[str, Any]:
    """Writes a named function as its name, the module as Keras does."""
    if inspect.isfunction(obj) or is_builtin_function(obj):
        return {
            "module": "builtins",
            "class_name": "function",
            "config": get_registered_name(obj),
            "registered_name": "function",
        }
    raise SerializationError(
        f"{obj!r:.80} of type {type(obj).__name__} cannot be saved: it is neither "
        "plain data, nor a named function, nor an object with `get_config()`"
    )


def _serialize_object(obj: Any) -> dict[str, Any]:
    cls = type(obj)
    key = builtin_key(cls)
    if key is not None:
        module: str | None = key[0]
        name = key[1]
        registered = name if key[0].startswith("keras.src.") else None
    else:
        module = None if cls.__module__ == "__main__" else cls.__module__
        name, registered = cls.__name__, get_registered_name(cls)
    data = {
        "module": module,
        "class_name": name,
        "config": lowest_common_config(name, _plain_config(obj)),
        "registered_name": registered,
    }
    for part in ("build_config", "compile_config"):
        getter = getattr(obj, f"get_{part}", None)
        value = getter() if getter is not None else None
        if value is not None:
            data[part] = _plain(obj, part, value)
    return _numbered(obj, data)


def _plain_config(obj: Any) -> dict[str, Any]:
    config = obj.get_config()
    if not isinstance(config, dict):
        raise SerializationError(
            f"`get_config()` of `{type(obj).__name__}` must return a dict. "
            f"Received: {config!r:.80}"
        )
    return {key: _plain(obj, key, value) for key, value in config.items()}


def _plain(obj: Any, key: str, value: Any) -> Any:
    """Serialises one value of an object's config; an error says whose it is."""
    try:
        return serialize_keras_object(value)
    except SerializationError as error:
        if getattr(error, "has_owner", False):
            raise
        of = f"`{type(obj).__name__}` {getattr(obj, 'name', '')!r}"
        named = SerializationError(f"`{key}` in the config of {of}: {error}")
        named.has_owner = True  # type: ignore[attr-defined]
        raise named from error


def _numbered(obj: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Gives the data of an object with state the object's number."""
    numbers = _numbers.get()
    if numbers is not None and hasattr(obj, "save_own_variables"):
        number = numbers.setdefault(id(obj), (obj, len(numbers) + 1))[1]
        data["shared_object_id"] = number
    return data


def _shared_ids(data: Any) -> Iterator[int]:
    if isinstance(data, dict):
        if "shared_object_id" in data:
            yield data["shared_object_id"]
        for part in data.values():
            yield from _shared_ids(part)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from _shared_ids(part)


def _without_ids(data: Any, single: set[int]) -> Any:
    """Returns plain data without the ids of what occurs only once."""
    if isinstance(data, dict):
        return {
            key: _without_ids(value, single)
            for key, value in data.items()
            if not (key == "shared_object_id" and value in single)
        }
    if isinstance(data, list | tuple):
        return type(data)([_without_ids(part, single) for part in data])
    return data
