"""Samples of `kerasish.ops.attention`."""

import numpy as np
import scipy.special

from tests.kerasish.ops.sampling import FLOATS, booleans, fixed, floats, sample


def attention(
    query,
    key,
    value,
    bias=None,
    mask=None,
    scale=None,
    is_causal=False,
    attn_logits_soft_cap=None,
):
    """One head of one row after the other."""
    batch, targets, heads, size = query.shape
    sources = key.shape[1]
    full = (batch, heads, targets, sources)
    y = np.zeros((batch, targets, heads, value.shape[-1]))
    seen = np.ones(full, bool) if mask is None else np.broadcast_to(mask, full)
    added = np.zeros(full) if bias is None else np.broadcast_to(bias, full)
    if is_causal:
        seen = seen & np.tri(targets, sources, dtype=bool)
    for b in range(batch):
        for h in range(heads):
            shared = h * key.shape[2] // heads
            scores = query[b, :, h] @ key[b, :, shared].T
            scores = scores * (size**-0.5 if scale is None else scale) + added[b, h]
            if attn_logits_soft_cap is not None:
                bound = attn_logits_soft_cap
                scores = bound * np.tanh(scores / bound)
            scores = np.where(seen[b, h], scores, -1e300)
            y[b, :, h] = scipy.special.softmax(scores, -1) @ value[b, :, shared]
    return y


Q, K, V = floats(2, 3, 2, 2), floats(2, 4, 2, 2), floats(2, 4, 2, 3)
HIDDEN = fixed([[[[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 0, 0]]]], "bool")
SAMPLES = [
    sample(
        "dot_product_attention",
        *args,
        **how,
        reference=attention,
        dtypes=FLOATS,
        loose=4,
        batch=False if "bias" in how or "mask" in how else True,
    )
    for args, how in (
        ((Q, K, V), {}),
        ((Q, K, V), {"is_causal": True}),
        ((Q, K, V), {"mask": HIDDEN, "scale": 0.3}),
        ((Q, K, V), {"mask": booleans(2, 1, 1, 4), "is_causal": True}),
        ((Q, K, V), {"mask": fixed(np.tri(3, 4), "int32"), "bias": floats(2, 1, 4)}),
        ((Q, floats(2, 4, 1, 2), floats(2, 4, 1, 3)), {"attn_logits_soft_cap": 0.5}),
    )
]
