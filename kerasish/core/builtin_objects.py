"""The classes and functions of kerasish that a saved config may name.

Two dictionaries, filled when kerasish's own modules are imported and keyed by Keras'
public module and the name, as in `("keras.layers", "Dense")`. A config is resolved by
a look-up here and nowhere else: no module named in a file is ever imported.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = [
    "ROOMS",
    "builtin_key",
    "builtin_names",
    "find_class",
    "find_function",
    "is_builtin_function",
    "is_builtin_module",
    "public_module",
    "register_builtin_class",
    "register_builtin_functions",
    "set_builtin_loader",
]

ROOMS = (
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "initializers",
    "regularizers",
    "constraints",
    "activations",
    "models",
    "random",
    "dtype_policies",
    "ops",
)

# Names that Keras also exports at its top, which is what it then writes.
_TOP_LEVEL = (
    "DTypePolicy",
    "FloatDTypePolicy",
    "Initializer",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Quantizer",
    "Regularizer",
    "Sequential",
)
_SCHEDULES = "keras.optimizers.schedules"
_PUBLIC = frozenset(
    {"keras", _SCHEDULES, "keras.utils", "keras.saving"}
    | {f"keras.{room}" for room in ROOMS}
)
_INTERNAL = re.compile(r"keras\.(src|engine)(\.[a-z][a-z0-9_]*)+", re.ASCII)
# Where functions are looked for when a config gives no public module.
_FUNCTION_ROOMS = ("activations", "losses", "metrics", "initializers", "ops")

_classes: dict[tuple[str, str], type] = {}
_functions: dict[tuple[str, str], Callable[..., Any]] = {}
_keys: dict[type, tuple[str, str]] = {}
_loader: list[Callable[[], object]] = []


def public_module(cls: type) -> str:
    """Returns the module that Keras writes for a class of this name.

    A class attribute `_public_module` overrides it; it is not inherited.

    Args:
        cls: A class defined in kerasish, or any stand-in with its `__module__`.

    Example:
        >>> class Dense: __module__ = "kerasish.layers.core.dense"
        >>> public_module(Dense)
        'keras.layers'
    """
    given = cls.__dict__.get("_public_module")
    if given is not None:
        return str(given)
    if cls.__name__ in _TOP_LEVEL:
        return "keras"
    parts = cls.__module__.split(".")[1:]
    if parts[:1] == ["models"]:
        return "keras.src.models." + ".".join(parts[1:])
    if parts[:1] == ["optimizers"] and any("schedule" in part for part in parts):
        return _SCHEDULES
    room = next((part for part in parts if part in ROOMS), "")
    return f"keras.{room}" if room else "keras"


def register_builtin_class(
    cls: type, module: str | None = None, name: str | None = None
) -> None:
    """Lets configs name a class of kerasish.

    Args:
        cls: The class.
        module: Keras' module for it; `public_module(cls)` by default.
        name: Its name in configs; `cls.__name__` by default.
    """
    key = (module or public_module(cls), name or cls.__name__)
    _classes[key] = cls
    _keys.setdefault(cls, key)


def register_builtin_functions(
    module: str, functions: Mapping[str, Callable[..., Any]]
) -> None:
    """Lets configs name functions of kerasish.

    Args:
        module: Keras' public module, as in `"keras.activations"`.
        functions: The functions by the name that configs give.

    Example:
        >>> register_builtin_functions("keras.constraints", {"identity": id})
        >>> find_function("keras.constraints", "identity") is id
        True
    """
    for name, function in functions.items():
        _functions[module, name] = function


def is_builtin_module(module: object) -> bool:
    """Returns whether a module string of a config means kerasish's own objects.

    Args:
        module: What stands in the config, of any type.

    Example:
        >>> is_builtin_module("keras.layers"), is_builtin_module("keras.evil")
        (True, False)
    """
    if not isinstance(module, str):
        return False
    return module in _PUBLIC or _INTERNAL.fullmatch(module) is not None


def find_class(module: str | None, name: str) -> type | None:
    """Finds a class of kerasish from what a config says of it, or returns None.

    The modules that other versions and backends of Keras write, such as
    `keras.src.backend.torch.optimizers.torch_adam`, are understood by the room they
    name; without a module the name must be that of one class only.

    Args:
        module: The config's module, or None.
        name: The config's class name.

    Example:
        >>> find_class("os", "system") is None
        True
    """
    if module is not None and not is_builtin_module(module):
        return None
    found = _classes.get((module or "", name))
    if found is not None:
        return found
    _load_rooms()
    found = _classes.get((module or "", name))
    return found or _only_one(_classes, name, _modules_like(module))


def find_function(module: str | None, name: str) -> Callable[..., Any] | None:
    """Finds a function of kerasish from what a config says of it, or returns None.

    Args:
        module: The config's module: public, `"builtins"` (Keras writes it for every
            function) or None.
        name: The function's name.

    Example:
        >>> find_function("os", "system") is None
        True
    """
    _load_rooms()
    if module in (None, "builtins", "keras"):
        for room in _FUNCTION_ROOMS:
            found = _functions.get((f"keras.{room}", name))
            if found is not None:
                return found
        return None
    if not is_builtin_module(module):
        return None
    function = _only_one(_functions, name, _modules_like(str(module)))
    return function if callable(function) else None


def builtin_key(cls: type) -> tuple[str, str] | None:
    """Returns the module and name that configs give for a class of kerasish.

    Args:
        cls: Any class.

    Example:
        >>> builtin_key(float) is None
        True
    """
    return _keys.get(cls)


def is_builtin_function(obj: Any) -> bool:
    """Returns whether an object is registered as a function of kerasish.

    Args:
        obj: Anything.

    Example:
        >>> is_builtin_function(print)
        False
    """
    return any(obj is function for function in _functions.values())


def builtin_names() -> list[str]:
    """Returns the names of all registered classes and functions, for suggestions.

    Example:
        >>> "no_such_name" in builtin_names()
        False
    """
    _load_rooms()
    return sorted({name for _, name in (*_classes, *_functions)})


def set_builtin_loader(load: Callable[[], object]) -> None:
    """Tells how the rooms of kerasish that are not imported yet are imported.

    Rooms are imported when they are first used, but a config may name what is in any
    of them. The package sets this once; it is called at the first look-up that finds
    nothing.

    Args:
        load: Imports all rooms that register classes or functions.
    """
    _loader[:] = [load]


def _load_rooms() -> None:
    if _loader:
        _loader.pop()()


def _modules_like(module: str | None) -> Iterable[str]:
    """Returns the registered modules that a module string may stand for."""
    known = {key[0] for table in (_classes, _functions) for key in table}
    parts = (module or "").split(".")
    room = next((part for part in parts if part in ROOMS), None)
    if room is None:  # none given, `keras`, or `keras.engine.functional` of old files
        return {other for other in known if "ops" not in other.split(".")}
    return {other for other in known if room in other.split(".") or other == "keras"}


def _only_one(
    table: Mapping[tuple[str, str], Any], name: str, modules: Iterable[str]
) -> Any:
    """Returns what the modules hold under a name, if that is exactly one thing."""
    found = {id(v): v for v in (table.get((m, name)) for m in modules) if v is not None}
    return next(iter(found.values())) if len(found) == 1 else None
