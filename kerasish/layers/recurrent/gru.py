"""Gated recurrent units: GRU and its cell."""

from typing import Any

from kerasish import activations, ops
from kerasish.layers.recurrent.base_cell import BaseRecurrentCell, activation_name
from kerasish.layers.recurrent.cell_layer import FromCell, GatedLayer

__all__ = ["GRU", "GRUCell"]


class GRUCell(BaseRecurrentCell):
    """One step of `GRU`.

    It computes `h = z * h + (1 - z) * candidate`, where the update gate `z`, the reset
    gate and the candidate take a part of the kernels each.

    Args:
        units: Size of the output and of each state.
        activation: Name or function.
        recurrent_activation: Name or function, of the gates.
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
        reset_after: Whether the reset gate is applied after the product.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> y, (h,) = GRUCell(4)(np.ones((2, 3)), [np.zeros((2, 4))])
        >>> y.shape, h.shape
        ((2, 4), (2, 4))
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
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
        self.reset_after = reset_after

    def _bias_shape(self) -> tuple[int, ...]:
        width = 3 * self.units
        return (2, width) if self.reset_after else (width,)

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
        return ops.gru(
            sequences,
            *first,
            self.kernel,
            self.recurrent_kernel,
            self.bias,
            activation=activation_name(self.activation),
            recurrent_activation=activation_name(self.recurrent_activation),
            use_cudnn=use_cudnn,
            reset_after=self.reset_after,
            **how,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "reset_after": self.reset_after,
        }


class GRU(GatedLayer):
    """A recurrent network whose gates keep, reset and renew the state.

    Args:
        units: Size of the output and of each state.
        activation: Name or function.
        recurrent_activation: Name or function, of the gates.
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
        seed: Integer, or None.
        return_sequences: Whether the outputs of all steps are returned.
        return_state: Whether the last states are returned too.
        go_backwards: Whether the last step is computed first.
        stateful: Whether the last states of a batch are the first of the next.
        unroll: Accepted; the results do not depend on it.
        reset_after: Whether the reset gate is applied after the product.
        use_cudnn: Whether cuDNN computes all steps at once: "auto" where it can, False
            never; with True it is an error when the layer is called and it cannot.
        **kwargs: Arguments of `Layer`, and `zero_output_for_mask`.

    Input shape: `(batch, time, features)`.

    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`;
        with `return_state` a tuple of that and the states.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> GRU(4, return_sequences=True)(np.ones((2, 5, 3))).shape
        (2, 5, 4)

    Reference:
        Cho et al., 2014, "Learning Phrase Representations using RNN Encoder-Decoder",
        arXiv:1406.1078.
    """

    units = FromCell()
    recurrent_activation = FromCell()
    reset_after = FromCell()

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell = GRUCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
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
            reset_after=reset_after,
            seed=seed,
            implementation=kwargs.pop("implementation", None),
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="gru_cell",
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
