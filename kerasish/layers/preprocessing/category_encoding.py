"""CategoryEncoding: integers made vectors that mark or count them."""

from typing import Any

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.data import check_count
from kerasish.layers.base import Layer
from kerasish.layers.preprocessing.encoding import (
    check_dense,
    check_output_mode,
    encode,
    encoded_shape,
)
from kerasish.ops.guards import in_range, whole

__all__ = ["CategoryEncoding"]

OUTPUT_MODES = ("one_hot", "multi_hot", "count")


class CategoryEncoding(Layer):
    """Makes vectors that mark or count integers from 0 to `num_tokens - 1`.

    Args:
        num_tokens: Length of a vector.
        output_mode: "one_hot" for a vector for each integer, "multi_hot" for a vector
            for each row that marks those in it, "count" for one that counts them.
        sparse: Must be False.
        **kwargs: Arguments of `Layer`.

    Input shape: Any, of integers; the last axis is a row.

    Output shape: `(..., num_tokens)`; with "one_hot", a last axis of length 1 is
        replaced, any other kept.

    Raises:
        ArgumentError: If an argument is out of range; when it is called, if an integer
            is, or if there are `count_weights` in another mode than "count".

    Example:
        >>> CategoryEncoding(4)([[0, 1], [0, 0], [3, 1]]).tolist()
        [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0]]
    """

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if num_tokens is None:
            raise ArgumentError(
                "`num_tokens` of `CategoryEncoding` must be set. If the number of "
                "tokens is not known beforehand, use the `IntegerLookup` layer instead."
            )
        self.num_tokens = check_count(num_tokens, "num_tokens", "CategoryEncoding")
        kind = type(self).__name__
        self.output_mode = check_output_mode(kind, output_mode, OUTPUT_MODES)
        check_dense(kind, sparse, output_mode)
        self.sparse = False

    def build(self, input_shape: Any) -> None:
        """Makes no weights."""

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        """Returns the vectors; `count_weights` are what the integers count."""
        if count_weights is not None:
            count_weights = ops.convert_to_tensor(count_weights)
            self._check_weights(inputs.shape, count_weights)
        what = f"The integers that `CategoryEncoding` {self.name!r} encodes"
        ids = whole(inputs, what=what) if is_float_dtype(inputs.dtype) else inputs
        ids = in_range(ops.cast(ids, "int64"), 0, self.num_tokens - 1, what)
        return encode(
            ids, self.output_mode, self.num_tokens, self.compute_dtype, count_weights
        )

    def _check_weights(self, shape: Any, weights: Any) -> None:
        if self.output_mode != "count":
            raise ArgumentError(
                "`count_weights` of `CategoryEncoding` is not used when `output_mode` "
                f"is not 'count'. Received: output_mode={self.output_mode!r}"
            )
        if tuple(weights.shape) != tuple(shape):
            raise ShapeError(
                "`count_weights` of `CategoryEncoding` must have the shape of the "
                f"inputs, {tuple(shape)}. Received: {tuple(weights.shape)}"
            )

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Returns the shape of the outputs."""
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> Any:
        """Infers the symbolic outputs."""
        shape = self.compute_output_shape(inputs.shape)
        return KerasTensor(shape, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "num_tokens": self.num_tokens,
            "output_mode": self.output_mode,
        }
