"""MultiHeadAttention: several heads, each with its own keys."""

from typing import Any

from kerasish.layers.attention.attended_axes import AttendedAxes
from kerasish.layers.attention.base_multi_head import BaseMultiHead, positive
from kerasish.layers.base.arguments import mask_of

__all__ = ["MultiHeadAttention"]


class MultiHeadAttention(BaseMultiHead):
    """Attends with several heads, each over its own projection of the inputs.

    Long sequences are computed in tiles, see `ops.dot_product_attention`, unless the
    weights are returned or dropped. A target that sees no source gets the mean of all
    values; and zeros, as in Keras, where the weights are returned, `dropout` is not 0
    or inputs have more than three axes.

    As in Keras, the mask of the queries is the one that they carry, whatever
    `query_mask` is, and a call on data takes the masks off its inputs: the output
    carries that of the queries, and the sum of both in a residual block carries none.

    Args:
        num_heads: How many heads there are.
        key_dim: Size of a head of queries and keys.
        value_dim: Size of a head of values, `key_dim` by default.
        dropout: Share of the weights that are set to zero while training.
        use_bias: Whether projections add a bias.
        output_shape: Sizes of the output in place of the features; those of the
            queries by default.
        attention_axes: Axes that attention goes over; all but the batch and the
            features by default.
        sliding_window: A target sees sources less than so many places off; None for
            all.
        flash_attention: Whether to compute in tiles; None where it saves memory.
        kernel_initializer: First values of the kernels.
        bias_initializer: First values of the biases.
        kernel_regularizer: Penalty on the kernels.
        bias_regularizer: Penalty on the biases.
        activity_regularizer: Penalty on the outputs of the projections.
        kernel_constraint: What the kernels are projected onto after each step.
        bias_constraint: What the biases are projected onto after each step.
        use_gate: Whether what is attended to is multiplied by the sigmoid of another
            projection of the queries.
        seed: Seed of the dropout, or None.
        **kwargs: Arguments of `Layer`.

    Input shape: Queries `(batch, targets, features)`, values `(batch, sources,
        features)`, and perhaps keys as the values; each may have more axes.

    Output shape: `(batch, targets, features)`, and weights `(batch, num_heads, targets,
        sources)` if they are asked for.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> layer = MultiHeadAttention(num_heads=2, key_dim=4)
        >>> x = np.ones((3, 5, 8))
        >>> layer(x, x, use_causal_mask=True).shape
        (3, 5, 8)

    Reference:
        Vaswani et al., 2017, "Attention Is All You Need", arXiv:1706.03762.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
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
        kind = type(self).__name__
        heads = positive("num_heads", num_heads, kind)
        size = positive("key_dim", key_dim, kind)
        other = value_dim
        if value_dim is not None:
            other = positive("value_dim", value_dim, kind, " or `None`")
        super().__init__((heads, heads), (size, other or size), options, **kwargs)
        self._output_shape = _output_shape(output_shape, kind)
        single = hasattr(attention_axes, "__index__")
        axes = (attention_axes,) if single else attention_axes
        self._attention_axes = None if axes is None else tuple(axes)

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Makes the projections, and finds out the attention axes.

        Args:
            query_shape: Shape of the queries.
            value_shape: Shape of the values.
            key_shape: Shape of the keys, that of the values by default.
        """
        super().build(query_shape, value_shape, key_shape)
        self._attention_axes = self._places.axes

    @property
    def num_heads(self) -> int:
        """How many heads there are."""
        return self._heads[0]

    @property
    def key_dim(self) -> int:
        """Size of a head of queries and keys."""
        return self._head_sizes[0]

    @property
    def value_dim(self) -> int:
        """Size of a head of values."""
        return self._head_sizes[1]

    @property
    def attention_axes(self) -> tuple[int, ...] | None:
        """Axes that attention goes over; None for all until the layer is built."""
        return self._attention_axes

    @property
    def query_dense(self) -> Any:
        """The projection of queries."""
        return self._query_dense

    @property
    def key_dense(self) -> Any:
        """The projection of keys."""
        return self._key_dense

    @property
    def value_dense(self) -> Any:
        """The projection of values."""
        return self._value_dense

    @property
    def output_dense(self) -> Any:
        """The projection of what the heads attended to."""
        return self._output_dense

    def _rows(self, query_mask: Any, *inputs: Any) -> Any:
        carried = mask_of(inputs[0])
        if query_mask is not None and query_mask is not carried:
            self._places.fold_mask(query_mask, "query_mask", inputs[0].shape)
        for x in inputs:
            if mask_of(x) is not None:
                x._keras_mask = None
        return carried

    def _output_sizes(self, query_shape: Any) -> tuple[int, ...]:
        return self._output_shape or super()._output_sizes(query_shape)

    def _attended(self, ndim: int) -> AttendedAxes:
        return AttendedAxes(self._attention_axes, ndim)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **self._shared_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_shape": self._output_shape,
            "attention_axes": self._attention_axes,
        }


def _output_shape(given: Any, kind: str) -> tuple[int, ...] | None:
    if given is None:
        return None
    sizes = (given,) if not isinstance(given, list | tuple) else tuple(given)
    more = " or several of them"
    return tuple(positive("output_shape", n, kind, more) for n in sizes) or None
