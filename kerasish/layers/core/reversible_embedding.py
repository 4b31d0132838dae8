"""ReversibleEmbedding: vectors for integers, and scores of integers for vectors."""

from typing import Any

from kerasish import ops
from kerasish.autodiff import KerasTensor, autocast_scope
from kerasish.core.dtypes import is_float_dtype, standardize_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.core.embedding import Embedding

__all__ = ["ReversibleEmbedding"]


class ReversibleEmbedding(Embedding):
    """Looks up a trained vector for every integer, or scores all integers for vectors.

    Called with `reverse=True` it multiplies its inputs by the table, as the last layer
    of a language model does with the table of its first.

    Args:
        input_dim: How many integers there are: from 0 to `input_dim - 1`.
        output_dim: Length of a vector.
        tie_weights: Whether the way back uses the same table, or one of its own.
        embeddings_initializer: First values of the tables.
        embeddings_regularizer: Penalty on the vectors.
        embeddings_constraint: What the vectors are projected onto after each step.
        mask_zero: Whether 0 stands for padding, which is masked.
        reverse_dtype: Dtype of the way back, by default that of the layer.
        logit_soft_cap: Bound of the scores, `cap * tanh(scores / cap)`, or None.
        **kwargs: Arguments of `Embedding`.

    Input shape: `(batch, ...)` of integers, or in reverse `(batch, ..., output_dim)`.

    Output shape: `(batch, ..., output_dim)`, or in reverse `(batch, ..., input_dim)`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> layer = ReversibleEmbedding(10, 4)
        >>> y = layer(np.array([[1, 2, 3]]))
        >>> y.shape, layer(y, reverse=True).shape
        ((1, 3, 4), (1, 3, 10))

    Reference:
        Press and Wolf, 2017, "Using the Output Embedding to Improve Language Models",
        arXiv:1608.05859.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        if logit_soft_cap is not None and not logit_soft_cap > 0:
            raise ArgumentError(
                "`logit_soft_cap` of `ReversibleEmbedding` must be positive or None. "
                f"Received: logit_soft_cap={logit_soft_cap}"
            )
        dtype = None if reverse_dtype is None else standardize_dtype(reverse_dtype)
        if dtype is not None and not is_float_dtype(dtype):
            raise ArgumentError(
                "`reverse_dtype` of `ReversibleEmbedding` must be a float dtype. "
                f"Received: reverse_dtype={reverse_dtype!r}"
            )
        weights = kwargs.pop("weights", None)
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer,
            embeddings_regularizer,
            embeddings_constraint,
            mask_zero,
            **kwargs,
        )
        self.tie_weights = tie_weights
        self.reverse_dtype = dtype
        self.logit_soft_cap = logit_soft_cap
        if weights is not None:
            self.build()
            self.set_weights(weights)

    def build(self, input_shape: Any = None) -> None:
        """Makes the table `(input_dim, output_dim)`, and that of the way back.

        Args:
            input_shape: Not needed.
        """
        if self.built:
            return
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                name="reverse_embeddings",
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
            )

    def call(self, inputs: Any, reverse: bool = False) -> Any:
        """Looks up the vectors, or computes the scores.

        Args:
            inputs: Integers, or vectors.
            reverse: Whether they are vectors.
        """
        if not reverse:
            return super().call(inputs)
        self._check_vectors(inputs.shape)
        dtype = self.reverse_dtype or self.compute_dtype
        with autocast_scope(None):
            if self.tie_weights:
                table = ops.transpose(ops.cast(self._embeddings, dtype))
            else:
                table = ops.cast(self.reverse_embeddings, dtype)
        scores = ops.matmul(ops.cast(inputs, dtype), table)
        cap = self.logit_soft_cap
        if cap is not None:
            scores = ops.multiply(ops.tanh(ops.divide(scores, cap)), cap)
        return scores

    def _set_masks(self, inputs: Any, outputs: Any, masks: Any) -> None:
        if len(outputs.shape) > len(inputs.shape):  # scores have no mask
            super()._set_masks(inputs, outputs, masks)

    def compute_output_shape(
        self, input_shape: Any, reverse: bool = False
    ) -> tuple[int | None, ...]:
        """Returns the shape of the vectors, or of the scores.

        Args:
            input_shape: Shape of the inputs.
            reverse: Whether these are vectors.
        """
        if reverse:
            self._check_vectors(input_shape)
            return (*input_shape[:-1], self.input_dim)
        return super().compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> Any:
        """Infers the symbolic outputs.

        Args:
            inputs: Symbolic inputs.
            reverse: Whether they are vectors.
        """
        dtype = self.reverse_dtype if reverse else None
        shape = self.compute_output_shape(tuple(inputs.shape), reverse)
        return KerasTensor(shape, dtype or self.compute_dtype)

    def _check_vectors(self, shape: Any) -> None:
        if not shape or shape[-1] not in (None, self.output_dim):
            raise ShapeError(
                f"Inputs of `ReversibleEmbedding` {self.name!r} must in reverse have "
                f"{self.output_dim} features. Received: shape={tuple(shape)}"
            )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "tie_weights": self.tie_weights,
            "reverse_dtype": self.reverse_dtype,
            "logit_soft_cap": self.logit_soft_cap,
        }
