"""AdditiveAttention: means of values, weighted by a layer over queries and keys."""

from typing import Any

from kerasish import ops
from kerasish.layers.attention.attention import Attention

__all__ = ["AdditiveAttention"]


class AdditiveAttention(Attention):
    """Computes `softmax(sum(scale * tanh(query + key))) value`.

    It is called as `Attention` is, on a list of query, value and perhaps key.

    Args:
        use_scale: Whether the sum has trained factors.
        dropout: Share of the weights that are set to zero while training.
        **kwargs: `seed` of the dropout, and arguments of `Layer`.

    Input shape: A list of queries `(batch, targets, size)`, values `(batch, sources,
        value size)`, and perhaps keys `(batch, sources, size)`.

    Output shape: `(batch, targets, value size)`, and weights `(batch, targets,
        sources)` if they are asked for.

    Example:
        >>> x = np.ones((2, 3, 4))
        >>> AdditiveAttention()([x, x]).shape
        (2, 3, 4)

    Reference:
        Bahdanau et al., 2015, "Neural Machine Translation by Jointly Learning to Align
        and Translate", arXiv:1409.0473.
    """

    def __init__(
        self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Makes the trained factors.

        Args:
            input_shape: List of the inputs' shapes.
        """
        self._check_shapes(input_shape)
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(
                name="scale",
                shape=(input_shape[0][-1],),
                initializer="glorot_uniform",
            )

    def _is_for_tiles(self, q: Any, k: Any) -> bool:
        return False

    def _scores(self, q: Any, k: Any) -> Any:
        sums = ops.tanh(ops.add(ops.expand_dims(q, -2), ops.expand_dims(k, -3)))
        if self.scale is None:
            return ops.sum(sums, axis=-1)
        return ops.matmul(sums, self.scale)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = super().get_config()
        del config["score_mode"]
        return config
