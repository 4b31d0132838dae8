"""Attention of heads: products with a kernel for the rows of scores between them.

All scores of a step lie in memory that steps share; the way back computes them again.
"""

import math
from collections.abc import Callable
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.building import Building
from kerasish.backends.cuda.moving import in_order
from kerasish.backends.cuda.products import PRODUCTS

__all__ = ["ATTENTION"]

FIRST, SECOND = 1, 2  # numbers of shared memory


class _Rules(NamedTuple):
    """How scores are made of products of queries and keys, and who sees whom."""

    bias: Array | None
    mask: Array | None
    causal: bool
    window: int | None
    cap: float | None


class _Weights(NamedTuple):
    """Values of a chain: weights of the sources, sums of rows, the cap's slope."""

    weights: int
    sums: int
    slope: int | None


def _forward(
    *arrays: Array, shapes: Any, causal: bool, window: int | None, cap: float | None
) -> device.Step | None:
    packed, *mask, y, sums = arrays
    parts = _parts(packed, shapes)
    q, k, v = parts[:3]
    shape, dtype = (*q.shape[:3], k.shape[2]), packed.dtype
    rules = _Rules(_bias(parts), _wide(*mask), causal, window, cap)
    y = device.empty((*q.shape[:3], v.shape[3]), dtype) if y is None else y
    scores, built = _scratch(FIRST, shape, dtype), Building()
    made = _weighed(built, built.array(scores), rules, shape, dtype.name)
    wanted = {made.weights: scores}
    if sums is not None:
        wanted[made.sums] = sums
    multiply = PRODUCTS["matmul"]
    return _together(
        multiply(q, _turned(k), scores), built.step(wanted), multiply(scores, v, y)
    )


def _backward(
    *arrays: Array, shapes: Any, causal: bool, window: int | None, cap: float | None
) -> device.Step | None:
    g, g_sums, y, _, packed, *mask, out = arrays
    parts, grads = _parts(packed, shapes), _parts(out, shapes)
    q, k, v = parts[:3]
    shape, dtype = (*q.shape[:3], k.shape[2]), packed.dtype
    rules = _Rules(_bias(parts), _wide(*mask), causal, window, cap)
    scores, slopes = (_scratch(n, shape, dtype) for n in (FIRST, SECOND))
    inner = device.empty((*shape[:3], 1), dtype)
    multiply = PRODUCTS["matmul"]
    # of the softmax: weights * (gradient - its weighted mean)
    means, built = Building(), Building()
    mean = means.row("sum", means.call("multiply", *map(means.array, (g, y))))
    mean = means.call("subtract", mean, means.array(g_sums))
    made = _weighed(built, built.array(scores), rules, shape, dtype.name)
    away = built.call("subtract", built.array(inner), built.array(slopes))
    slope = built.call("multiply", made.weights, built.call("negative", away))
    if made.slope is not None:
        slope = built.call("multiply", slope, made.slope)
    wanted = {made.weights: scores, slope: slopes}
    return _together(
        multiply(q, _turned(k), scores),
        multiply(g, _turned(v), slopes),
        means.step({mean: inner}),
        built.step(wanted),
        multiply(_turned(scores), g, grads[2]),
        multiply(slopes, k, grads[0]),
        multiply(_turned(slopes), q, grads[1]),
        *(_summed(slopes, grad) for grad in grads[3:]),
    )


def _weighed(
    built: Building, scores: int, rules: _Rules, shape: Any, dtype: str
) -> _Weights:
    """Adds the softmax of scores to a chain, zero where a target sees nothing."""
    slope = None
    if rules.bias is not None:
        scores = built.call("add", built.array(rules.bias), scores)
    if rules.cap is not None:
        cap, one = built.number(rules.cap, dtype), built.number(1.0, dtype)
        bent = built.call("divide", scores, cap, shape=shape)
        bent = built.call("tanh", bent)
        scores = built.call("multiply", cap, bent)
        slope = built.call("subtract", one, built.call("square", bent))
    low, high = (built.number(n, dtype) for n in (-math.inf, math.inf))
    for seen in (rules.mask, _near(rules, *shape[2:])):
        if seen is not None:
            scores = built.call(
                "_choose", built.array(seen), scores, low, shape=shape, dtype=dtype
            )
    rows = (*shape[:3], 1)
    zero, one = (built.number(n, dtype) for n in (0.0, 1.0))

    def chosen(condition: int, x1: int, x2: int) -> int:
        return built.call("_choose", condition, x1, x2, shape=rows, dtype=dtype)

    top = built.row("_max", scores)
    hidden = built.call("equal", top, low, shape=rows, dtype="bool")
    top = chosen(hidden, zero, top)
    powers = built.call("exp", built.call("subtract", scores, top, shape=shape))
    total = chosen(hidden, one, built.row("sum", powers))
    sums = built.call("add", top, built.call("log", total))
    weights = built.call("divide", powers, total, shape=shape)
    return _Weights(weights, chosen(hidden, high, sums), slope)


def _near(rules: _Rules, targets: int, sources: int) -> Array | None:
    """Returns which sources the targets see by their places, None for all."""
    if not rules.causal and rules.window is None:
        return None
    i, j = np.arange(targets)[:, None], np.arange(sources)
    seen = (j <= i) | (not rules.causal)
    if rules.window is not None:
        seen &= abs(i - j) < rules.window
    return device.library().asarray(seen[None, None])


def _summed(x: Array, out: Array) -> device.Step | None:
    """Returns a step that sums an array to the shape of another."""
    wide, built = out.reshape((1,) * (x.ndim - out.ndim) + out.shape), Building()
    if wide.shape == x.shape:
        return device.copying(wide, x)
    axes = tuple(i for i, n in enumerate(wide.shape) if n != x.shape[i])
    made = built.call("sum", built.array(x), shape=wide.shape, axis=axes, keepdims=True)
    return built.step({made: wide})


def _together(*steps: device.Step | None) -> device.Step | None:
    found = [step for step in steps if step is not None]
    return device.in_turn(*found) if len(found) == len(steps) else None


def _parts(packed: Array, shapes: Any) -> list[Array]:
    """Returns what lies in an array, one after the other."""
    ends = [*accumulate(prod(shape) for shape in shapes)]
    starts = [0, *ends[:-1]]
    rows = zip(starts, ends, shapes, strict=True)
    return [packed[start:end].reshape(shape) for start, end, shape in rows]


def _bias(parts: list[Array]) -> Array | None:
    return _wide(*parts[3:])


def _wide(*x: Array) -> Array | None:
    """Returns an array with four axes, None where there is none."""
    return x[0].reshape((1,) * (4 - x[0].ndim) + x[0].shape) if x else None


def _turned(x: Array) -> Array:
    return x.transpose(0, 1, 3, 2)


def _scratch(number: int, shape: tuple[int, ...], dtype: Any) -> Array:
    """Returns memory that other steps use too."""
    size = prod(shape) * dtype.itemsize
    return device.workspace(size, number)[:size].view(dtype).reshape(shape)


ATTENTION: dict[str, Callable[..., Any]] = {
    "_tiled_attention": in_order(_forward, results=2),
    "_tiled_attention_back": in_order(_backward),
}
