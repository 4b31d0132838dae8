"""Layers one after the other, as one layer that prepares data."""

from typing import Any

from kerasish.core.errors import ArgumentTypeError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.layers.base import Layer
from kerasish.layers.base.arguments import mask_of
from kerasish.layers.base.call_signature import call_signature

__all__ = ["Pipeline"]


class Pipeline(Layer):
    """Applies layers one after the other.

    A plain layer, not a model: for the steps that prepare data. Where nobody says
    whether it is called for training, it is, as in Keras.

    Args:
        layers: List of layers.
        name: A name, made up if None.

    Raises:
        ArgumentTypeError: If `layers` is no list of layers.

    Example:
        >>> from kerasish import layers
        >>> steps = Pipeline([layers.Rescaling(0.1), layers.Rescaling(2, offset=-1)])
        >>> steps([[0.0, 10.0]]).tolist()
        [[-1.0, 1.0]]
    """

    supports_masking = True

    def __init__(self, layers: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        is_list = isinstance(layers, list | tuple)
        if not is_list or not all(isinstance(layer, Layer) for layer in layers):
            raise ArgumentTypeError(
                f"`layers` of `Pipeline` must be a list of layers. Received: {layers!r}"
            )
        self._pipeline = list(layers)

    @property
    def layers(self) -> list[Layer]:
        """The layers in their order."""
        return self._pipeline

    def call(self, inputs: Any, training: Any = True, mask: Any = None) -> Any:
        """Computes the outputs, layer by layer."""
        for layer in self._pipeline:
            signature = call_signature(layer)
            given: dict[str, Any] = {}
            if signature.has_mask:
                given["mask"] = mask
            if signature.has_training and training is not None:
                given["training"] = training
            inputs = layer(inputs, **given)
            mask = mask_of(inputs)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Returns the layers and the name."""
        return {
            "layers": [serialize_keras_object(layer) for layer in self._pipeline],
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Makes a pipeline of what `get_config` returned."""
        made = [deserialize_keras_object(layer) for layer in config["layers"]]
        return cls(made, name=config.get("name"))
