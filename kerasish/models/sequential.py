"""Sequential: a stack of layers, each on top of the one before."""

from typing import Any, Self

from kerasish.autodiff import KerasTensor
from kerasish.core import dtype_policies
from kerasish.core.errors import ArgumentError, ArgumentTypeError, StateError
from kerasish.core.registry import (
    custom_object_scope,
    deserialize_keras_object,
    serialize_keras_object,
)
from kerasish.layers import InputLayer, Layer
from kerasish.models.functional import Functional
from kerasish.models.model import Model

__all__ = ["Sequential"]


class Sequential(Model):
    """A stack of layers with one input and one output.

    Args:
        layers: List of layers; an `Input` first makes the model built at once.
        trainable: Whether training changes the weights.
        name: A name, made up if None.

    Example:
        >>> model = Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        >>> model.output_shape
        (None, 2)
    """

    def __init__(
        self, layers: Any = None, trainable: bool = True, name: str | None = None
    ) -> None:
        super().__init__(trainable=trainable, name=name)
        self._stack: list[Layer] = []
        self._inner: Functional | None = None
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._maybe_rebuild()

    _untracked = Model._untracked | {"_inner"}
    _unsaved = frozenset({"_stack"})  # `layers` are saved, without the input

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Puts a layer on top.

        Args:
            layer: The layer, or an `Input`.
            rebuild: Whether the model is built again.

        Raises:
            ArgumentTypeError: If it is no layer.
            ArgumentError: If its name is taken, or it is a second input or the model
                itself.
        """
        if isinstance(layer, KerasTensor) and layer._keras_history is not None:
            layer = layer._keras_history.operation
        if not isinstance(layer, Layer):
            raise ArgumentTypeError(
                "Only layers can be added to a `Sequential`. "
                f"Received: {layer!r} of type {type(layer).__name__}"
            )
        if layer is self:
            raise ArgumentError(f"`Sequential` {self.name!r} cannot hold itself.")
        if any(layer.name == other.name for other in self._stack):
            raise ArgumentError(
                f"All layers added to a `Sequential` must have different names; "
                f"{layer.name!r} is taken."
            )
        shape = getattr(layer, "_input_shape_argument", None)
        if not self._stack and shape is not None:
            self.add(InputLayer(shape=shape, dtype=layer.compute_dtype), rebuild=False)
        if isinstance(layer, InputLayer) and self._stack:
            raise ArgumentError(
                f"`Sequential` {self.name!r} has an input already. "
                f"Received: a second input {layer.name!r}"
            )
        self._stack.append(layer)
        if rebuild:
            self._maybe_rebuild()
        else:
            self.built, self._inner = False, None

    def pop(self, rebuild: bool = True) -> Layer:
        """Takes the top layer off and returns it.

        Args:
            rebuild: Whether the model is built again.
        """
        if not self._stack:
            raise StateError(f"`Sequential` {self.name!r} has no layers to take off.")
        layer = self._stack.pop()
        self.built, self._inner = False, None
        if rebuild:
            self._maybe_rebuild()
        return layer

    @property  # type: ignore[misc]
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return [x for x in self._stack if not isinstance(x, InputLayer)]

    def _maybe_rebuild(self) -> None:
        self.built, self._inner = False, None
        if len(self._stack) > 1 and isinstance(self._stack[0], InputLayer):
            self.build(self._stack[0].batch_shape)

    def build(self, input_shape: Any = None) -> None:
        """Builds the layers for inputs of a shape.

        Args:
            input_shape: Shape with the batch axis.

        Raises:
            StateError: If there are no layers.
            ShapeError: If a layer does not fit the one before.
        """
        if not self.layers:
            raise StateError(
                f"Sequential model {self.name!r} cannot be built because it has no "
                "layers. Call `model.add(layer)`."
            )
        first = self._stack[0]
        if isinstance(first, InputLayer):
            source = first
        else:
            dtype = getattr(first, "compute_dtype", None)
            if type(first).__name__ == "Embedding":
                dtype = "float32"
            # Batches of other sizes will come.
            shape = (None, *tuple(input_shape)[1:])
            source = InputLayer(batch_shape=shape, dtype=dtype)
            self._stack = [source, *self._stack]
        x: Any = source.output
        for layer in self.layers:
            x = layer(x)
        self._inner = Functional(source.output, x, name=self.name)
        self.built = True

    def call(
        self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any
    ) -> Any:
        """Computes the outputs, layer by layer."""
        if kwargs:
            raise ArgumentTypeError(
                f"`Sequential` {self.name!r} takes the arguments `inputs`, `training` "
                f"and `mask`. Received: {sorted(kwargs)}"
            )
        if self._inner is not None:
            return self._inner.call(inputs, training=training, mask=mask)
        x = inputs
        for layer in self.layers:
            x = layer(x)
        return x

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the outputs, layer by layer."""
        if self._inner is None and not self.layers:
            raise StateError(
                f"Sequential model {self.name!r} has no layers. Call "
                "`model.add(layer)` before using it."
            )
        return super().__call__(*args, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape after all layers."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def compute_output_spec(
        self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any
    ) -> Any:
        """Infers the symbolic outputs."""
        if self._inner is not None:
            return self._inner.compute_output_spec(
                inputs, training=training, mask=mask, **kwargs
            )
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    @property
    def _host_part(self) -> Any:
        """The layers that look up text, or None."""
        return None if self._inner is None else self._inner._host_part

    def _on_host(self, inputs: Any) -> list[Any]:
        """Returns what the layers that look up text make of inputs."""
        return self._built_inner()._on_host(inputs)

    @property
    def input_shape(self) -> Any:
        """The shape of the input."""
        return self._built_inner().input_shape

    @property
    def output_shape(self) -> Any:
        """The shape of the output."""
        return self._built_inner().output_shape

    @property
    def inputs(self) -> list[Any]:
        """The symbolic input, in a list."""
        return self._built_inner().inputs

    @property
    def outputs(self) -> list[Any]:
        """The symbolic output, in a list."""
        return self._built_inner().outputs

    @property
    def input(self) -> Any:
        """The symbolic input."""
        return self._built_inner().input

    @property
    def output(self) -> Any:
        """The symbolic output."""
        return self._built_inner().output

    @property
    def input_spec(self) -> Any:
        """What the input must be."""
        inner = self.__dict__.get("_inner")
        return None if inner is None else inner.input_spec

    @input_spec.setter
    def input_spec(self, _: Any) -> None:
        pass

    @property
    def output_names(self) -> list[str]:
        """The name of the last layer, in a list."""
        return [layer.name for layer in self.layers[-1:]]

    def _built_inner(self) -> Functional:
        if self._inner is None:
            raise StateError(
                f"Sequential model {self.name!r} is not built: its input shape is not "
                "known. Call it on data, or add an `Input` first."
            )
        return self._inner

    def get_build_config(self) -> dict[str, Any] | None:
        """Returns the input shape."""
        if self._inner is None:
            return None
        return {"input_shape": tuple(self._inner.input_shape)}

    def get_config(self) -> dict[str, Any]:
        """Returns the layers' configs."""
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": dtype_policies.serialize(self.dtype_policy),
            "layers": [serialize_keras_object(layer) for layer in self._stack],
        }
        shape = self.get_build_config()
        if shape is not None:
            config["build_input_shape"] = shape["input_shape"]
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a model from what `get_config` returned.

        Args:
            config: The layers' configs.
            custom_objects: Classes and functions by name.
        """
        if "layers" not in config:
            return cls(**config)
        model = cls(name=config.get("name"), trainable=config.get("trainable", True))
        if config.get("dtype") is not None:
            model.dtype_policy = config["dtype"]
        with custom_object_scope(custom_objects or {}):
            for entry in config["layers"]:
                model.add(deserialize_keras_object(entry), rebuild=False)
        shape = config.get("build_input_shape")
        if model._stack and isinstance(model._stack[0], InputLayer):
            model._maybe_rebuild()
        elif model.layers and shape is not None and isinstance(shape, list | tuple):
            model.build(tuple(shape))
        return model
