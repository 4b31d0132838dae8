"""StackedRNNCells: several cells, one upon the other, that behave as one."""

from typing import Any, Self

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.layers.base import Layer
from kerasish.layers.recurrent.cell_states import (
    build_cell,
    first_states,
    output_shape,
    state_shapes,
)

__all__ = ["StackedRNNCells"]


class StackedRNNCells(Layer):
    """Cells of which each takes the output of the one before.

    Args:
        cells: List of cells.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a cell has no `call` or no `state_size`.

    Example:
        >>> cells = StackedRNNCells([keras.layers.LSTMCell(4), keras.layers.GRUCell(2)])
        >>> cells.state_size
        [[4, 4], 2]
        >>> keras.layers.RNN(cells)(np.ones((2, 5, 3))).shape
        (2, 2)
    """

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not cells:
            raise ArgumentError(
                f"`cells` of `StackedRNNCells` must not be empty. Received: {cells!r}"
            )
        for cell in cells:
            for name in ("call", "state_size"):
                if not hasattr(cell, name):
                    raise ArgumentError(
                        f"All cells of `StackedRNNCells` must have a `{name}`. "
                        f"Received: {cell!r}"
                    )
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The sizes of each cell's states."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        last = self.cells[-1]
        rest = output_shape(last, state_shapes(last, None))
        return rest[0] if len(rest) == 1 else rest

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Returns a list of each cell's first states.

        Args:
            batch_size: How many rows.
        """
        return [first_states(cell, batch_size) for cell in self.cells]  # type: ignore[arg-type]

    def build(self, input_shape: Any) -> None:
        """Builds each cell for the output of the one before."""
        for cell in self.cells:
            input_shape = build_cell(cell, input_shape)

    def call(
        self, inputs: Any, states: Any, training: bool = False, **kwargs: Any
    ) -> Any:
        """Computes one step of each cell.

        Args:
            inputs: Inputs of the first cell.
            states: A list of each cell's states.
            training: Whether there is dropout.
            **kwargs: Further arguments of the cells.

        Returns:
            The last cell's output, and a list of each cell's new states.
        """
        made = []
        for cell, own in zip(self.cells, states, strict=True):
            own = list(own) if isinstance(own, list | tuple) else [own]
            if isinstance(cell, Layer):
                inputs, new = cell(inputs, own, training=training, **kwargs)
            else:
                inputs, new = cell.call(inputs, own, **kwargs)
            one = not isinstance(cell.state_size, list | tuple)
            if one and isinstance(new, list | tuple):
                new = new[0]
            made.append(new)
        return inputs, made

    @property
    def runs_at_once(self) -> bool:
        """Whether `over_time` does what `call` does step by step."""
        alone = type(self).call is StackedRNNCells.call
        return alone and all(
            getattr(cell, "runs_at_once", False)
            and cell.compute_dtype == self.compute_dtype
            and cell.activity_regularizer is None
            for cell in self.cells
        )

    def over_time(
        self,
        sequences: Any,
        states: Any,
        mask: Any,
        training: bool,
        *,
        go_backwards: bool = False,
        return_sequences: bool = True,
        zero_output_for_mask: bool = False,
    ) -> tuple[Any, list[Any]]:
        """Computes all steps of the first cell, then all of the next.

        Args:
            sequences: `(batch, time, features)`.
            states: A list of each cell's first states, or None for zeros.
            mask: `(batch, time)`, or None.
            training: Whether there is dropout.
            go_backwards: Whether the last step is computed first.
            return_sequences: Whether the outputs of all steps are wanted.
            zero_output_for_mask: Whether skipped steps give zero.

        Returns:
            The outputs and a list of each cell's last states.
        """
        if go_backwards:
            sequences = ops.flip(sequences, 1)
            mask = None if mask is None else ops.flip(mask, 1)
        last = []
        for i, cell in enumerate(self.cells):
            top = i == len(self.cells) - 1
            sequences, new = cell.over_time(
                sequences,
                None if states is None else states[i],
                mask,
                training,
                return_sequences=return_sequences or not top,
                zero_output_for_mask=zero_output_for_mask and top,
            )
            last.append(new)
        return sequences, last

    def reset_dropout_mask(self) -> None:
        """Forgets the masks of the cells' inputs."""
        for cell in self.cells:
            if hasattr(cell, "reset_dropout_mask"):
                cell.reset_dropout_mask()

    def reset_recurrent_dropout_mask(self) -> None:
        """Forgets the masks of the cells' states."""
        for cell in self.cells:
            if hasattr(cell, "reset_recurrent_dropout_mask"):
                cell.reset_recurrent_dropout_mask()

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        cells = [serialize_keras_object(cell) for cell in self.cells]
        return {**super().get_config(), "cells": cells}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes cells from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        config = dict(config)
        cells = [
            deserialize_keras_object(cell, custom_objects)
            for cell in config.pop("cells")
        ]
        return cls(cells, **config)
