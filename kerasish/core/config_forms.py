"""The dialects of Keras' configs: writing what every Keras 3 reads, reading them all.

Keras adds constructor arguments over time and writes each with its default, and an
older Keras refuses a config that holds a key it does not know. So a key newer than
Keras 3.4 is left out where it holds its default, and a dtype policy that is only a
name is written as that name.
"""

import inspect
from collections.abc import Mapping
from typing import Any

__all__ = ["accepted_config", "lowest_common_config"]

# Arguments newer than Keras 3.4, with their defaults.
_NEWER: Mapping[str, Any] = {
    "flash_attention": None,
    "input_axes": None,
    "optional": False,
    "output_axes": None,
    "quantization_config": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
    "sliding_window": None,
    "use_gate": False,
}
_NEWER_OF_CLASS: Mapping[str, Mapping[str, Any]] = {
    "MultiHeadAttention": {"seed": None},
}


def lowest_common_config(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Returns a config without what only newer versions of Keras 3 understand.

    Args:
        class_name: The class that the config belongs to.
        config: The config, already plain data.

    Example:
        >>> lowest_common_config("Dense", {"units": 3, "quantization_config": None})
        {'units': 3}
    """
    newer = {**_NEWER, **_NEWER_OF_CLASS.get(class_name, {})}
    return {
        key: _policy_name(value) if key == "dtype" else value
        for key, value in config.items()
        if not (key in newer and _is_same(value, newer[key]))
    }


def accepted_config(cls: type, config: dict[str, Any]) -> dict[str, Any]:
    """Returns a config without newer keys, at their defaults, that a class has not.

    Args:
        cls: The class to be built.
        config: The config as read.

    Example:
        >>> class Old:
        ...     def __init__(self, units): ...
        >>> accepted_config(Old, {"units": 3, "use_gate": False})
        {'units': 3}
    """
    newer = {**_NEWER, **_NEWER_OF_CLASS.get(cls.__name__, {})}
    suspects = [k for k in config if k in newer and _is_same(config[k], newer[k])]
    if not suspects:
        return config
    known = _argument_names(cls)
    drop = [key for key in suspects if key not in known]
    return {key: value for key, value in config.items() if key not in drop}


def _is_same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)


def _policy_name(value: Any) -> Any:
    """Returns the name of a serialised `DTypePolicy`, and anything else as it is."""
    if not isinstance(value, dict) or value.get("class_name") != "DTypePolicy":
        return value
    config = value.get("config")
    if isinstance(config, dict) and list(config) == ["name"]:
        return config["name"]
    return value


def _argument_names(cls: type) -> set[str]:
    """Returns the names that the constructors of a class and its bases take."""
    names: set[str] = set()
    for base in cls.__mro__:
        init = base.__dict__.get("__init__")
        if init is not None and inspect.isfunction(init):
            names.update(inspect.signature(init).parameters)
    return names
