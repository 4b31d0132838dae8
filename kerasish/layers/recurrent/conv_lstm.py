"""Convolutional LSTMs over one, two and three spatial axes."""

from typing import Any

from kerasish.layers.recurrent.base_conv_lstm import BaseConvLSTM

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]


class ConvLSTM1D(BaseConvLSTM):
    """A long short-term memory over sequences of a line, with convolutions.

    Args:
        filters: Channels of the output and of each state.
        kernel_size: Sizes of the window.
        strides: Steps of the window over the inputs; above 1 only without dilation.
        padding: "valid" or "same", of the inputs; states are padded to stay as they
            are.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window over the inputs.
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
        **kwargs: Arguments of `Layer`, and `zero_output_for_mask`.

    Input shape: `(batch, time, positions, channels)`, or channels before
        these.

    Output shape: `(batch, positions, filters)`, or with the time axis if
        `return_sequences`; with `return_state` a tuple of that and the states.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> ConvLSTM1D(4, 3, padding="same")(np.ones((2, 3, 5, 2))).shape
        (2, 5, 4)

    Reference:
        Shi et al., 2015, "Convolutional LSTM Network", arXiv:1506.04214, without
        peepholes.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        **kwargs: Any,
    ) -> None:
        super().__init__(
            1,
            filters,
            kernel_size,
            activity_regularizer,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
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
            **kwargs,
        )


class ConvLSTM2D(BaseConvLSTM):
    """A long short-term memory over sequences of images, with convolutions.

    Args:
        filters: Channels of the output and of each state.
        kernel_size: Sizes of the window.
        strides: Steps of the window over the inputs; above 1 only without dilation.
        padding: "valid" or "same", of the inputs; states are padded to stay as they
            are.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window over the inputs.
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
        **kwargs: Arguments of `Layer`, and `zero_output_for_mask`.

    Input shape: `(batch, time, height, width, channels)`, or channels before
        these.

    Output shape: `(batch, height, width, filters)`, or with the time axis if
        `return_sequences`; with `return_state` a tuple of that and the states.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> ConvLSTM2D(4, 3, padding="same")(np.ones((2, 3, 5, 5, 2))).shape
        (2, 5, 5, 4)

    Reference:
        Shi et al., 2015, "Convolutional LSTM Network", arXiv:1506.04214, without
        peepholes.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        **kwargs: Any,
    ) -> None:
        super().__init__(
            2,
            filters,
            kernel_size,
            activity_regularizer,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
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
            **kwargs,
        )


class ConvLSTM3D(BaseConvLSTM):
    """A long short-term memory over sequences of volumes, with convolutions.

    Args:
        filters: Channels of the output and of each state.
        kernel_size: Sizes of the window.
        strides: Steps of the window over the inputs; above 1 only without dilation.
        padding: "valid" or "same", of the inputs; states are padded to stay as they
            are.
        data_format: "channels_last" or "channels_first"; the default if None.
        dilation_rate: Distances within the window over the inputs.
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
        **kwargs: Arguments of `Layer`, and `zero_output_for_mask`.

    Input shape: `(batch, time, depth, height, width, channels)`, or channels before
        depth.

    Output shape: `(batch, depth, height, width, filters)`, or with the time axis if
        `return_sequences`; with `return_state` a tuple of that and the states.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> ConvLSTM3D(4, 3, padding="same")(np.ones((2, 3, 5, 5, 5, 2))).shape
        (2, 5, 5, 5, 4)

    Reference:
        Shi et al., 2015, "Convolutional LSTM Network", arXiv:1506.04214, without
        peepholes.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        **kwargs: Any,
    ) -> None:
        super().__init__(
            3,
            filters,
            kernel_size,
            activity_regularizer,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
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
            **kwargs,
        )
