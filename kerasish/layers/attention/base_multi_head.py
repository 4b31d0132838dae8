"""The base of layers that attend with several heads: projections, masks, the call."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.activation.activation_layers import Softmax
from kerasish.layers.attention.attended_axes import AttendedAxes
from kerasish.layers.base import Layer
from kerasish.layers.core.einsum_dense import EinsumDense
from kerasish.layers.core.simple import Dropout
from kerasish.ops.heads import attend, attention_weights, weighted_values
from kerasish.ops.sight import Sight

__all__ = ["BaseMultiHead", "positive"]

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class BaseMultiHead(Layer):
    """Projects queries, keys and values to heads, attends, and projects back.

    Args:
        heads: How many heads queries have, and how many keys and values have.
        sizes: Size of a head of queries and keys, and of values.
        options: The other arguments of the layer by name.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is wrong.
    """

    supports_masking = True

    def __init__(
        self,
        heads: tuple[int, int],
        sizes: tuple[int, int],
        options: dict[str, Any],
        /,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._heads, self._head_sizes = heads, sizes
        rate, window = options["dropout"], options["sliding_window"]
        kind = type(self).__name__
        if not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ArgumentError(
                f"`dropout` of `{kind}` must be a number from 0 to 1. "
                f"Received: dropout={rate!r}"
            )
        if window is not None:
            positive("sliding_window", window, kind, " or `None`")
        if options["flash_attention"] and rate > 0:
            raise ArgumentError(
                f"Dropout is not supported when `{kind}` computes in tiles. Set "
                "`dropout` to 0.0 to use flash attention."
            )
        self._dropout: float = rate
        self._use_bias = options["use_bias"]
        self.use_gate = options["use_gate"]
        self.sliding_window = window
        self._flash_attention = options["flash_attention"]
        self.seed = options["seed"]
        self.kernel_initializer = initializers.get(options["kernel_initializer"])
        self.bias_initializer = initializers.get(options["bias_initializer"])
        self.kernel_regularizer = regularizers.get(options["kernel_regularizer"])
        self.bias_regularizer = regularizers.get(options["bias_regularizer"])
        self.kernel_constraint = constraints.get(options["kernel_constraint"])
        self.bias_constraint = constraints.get(options["bias_constraint"])
        self._of_activities = regularizers.get(options["activity_regularizer"])

    @property
    def dropout(self) -> float:
        """The share of weights that are set to zero while training."""
        return self._dropout

    @property
    def use_bias(self) -> bool:
        """Whether the projections add a bias."""
        return self._use_bias  # type: ignore[no-any-return]

    def _output_sizes(self, query_shape: Any) -> tuple[int, ...]:
        """Returns the sizes that the output has in place of the features."""
        return (query_shape[-1],)

    def _attended(self, ndim: int) -> AttendedAxes:
        return AttendedAxes(None, ndim)

    # -------------------------------------------------------------------- weights

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Makes the projections.

        Args:
            query_shape: Shape of the queries.
            value_shape: Shape of the values.
            key_shape: Shape of the keys, that of the values by default.
        """
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(query_shape, value_shape, key_shape)
        ndim = len(query_shape)
        self._places = self._attended(ndim)
        (queries, others), (size, value_size) = self._heads, self._head_sizes
        self._query_dense = self._into(query_shape, queries, size, "query")
        self._key_dense = self._into(key_shape, others, size, "key")
        if self.use_gate:
            self._gate_dense = self._into(query_shape, queries, value_size, "gate")
        self._value_dense = self._into(value_shape, others, value_size, "value")
        # Nothing to compute, but it has its name in files of Keras.
        self._softmax = Softmax(dtype=self.dtype_policy)
        self._dropout_layer = Dropout(
            self._dropout, seed=self.seed, dtype=self.dtype_policy
        )
        sizes = self._output_sizes(query_shape)
        free, own = LETTERS[: ndim - 1], LETTERS[ndim - 1 : ndim + 1]
        out = LETTERS[ndim + 1 : ndim + 1 + len(sizes)]
        self._output_dense = self._dense(
            f"{free}{own},{own}{out}->{free}{out}", sizes, "attention_output"
        )
        self._output_dense.build((*query_shape[:-1], queries, value_size))

    def _into(self, shape: Any, heads: int, size: int, name: str) -> EinsumDense:
        ndim = len(shape)
        free, feature = LETTERS[: ndim - 1], LETTERS[ndim - 1]
        own = LETTERS[ndim : ndim + 2]
        equation = f"{free}{feature},{feature}{own}->{free}{own}"
        layer = self._dense(equation, (heads, size), name)
        layer.build(shape)
        return layer

    def _dense(self, equation: str, sizes: Any, name: str) -> EinsumDense:
        free = len(equation.partition("->")[2]) - len(sizes) - 1
        layer = EinsumDense(
            equation,
            (*(None,) * free, *sizes),
            bias_axes=equation[-len(sizes) :] if self._use_bias else None,
            kernel_initializer=_fresh(self.kernel_initializer),
            bias_initializer=_fresh(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            activity_regularizer=self._of_activities,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype=self.dtype_policy,
            name=name,
        )
        layer.supports_masking = True  # masks are taken care of here
        return layer

    # ----------------------------------------------------------------------- call

    def call(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: Any = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Computes the outputs, and with `return_attention_scores` the weights too.

        Args:
            query: Tensor `(batch, targets, features)`.
            value: Tensor `(batch, sources, features)`.
            key: Tensor `(batch, sources, features)`, the values by default.
            query_mask: Mask `(batch, targets)` of the queries.
            value_mask: Mask `(batch, sources)` of the values.
            key_mask: Mask `(batch, sources)` of the keys.
            attention_mask: Mask `(batch, targets, sources)` of pairs.
            return_attention_scores: Whether the weights are returned as well.
            training: Whether weights are dropped.
            use_causal_mask: Whether a target sees only sources up to its own place.
        """
        if return_attention_scores and self._flash_attention:
            raise ArgumentError(
                "Returning attention scores is not supported when flash attention is "
                "enabled: they are never there all at once."
            )
        query_mask = self._rows(query_mask, query, value, key)
        key = value if key is None else key
        masks = (query_mask, value_mask, key_mask, attention_mask)
        sight = self._sight(query, value, masks, use_causal_mask)
        y, weights = self._attend(
            self._query_dense(query),
            self._key_dense(key),
            self._value_dense(value),
            sight,
            return_attention_scores,
            bool(training) and self._dropout > 0,
        )
        places, dtype = self._places, self.compute_dtype
        y = ops.cast(places.unfold(y, query.shape), dtype)
        if self.use_gate:
            y = ops.multiply(y, ops.sigmoid(self._gate_dense(query)))
        y = self._output_dense(y)
        if weights is None or not return_attention_scores:
            return y
        weights = ops.cast(weights, dtype)
        if not places.plain:
            shape = places.scores_shape(query.shape, value.shape, self._heads[0])
            weights = ops.reshape(weights, shape)
        return y, weights

    def _rows(self, query_mask: Any, *inputs: Any) -> Any:
        """Returns the mask of the queries that holds, by what the inputs carry."""
        return query_mask

    def _attend(
        self, q: Any, k: Any, v: Any, sight: Sight, returned: bool, dropped: bool
    ) -> tuple[Any, Any]:
        """Returns what the heads attend to, and the weights where they are there."""
        places, dtype = self._places, self.compute_dtype
        q, k, v = (places.fold(x) for x in (q, k, v))
        scale = self._head_sizes[0] ** -0.5
        # Keras has zeros for what sees nothing where it computes the weights itself.
        zeros = returned or self._dropout > 0 or not places.plain
        if not (returned or dropped):
            tiled = self._flash_attention
            y = attend(q, k, v, sight, zeros=zeros, tiled=tiled, scale=scale)
            return y, None
        wide = "float32" if dtype in ("float16", "bfloat16") else dtype
        q, k, v = (ops.cast(x, wide) for x in (q, k, v))
        q = ops.multiply(q, scale)
        weights = attention_weights(q, k, sight, zeros=zeros)
        kept = self._dropout_layer(weights, training=True) if dropped else weights
        return weighted_values(kept, v), weights

    def _sight(self, query: Any, value: Any, masks: Any, causal: bool) -> Sight:
        """Returns who sees whom by all masks."""
        rows, value_mask, key_mask, pairs = masks
        places, found = self._places, None
        if len(places.axes) > 1 and (causal or self.sliding_window):
            raise ArgumentError(
                f"`use_causal_mask` and `sliding_window` of `{type(self).__name__}` "
                f"need one attention axis. Received: {places.axes}"
            )
        for name, mask in (("value_mask", value_mask), ("key_mask", key_mask)):
            if mask is not None:
                mask = places.fold_mask(mask, name, value.shape)
                mask = ops.expand_dims(mask, (1, 2))
                found = mask if found is None else ops.logical_and(found, mask)
        if pairs is not None:
            mask = places.fold_attention_mask(pairs, query.shape, value.shape)
            found = mask if found is None else ops.logical_and(found, mask)
        if rows is not None:
            rows = places.fold_mask(rows, "query_mask", query.shape)
        return Sight(found, rows, causal, self.sliding_window)

    # --------------------------------------------------------------------- shapes

    def compute_output_shape(
        self, query_shape: Any, value_shape: Any, key_shape: Any = None
    ) -> tuple[int | None, ...]:
        """Returns the queries' shape with the output's sizes in place of the last.

        Args:
            query_shape: Shape of the queries.
            value_shape: Shape of the values.
            key_shape: Shape of the keys, that of the values by default.
        """
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(query_shape, value_shape, key_shape)
        return (*query_shape[:-1], *self._output_sizes(query_shape))

    def compute_output_spec(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: Any = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Infers the symbolic outputs; the arguments are those of `call`."""
        dtype = self.compute_dtype
        shapes = [
            tuple(x.shape) for x in (query, value, *(() if key is None else (key,)))
        ]
        y = KerasTensor(self.compute_output_shape(*shapes), dtype)
        if not return_attention_scores:
            return y
        places = self._attended(len(shapes[0]))
        scores = places.scores_shape(shapes[0], shapes[1], self._heads[0])
        return y, KerasTensor(scores, dtype)

    def _check_shapes(self, query: Any, value: Any, key: Any) -> None:
        query, value, key = (tuple(shape) for shape in (query, value, key))
        if value[:-1] != key[:-1]:
            raise ShapeError(
                "All dimensions of `value` and `key`, except the last one, must be "
                f"equal. Received: value_shape={value} and key_shape={key}"
            )
        places = self._attended(len(query))
        pairs = [(query[a], value[a]) for a in places.free if len(value) > a]
        wrong = any(n != m and None not in (n, m) for n, m in pairs)
        if len(query) != len(value) or wrong:
            raise ShapeError(
                f"`query` and `value` of `{type(self).__name__}` {self.name!r} must "
                "have the same number of axes, and the same sizes along those that "
                f"attention does not go over. Received: query_shape={query} and "
                f"value_shape={value}"
            )

    def _shared_config(self) -> dict[str, Any]:
        """Returns the arguments that all such layers have, as plain data."""
        return {
            **super().get_config(),
            "use_bias": self._use_bias,
            "use_gate": self.use_gate,
            "sliding_window": self.sliding_window,
            "dropout": self._dropout,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self._of_activities),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "seed": self.seed,
        }


def positive(name: str, value: Any, kind: str, more: str = "") -> int:
    """Returns an argument that must be a positive integer.

    Args:
        name: Its name.
        value: What was given.
        kind: Whose argument it is.
        more: What else it may be, for the message.

    Raises:
        ArgumentError: If it is none.
    """
    if not hasattr(value, "__index__") or isinstance(value, bool) or value < 1:
        raise ArgumentError(
            f"`{name}` of `{kind}` must be a positive integer{more}. "
            f"Received: {name}={value!r}"
        )
    return int(value)


def _fresh(initializer: Any) -> Any:
    """Returns an initializer that draws other numbers, unless its seed is told."""
    return initializer.clone() if hasattr(initializer, "clone") else initializer
