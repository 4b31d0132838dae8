"""Attention of heads in half precision as one operation, for backends that fuse it.

Queries, keys and values lie as projections make them, length before heads, so that
nothing is copied on the way to a kernel that keeps no scores. Other backends compute
it in float32, with `tiled_attention`'s kernels.
"""

from typing import Any

from kerasish.autodiff import GradientTape, TensorSpec, defvjp, keep, primitive
from kerasish.backends import current
from kerasish.ops.arithmetic import multiply
from kerasish.ops.broadcasting import broadcast_to
from kerasish.ops.conversion import cast
from kerasish.ops.movement import concatenate, ravel, reshape, swapaxes
from kerasish.ops.reductions import sum as sum_over
from kerasish.ops.repetition import repeat
from kerasish.ops.selection import where
from kerasish.ops.sight import lowest
from kerasish.ops.tiled_attention import parts_of, tiled_attention, tiled_gradients

__all__ = ["HALF", "fused_attention", "is_fused"]

HALF = ("bfloat16", "float16")


def is_fused(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    causal: bool = False,
    scale: float = 1.0,
) -> bool:
    """Returns whether the current backend has one kernel for attention.

    Args:
        query: Tensor `(batch, targets, heads, size)`.
        key: Tensor `(batch, sources, key heads, size)`.
        value: Tensor `(batch, sources, key heads, value size)`.
        mask: Boolean tensor that broadcasts to `(batch, heads, targets, sources)`, or
            None.
        causal: Whether a target sees only sources up to its own place.
        scale: Factor of the scores.

    Example:
        >>> x = np.ones((1, 3, 2, 8))
        >>> is_fused(x, x, x)
        False
    """
    parts = (query, key, value, *(() if mask is None else (mask,)))
    *shapes, last = (tuple(x.shape) for x in parts)
    shapes.append(last if mask is None else _bias_shape(last, key.shape[1]))
    if str(query.dtype) not in HALF or any(None in shape for shape in shapes):
        return False
    return current().attends(str(query.dtype), tuple(shapes), causal, scale)


def fused_attention(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    causal: bool = False,
    scale: float = 1.0,
) -> Any:
    """Computes `softmax(scale query key^T) value` for each head.

    Args:
        query: Tensor `(batch, targets, heads, size)`.
        key: Tensor `(batch, sources, key heads, size)` of its dtype; each head is that
            of as many heads of the query.
        value: Tensor `(batch, sources, key heads, value size)` of its dtype.
        mask: Boolean tensor that broadcasts to `(batch, heads, targets, sources)`: True
            where a target sees a source; or None.
        causal: Whether a target sees only sources up to its own place.
        scale: Factor of the scores.

    Returns:
        Tensor `(batch, targets, heads, value size)`; anything finite for a target that
        sees nothing.

    Example:
        >>> x = np.ones((1, 3, 2, 8), "float16")
        >>> fused_attention(x, x, x).shape
        (1, 3, 2, 8)
    """
    parts = query, key, value
    # As one tensor they have one gradient, whose parts need the same scores.
    packed = concatenate([ravel(x) for x in parts])
    shapes = tuple(tuple(x.shape) for x in parts)
    bias = () if mask is None else (_bias(mask, key.shape[1], query.dtype),)
    rules = {"shapes": shapes, "causal": causal, "scale": scale}
    return _fused_attention(packed, *bias, **rules)[0]


def _bias(mask: Any, sources: int, dtype: str) -> Any:
    """Returns what is added to scores, so that hidden sources have no weight."""
    bias = where(mask, cast(0.0, dtype), cast(lowest(dtype), dtype))
    shape = (1,) * (4 - len(mask.shape)) + tuple(mask.shape)
    return broadcast_to(reshape(bias, shape), _bias_shape(shape, sources))


def _bias_shape(shape: Any, sources: int) -> tuple[int, ...]:
    return (*(1,) * (4 - len(shape)), *shape[:-1], sources)


def _spec(
    x: TensorSpec, *bias: TensorSpec, shapes: Any, causal: bool, scale: float
) -> Any:
    (batch, targets, heads, _), _, v = shapes
    sums = TensorSpec((batch, heads, targets, 1), "float32")
    return TensorSpec((batch, targets, heads, v[3]), x.dtype), sums


@primitive(spec=_spec, cast=keep)
def _fused_attention(
    *xs: Any, shapes: Any = (), causal: bool = False, scale: float = 1.0
) -> Any:
    (q, k, v), bias = _wide(xs[0], shapes, scale), _wide_bias(*xs[1:])
    y, sums = current().attention(q, k, v, bias, None, causal, None, None)
    return _narrow(y, xs[0]), sums


def _back_spec(*xs: TensorSpec, **rules: Any) -> TensorSpec:
    return xs[3]


@primitive(spec=_back_spec, cast=keep)
def _fused_attention_back(
    *xs: Any, shapes: Any = (), causal: bool = False, scale: float = 1.0
) -> Any:
    g, y, sums, x, *bias = xs
    xp, (q, k, v) = current().xp, _wide(x, shapes, scale)
    g, y = (_turned(current().cast(a, "float32")) for a in (g, y))
    given = g, xp.zeros_like(sums), q, k, v, y, sums, _wide_bias(*bias)
    gq, gk, gv, *_ = current().attention_vjp(*given, None, causal, None, None)
    grads = gq * scale, *(xp.sum(_groups(a, shapes[1][2]), axis=2) for a in (gk, gv))
    return xp.concat([xp.reshape(_narrow(a, x), (-1,)) for a in grads])


def _wide(x: Any, shapes: Any, scale: float) -> list[Any]:
    """Returns arrays `(batch, heads, length, size)` of float32, the queries scaled."""
    xp = current().xp
    parts = parts_of(current().cast(x, "float32"), shapes, xp.reshape)
    q, *rest = map(_turned, parts)
    heads = q.shape[1]
    made = [q * scale]
    for a in rest:  # each head for all that share it
        batch, own, *sizes = a.shape
        shared = xp.broadcast_to(a[:, :, None], (batch, own, heads // own, *sizes))
        made.append(xp.reshape(shared, (batch, heads, *sizes)))
    return made


def _groups(x: Any, heads: int) -> Any:
    """Returns `(batch, heads, sharing, length, size)` of what all heads have."""
    batch, own, *sizes = x.shape
    return current().xp.reshape(x, (batch, heads, own // heads, *sizes))


def _wide_bias(*bias: Any) -> Any:
    return current().cast(bias[0], "float32") if bias else None


def _turned(x: Any) -> Any:
    return current().xp.permute_dims(x, (0, 2, 1, 3))


def _narrow(x: Any, like: Any) -> Any:
    return current().xp.astype(_turned(x), like.dtype)


def _vjp(g: Any, y: Any, index: int, *xs: Any, **rules: Any) -> Any:
    return None if index else _fused_attention_back(g[0], *y, *xs, **rules)


def _second_vjp(g: Any, y: Any, index: int, *xs: Any, **rules: Any) -> Any:
    if index not in (0, 3):
        return None
    with GradientTape() as tape:
        tape.watch(xs[index])
        made = _again(xs[0], *xs[3:], **rules)
        value = sum_over(multiply(cast(g, "float32"), made))
    return tape.gradient(value, xs[index])


def _again(
    g: Any, x: Any, bias: Any = None, *, shapes: Any, causal: bool, scale: float
) -> Any:
    """Computes `_fused_attention_back` by operations that have a derivative.

    The values and sums are computed from the operands once more: so all that depends on
    these is in their derivative.
    """
    q, k, v = parts_of(cast(x, "float32"), shapes, reshape)
    heads = k.shape[2]
    k, v = (repeat(a, q.shape[2] // heads, axis=2) for a in (k, v))
    q, k, v = (swapaxes(a, 1, 2) for a in (multiply(q, scale), k, v))
    bias = None if bias is None else cast(bias, "float32")
    y, sums = tiled_attention(q, k, v, bias, causal=causal)
    given = q, k, v, *(() if bias is None else (bias,))
    g = swapaxes(cast(g, "float32"), 1, 2)
    gq, gk, gv, *_ = tiled_gradients(g, y, sums, *given, causal=causal)
    gk, gv = (
        sum_over(reshape(a, (a.shape[0], heads, -1, *a.shape[2:])), axis=2)
        for a in (gk, gv)
    )
    return concatenate(
        [ravel(swapaxes(a, 1, 2)) for a in (multiply(gq, scale), gk, gv)]
    )


defvjp(_fused_attention, _vjp)
defvjp(_fused_attention_back, _second_vjp)
