"""The convolutional LSTM over any number of spatial axes."""

from typing import Any

from kerasish.layers.base import InputSpec
from kerasish.layers.recurrent.cell_layer import CellLayer, FromCell
from kerasish.layers.recurrent.cell_states import checked_states
from kerasish.layers.recurrent.conv_lstm_cell import ConvLSTMCell

__all__ = ["BaseConvLSTM"]


class BaseConvLSTM(CellLayer):
    """A convolutional LSTM over any number of spatial axes.

    Args:
        rank: The number of spatial axes.
        filters: Channels of the output and of each state.
        kernel_size: Sizes of the window.
        activity_regularizer: Penalty on the outputs.
        return_sequences: Whether the outputs of all steps are returned.
        return_state: Whether the last states are returned too.
        go_backwards: Whether the last step is computed first.
        stateful: Whether the last states of a batch are the first of the next.
        **kwargs: Arguments of the cell, of `RNN` and of `Layer`.
    """

    filters = FromCell()
    kernel_size = FromCell()
    strides = FromCell()
    padding = FromCell()
    data_format = FromCell()
    dilation_rate = FromCell()
    recurrent_activation = FromCell()
    unit_forget_bias = FromCell()

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: Any,
        activity_regularizer: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        own = {name: kwargs.pop(name) for name in CELL_ARGUMENTS if name in kwargs}
        cell = ConvLSTMCell(
            rank,
            filters,
            kernel_size,
            **own,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="conv_lstm_cell",
        )
        super().__init__(
            cell,
            activity_regularizer,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            **kwargs,
        )
        self.input_spec = InputSpec(ndim=rank + 3)

    def compute_output_shape(
        self, sequences_shape: Any, initial_state_shape: Any = None
    ) -> Any:
        """Returns the shape of the outputs, and of the states if they are returned."""
        batch, time, *rest = sequences_shape
        state = self.cell.state_shape((batch, *rest))
        if initial_state_shape is not None:
            checked_states(self, initial_state_shape, batch, shapes_only=True)
        y = (batch, time, *state) if self.return_sequences else (batch, *state)
        return (y, (batch, *state), (batch, *state)) if self.return_state else y


CELL_ARGUMENTS = (
    "strides padding data_format dilation_rate activation recurrent_activation "
    "use_bias kernel_initializer recurrent_initializer bias_initializer "
    "unit_forget_bias kernel_regularizer recurrent_regularizer bias_regularizer "
    "kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout "
    "seed"
).split()
