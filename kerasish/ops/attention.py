"""Scaled dot-product attention."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import cast, converted
from kerasish.ops.fused_attention import HALF
from kerasish.ops.heads import attend
from kerasish.ops.sight import Sight

__all__ = ["dot_product_attention"]


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
    key and value than of the query are shared among these. A target that sees no
    source gets the mean of all values.

    With more than 2^22 scores in all (16 MiB of float32) and 2^16 to a head, it is
    computed in tiles, and again for the gradient: memory then grows linearly with the
    lengths, except that of second derivatives.

    Args:
        query: Tensor `(batch, targets, heads, size)`.
        key: Tensor `(batch, sources, heads, size)`.
        value: Tensor `(batch, sources, heads, value size)`.
        bias: Tensor that broadcasts to `(batch, heads, targets, sources)`, added to
            the scores.
        mask: Tensor that broadcasts likewise: True where a target sees a source.
        scale: Factor of the scores, `1 / sqrt(size)` by default.
        is_causal: Whether a target sees only sources up to its own place.
        flash_attention: Whether to compute in tiles; None as said above, unless
            `config.disable_flash_attention` was called.
        attn_logits_soft_cap: Bound of the scores, `cap * tanh(scores / cap)`.

    Returns:
        Tensor `(batch, targets, heads, value size)`.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `attn_logits_soft_cap` is not positive.

    Example:
        >>> x = [[[[1.0, 0.0]], [[0.0, 1.0]]]]
        >>> dot_product_attention(x, x, x, is_causal=True)[0, 0, 0].tolist()
        [1.0, 0.0]

    Reference:
        Vaswani et al., 2017, "Attention Is All You Need", equation 1,
        arXiv:1706.03762; in tiles as Dao et al., 2022, arXiv:2205.14135.
    """
    q, k, v = converted(query), converted(key), converted(value)
    _check_shapes(q, k, v)
    if attn_logits_soft_cap is not None and attn_logits_soft_cap <= 0:
        raise ArgumentError(
            f"`attn_logits_soft_cap` must be positive. Received: {attn_logits_soft_cap}"
        )
    dtype = result_type(q.dtype, k.dtype, v.dtype)
    if not is_float_dtype(dtype):
        dtype = result_type(dtype, float)
    wide = "float32" if dtype in HALF else dtype
    q, k, v = (cast(x, dtype) for x in (q, k, v))
    return attend(
        q,
        k,
        v,
        Sight(None if mask is None else converted(mask), causal=is_causal),
        None if bias is None else cast(bias, wide),
        attn_logits_soft_cap,
        tiled=flash_attention,
        scale=q.shape[-1] ** -0.5 if scale is None else scale,
    )


def _check_shapes(q: Any, k: Any, v: Any) -> None:
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
