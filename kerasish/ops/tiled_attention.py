"""Attention in tiles as an operation: memory linear in the lengths, and its gradient.

The scores are not kept for the way back but computed once more.
"""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, keep, primitive
from kerasish.backends import current
from kerasish.core.errors import GradientError
from kerasish.ops.movement import concatenate, ravel

__all__ = ["tiled_attention"]


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


def _unpacked(x: Any, shapes: Any) -> list[Any]:
    """Returns the parts of a packed array, None for a bias that is not there."""
    found, start = [], 0
    for shape in shapes:
        size = math.prod(shape)
        found.append(current().xp.reshape(x[start : start + size], shape))
        start += size
    return found if len(found) > 3 else [*found, None]


@primitive(spec=_spec, cast=keep)
def _tiled_attention(
    *xs: Any,
    shapes: Any = (),
    causal: bool = False,
    window: int | None = None,
    cap: float | None = None,
) -> Any:
    x, mask = (*xs, None)[:2]
    q, k, v, bias = _unpacked(x, shapes)
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
    q, k, v, bias = _unpacked(x, shapes)
    grads = current().attention_vjp(
        g, g_sums, q, k, v, y, sums, bias, mask, causal, window, cap
    )
    xp = current().xp
    return xp.concat([xp.reshape(part, (-1,)) for part in grads])


def _vjp(g: Any, y: Any, index: int, *xs: Any, **rules: Any) -> Any:
    return None if index else _tiled_attention_back(*g, *y, *xs, **rules)


def _refuse(g: Any, y: Any, index: int, *xs: Any, **rules: Any) -> Any:
    raise GradientError(
        "Attention in tiles has no second derivative. Compute it with "
        "`flash_attention=False`, or call `config.disable_flash_attention()`, which "
        "keeps all scores."
    )


defvjp(_tiled_attention, _vjp)
defvjp(_tiled_attention_back, _refuse)
