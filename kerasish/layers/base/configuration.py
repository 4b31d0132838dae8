"""A layer's config, its build shapes, and how its own weights go into files."""

import inspect
from typing import Any, Self

import numpy as np

from kerasish.core import dtype_policies
from kerasish.core.errors import ModelFileError, SerializationError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object

__all__ = ["Configuration"]


class Configuration:
    """Config and weight files of a layer.

    The arguments of the constructor are kept as they were given, so that a simple
    custom layer needs no `get_config` of its own.
    """

    name: str
    built: bool
    dtype_policy: Any
    _build_shapes: dict[str, Any] | None
    _arguments: dict[str, Any] | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Keeps the constructor's arguments for the default config."""
        made = super().__new__(cls)
        object.__setattr__(made, "_arguments", _named(cls, args, kwargs))
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data.

        A subclass whose constructor takes numbers, strings and the like needs no
        `get_config`; others add their arguments to `super().get_config()`.

        Raises:
            SerializationError: If an argument is no plain data.
        """
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": getattr(self, "_trainable", True),
            "dtype": dtype_policies.serialize(self.dtype_policy),
        }
        regularizer = getattr(self, "activity_regularizer", None)
        if regularizer is not None:
            config["activity_regularizer"] = serialize_keras_object(regularizer)
        overridden = [c for c in type(self).__mro__ if "get_config" in vars(c)][0]
        if overridden is Configuration:
            config.update(self._plain_arguments(config))
        return config

    def _plain_arguments(self, config: dict[str, Any]) -> dict[str, Any]:
        if self._arguments is None:
            raise SerializationError(self._needs_config("*args"))
        own = {k: v for k, v in self._arguments.items() if k not in BASE}
        for name, value in own.items():
            if not _is_plain(value):
                raise SerializationError(self._needs_config(name))
        return own

    def _needs_config(self, argument: str) -> str:
        kind = type(self).__name__
        return (
            f"Layer {self.name!r} ({kind}) was created with the argument "
            f"`{argument}`, which is no plain data, and does not override "
            f"`get_config`. Implement `{kind}.get_config`, and return "
            f"{{**super().get_config(), ...}} with every argument of `__init__`."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a layer from what `get_config` returned.

        Args:
            config: The constructor's arguments.

        Raises:
            TypeError: If the constructor does not take them.
        """
        config = {k: _object(v) for k, v in config.items()}
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError(
                f"Error when deserializing {cls.__name__!r} from its config {config}: "
                f"{error}"
            ) from error

    def get_build_config(self) -> dict[str, Any] | None:
        """Returns the shapes that the layer was built with, or None."""
        shapes = self._build_shapes
        if not shapes:
            return None
        if len(shapes) == 1:
            return {"input_shape": next(iter(shapes.values()))}
        return {"shapes_dict": dict(shapes)}

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Builds the layer with the shapes that `get_build_config` returned.

        Args:
            config: The shapes, or None to do nothing.
        """
        if not config or self.built:
            return
        build: Any = self.build  # type: ignore[attr-defined]
        given = config.get("shapes_dict", config)
        shapes = {k: _tuples(v) for k, v in given.items()}
        if set(shapes) == {"input_shape"}:
            build(shapes["input_shape"])
        else:
            build(**shapes)
        self.built = True
        if not self._build_shapes:
            self._build_shapes = shapes

    def save_own_variables(self, store: Any) -> None:
        """Writes the layer's own weights into a mapping of arrays.

        Args:
            store: A mapping; the keys are `"0"`, `"1"`, ...
        """
        for i, v in enumerate(self._own_variables):  # type: ignore[attr-defined]
            store[f"{i}"] = v

    def load_own_variables(self, store: Any) -> None:
        """Reads the layer's own weights from a mapping of arrays.

        Args:
            store: What `save_own_variables` wrote.

        Raises:
            ModelFileError: If their number or a shape is another.
        """
        own = self._own_variables  # type: ignore[attr-defined]
        if len(store.keys()) != len(own):
            state = "" if self.built else " The layer is not built."
            raise ModelFileError(
                f"Layer {self.name!r} ({type(self).__name__}) has {len(own)} weights, "
                f"but {len(store.keys())} were saved for it.{state}"
            )
        for i, v in enumerate(own):
            value = np.asarray(store[f"{i}"])
            if value.shape != v.shape:
                raise ModelFileError(
                    f"Weight {v.path!r} of layer {self.name!r} has the shape "
                    f"{v.shape}, but the saved one has {value.shape}."
                )
            v.assign(value)


BASE = ("name", "trainable", "dtype", "activity_regularizer", "autocast", "kwargs")


def _named(cls: type, args: Any, kwargs: dict[str, Any]) -> dict[str, Any] | None:
    names = list(inspect.signature(cls.__init__).parameters)[1:]  # type: ignore[misc]
    if len(args) > len(names):
        return None
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_plain(v) for k, v in value.items())
    return isinstance(value, str | int | float | bool | type(None))


def _object(value: Any) -> Any:
    if isinstance(value, dict) and "class_name" in value and "config" in value:
        return deserialize_keras_object(value)
    return value


def _tuples(shape: Any) -> Any:
    """Shapes come back from JSON as lists; a list of lists is several shapes."""
    if isinstance(shape, dict):
        return {k: _tuples(v) for k, v in shape.items()}
    if isinstance(shape, list | tuple):
        if all(n is None or isinstance(n, int) for n in shape):
            return tuple(shape)
        return [_tuples(s) for s in shape]
    return shape
