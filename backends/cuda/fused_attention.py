"""Attention in half precision by cuDNN: one kernel forward, one back, and no scores.

Queries, keys and values are parts of one array, length before heads. The kernels are
taken where they give the numbers that NumPy gives, on a small problem that is computed
when the first attention of a dtype is met.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate, product
from math import prod
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device, trust
from kerasish.backends.cuda.attending import (
    BIAS,
    GRADIENT,
    GRADIENTS,
    KEY,
    QUERY,
    RESULT,
    SUMS,
    VALUE,
    Shape,
    Shapes,
    planned,
)
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.moving import in_order

__all__ = ["FUSED_ATTENTION", "attends"]

HALF = ("bfloat16", "float16")
MULTIPLE = 8  # of which heads' sizes are


def attends(dtype: str, shapes: Shapes, causal: bool, scale: float) -> bool:
    """Returns whether attention is one kernel here.

    Args:
        dtype: Dtype name.
        shapes: Shapes of query, key and value, `(batch, length, heads, size)`, and of a
            bias with the axes of the scores, if there is one.
        causal: Whether a target sees only sources up to its own place.
        scale: Factor of the scores.
    """
    (_, targets, heads, size), key, value, *_ = shapes
    if dtype not in HALF or heads % key[2] or not all(map(prod, shapes)):
        return False
    if size % MULTIPLE or value[3] % MULTIPLE or (causal and key[1] < targets):
        return False
    try:
        for kind in ("forward", "back"):
            planned(Shape(kind, shapes, causal, scale, dtype))
    except Refused:
        return False
    what, shared = f"Attention by cuDNN in {dtype}", heads // key[2]
    check = partial(_compared, dtype, 2 if shared > 1 else 1)
    return trust.is_right(what, (dtype, shared > 1), check)


def _forward(*arrays: Any, shapes: Shapes, **rules: Any) -> device.Step | None:
    packed, *bias, y, sums = arrays
    q, _, v = shapes
    y = device.empty((*q[:3], v[3]), packed.dtype) if y is None else y
    held = {**_parts(packed, shapes, (QUERY, KEY, VALUE)), RESULT: y}
    if sums is not None:
        held[SUMS] = sums
    kind = "inference" if sums is None else "forward"
    return _bound(kind, held, packed.dtype, bias, shapes, **rules)


def _back(*arrays: Any, shapes: Shapes, **rules: Any) -> device.Step | None:
    g, y, sums, packed, *bias, out = arrays
    held = {
        **_parts(packed, shapes, (QUERY, KEY, VALUE)),
        **_parts(out, shapes, GRADIENTS),
        RESULT: y,
        SUMS: sums,
        GRADIENT: g,
    }
    return _bound("back", held, packed.dtype, bias, shapes, **rules)


def _bound(
    kind: str,
    arrays: dict[int, Array],
    dtype: Any,
    bias: list[Array],
    shapes: Shapes,
    causal: bool,
    scale: float,
) -> device.Step | None:
    if bias:
        arrays[BIAS] = bias[0]
    parts = *shapes, *(b.shape for b in bias)
    try:
        plan = planned(Shape(kind, parts, causal, scale, dtype.name))
    except Refused:
        return None
    step: device.Step = plan.steps(arrays)[0]
    return step


def _parts(packed: Array, shapes: Shapes, numbers: tuple[int, ...]) -> dict[int, Array]:
    """Returns what lies in an array one after the other, by numbers of tensors."""
    ends = [*accumulate(map(prod, shapes))]
    rows = zip(numbers, [0, *ends], ends, strict=False)
    return {number: packed[start:end] for number, start, end in rows}


def _compared(dtype: str, shared: int) -> Iterator[tuple[Array, Array]]:
    """Yields results and gradients of a small problem, and what NumPy makes of it."""
    heads, scale = 4 // shared, 0.3
    parts = ((2, 40, 4, 16), (2, 48, heads, 16), (2, 48, heads, 32))
    kind, cupy = np.dtype(dtype), device.library()
    rng = np.random.default_rng(0)
    hosts = [rng.standard_normal(n) for n in (sum(map(prod, parts)), (2, 40, 4, 32))]
    packed, g = (x.astype(kind) for x in hosts)
    hidden = np.where(rng.random((2, 1, 1, 48)) < 0.3, -6e4, 0).astype(kind)
    for causal, bias in product((False, True), ([], [hidden])):
        rules = {"shapes": parts, "causal": causal, "scale": scale}
        given = [cupy.asarray(a) for a in (packed, *bias)]
        grads, y = (device.empty(a.shape, kind) for a in (packed, g))
        sums = device.empty((2, 4, 40, 1), "float32")
        steps: Any = (
            _forward(*given, y, sums, **rules),
            _back(cupy.asarray(g), y, sums, *given, grads, **rules),
        )
        for step in steps:
            step()
        wide = (a.astype(np.float64) for a in (packed, g, *bias))
        yield from zip((y, grads), _by_hand(*wide, **rules), strict=True)


def _by_hand(
    packed: Any, g: Any, *bias: Any, shapes: Any, causal: Any, scale: Any
) -> tuple[Any, Any]:
    """Returns the result and the gradients, on the host."""
    flat = _parts(packed, shapes, (QUERY, KEY, VALUE)).values()
    q, k, v = (x.reshape(s) for x, s in zip(flat, shapes, strict=True))
    shared = q.shape[2] // k.shape[2]
    k, v = (np.repeat(x, shared, axis=2) for x in (k, v))
    scores = np.einsum("bihd,bjhd->bhij", q, k) * scale
    for b in bias:
        scores = scores + b
    if causal:
        scores = np.where(np.tri(*scores.shape[2:]) > 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    y = np.einsum("bhij,bjhd->bihd", weights, v)
    slopes = np.einsum("bihd,bjhd->bhij", g, v)
    slopes -= (slopes * weights).sum(-1, keepdims=True)
    slopes *= weights * scale
    gq = np.einsum("bhij,bjhd->bihd", slopes, k)
    of_sources = (
        np.einsum("bhij,bihd->bjhd", slopes, q),
        np.einsum("bhij,bihd->bjhd", weights, g),
    )
    b, t, h, _ = shapes[1]
    grads = gq, *(x.reshape(b, t, h, shared, -1).sum(3) for x in of_sources)
    return y, np.concatenate([x.ravel() for x in grads])


FUSED_ATTENTION: dict[str, Callable[..., Any]] = {
    "_fused_attention": in_order(_forward, results=2),
    "_fused_attention_back": in_order(_back),
}
