"""Embedding: a vector for each of a set of integers."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.core.dtypes import is_int_dtype
from kerasish.core.errors import ArgumentError
from kerasish.layers.base import Layer
from kerasish.ops.guards import in_range, whole

__all__ = ["Embedding"]


class Embedding(Layer):
    """Looks up a trained vector for every integer.

    Args:
        input_dim: How many integers there are: from 0 to `input_dim - 1`.
        output_dim: Length of a vector.
        embeddings_initializer: First values of the vectors.
        embeddings_regularizer: Penalty on the vectors.
        embeddings_constraint: What the vectors are projected onto after each step.
        mask_zero: Whether 0 stands for padding, which is masked.
        weights: A list of one array with the first values.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, ...)` of integers.

    Output shape: `(batch, ..., output_dim)`.

    Raises:
        ArgumentError: If an integer is out of range, or an input is no integer.

    Example:
        >>> Embedding(10, 4)(np.array([[1, 2, 3]])).shape
        (1, 3, 4)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        **kwargs: Any,
    ) -> None:
        length = kwargs.pop("input_length", None)
        super().__init__(**kwargs)
        for name, value in (("input_dim", input_dim), ("output_dim", output_dim)):
            if not hasattr(value, "__index__") or isinstance(value, bool) or value < 1:
                raise ArgumentError(
                    f"`{name}` of `Embedding` must be a positive integer. "
                    f"Received: {name}={value!r}"
                )
        if length is not None:
            self._input_shape_argument = (length,)
        self.input_dim = int(input_dim)
        self.output_dim = int(output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False
        if weights is not None:
            self.build()
            self.set_weights(weights)

    def build(self, input_shape: Any = None) -> None:
        """Makes the table `(input_dim, output_dim)`."""
        if self.built:
            return
        self._embeddings = self.add_weight(
            name="embeddings",
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )
        self.built = True

    @property
    def embeddings(self) -> Any:
        """The table of vectors."""
        return self._embeddings

    def call(self, inputs: Any) -> Any:
        """Looks up the vectors."""
        what = f"Inputs of `Embedding` {self.name!r}"
        if not is_int_dtype(inputs.dtype):
            inputs = whole(inputs, what=what)
        inputs = in_range(inputs, low=0, high=self.input_dim - 1, what=what)
        if not is_int_dtype(inputs.dtype):
            inputs = ops.cast(inputs, "int32")
        return ops.cast(ops.take(self._embeddings, inputs, axis=0), self.compute_dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns where inputs are not 0, if 0 stands for padding."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the inputs' shape with `output_dim` behind it."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(
                self.embeddings_initializer
            ),
            "embeddings_regularizer": regularizers.serialize(
                self.embeddings_regularizer
            ),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
        }
