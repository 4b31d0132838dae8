"""Bidirectional: a recurrent layer run over sequences from both ends."""

from typing import Any, Self

from kerasish import ops
from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.layers.base import Layer

__all__ = ["Bidirectional"]

MERGE_MODES = ("sum", "mul", "ave", "concat", None)
NEEDED = ("go_backwards", "return_sequences", "return_state")


class Bidirectional(Layer):
    """Runs a recurrent layer forwards and a copy of it backwards.

    With `return_sequences` the outputs of steps that the mask skips are zero.

    Args:
        layer: A recurrent layer; copies of it are made.
        merge_mode: How the two outputs become one: "concat" on the last axis, "sum",
            "mul", "ave"; with None they are both returned.
        weights: List of arrays with the first values of the weights.
        backward_layer: The layer for the way back, if it is to be another.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, ...)`.

    Output shape: that of the layer, merged; with `return_state` a tuple of that and the
        states of both.

    Raises:
        ArgumentError: If the layers are not recurrent or do not go together.

    Example:
        >>> Bidirectional(keras.layers.LSTM(4))(np.ones((2, 5, 3))).shape
        (2, 8)

    Reference:
        Schuster and Paliwal, 1997, "Bidirectional recurrent neural networks".
    """

    supports_masking = True

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        _check_recurrent("layer", layer)
        if backward_layer is not None:
            _check_recurrent("backward_layer", backward_layer)
        if merge_mode not in MERGE_MODES:
            raise ArgumentError(
                f"`merge_mode` of `Bidirectional` must be one of {MERGE_MODES}. "
                f"Received: {merge_mode!r}"
            )
        super().__init__(**kwargs)
        name = layer.name.removeprefix("forward_")
        self.forward_layer = _copied(layer, f"forward_{name}", layer.go_backwards)
        if backward_layer is None:
            backwards = not layer.go_backwards
            backward_layer = _copied(layer, f"backward_{name}", backwards)
        self.backward_layer = backward_layer
        self.merge_mode = merge_mode
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = getattr(layer, "stateful", False)
        self.input_spec = layer.input_spec
        self._first_weights = weights
        for one in (self.forward_layer, self.backward_layer):
            # The steps that are skipped stand at different ends for the two.
            one.zero_output_for_mask = self.return_sequences
        self._check_pair()

    def _check_pair(self) -> None:
        one, two = self.forward_layer, self.backward_layer
        if one.go_backwards == two.go_backwards:
            raise ArgumentError(
                "One of the layers of `Bidirectional` must have `go_backwards=True` "
                f"and the other not. Received: forward_layer.go_backwards="
                f"{one.go_backwards}, backward_layer.go_backwards={two.go_backwards}"
            )
        for name in ("stateful", "return_sequences", "return_state"):
            a, b = (getattr(x, name, False) for x in (one, two))
            if a != b:
                raise ArgumentError(
                    f"The layers of `Bidirectional` must agree in `{name}`. Received: "
                    f"forward_layer.{name}={a}, backward_layer.{name}={b}"
                )

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Builds both layers."""
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
                layer.built = True
        if self._first_weights is not None:
            self.set_weights(self._first_weights)
            self._first_weights = None

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: Any = None,
    ) -> Any:
        """Computes the outputs.

        Args:
            sequences: `(batch, time, ...)`.
            initial_state: List of the first states, those forwards before the others.
            mask: `(batch, time)`, False where a step is to be skipped.
            training: Whether there is dropout.
        """
        first, second = self._halves(initial_state)
        there = self.forward_layer(
            sequences, initial_state=first, mask=mask, training=training
        )
        back = self.backward_layer(
            sequences, initial_state=second, mask=mask, training=training
        )
        states: tuple[Any, ...] = ()
        if self.return_state:
            (there, *one), (back, *two) = there, back
            states = (*one, *two)
        if self.return_sequences:
            back = ops.flip(back, 1)
            back._keras_mask = getattr(there, "_keras_mask", None)
        merged = self._merged(there, back)
        if self.merge_mode is None:
            return (*merged, *states)
        return (merged, *states) if self.return_state else merged

    def _halves(self, states: Any) -> tuple[Any, Any]:
        if states is None:
            return None, None
        leaves = tree.flatten(states)
        if len(leaves) % 2:
            raise ArgumentError(
                f"`initial_state` of Bidirectional {self.name!r} must hold as many "
                f"tensors for the way back as for the way there. Received: "
                f"{len(leaves)}"
            )
        half = len(leaves) // 2
        return leaves[:half], leaves[half:]

    def _merged(self, there: Any, back: Any) -> Any:
        if self.merge_mode == "concat":
            return ops.concatenate([there, back], axis=-1)
        if self.merge_mode == "sum":
            return ops.add(there, back)
        if self.merge_mode == "ave":
            return ops.divide(ops.add(there, back), 2.0)
        if self.merge_mode == "mul":
            return ops.multiply(there, back)
        return there, back

    def compute_mask(self, _: Any, mask: Any) -> Any:
        """Returns the mask of the outputs, if those of all steps are returned."""
        mask = tree.flatten(mask)[0] if self.return_sequences else None
        return (mask, mask) if self.merge_mode is None else mask

    def compute_output_shape(
        self, sequences_shape: Any, initial_state_shape: Any = None
    ) -> Any:
        """Returns the shape of the outputs, and of the states if they are returned."""
        there = self.forward_layer.compute_output_shape(sequences_shape)
        back = self.backward_layer.compute_output_shape(sequences_shape)
        states: tuple[Any, ...] = ()
        if self.return_state:
            (there, *one), (back, *two) = there, back
            states = (*one, *two)
        if self.merge_mode is None:
            return (there, back, *states)
        if self.merge_mode == "concat":
            there = (*there[:-1], there[-1] + back[-1])
        return (there, *states) if self.return_state else there

    @property
    def states(self) -> Any:
        """The states that both keep between batches, or None."""
        one, two = self.forward_layer.states, self.backward_layer.states
        return None if one is None else [*one, *two]

    def reset_state(self) -> None:
        """Sets the states that are kept between batches to their first values."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Does what `reset_state` does."""
        self.reset_state()

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize_keras_object(self.forward_layer),
            "backward_layer": serialize_keras_object(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a layer from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        config = dict(config)
        layer = deserialize_keras_object(config.pop("layer"), custom_objects)
        back = config.pop("backward_layer", None)
        if back is not None:
            back = deserialize_keras_object(back, custom_objects)
        return cls(layer, backward_layer=back, **config)


def _check_recurrent(name: str, layer: Any) -> None:
    missing = [x for x in NEEDED if not hasattr(layer, x)]
    if not isinstance(layer, Layer) or missing:
        raise ArgumentError(
            f"`{name}` of `Bidirectional` must be a recurrent layer, with the "
            f"attributes {NEEDED}. Received: {name}={layer!r}"
        )


def _copied(layer: Any, name: str, backwards: bool) -> Any:
    config = {**layer.get_config(), "name": name, "go_backwards": backwards}
    made = type(layer).from_config(config)
    if hasattr(layer, "use_cudnn"):  # which no config holds
        made.use_cudnn = layer.use_cudnn
    return made
