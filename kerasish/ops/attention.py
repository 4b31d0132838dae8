"""Scaled dot-product attention."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.core.errors import ArgumentError, BackendError, ShapeError
from kerasish.ops.arithmetic import add, divide, multiply
from kerasish.ops.comparison import less_equal, logical_and
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange
from kerasish.ops.movement import expand_dims, transpose
from kerasish.ops.products import matmul
from kerasish.ops.repetition import repeat
from kerasish.ops.selection import where
from kerasish.ops.softmax import softmax
from kerasish.ops.trigonometry import tanh

__all__ = ["dot_product_attention"]

# In place of the scores that are masked out. Finite, so that a row in which all are
# masked gives the mean of the values, not nan.
MASKED = -2e38


@op
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    """Computes `softmax(query key^T * scale + bias) value` for each head.

    Half precision is computed in float32 and given back as it came. Fewer heads of
    key and value than of the query are shared among these.

    Args:
        query: Tensor `(batch, targets, heads, size)`.
        key: Tensor `(batch, sources, heads, size)`.
        value: Tensor `(batch, sources, heads, value size)`.
        bias: Tensor that broadcasts to `(batch, heads, targets, sources)`, added to
            the scores.
        mask: Tensor that broadcasts likewise: True where a target sees a source.
        scale: Factor of the scores, `1 / sqrt(size)` by default.
        is_causal: Whether a target sees only sources up to its own place.
        flash_attention: None or False; there is no such kernel here.
        attn_logits_soft_cap: Bound of the scores, `cap * tanh(scores / cap)`.

    Returns:
        Tensor `(batch, targets, heads, value size)`.

    Raises:
        ShapeError: If the shapes do not fit.
        BackendError: If `flash_attention` is True.

    Example:
        >>> x = [[[[1.0, 0.0]], [[0.0, 1.0]]]]
        >>> dot_product_attention(x, x, x, is_causal=True)[0, 0, 0].tolist()
        [1.0, 0.0]

    Reference:
        Vaswani et al., 2017, "Attention Is All You Need", equation 1,
        arXiv:1706.03762.
    """
    if flash_attention:
        raise BackendError(
            "There is no flash attention kernel for this backend. Use "
            "`flash_attention=None`, which computes the same."
        )
    q, k, v = converted(query), converted(key), converted(value)
    heads = _check_shapes(q, k, v)
    dtype = result_type(q.dtype, k.dtype, v.dtype)
    if not is_float_dtype(dtype):
        dtype = result_type(dtype, float)
    wide = "float32" if dtype in ("float16", "bfloat16") else dtype
    q, k, v = (cast(x, wide) for x in (q, k, v))
    if heads > 1:
        k, v = repeat(k, heads, axis=2), repeat(v, heads, axis=2)
    factor = q.shape[-1] ** -0.5 if scale is None else scale
    rows = multiply(transpose(q, (0, 2, 1, 3)), factor)
    scores = matmul(rows, transpose(k, (0, 2, 3, 1)))
    if bias is not None:
        scores = add(scores, cast(bias, wide))
    if attn_logits_soft_cap is not None:
        scores = _capped(scores, attn_logits_soft_cap)
    seen = _seen(mask, is_causal, scores.shape)
    if seen is not None:
        scores = where(seen, scores, MASKED)
    y = matmul(softmax(scores, axis=-1), transpose(v, (0, 2, 1, 3)))
    return cast(transpose(y, (0, 2, 1, 3)), dtype)


def _capped(scores: Any, cap: float) -> Any:
    if cap <= 0:
        raise ArgumentError(f"`attn_logits_soft_cap` must be positive. Received: {cap}")
    return multiply(tanh(divide(scores, cap)), cap)


def _seen(mask: Any, is_causal: bool, shape: Any) -> Any:
    seen = None if mask is None else cast(mask, "bool")
    if seen is not None and len(seen.shape) > 4:
        raise ShapeError(
            "`mask` must broadcast to (batch, heads, targets, sources). "
            f"Received: {tuple(seen.shape)}"
        )
    if not is_causal:
        return seen
    targets, sources = (arange(n or 1) for n in shape[-2:])
    before = less_equal(sources, expand_dims(targets, 1))
    return before if seen is None else logical_and(seen, before)


def _check_shapes(q: Any, k: Any, v: Any) -> int:
    """Returns how many heads of the query share one of the key."""
    shapes = [tuple(x.shape) for x in (q, k, v)]
    shown = "query of shape {}, key of shape {}, value of shape {}".format(*shapes)
    if any(len(s) != 4 for s in shapes):
        raise ShapeError(
            "`dot_product_attention` needs tensors of 4 axes, (batch, length, heads, "
            f"size). Received: {shown}"
        )
    (qb, _, qh, qs), (kb, kt, kh, ks), (vb, vt, vh, _) = shapes
    pairs = ((qb, kb), (kb, vb), (kt, vt), (kh, vh), (qs, ks))
    if any(None not in pair and pair[0] != pair[1] for pair in pairs) or qh % kh:
        raise ShapeError(
            "In `dot_product_attention`, batches must agree, key and value in length "
            "and heads, query and key in size, and the heads of the query must be a "
            f"multiple of those of the key. Received: {shown}"
        )
    return int(qh // kh)
