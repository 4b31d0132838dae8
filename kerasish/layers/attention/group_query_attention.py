"""GroupQueryAttention: several heads of queries share one of keys and values."""

from typing import Any

from kerasish import regularizers
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.attention.base_multi_head import BaseMultiHead, positive

__all__ = ["GroupQueryAttention"]


class GroupQueryAttention(BaseMultiHead):
    """Attends with several heads, groups of which share keys and values.

    With one head of keys this is multi-query attention, with as many as there are of
    queries multi-head attention. A target that sees no source gets the mean of all
    values; and zeros, as in Keras, where the weights are returned or `dropout` is not
    0.

    Args:
        head_dim: Size of a head.
        num_query_heads: How many heads of queries there are.
        num_key_value_heads: How many heads of keys and values there are; they divide
            those of queries.
        dropout: Share of the weights that are set to zero while training.
        use_bias: Whether projections add a bias.
        sliding_window: A target sees sources less than so many places off; None for
            all.
        flash_attention: Whether to compute in tiles; None where it saves memory.
        kernel_initializer: First values of the kernels.
        bias_initializer: First values of the biases.
        kernel_regularizer: Penalty on the kernels.
        bias_regularizer: Penalty on the biases.
        activity_regularizer: Penalty on the outputs, and on those of the projections.
        kernel_constraint: What the kernels are projected onto after each step.
        bias_constraint: What the biases are projected onto after each step.
        use_gate: Whether what is attended to is multiplied by the sigmoid of another
            projection of the queries.
        seed: Seed of the dropout, or None.
        **kwargs: Arguments of `Layer`.

    Input shape: Queries `(batch, targets, features)`, values `(batch, sources,
        features)`, and perhaps keys as the values.

    Output shape: `(batch, targets, features)`, and weights `(batch, num_query_heads,
        targets, sources)` if they are asked for.

    Raises:
        ArgumentError: If an argument is out of range, or heads do not divide.

    Example:
        >>> layer = GroupQueryAttention(4, num_query_heads=6, num_key_value_heads=2)
        >>> x = np.ones((3, 5, 8))
        >>> layer(x, x).shape
        (3, 5, 8)

    Reference:
        Ainslie et al., 2023, "GQA", arXiv:2305.13245.
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        options = {k: v for k, v in locals().items() if k not in ("self", "kwargs")}
        kind = "GroupQueryAttention"
        size = positive("head_dim", head_dim, kind)
        queries = positive("num_query_heads", num_query_heads, kind)
        others = positive("num_key_value_heads", num_key_value_heads, kind)
        if queries % others:
            raise ArgumentError(
                "`num_query_heads` must be divisible by `num_key_value_heads`. "
                f"Received: {queries} and {others}"
            )
        super().__init__((queries, others), (size, size), options, **kwargs)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.head_dim = size
        self.num_query_heads = queries
        self.num_key_value_heads = others
        self.num_repeats = queries // others

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Makes the projections.

        Args:
            query_shape: Shape of the queries.
            value_shape: Shape of the values.
            key_shape: Shape of the keys, that of the values by default.
        """
        super().build(query_shape, value_shape, key_shape)
        self.feature_dim = query_shape[-1]

    def _check_shapes(self, query: Any, value: Any, key: Any) -> None:
        if len(query) != 3:
            raise ShapeError(
                f"Inputs of `GroupQueryAttention` {self.name!r} must have 3 axes, "
                f"(batch, length, features). Received: query_shape={tuple(query)}"
            )
        super()._check_shapes(query, value, key)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **self._shared_config(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
        }


# So Keras names the class itself, and after it layers and their groups in files.
GroupQueryAttention.__name__ = "GroupedQueryAttention"
