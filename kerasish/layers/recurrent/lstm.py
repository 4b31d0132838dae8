"""Long short-term memory: LSTM and its cell."""

from typing import Any

from kerasish import activations, ops
from kerasish.layers.recurrent.base_cell import BaseRecurrentCell, activation_name
from kerasish.layers.recurrent.cell_layer import FromCell, GatedLayer

__all__ = ["LSTM", "LSTMCell"]


class LSTMCell(BaseRecurrentCell):
    """One step of `LSTM`.

    With `i, f, g, o` the four parts of `x kernel + h recurrent_kernel + bias`, it
    computes `c = f * c + i * g` and `h = o * activation(c)`; `i`, `f` and `o` are under
    the recurrent activation and `g` under the other.

    Args:
        units: Size of the output and of each state.
        activation: Name or function.
        recurrent_activation: Name or function, of the gates.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        recurrent_initializer: First values of the recurrent kernel.
        bias_initializer: First values of the bias.
        unit_forget_bias: Whether the forget gate's bias starts with ones.
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
        >>> y, (h, c) = LSTMCell(4)(np.ones((2, 3)), [np.zeros((2, 4))] * 2)
        >>> y.shape, h.shape, c.shape
        ((2, 4), (2, 4), (2, 4))
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
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
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [self.units, self.units]

    def _first_bias(self, shape: Any, dtype: Any = None) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer(shape, dtype=dtype)
        n = self.units
        parts = (
            self.bias_initializer((n,), dtype=dtype),
            ops.ones((n,), dtype=dtype),
            self.bias_initializer((2 * n,), dtype=dtype),
        )
        return ops.concatenate(parts, axis=0)

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        """Computes one step.

        Args:
            inputs: `(batch, features)`.
            states: List of the states, or a single one.
            training: Whether there is dropout.

        Returns:
            The output and the new states, structured as `states`.
        """
        return self._one_step(inputs, states, training)

    def _compute(
        self, sequences: Any, first: list[Any], use_cudnn: Any = False, **how: Any
    ) -> Any:
        return ops.lstm(
            sequences,
            *first,
            self.kernel,
            self.recurrent_kernel,
            self.bias,
            activation=activation_name(self.activation),
            recurrent_activation=activation_name(self.recurrent_activation),
            use_cudnn=use_cudnn,
            **how,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
        }


class LSTM(GatedLayer):
    """A recurrent network with a memory that gates write, forget and read.

    Args:
        units: Size of the output and of each state.
        activation: Name or function.
        recurrent_activation: Name or function, of the gates.
        use_bias: Whether a bias is added.
        kernel_initializer: First values of the kernel.
        recurrent_initializer: First values of the recurrent kernel.
        bias_initializer: First values of the bias.
        unit_forget_bias: Whether the forget gate's bias starts with ones.
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
        seed: Integer, or None.
        return_sequences: Whether the outputs of all steps are returned.
        return_state: Whether the last states are returned too.
        go_backwards: Whether the last step is computed first.
        stateful: Whether the last states of a batch are the first of the next.
        unroll: Accepted; the results do not depend on it.
        use_cudnn: Whether cuDNN computes all steps at once: "auto" where it can, False
            never; with True it is an error when the layer is called and it cannot.
        **kwargs: Arguments of `Layer`, and `zero_output_for_mask`.

    Input shape: `(batch, time, features)`.

    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`;
        with `return_state` a tuple of that and the states.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> LSTM(4, return_sequences=True)(np.ones((2, 5, 3))).shape
        (2, 5, 4)
        >>> [y.shape for y in LSTM(4, return_state=True)(np.ones((2, 5, 3)))]
        [(2, 4), (2, 4), (2, 4)]

    Reference:
        Hochreiter and Schmidhuber, 1997, "Long Short-Term Memory", Neural
        Computation 9(8).
    """

    units = FromCell()
    recurrent_activation = FromCell()
    unit_forget_bias = FromCell()

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell = LSTMCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
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
            name="lstm_cell",
        )
        super().__init__(
            cell,
            activity_regularizer=activity_regularizer,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            use_cudnn=use_cudnn,
            **kwargs,
        )
