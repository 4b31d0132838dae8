"""Attention in tiles as an operation: memory linear in the lengths, and its gradient.

The scores are not kept for the way back but computed once more. A second derivative
keeps them all.
"""

import math
from itertools import accumulate
from typing import Any

from kerasish.autodiff import GradientTape, TensorSpec, defvjp, keep, primitive
from kerasish.backends import current
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.broadcasting import unbroadcast
from kerasish.ops.exponentials import exp
from kerasish.ops.movement import concatenate, ravel, reshape, swapaxes
from kerasish.ops.products import matmul
from kerasish.ops.reductions import sum as sum_over
from kerasish.ops.selection import where
from kerasish.ops.sight import Sight, lowest
from kerasish.ops.trigonometry import tanh

__all__ = ["parts_of", "tiled_attention", "tiled_gradients"]


def tiled_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    causal: bool = False,
    window: int | None = None,
    cap: float | None = None,
) -> tuple[Any, Any]:
    """Computes `softmax(query key^T + bias) value` for each head, in tiles.

    Args:
        query: Tensor `(batch, heads, targets, size)`, with the scale in it.
        key: Tensor `(batch, heads, sources, size)` of its dtype.
        value: Tensor `(batch, heads, sources, value size)` of its dtype.
        bias: Tensor of its dtype that broadcasts to `(batch, heads, targets,
            sources)`, or None.
        mask: Boolean tensor that broadcasts likewise, or None.
        causal: Whether a target sees only sources up to its own place.
        window: How far off sources may be, itself included; None for any distance.
        cap: Bound of the scores, or None.

    Returns:
        Tensor `(batch, heads, targets, value size)`, zero where a target sees no
        source, and the logarithms of the sums of exponentials `(batch, heads, targets,
        1)`, infinity there.

    Example:
        >>> x = np.ones((1, 1, 3, 2))
        >>> tiled_attention(x, x, x)[0].shape
        (1, 1, 3, 2)
    """
    parts = [query, key, value, *(() if bias is None else (bias,))]
    # As one tensor they have one gradient, whose parts need the same scores.
    packed = concatenate([ravel(x) for x in parts])
    return _tiled_attention(  # type: ignore[no-any-return]
        packed,
        *(() if mask is None else (mask,)),
        shapes=tuple(tuple(x.shape) for x in parts),
        causal=causal,
        window=window,
        cap=cap,
    )


def _spec(x: TensorSpec, *mask: TensorSpec, shapes: Any, **rules: Any) -> Any:
    q, _, v, *_ = shapes
    rows = q[:3]
    return TensorSpec((*rows, v[3]), x.dtype), TensorSpec((*rows, 1), x.dtype)


def parts_of(x: Any, shapes: Any, reshape: Any) -> list[Any]:
    """Returns what is packed in a tensor or an array.

    Args:
        x: Flat tensor or array.
        shapes: The shapes of its parts, one after the other.
        reshape: Reshapes one.

    Example:
        >>> [part.tolist() for part in parts_of(np.arange(3), [(1,), (2,)], np.reshape)]
        [[0], [1, 2]]
    """
    ends = list(accumulate(math.prod(shape) for shape in shapes))
    pieces = zip([0, *ends], ends, shapes, strict=False)
    return [reshape(x[start:end], shape) for start, end, shape in pieces]


@primitive(spec=_spec, cast=keep)
def _tiled_attention(
    *xs: Any,
    shapes: Any = (),
    causal: bool = False,
    window: int | None = None,
    cap: float | None = None,
) -> Any:
    x, mask = (*xs, None)[:2]
    q, k, v, bias = (*parts_of(x, shapes, current().xp.reshape), None)[:4]
    return current().attention(q, k, v, bias, mask, causal, window, cap)


def _back_spec(*xs: TensorSpec, **rules: Any) -> TensorSpec:
    return xs[4]


@primitive(spec=_back_spec, cast=keep)
def _tiled_attention_back(
    *xs: Any,
    shapes: Any = (),
    causal: bool = False,
    window: int | None = None,
    cap: float | None = None,
) -> Any:
    g, g_sums, y, sums, x, mask = (*xs, None)[:6]
    q, k, v, bias = (*parts_of(x, shapes, current().xp.reshape), None)[:4]
    grads = current().attention_vjp(
        g, g_sums, q, k, v, y, sums, bias, mask, causal, window, cap
    )
    xp = current().xp
    return xp.concat([xp.reshape(part, (-1,)) for part in grads])


def tiled_gradients(g: Any, y: Any, sums: Any, *parts: Any, causal: bool) -> list[Any]:
    """Returns the gradients of queries, keys and values of attention in tiles.

    Args:
        g: Gradient of the result.
        y: The result.
        sums: The logarithms of sums that came with it.
        *parts: Queries, keys and values, as `tiled_attention` takes them.
        causal: Whether a target sees only sources up to its own place.

    Example:
        >>> x = np.ones((1, 1, 3, 2))
        >>> [g.shape for g in tiled_gradients(x, *tiled_attention(x, x, x), x, x, x,
        ...     causal=False)]
        [(1, 1, 3, 2), (1, 1, 3, 2), (1, 1, 3, 2)]
    """
    shapes = tuple(tuple(x.shape) for x in parts)
    packed = concatenate([ravel(x) for x in parts])
    given = g, multiply(sums, 0.0), y, sums, packed
    made = _tiled_attention_back(*given, shapes=shapes, causal=causal)
    return parts_of(made, shapes, reshape)


def _vjp(g: Any, y: Any, index: int, *xs: Any, **rules: Any) -> Any:
    return None if index else _tiled_attention_back(*g, *y, *xs, **rules)


def _second_vjp(g: Any, y: Any, index: int, *xs: Any, **rules: Any) -> Any:
    if index > 4:
        return None
    with GradientTape() as tape:
        tape.watch(xs[index])
        value = sum_over(multiply(g, _back_at_once(*xs, **rules)))
    return tape.gradient(value, xs[index])


def _back_at_once(
    g: Any, g_sums: Any, y: Any, sums: Any, x: Any, mask: Any = None, **rules: Any
) -> Any:
    """Computes `_tiled_attention_back` with all scores at once, as it is rare."""
    shapes, cap = rules["shapes"], rules["cap"]
    q, k, v, *bias = parts_of(x, shapes, reshape)
    scores = matmul(q, swapaxes(k, 2, 3))
    if bias:
        scores = add(scores, bias[0])
    slope: Any = 1.0
    if cap is not None:
        bent = tanh(divide(scores, cap))
        scores, slope = multiply(bent, cap), subtract(1.0, multiply(bent, bent))
    sight = Sight(mask, causal=rules["causal"], window=rules["window"])
    seen = sight.seen(*scores.shape[2:])
    if seen is not None:
        scores = where(seen, scores, lowest(scores.dtype))
    weights = exp(subtract(scores, sums))
    inner = sum_over(multiply(g, y), axis=-1, keepdims=True)
    slopes = add(subtract(matmul(g, swapaxes(v, 2, 3)), inner), g_sums)
    outer = multiply(multiply(weights, slopes), slope)
    made = [matmul(outer, k), matmul(swapaxes(outer, 2, 3), q)]
    made.append(matmul(swapaxes(weights, 2, 3), g))
    made += [unbroadcast(outer, b) for b in bias]
    return concatenate([ravel(part) for part in made])


defvjp(_tiled_attention, _vjp)
defvjp(_tiled_attention_back, _second_vjp)
