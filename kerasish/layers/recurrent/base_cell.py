"""What the cells of simple, LSTM and GRU networks share: weights, dropout, config."""

from typing import Any

from kerasish import activations, constraints, initializers, ops, random, regularizers
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer
from kerasish.layers.recurrent.dropout_masks import DropoutRNNCell, checked_rate
from kerasish.ops.recurrent import ACTIVATIONS

__all__ = ["BaseRecurrentCell", "activation_name", "defined_together"]


class BaseRecurrentCell(DropoutRNNCell, Layer):
    """A cell of dense gates: one step of a recurrent network.

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
        recurrent_dropout: Share of the state that is zeroed while training, where it
            meets the recurrent kernel.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is out of range.
    """

    gates = 1

    def __init__(
        self,
        units: int,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: Any,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("implementation", None)  # there is one here, for all
        super().__init__(**kwargs)
        kind = type(self).__name__
        if not hasattr(units, "__index__") or isinstance(units, bool) or units < 1:
            raise ArgumentError(
                f"`units` of `{kind}` must be a positive integer. "
                f"Received: units={units!r}"
            )
        self.units = int(units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
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
        self.state_size: Any = self.units
        self.output_size = self.units

    def build(self, input_shape: Any) -> None:
        """Makes the kernels and the bias."""
        features = input_shape[-1]
        if features is None:
            raise ShapeError(
                f"The last axis of the inputs of {type(self).__name__} {self.name!r} "
                f"must be known. Received: input_shape={tuple(input_shape)}"
            )
        width = self.gates * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(features, width),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, width),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=self._bias_shape(),
                initializer=self._first_bias,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def _first_bias(self, shape: Any, dtype: Any = None) -> Any:
        return self.bias_initializer(shape, dtype=dtype)

    def over_time(
        self, sequences: Any, states: Any, mask: Any, training: bool, **how: Any
    ) -> tuple[Any, list[Any]]:
        """Computes all steps of sequences by one operation.

        Args:
            sequences: `(batch, time, features)`.
            states: List of the first states, or None for zeros.
            mask: `(batch, time)`, or None.
            training: Whether there is dropout.
            **how: `go_backwards`, `return_sequences`, `zero_output_for_mask`, and what
                else the cell knows.

        Returns:
            The outputs and the list of the last states.
        """
        first = [None] * self._state_count if states is None else list(states)
        drop = None
        if training and self.dropout:
            # One mask for all steps.
            sequences = random.dropout(
                sequences, self.dropout, (None, 1, None), seed=self.seed_generator
            )
        if training and self.recurrent_dropout:
            shape = (sequences.shape[0], self.units)
            drop = self.get_recurrent_dropout_mask(ops.ones(shape, sequences.dtype))
            self.reset_recurrent_dropout_mask()
        y, *last = self._compute(
            sequences, first, mask=mask, recurrent_dropout_mask=drop, **how
        )
        return y, last

    def _one_step(self, inputs: Any, states: Any, training: bool) -> Any:
        several = isinstance(states, list | tuple)
        first = list(states) if several else [states]
        drop = None
        if training and self.dropout:
            inputs = ops.multiply(inputs, self.get_dropout_mask(inputs))
        if training and self.recurrent_dropout:
            drop = self.get_recurrent_dropout_mask(first[0])
        y, *last = self._compute(
            ops.expand_dims(inputs, 1),
            first,
            return_sequences=False,
            recurrent_dropout_mask=drop,
        )
        return y, (last if several else last[0])

    @property
    def runs_at_once(self) -> bool:
        """Whether `over_time` does what `call` does step by step."""
        return defined_together(self, "call", "_compute")

    @property
    def _state_count(self) -> int:
        return len(self.state_size) if isinstance(self.state_size, list) else 1

    def _compute(self, sequences: Any, first: list[Any], **how: Any) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} does not override `_compute`."
        )

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Returns states of zeros.

        Args:
            batch_size: How many rows.

        Raises:
            ArgumentError: If it is not known.
        """
        if batch_size is None:
            raise ArgumentError(
                f"`batch_size` of `{type(self).__name__}.get_initial_state` must be an "
                "integer. Received: batch_size=None"
            )
        shape = (batch_size, self.units)
        return [ops.zeros(shape, self.compute_dtype) for _ in range(self._state_count)]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": initializers.serialize(self.recurrent_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
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


def defined_together(x: Any, first: str, second: str) -> bool:
    """Returns whether a class overrides one method only together with another.

    Args:
        x: An object.
        first: The name of a method.
        second: The name of the other, which takes the place of the first.
    """
    if first in vars(x):
        return False
    owner = next(c for c in type(x).__mro__ if first in vars(c))
    return second in vars(owner)


def activation_name(activation: Any) -> Any:
    """Returns the name of an activation that the recurrent operations know by name.

    Args:
        activation: A function.

    Returns:
        Its name, or the function itself.

    Example:
        >>> activation_name(activations.get("tanh"))
        'tanh'
    """
    return _NAMES.get(id(activation), activation)


_NAMES = {id(activations.get(name)): name for name in ACTIVATIONS}
