"""Plain data to objects, resolving every name by look-up only.

A name in a config is looked up in `builtin_objects` if its module is one of Keras',
and in `custom_objects` otherwise; what is in neither is refused. No module is
imported, no attribute is walked, and code is refused in safe mode.
"""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kerasish.core.builtin_objects import (
    builtin_names,
    find_class,
    find_function,
    is_builtin_module,
)
from kerasish.core.codecs import decode
from kerasish.core.config_forms import accepted_config
from kerasish.core.custom_objects import (
    CustomObjectScope,
    custom_objects_in_scope,
    get_custom_objects,
    get_registered_object,
)
from kerasish.core.errors import SerializationError, suggest
from kerasish.core.safe_mode import safe_mode_scope

__all__ = ["deserialize_keras_object"]

_PLAIN = (bool, int, float, str)
_built: ContextVar[dict[int, Any] | None] = ContextVar("built_objects", default=None)


def deserialize_keras_object(
    config: Any,
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool = True,
    *,
    module_objects: Mapping[str, Any] | None = None,
    printable_module_name: str = "object",
) -> Any:
    """Makes the object that `serialize_keras_object` described.

    Args:
        config: The data.
        custom_objects: Classes and functions by name, beside the registered ones.
        safe_mode: Whether code in the data is refused. Inside another loading call
            that call decides.
        module_objects: Where a name without a module is looked up, as in the older
            form `{"class_name": "glorot_uniform", "config": {}}`.
        printable_module_name: What to call the object in an error.

    Returns:
        The object.

    Raises:
        SerializationError: If a name is not known or a config does not fit its class.
        UnsafeModelError: If there is code in the data and safe mode is on.

    Example:
        >>> deserialize_keras_object({"class_name": "__bytes__",
        ...     "config": {"value": "ab"}})
        b'ab'
    """
    with CustomObjectScope(custom_objects), safe_mode_scope(safe_mode), _sharing():
        if module_objects is not None:
            return _build_by_name(config, module_objects, printable_module_name)
        if isinstance(config, str) and config in custom_objects_in_scope():
            return custom_objects_in_scope()[config]
        return _build(config)


@contextmanager
def _sharing() -> Iterator[None]:
    """Keeps shared objects for the length of the outermost call."""
    if _built.get() is not None:
        yield
        return
    token = _built.set({})
    try:
        yield
    finally:
        _built.reset(token)


def _build_by_name(config: Any, table: Mapping[str, Any], kind: str) -> Any:
    """Builds from the older form, which gives a name without a module."""
    name = config.get("class_name") if isinstance(config, dict) else config
    if isinstance(config, dict) and config.get("module") is not None:
        return _build(config)
    if not isinstance(name, str) or name == "function" or name.startswith("__"):
        return _build(config)
    found = get_registered_object(name, None, table)
    if found is None:
        hint = suggest(name, [key for key in table if isinstance(key, str)])
        raise SerializationError(f"Unknown {kind}: {name!r}.{hint}")
    if not inspect.isclass(found):
        return found
    return _from_config(found, config.get("config") if isinstance(config, dict) else {})


def _build(config: Any) -> Any:
    if config is None or isinstance(config, _PLAIN):
        return config
    if isinstance(config, list | tuple):
        return [_build(part) for part in config]
    if not isinstance(config, dict):
        raise SerializationError(
            "A config must be made of dicts, lists, strings and numbers. "
            f"Received: {config!r:.80} of type {type(config).__name__}"
        )
    if "class_name" not in config or "config" not in config:
        return {key: _build(value) for key, value in config.items()}
    name = config["class_name"]
    if not isinstance(name, str):
        raise _malformed("class_name", "a string", name)
    if name.startswith("__"):
        return decode(name, config["config"])
    if not isinstance(config.get("module"), str | None):
        raise _malformed("module", "a string or null", config["module"])
    if not isinstance(config.get("registered_name"), str | None):
        raise _malformed(
            "registered_name", "a string or null", config["registered_name"]
        )
    if name == "function":
        return _function(config)
    return _object(config)


def _function(config: dict[str, Any]) -> Any:
    name, module = config["config"], config.get("module")
    if not isinstance(name, str):
        raise _malformed("config", "the name of a function", name)
    found = get_registered_object(name) or find_function(module, name)
    if found is None or not callable(found):
        raise _not_found("function", name, module)
    return found


def _object(config: dict[str, Any]) -> Any:
    number = config.get("shared_object_id")
    built = _built.get()
    cls = _find_class(config)
    if number is not None and built is not None and number in built:
        if type(built[number]) is not cls:
            raise _malformed("shared_object_id", f"that of a {cls.__name__}", number)
        return built[number]
    instance = _from_config(cls, config["config"])
    if config.get("build_config") and not getattr(instance, "built", False):
        _call(instance, "build_from_config", config["build_config"])
    if config.get("compile_config"):
        _call(instance, "compile_from_config", config["compile_config"])
    if isinstance(number, int) and built is not None:
        built[number] = instance
    return instance


def _find_class(config: dict[str, Any]) -> type:
    name, module = config["class_name"], config.get("module")
    if is_builtin_module(module):
        found = find_class(module, name)
    else:
        found = _custom_class(name, config.get("registered_name"))
        if found is None and module is None and config.get("registered_name") is None:
            found = find_class(None, name)
    if found is None:
        raise _not_found("class", name, module)
    return found


def _custom_class(name: str, registered: str | None) -> type | None:
    """Finds a class of the user whose own or registered name is the one given."""
    for key in (registered, name):
        found = get_registered_object(key) if key else None
        if inspect.isclass(found):
            if name not in (found.__name__, str(key).rpartition(">")[2]):
                raise SerializationError(
                    f"The config names class {name!r} but is registered as {key!r}, "
                    f"which is `{found.__name__}`"
                )
            return found
    # Registered under another package than when it was saved.
    for key, value in get_custom_objects().items():
        if registered is None and key.endswith(f">{name}") and inspect.isclass(value):
            return value
    return None


def _from_config(cls: type, config: Any) -> Any:
    if not isinstance(config, dict):
        raise _malformed("config", f"a dict, for `{cls.__name__}`", config)
    maker = getattr(cls, "from_config", None)
    if maker is None:
        raise SerializationError(
            f"`{cls.__name__}` has no `from_config()` and cannot be built from a config"
        )
    try:
        return maker(accepted_config(cls, config))
    except (SerializationError, MemoryError):
        raise
    except Exception as error:
        raise SerializationError(
            f"`{cls.__name__}` could not be built from its config: {error} "
            f"Received: config={config!r:.500}"
        ) from error


def _call(instance: Any, method: str, config: Any) -> None:
    function = getattr(instance, method, None)
    if function is None:
        return
    try:
        function(config)
    except (SerializationError, MemoryError):
        raise
    except Exception as error:
        name = getattr(instance, "name", "")
        raise SerializationError(
            f"`{method}` of `{type(instance).__name__}` {name!r} failed: {error} "
            f"Received: config={config!r:.500}"
        ) from error


def _malformed(key: str, expected: str, value: Any) -> SerializationError:
    return SerializationError(
        f"`{key}` of a config must be {expected}. Received: {value!r:.80}"
    )


def _not_found(kind: str, name: str, module: str | None) -> SerializationError:
    if is_builtin_module(module):
        hint = suggest(name, builtin_names())
        return SerializationError(f"Unknown {kind} of `{module}`: {name!r:.80}.{hint}")
    of = f" of module {module!r:.80}" if module not in (None, "builtins") else ""
    return SerializationError(
        f"Could not locate {kind} {name!r:.80}{of}. If it is yours, pass "
        f"`custom_objects={{{name!r:.80}: ...}}` or decorate it with "
        "`@keras.saving.register_keras_serializable()` before loading."
    )
