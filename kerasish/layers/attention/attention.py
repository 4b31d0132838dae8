"""Attention: means of values, weighted by products of queries and keys."""

from typing import Any

from kerasish import ops, random
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer
from kerasish.ops.heads import attend, is_large
from kerasish.ops.sight import Sight, lowest

__all__ = ["Attention"]


class Attention(Layer):
    """Computes `softmax(scores(query, key)) value`.

    It is called on a list `[query, value]` or `[query, value, key]`, and takes masks in
    such a list: sources that the mask of the values hides get no weight, and targets
    that the mask of the queries hides give zeros. A target that sees no source gets the
    mean of all values.

    Args:
        use_scale: Whether scores have a trained factor.
        score_mode: "dot" for the product of query and key, "concat" for the sum of
            `tanh(query + key)` with a trained factor.
        dropout: Share of the weights that are set to zero while training.
        seed: Seed of the dropout, or None.
        **kwargs: Arguments of `Layer`.

    Input shape: A list of queries `(batch, targets, size)`, values `(batch, sources,
        value size)`, and perhaps keys `(batch, sources, size)`.

    Output shape: `(batch, targets, value size)`, and weights `(batch, targets,
        sources)` if they are asked for.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> x = np.ones((2, 3, 4))
        >>> Attention()([x, x], use_causal_mask=True).shape
        (2, 3, 4)

    Reference:
        Luong et al., 2015, "Effective Approaches to Attention-based Neural Machine
        Translation", arXiv:1508.04025.
    """

    supports_masking = True

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        kind = type(self).__name__
        if score_mode not in ("dot", "concat"):
            raise ArgumentError(
                f"`score_mode` of `{kind}` must be 'dot' or 'concat'. "
                f"Received: score_mode={score_mode!r}"
            )
        if not isinstance(dropout, int | float) or not 0 <= dropout <= 1:
            raise ArgumentError(
                f"`dropout` of `{kind}` must be a number from 0 to 1. "
                f"Received: dropout={dropout!r}"
            )
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        if dropout > 0:
            self.seed_generator = random.SeedGenerator(seed)

    def build(self, input_shape: Any) -> None:
        """Makes the trained factors.

        Args:
            input_shape: List of the inputs' shapes.
        """
        self._check_shapes(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight(name="scale", initializer="ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(
                name="concat_score_weight", initializer="ones"
            )

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: Any = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Computes the outputs, and with `return_attention_scores` the weights too.

        Args:
            inputs: List of query, value, and perhaps key.
            mask: List of the masks of query and value, None for what has none.
            training: Whether weights are dropped.
            return_attention_scores: Whether the weights are returned as well.
            use_causal_mask: Whether a target sees only sources up to its own place.
        """
        self._check_mask(mask)
        q, v, *rest = inputs
        k = rest[0] if rest else v
        rows, sources = (*mask, None)[:2] if mask is not None else (None, None)
        dropped = bool(training) and self.dropout > 0
        weights = None
        if not (return_attention_scores or dropped) and self._is_for_tiles(q, k):
            y = self._attended(q, k, v, sources, use_causal_mask)
        else:
            weights = self._weights(q, k, sources, use_causal_mask)
            kept = weights
            if dropped:
                kept = random.dropout(weights, self.dropout, seed=self.seed_generator)
            y = ops.matmul(kept, v)
        if rows is not None:
            y = ops.multiply(y, ops.expand_dims(ops.cast(rows, y.dtype), -1))
        return (y, weights) if return_attention_scores else y

    def _is_for_tiles(self, q: Any, k: Any) -> bool:
        if self.score_mode != "dot" or len(q.shape) != 3:
            return False
        return is_large((q.shape[0], 1, q.shape[1], k.shape[1]))

    def _attended(self, q: Any, k: Any, v: Any, sources: Any, causal: bool) -> Any:
        """Attends as a single head does, in tiles."""
        dtype = q.dtype
        wide = "float32" if dtype in ("float16", "bfloat16") else dtype
        if self.scale is not None:
            q = ops.multiply(q, self.scale)
        q, k, v = (ops.expand_dims(ops.cast(x, wide), 2) for x in (q, k, v))
        mask = None if sources is None else ops.expand_dims(sources, (1, 2))
        y = attend(q, k, v, Sight(mask, causal=causal), tiled=True)
        return ops.cast(ops.squeeze(y, 2), dtype)

    def _weights(self, q: Any, k: Any, sources: Any, causal: bool) -> Any:
        scores = self._scores(q, k)
        mask = None
        if sources is not None:
            mask = ops.cast(ops.expand_dims(sources, -2), "bool")
        if causal:
            line = Sight(causal=True).seen(*scores.shape[-2:])
            mask = line if mask is None else ops.logical_and(mask, line)
        if mask is not None:
            scores = ops.where(mask, scores, lowest(scores.dtype))
        return ops.softmax(scores, axis=-1)

    def _scores(self, q: Any, k: Any) -> Any:
        """Returns the scores `(batch, targets, sources)`."""
        if self.score_mode == "dot":
            scores = ops.matmul(q, ops.swapaxes(k, -1, -2))
            return scores if self.scale is None else ops.multiply(scores, self.scale)
        sums = ops.add(ops.expand_dims(q, -2), ops.expand_dims(k, -3))
        if self.scale is not None:
            sums = ops.multiply(sums, self.scale)
        return ops.multiply(ops.sum(ops.tanh(sums), axis=-1), self.concat_score_weight)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the mask of the queries."""
        self._check_mask(mask)
        return None if mask is None else mask[0]

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the queries' shape with the last size of the values.

        Args:
            input_shape: List of the inputs' shapes.
        """
        self._check_shapes(input_shape)
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(
        self,
        inputs: Any,
        mask: Any = None,
        return_attention_scores: bool = False,
        training: Any = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Infers the symbolic outputs; the arguments are those of `call`."""
        shapes = [tuple(x.shape) for x in self._listed(inputs)]
        y = KerasTensor(self.compute_output_shape(shapes), self.compute_dtype)
        if not return_attention_scores:
            return y
        scores = (*shapes[0][:-1], shapes[1][-2])
        return y, KerasTensor(scores, self.compute_dtype)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the outputs; see `call`."""
        self._listed(args[0] if args else kwargs.get("inputs"))
        return super().__call__(*args, **kwargs)

    def _listed(self, inputs: Any) -> Any:
        kind = type(self).__name__
        if not isinstance(inputs, list | tuple):
            raise ArgumentError(
                f"`{kind}` must be called on a list of inputs, [query, value] or "
                f"[query, value, key]. Received: {type(inputs).__name__}"
            )
        if len(inputs) not in (2, 3):
            raise ArgumentError(
                f"`{kind}` takes a list of 2 or 3 inputs, [query, value] or [query, "
                f"value, key]. Received: {len(inputs)}"
            )
        return inputs

    def _check_mask(self, mask: Any) -> None:
        kind = type(self).__name__
        if mask is None:
            return
        if not isinstance(mask, list | tuple):
            raise ArgumentError(
                f"`mask` of `{kind}` must be a list, [query_mask, value_mask]. "
                f"Received: {mask!r:.80}"
            )
        if len(mask) not in (2, 3):
            raise ArgumentError(
                f"`mask` of `{kind}` must hold 2 or 3 masks, [query_mask, value_mask]. "
                f"Received: {len(mask)}"
            )

    def _check_shapes(self, shapes: Any) -> None:
        q, v, *rest = self._listed(shapes)
        k = rest[0] if rest else v
        pairs = [(q[-1], k[-1]), (k[-2], v[-2])] if min(map(len, (q, k, v))) > 1 else []
        wrong = any(n != m and None not in (n, m) for n, m in pairs)
        if not pairs or wrong or len({len(q), len(k), len(v)}) > 1:
            raise ShapeError(
                f"Inputs of `{type(self).__name__}` {self.name!r} must have the same "
                "number of axes, query and key the same last size, and value and key "
                f"the same length. Received: query_shape={tuple(q)}, "
                f"value_shape={tuple(v)}, key_shape={tuple(k)}"
            )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }
