"""RNN: a layer that runs a cell over the steps of sequences."""

from functools import partial
from typing import Any, Self

from kerasish import ops
from kerasish.autodiff import Variable
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.layers.base import Layer
from kerasish.layers.recurrent.cell_states import (
    build_cell,
    checked_states,
    first_states,
    output_shape,
    shown_states,
    state_shapes,
)
from kerasish.layers.recurrent.stacked_cells import StackedRNNCells
from kerasish.layers.recurrent.stepwise import run_stepwise, time_mask

__all__ = ["RNN"]


class RNN(Layer):
    """Runs a cell, or several upon each other, over the time steps of its inputs.

    A cell has `call(inputs, states)`, which returns the output and the new states of
    one step, and `state_size`, an integer or a list of one for each state. It may have
    `output_size` and `get_initial_state(batch_size)`.

    Where the mask is False the states stay as they are, and the output is that of the
    step before, zero if there is none.

    Args:
        cell: A cell, or a list of cells.
        return_sequences: Whether the outputs of all steps are returned.
        return_state: Whether the last states are returned too.
        go_backwards: Whether the last step is computed first; the outputs, and their
            mask, are in the order in which they were computed.
        stateful: Whether the last states of a batch are the first of the next, until
            `reset_state`. The batch size must be fixed.
        unroll: Accepted; the results do not depend on it.
        zero_output_for_mask: Whether steps that are skipped give zero.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, ...)`.

    Output shape: `(batch, ...)`, or `(batch, time, ...)` with `return_sequences`; with
        `return_state` a tuple of that and the states.

    Raises:
        ArgumentError: If the cell has no `call` or no `state_size`.

    Example:
        >>> layer = RNN(keras.layers.LSTMCell(4), return_state=True)
        >>> [y.shape for y in layer(np.ones((2, 5, 3)))]
        [(2, 4), (2, 4), (2, 4)]
    """

    supports_masking = True
    _untracked = Layer._untracked | {"states"}

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, list | tuple):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "call"):
            raise ArgumentError(
                f"`cell` of `{type(self).__name__}` must have a `call` method. "
                f"Received: cell={cell!r}"
            )
        if not hasattr(cell, "state_size"):
            raise ArgumentError(
                f"`cell` of `{type(self).__name__}` must have `state_size`, an integer "
                f"or a list of one for each state. Received: cell={cell!r}"
            )
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.states: Any = None

    @property
    def state_size(self) -> Any:
        """The size of the state, or a list of one for each."""
        return self.cell.state_size

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Builds the cell, and makes the states that are kept between batches."""
        build_cell(self.cell, (sequences_shape[0], *sequences_shape[2:]))
        if self.stateful:
            self._make_states(sequences_shape)

    def _make_states(self, shape: Any) -> None:
        if shape[0] is None:
            raise ArgumentError(
                f"With `stateful=True` the batch size of {type(self).__name__} "
                f"{self.name!r} must be fixed. Received: inputs of shape "
                f"{tuple(shape)}. Use `Input(batch_shape=...)`."
            )
        dtype = self.variable_dtype
        self.states = tree.map_structure(
            lambda x: Variable(x, dtype=dtype, trainable=False, name="rnn_state"),
            self.get_initial_state(shape[0]),
        )

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Returns the states that sequences start with.

        Args:
            batch_size: How many sequences.
        """
        return first_states(self.cell, batch_size)

    def reset_state(self) -> None:
        """Sets the states that are kept between batches to their first values."""
        if self.states is not None:
            held = tree.flatten(self.states)
            first = tree.flatten(self.get_initial_state(held[0].shape[0]))
            for variable, value in zip(held, first, strict=True):
                variable.assign(value)

    def reset_states(self) -> None:
        """Does what `reset_state` does."""
        self.reset_state()

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any]:
        """Computes all steps.

        Args:
            sequences: `(batch, time, ...)`.
            initial_state: The first states, structured as those of the cell; None for
                those that the cell makes.
            mask: `(batch, time)`, or None.
            training: Whether there is dropout.

        Returns:
            The outputs and the last states.
        """
        cell = self.cell
        at_once = (
            getattr(cell, "runs_at_once", False)
            and cell.compute_dtype == self.compute_dtype
            and cell.activity_regularizer is None
        )
        run = (
            partial(cell.over_time, **self._choices())
            if at_once
            else run_stepwise(cell)
        )
        return run(
            sequences,
            initial_state,
            mask,
            training,
            go_backwards=self.go_backwards,
            return_sequences=self.return_sequences,
            zero_output_for_mask=self.zero_output_for_mask,
        )

    def _choices(self) -> dict[str, Any]:
        """Returns what else `over_time` of the cell is told."""
        return {}

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool = False,
    ) -> Any:
        """Computes the outputs.

        Args:
            sequences: `(batch, time, ...)`.
            initial_state: The first states: a tensor, or a list of them.
            mask: `(batch, time)`, False where a step is to be skipped.
            training: Whether there is dropout.
        """
        if initial_state is not None:
            states = checked_states(self, initial_state, sequences.shape[0])
        elif self.stateful:
            states = self._kept_states(sequences.shape)
        else:
            states = None
        y, last = self.inner_loop(
            sequences, states, time_mask(self, mask, sequences.shape), bool(training)
        )
        if self.stateful:
            held, new = tree.flatten(self.states), tree.flatten(last)
            for variable, value in zip(held, new, strict=True):
                variable.assign(value)
        return (y, *shown_states(self.cell, last)) if self.return_state else y

    def _kept_states(self, shape: Any) -> Any:
        held = tree.flatten(self.states)[0]
        if held.shape[0] != shape[0]:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r} is stateful for batches of "
                f"{held.shape[0]} sequences. Received: inputs of shape {tuple(shape)}"
            )
        return tree.map_structure(lambda v: v.value, self.states)

    def compute_mask(self, _: Any, mask: Any) -> Any:
        """Returns the mask of the outputs, if those of all steps are returned."""
        mask = tree.flatten(mask)[0]
        if not self.return_sequences:
            mask = None
        elif mask is not None and self.go_backwards:
            mask = ops.flip(mask, 1)
        if not self.return_state:
            return mask
        sizes = self.state_size
        count = len(sizes) if isinstance(sizes, list | tuple) else 1
        return [mask, *[None] * count]

    def compute_output_shape(
        self, sequences_shape: Any, initial_state_shape: Any = None
    ) -> Any:
        """Returns the shape of the outputs, and of the states if they are returned."""
        batch, time, *_ = sequences_shape
        shapes = state_shapes(self.cell, batch)
        if initial_state_shape is not None:
            checked_states(self, initial_state_shape, batch, shapes_only=True)
        rest = output_shape(self.cell, shapes)
        y = (batch, time, *rest) if self.return_sequences else (batch, *rest)
        return (y, *shown_states(self.cell, shapes)) if self.return_state else y

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
            "cell": serialize_keras_object(self.cell),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a layer from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        config = dict(config)
        cell = deserialize_keras_object(config.pop("cell"), custom_objects)
        return cls(cell, **config)
