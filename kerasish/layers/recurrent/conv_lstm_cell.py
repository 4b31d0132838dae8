"""The cell of convolutional LSTMs over any number of spatial axes."""

from typing import Any

from kerasish import activations, constraints, initializers, ops, random, regularizers
from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer
from kerasish.layers.convolutional.spatial_layer import one_of, positions, sizes
from kerasish.layers.recurrent.base_cell import defined_together
from kerasish.layers.recurrent.dropout_masks import DropoutRNNCell, checked_rate
from kerasish.ops.time_loop import Steps, gate_parts, run_steps, time_steps

__all__ = ["ConvLSTMCell"]

FORMATS = ("channels_last", "channels_first")


class ConvLSTMCell(DropoutRNNCell, Layer):
    """One step of a convolutional LSTM.

    It is that of `LSTM` with convolutions in the place of products.

    Args:
        rank: The number of spatial axes.
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
        >>> cell = ConvLSTMCell(1, 4, 3, padding="same")
        >>> state = np.zeros((2, 5, 4))
        >>> cell(np.ones((2, 5, 3)), [state, state])[0].shape
        (2, 5, 4)
    """

    dropout_mask_count = 4
    state_size = -1  # not known before the inputs are, as in Keras

    def __init__(
        self,
        rank: int,
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        kind = f"ConvLSTM{rank}D"
        self.rank = rank
        self.filters = self.output_size = sizes(kind, "filters", filters, 1)[0]
        self.kernel_size = sizes(kind, "kernel_size", kernel_size, rank)
        self.strides = sizes(kind, "strides", strides, rank)
        self.padding = one_of(kind, "padding", padding, ("valid", "same"))
        chosen = data_format or image_data_format()
        self.data_format = one_of(kind, "data_format", chosen, FORMATS)
        self.dilation_rate = sizes(kind, "dilation_rate", dilation_rate, rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"`strides > 1` of `{kind}` does not go with `dilation_rate > 1`. "
                f"Received: strides={strides}, dilation_rate={dilation_rate}"
            )
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.unit_forget_bias = unit_forget_bias
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = checked_rate(kind, "dropout", dropout)
        self.recurrent_dropout = checked_rate(
            kind, "recurrent_dropout", recurrent_dropout
        )
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)
        self._state_shape: tuple[int, ...] | None = None

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else -1

    def state_shape(self, input_shape: Any) -> tuple[int, ...]:
        """Returns the shape of the output and of each state, without the batch.

        Args:
            input_shape: The shape of the inputs of one step.

        Raises:
            ShapeError: If a spatial size is unknown, or the window does not fit.
        """
        first = self.data_format == "channels_first"
        spatial = input_shape[2:] if first else input_shape[1:-1]
        if None in spatial:
            raise ShapeError(
                f"The spatial sizes of the inputs of ConvLSTM{self.rank}D must be "
                f"known. Received: inputs of one step of shape {tuple(input_shape)}"
            )
        rows = zip(
            spatial, self.kernel_size, self.strides, self.dilation_rate, strict=True
        )
        found = [positions(*row, self.padding) for row in rows]
        if min(found) < 1:
            raise ShapeError(
                f"The window {self.kernel_size} of ConvLSTM{self.rank}D does not fit "
                f"into inputs of one step of shape {tuple(input_shape)}."
            )
        return (self.filters, *found) if first else (*found, self.filters)

    def build(self, input_shape: Any) -> None:
        """Makes the kernels and the bias."""
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ShapeError(
                f"The channels of the inputs of ConvLSTM{self.rank}D must be known. "
                f"Received: inputs of one step of shape {tuple(input_shape)}"
            )
        self._state_shape = self.state_shape(input_shape)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels, 4 * self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(*self.kernel_size, self.filters, 4 * self.filters),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(4 * self.filters,),
                initializer=self._first_bias,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _first_bias(self, shape: Any, dtype: Any = None) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer(shape, dtype=dtype)
        n = self.filters
        parts = (
            self.bias_initializer((n,), dtype=dtype),
            ops.ones((n,), dtype=dtype),
            self.bias_initializer((2 * n,), dtype=dtype),
        )
        return ops.concatenate(parts, axis=0)

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Returns states of zeros; the cell must be built.

        Args:
            batch_size: How many rows.

        Raises:
            ArgumentError: If the shape is not known.
        """
        if batch_size is None or self._state_shape is None:
            raise ArgumentError(
                "`get_initial_state` of a convolutional cell needs a `batch_size`, "
                f"and a cell that is built. Received: batch_size={batch_size}, "
                f"built={self.built}"
            )
        shape = (batch_size, *self._state_shape)
        return [ops.zeros(shape, self.compute_dtype) for _ in range(2)]

    @property
    def runs_at_once(self) -> bool:
        """Whether `over_time` does what `call` does step by step."""
        return defined_together(self, "call", "over_time")

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
        """Computes all steps; the convolution of the inputs is one for all of them.

        Args:
            sequences: `(batch, time, ...)`.
            states: List of the first states, or None for zeros.
            mask: `(batch, time)`, or None.
            training: Whether there is dropout.
            go_backwards: Whether the last step is computed first.
            return_sequences: Whether the outputs of all steps are wanted.
            zero_output_for_mask: Whether skipped steps give zero.

        Returns:
            The outputs and the list of the last states.
        """
        if go_backwards:
            sequences = ops.flip(sequences, 1)
            mask = None if mask is None else ops.flip(mask, 1)
        batch, time = sequences.shape[:2]
        inputs = [ops.swapaxes(sequences, 0, 1)]
        if training and self.dropout:
            drops = self.get_dropout_mask(sequences[:, 0])
            inputs = [ops.multiply(inputs[0], drop) for drop in drops]
        joined = [ops.reshape(x, (time * batch, *x.shape[2:])) for x in inputs]
        projected = self._projected(joined)
        rest = tuple(projected.shape[1:])
        projected = time_steps(ops.reshape(projected, (time, batch, *rest)))
        masks = None
        if mask is not None:
            mask = ops.reshape(mask, (batch, time, *(1,) * (self.rank + 1)))
            masks = time_steps(ops.swapaxes(mask, 0, 1))
        steps = Steps(projected, masks, mask, states is None)
        if states is None:
            zero = ops.zeros_like(self._parts(projected[0])[0])
            states = [zero, zero]
        step = self._step_with(self._recurrent_masks(states[0], training))
        y, *last = run_steps(
            step, steps, tuple(states), return_sequences, zero_output_for_mask
        )
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()
        return y, last

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        """Computes one step.

        Args:
            inputs: `(batch, ...)`.
            states: List of the two states.
            training: Whether there is dropout.

        Returns:
            The output and the list of the new states.
        """
        given = [inputs]
        if training and self.dropout:
            drops = self.get_dropout_mask(inputs)
            given = [ops.multiply(inputs, drop) for drop in drops]
        step = self._step_with(self._recurrent_masks(states[0], training))
        h, c = step(self._projected(given), *states)
        return h, [h, c]

    def _recurrent_masks(self, h: Any, training: bool) -> Any:
        if training and self.recurrent_dropout:
            return self.get_recurrent_dropout_mask(h)
        return None

    def _projected(self, inputs: list[Any]) -> Any:
        """Returns the convolution of the inputs, one for all gates or one for each."""
        y = self._convolved(
            inputs, self.kernel, self.strides, self.padding, self.dilation_rate
        )
        if self.bias is None:
            return y
        first = self.data_format == "channels_first"
        shape = (-1, *(1,) * self.rank) if first else (-1,)
        return ops.add(y, ops.reshape(self.bias, shape))

    def _convolved(self, inputs: list[Any], kernel: Any, *how: Any) -> Any:
        strides, padding, dilation = how
        kernels = [kernel]
        if len(inputs) > 1:
            kernels = gate_parts(ops.convert_to_tensor(kernel), count=4)
        made = [
            ops.conv(x, w, strides, padding, self.data_format, dilation)
            for x, w in zip(inputs, kernels, strict=True)
        ]
        if len(made) == 1:
            return made[0]
        return ops.concatenate(made, axis=self._channel_axis)

    def _parts(self, z: Any) -> Any:
        if self.data_format == "channels_first":
            return ops.split(z, 4, axis=1)
        return gate_parts(z, count=4)

    def _step_with(self, drops: Any) -> Any:
        activate, gate = self.activation, self.recurrent_activation

        def step(z: Any, h: Any, c: Any) -> tuple[Any, ...]:
            hs = [h] if drops is None else [ops.multiply(h, drop) for drop in drops]
            z = ops.add(z, self._convolved(hs, self.recurrent_kernel, 1, "same", 1))
            i, f, g, o = self._parts(z)
            c = ops.add(ops.multiply(gate(f), c), ops.multiply(gate(i), activate(g)))
            return ops.multiply(gate(o), activate(c)), c

        return step

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "activation": activations.serialize(self.activation),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": initializers.serialize(self.recurrent_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "unit_forget_bias": self.unit_forget_bias,
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "recurrent_regularizer": regularizers.serialize(self.recurrent_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "recurrent_constraint": constraints.serialize(self.recurrent_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }
