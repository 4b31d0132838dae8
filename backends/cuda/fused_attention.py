"""Attention in half precision by cuDNN: one kernel forward, one back, and no scores.

Queries, keys and values are parts of one array, length before heads. The kernels are
taken where they give the numbers that NumPy gives, on a small problem that is computed
when the first attention of a dtype is met.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device, trust
from kerasish.backends.cuda.attending import (
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
from kerasish.backends.cuda.cudnn import Refused
from kerasish.backends.cuda.moving import in_order

__all__ = ["FUSED_ATTENTION", "attends"]

HALF = ("bfloat16", "float16")
MULTIPLE = 8  # of which heads' sizes are


def attends(dtype: str, shapes: Shapes, causal: bool, scale: float) -> bool:
    """Returns whether attention is one kernel here.

    Args:
        dtype: Dtype name.
        shapes: Shapes of query, key and value, `(batch, length, heads, size)`.
        causal: Whether a target sees only sources up to its own place.
        scale: Factor of the scores.
    """
    (_, targets, heads, size), key, value = shapes
    if dtype not in HALF or key[2] != heads or not all(map(prod, shapes)):
        return False
    if size % MULTIPLE or value[3] % MULTIPLE or (causal and key[1] < targets):
        return False
    try:
        for kind in ("forward", "back"):
            planned(Shape(kind, shapes, causal, scale, dtype))
    except Refused:
        return False
    what = f"Attention by cuDNN in {dtype}"
    return trust.is_right(what, dtype, partial(_compared, dtype))


def _forward(
    packed: Array,
    y: Array | None,
    sums: Array | None,
    shapes: Shapes,
    causal: bool,
    scale: float,
) -> device.Step | None:
    q, _, v = shapes
    y = device.empty((*q[:3], v[3]), packed.dtype) if y is None else y
    arrays = {**_parts(packed, shapes, (QUERY, KEY, VALUE)), RESULT: y}
    if sums is not None:
        arrays[SUMS] = sums
    kind = "inference" if sums is None else "forward"
    return _bound(Shape(kind, shapes, causal, scale, packed.dtype.name), arrays)


def _back(
    g: Array,
    y: Array,
    sums: Array,
    packed: Array,
    out: Array,
    shapes: Shapes,
    causal: bool,
    scale: float,
) -> device.Step | None:
    arrays = {
        **_parts(packed, shapes, (QUERY, KEY, VALUE)),
        **_parts(out, shapes, GRADIENTS),
        RESULT: y,
        SUMS: sums,
        GRADIENT: g,
    }
    return _bound(Shape("back", shapes, causal, scale, packed.dtype.name), arrays)


def _bound(shape: Shape, arrays: dict[int, Array]) -> device.Step | None:
    try:
        step: device.Step = planned(shape).steps(arrays)[0]
    except Refused:
        return None
    return step


def _parts(packed: Array, shapes: Shapes, numbers: tuple[int, ...]) -> dict[int, Array]:
    """Returns what lies in an array one after the other, by numbers of tensors."""
    ends = [*accumulate(map(prod, shapes))]
    rows = zip(numbers, [0, *ends], ends, strict=False)
    return {number: packed[start:end] for number, start, end in rows}


def _compared(dtype: str) -> Iterator[tuple[Array, Array]]:
    """Yields results and gradients of a small problem, and what NumPy makes of it."""
    parts, scale = ((2, 40, 3, 16), (2, 48, 3, 16), (2, 48, 3, 32)), 0.3
    kind, cupy = np.dtype(dtype), device.library()
    draw = np.random.default_rng(0).standard_normal
    packed = draw(sum(map(prod, parts))).astype(kind)
    g = draw((2, 40, 3, 32)).astype(kind)
    for causal in (False, True):
        rules: Any = {"shapes": parts, "causal": causal, "scale": scale}
        x, y = cupy.asarray(packed), device.empty(g.shape, kind)
        sums, out = device.empty((2, 3, 40, 1), "float32"), device.empty(x.shape, kind)
        steps: Any = (
            _forward(x, y, sums, **rules),
            _back(cupy.asarray(g), y, sums, x, out, **rules),
        )
        for step in steps:
            step()
        expected = _by_hand(packed.astype(np.float64), g.astype(np.float64), **rules)
        yield from zip((y, out), expected, strict=True)


def _by_hand(
    packed: Any, g: Any, shapes: Shapes, causal: bool, scale: float
) -> tuple[Any, Any]:
    """Returns the result and the gradients, on the host."""
    flat = _parts(packed, shapes, (QUERY, KEY, VALUE)).values()
    q, k, v = (x.reshape(s) for x, s in zip(flat, shapes, strict=True))
    scores = np.einsum("bihd,bjhd->bhij", q, k) * scale
    if causal:
        scores = np.where(np.tri(*scores.shape[2:]) > 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    y = np.einsum("bhij,bjhd->bihd", weights, v)
    slopes = np.einsum("bihd,bjhd->bhij", g, v)
    slopes -= (slopes * weights).sum(-1, keepdims=True)
    slopes *= weights * scale
    grads = (
        np.einsum("bhij,bjhd->bihd", slopes, k),
        np.einsum("bhij,bihd->bjhd", slopes, q),
        np.einsum("bhij,bihd->bjhd", weights, g),
    )
    return y, np.concatenate([x.ravel() for x in grads])


FUSED_ATTENTION: dict[str, Callable[..., Any]] = {
    "_fused_attention": in_order(_forward, results=2),
    "_fused_attention_back": in_order(_back),
}
