"""Wrapper: the base of layers that stand around another layer."""

from typing import Any, Self

from kerasish.core.errors import ArgumentTypeError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.layers.base.layer import Layer

__all__ = ["Wrapper"]


class Wrapper(Layer):
    """A layer around another one.

    Args:
        layer: The layer inside.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentTypeError: If `layer` is no layer.
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ArgumentTypeError(
                f"`layer` of `{type(self).__name__}` must be a layer. Received: "
                f"layer={layer!r} of type {type(layer).__name__}"
            )
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Builds the layer inside."""
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, the layer inside among them."""
        layer = serialize_keras_object(self.layer)
        return {**super().get_config(), "layer": layer}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Self:
        """Makes a wrapper from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        config = dict(config)
        layer = deserialize_keras_object(config.pop("layer"), custom_objects)
        return cls(layer, **config)
