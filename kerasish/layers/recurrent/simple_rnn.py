"""Networks whose output is their state: SimpleRNN and its cell."""

from typing import Any

from kerasish import ops
from kerasish.layers.base import InputSpec
from kerasish.layers.recurrent.base_cell import BaseRecurrentCell, activation_name
from kerasish.layers.recurrent.cell_layer import CellLayer, FromCell

__all__ = ["SimpleRNN", "SimpleRNNCell"]


class SimpleRNNCell(BaseRecurrentCell):
    """One step of `SimpleRNN`: `h = activation(x kernel + h recurrent_kernel + bias)`.

    Args:
        units: Size of the output and of each state.
        activation: Name or function.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        recurrent_initializer: First values of the recurrent kernel.
        bias_initializer: First values of the bias.
        kernel_regularizer: Penalty on the kernel.
        recurrent_regularizer: Penalty on the recurrent kernel.
        bias_regularizer: Penalty on the bias.
        kernel_constraint: What the kernel is projected onto.
        recurrent_constraint: What the recurrent kernel is projected onto.
        bias_constraint: What the bias is projected onto.
        dropout: Share of the inputs that are zeroed while training.
        recurrent_dropout: Share of the state that is zeroed while training, where
            it meets the recurrent kernel.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> y, (h,) = SimpleRNNCell(4)(np.ones((2, 3)), [np.zeros((2, 4))])
        >>> y.shape, h.shape
        ((2, 4), (2, 4))
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            **kwargs,
        )

    def call(self, sequence: Any, states: Any, training: bool = False) -> Any:
        """Computes one step.

        Args:
            sequence: `(batch, features)`.
            states: List of the states, or a single one.
            training: Whether there is dropout.

        Returns:
            The output and the new states, structured as `states`.
        """
        return self._one_step(sequence, states, training)

    def _compute(self, sequences: Any, first: list[Any], **how: Any) -> Any:
        return ops.simple_rnn(
            sequences,
            *first,
            self.kernel,
            self.recurrent_kernel,
            self.bias,
            activation=activation_name(self.activation),
            **how,
        )


class SimpleRNN(CellLayer):
    """A recurrent network whose output at a step is the input's state at the next.

    Args:
        units: Size of the output and of each state.
        activation: Name or function.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        recurrent_initializer: First values of the recurrent kernel.
        bias_initializer: First values of the bias.
        kernel_regularizer: Penalty on the kernel.
        recurrent_regularizer: Penalty on the recurrent kernel.
        bias_regularizer: Penalty on the bias.
        activity_regularizer: Penalty on the outputs.
        kernel_constraint: What the kernel is projected onto.
        recurrent_constraint: What the recurrent kernel is projected onto.
        bias_constraint: What the bias is projected onto.
        dropout: Share of the inputs that are zeroed while training.
        recurrent_dropout: Share of the state that is zeroed while training, where
            it meets the recurrent kernel.
        return_sequences: Whether the outputs of all steps are returned.
        return_state: Whether the last states are returned too.
        go_backwards: Whether the last step is computed first.
        stateful: Whether the last states of a batch are the first of the next.
        unroll: Accepted; the results do not depend on it.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`, and `zero_output_for_mask`.

    Input shape: `(batch, time, features)`.

    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`;
        with `return_state` a tuple of that and the states.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> SimpleRNN(4)(np.ones((2, 5, 3))).shape
        (2, 4)

    Reference:
        Elman, 1990, "Finding Structure in Time", Cognitive Science 14(2).
    """

    units = FromCell()

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        cell = SimpleRNNCell(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            implementation=kwargs.pop("implementation", None),
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="simple_rnn_cell",
        )
        super().__init__(
            cell,
            activity_regularizer=activity_regularizer,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )
        self.input_spec = InputSpec(ndim=3)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = super().get_config()
        del config["seed"]  # as Keras, where it is not written
        return config
