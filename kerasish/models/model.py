"""Model: a layer that can be compiled, trained, evaluated and saved."""

import json
from typing import Any, Self

from kerasish import saving
from kerasish.core.errors import ArgumentError
from kerasish.core.registry import serialize_keras_object
from kerasish.layers.base import Layer
from kerasish.layers.base.call_context import current_context
from kerasish.layers.preprocessing.host_layer import as_host, is_text_list
from kerasish.models.step_functions import StepFunctions
from kerasish.models.summary import print_summary
from kerasish.models.trainer import Trainer

__all__ = ["Model"]


class Model(Trainer, Layer):
    """A network with a training loop.

    Made in one of three ways: `Model(inputs, outputs)` from symbolic tensors; as a
    subclass with layers made in `__init__` and used in `call`; or as a `Sequential`.

    Args:
        inputs: Symbolic inputs, in any structure.
        outputs: Symbolic outputs, in any structure.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer` for subclasses.

    Example:
        >>> x = keras.Input((3,))
        >>> model = keras.Model(x, keras.layers.Dense(1)(x))
        >>> model.predict(np.ones((2, 3)), verbose=0).shape
        (2, 1)
    """

    _functional: list[Any] = []
    # What looks up text, where that is known before the model is called.
    _host_part: Any = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Makes a functional model where inputs and outputs are given."""
        if cls is Model and _is_functional(args, kwargs):
            made = Model._functional[0]
            return super().__new__(made, *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args or "inputs" in kwargs:
            if _is_functional(args, kwargs):
                raise ArgumentError(
                    f"{type(self).__name__} is built from inputs and outputs: it must "
                    "pass them to `super().__init__(inputs=..., outputs=...)` of a "
                    "functional model."
                )
            raise ArgumentError(
                "`Model` takes symbolic `inputs` and `outputs`. "
                f"Received: args={args}, kwargs={sorted(kwargs)}"
            )
        Trainer.__init__(self)
        Layer.__init__(self, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the outputs; by a plan where only the library's code would run."""
        if args and is_text_list(args[0]):
            args = (as_host(args[0], type(self).__name__), *args[1:])
        function = self._functions.forward(args, kwargs)
        if function is None or current_context() is not None:
            return super().__call__(*args, **kwargs)
        return self._functions.in_turn(function, *args)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the outputs; subclasses override it."""
        raise NotImplementedError(
            f"Model {type(self).__name__} does not have a `call()` method implemented."
        )

    @property
    def compile_arguments(self) -> dict[str, Any]:
        """What `compile` was given, by name, as objects; empty before it is called.

        `get_compile_config` has the same as plain data, as a file holds it.
        """
        return dict(self._compile_arguments)

    @property
    def layers(self) -> list[Layer]:
        """The layers directly inside."""
        return list(self._flatten_layers(include_self=False, recursive=False))

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError(
            "`Model.layers` attribute is reserved and should not be used. Please use "
            "another name."
        )

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Returns a layer by its name or place.

        Args:
            name: Name.
            index: Place in `layers`.

        Raises:
            ArgumentError: If there is none, or neither or both are given.
        """
        if (name is None) == (index is None):
            raise ArgumentError(
                "`get_layer` takes a name or an index. "
                f"Received: name={name!r}, index={index!r}"
            )
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ArgumentError(
                    f"There is no layer {index}: the model has {len(layers)} layers."
                )
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ArgumentError(
            f"No such layer: {name!r}. Existing layers: {[x.name for x in layers]}."
        )

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Prints the layers, their output shapes and numbers of parameters.

        Args:
            line_length: Characters in a line.
            positions: Where columns end, as fractions of a line.
            print_fn: Function that gets the text instead of standard output.
            expand_nested: Whether layers of inner models are shown.
            show_trainable: Whether a column tells which layers are trained.
            layer_range: Names, or regular expressions, of the first and last layer.
        """
        print_summary(
            self,
            line_length,
            positions,
            print_fn,
            expand_nested,
            show_trainable,
            layer_range,
        )

    def save(
        self,
        filepath: Any,
        overwrite: bool = True,
        zipped: bool | None = None,
        **kwargs: Any,
    ) -> None:
        """Writes architecture, weights, and what `compile` was given, to a file.

        Args:
            filepath: Path that ends in `.keras`.
            overwrite: Whether an existing file is replaced; else an error.
            zipped: Must not be False.
            **kwargs: Refused.
        """
        saving.save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(
        self, filepath: Any, overwrite: bool = True, max_shard_size: Any = None
    ) -> None:
        """Writes the weights to a file.

        Args:
            filepath: Path that ends in `.weights.h5`.
            overwrite: Whether an existing file is replaced; else an error.
            max_shard_size: Size of a file in GB above which several are written.
        """
        saving.save_weights(
            self, filepath, overwrite=overwrite, max_shard_size=max_shard_size
        )

    def load_weights(
        self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any
    ) -> None:
        """Reads the weights from a file that `save_weights` or `save` wrote.

        Args:
            filepath: Path.
            skip_mismatch: Whether weights of another shape are left out.
            **kwargs: Refused.
        """
        saving.load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    def to_json(self, **kwargs: Any) -> str:
        """Returns the architecture as JSON.

        Args:
            **kwargs: Arguments of `json.dumps`.
        """
        return json.dumps(serialize_keras_object(self), **kwargs)

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Builds the model with the shapes that `get_build_config` returned.

        Args:
            config: The shapes, or None to do nothing.
        """
        if not config or self.built:
            return
        super().build_from_config(config)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a model from what `get_config` returned.

        Args:
            config: The constructor's arguments, or those of a functional model.
            custom_objects: Classes and functions by name.
        """
        if cls is Model and {"layers", "input_layers", "output_layers"} <= set(config):
            functional: Any = Model._functional[0]
            return functional.from_config(config, custom_objects)  # type: ignore[no-any-return]
        config = {k: v for k, v in config.items() if k != "compile_config"}
        return super().from_config(config)

    def __getstate__(self) -> dict[str, Any]:
        # What was recorded of the steps belongs to this object alone.
        return {**super().__getstate__(), "_functions": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _functions=StepFunctions(self))


def _is_functional(args: Any, kwargs: dict[str, Any]) -> bool:
    return len(args) >= 2 or "outputs" in kwargs
