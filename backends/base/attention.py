"""Kernels of attention in tiles: no more scores at once than a block holds.

Scores of a block are computed, used and forgotten; the softmax is put together from
the greatest score and the sum so far of each row. The way back computes the scores
again from the logarithm of these sums. Memory grows as the sequences do, not as their
product.
"""

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["AttentionKernels"]

TILE = 512  # rows and columns of a block of scores, at most
BLOCK = 2**18  # scores in a block: 1 MiB of float32, which a core's cache holds


class _Rules(NamedTuple):
    """How scores are made of products of q and k, and which sources a target sees."""

    bias: Array | None
    mask: Array | None
    causal: bool
    window: int | None
    cap: float | None


class _Block(NamedTuple):
    """A part of batch, heads and targets."""

    batch: slice
    heads: slice
    targets: slice


class AttentionKernels(ArrayKernels):
    """Attention of heads of arrays `(batch, heads, length, size)`."""

    def attention(
        self,
        q: Array,
        k: Array,
        v: Array,
        bias: Array | None,
        mask: Array | None,
        causal: bool,
        window: int | None,
        cap: float | None,
    ) -> tuple[Array, Array]:
        """Returns the values and `(batch, heads, targets, 1)` logarithms of sums.

        A target that sees no source gets zeros, and infinity for its sum.
        """
        xp = self.xp
        rules = _Rules(bias, mask, causal, window, cap)
        y = xp.zeros((*q.shape[:3], v.shape[3]), dtype=q.dtype)
        sums = xp.zeros((*q.shape[:3], 1), dtype=q.dtype)
        zero, one = (xp.asarray(n, dtype=q.dtype) for n in (0.0, 1.0))
        low, high = (xp.asarray(n, dtype=q.dtype) for n in (-math.inf, math.inf))
        for block in _blocks(q, k):
            rows = q[*block, :]
            part = xp.zeros((*rows.shape[:3], v.shape[3]), dtype=q.dtype)
            total = xp.zeros((*rows.shape[:3], 1), dtype=q.dtype)
            top = total + low
            for sources in _tiles(block.targets, k.shape[2], rules):
                scores, _ = self._scores(rows, k, block, sources, rules)
                best = xp.maximum(top, xp.max(scores, axis=-1, keepdims=True))
                base = xp.where(best == low, zero, best)
                scores -= base
                weights = xp.exp(scores)
                kept = xp.exp(top - base)
                total = total * kept + xp.sum(weights, axis=-1, keepdims=True)
                part *= kept
                part += xp.matmul(weights, v[*block[:2], sources, :])
                top = best
            none = total == zero
            y[*block, :] = part / xp.where(none, one, total)
            logs = top + xp.log(xp.where(none, one, total))
            sums[*block, :] = xp.where(none, high, logs)
        return y, sums

    def attention_vjp(
        self,
        g: Array,
        g_sums: Array,
        q: Array,
        k: Array,
        v: Array,
        y: Array,
        sums: Array,
        bias: Array | None,
        mask: Array | None,
        causal: bool,
        window: int | None,
        cap: float | None,
    ) -> tuple[Array, ...]:
        """Returns the gradients of `q`, `k`, `v`, and of `bias` if there is one."""
        xp = self.xp
        rules = _Rules(bias, mask, causal, window, cap)
        grads = [xp.zeros_like(x) for x in (q, k, v)]
        gq, gk, gv = grads
        if bias is not None:
            grads.append(xp.zeros_like(_wide(xp, bias)))
        for block in _blocks(q, k):
            rows, gy = q[*block, :], g[*block, :]
            inner = xp.sum(gy * y[*block, :], axis=-1, keepdims=True)
            inner -= g_sums[*block, :]
            for sources in _tiles(block.targets, k.shape[2], rules):
                place = (*block[:2], sources, slice(None))
                scores, slope = self._scores(rows, k, block, sources, rules)
                scores -= sums[*block, :]
                weights = xp.exp(scores)
                gv[place] += xp.matmul(_turned(xp, weights), gy)
                # of the softmax: weights * (gradient - its weighted mean)
                weights *= xp.matmul(gy, _turned(xp, v[place])) - inner
                if slope is not None:
                    weights *= slope
                if bias is not None:
                    _add_summed(xp, grads[3], (*block, sources), weights)
                gq[*block, :] += xp.matmul(weights, k[place])
                gk[place] += xp.matmul(_turned(xp, weights), rows)
        if bias is not None:
            grads[3] = xp.reshape(grads[3], bias.shape)
        return tuple(grads)

    def _scores(
        self, rows: Array, k: Array, block: _Block, sources: slice, rules: _Rules
    ) -> tuple[Array, Array | None]:
        """Returns the scores of a block, -inf if hidden, and the slope of the cap."""
        xp = self.xp
        scores = xp.matmul(rows, _turned(xp, k[*block[:2], sources, :]))
        slope = None
        if rules.bias is not None:
            scores += _part(xp, rules.bias, (*block, sources))
        if rules.cap is not None:
            bent = xp.tanh(scores / rules.cap)
            scores, slope = bent * rules.cap, 1.0 - bent * bent
        seen = self._seen(block.targets, sources, rules)
        if rules.mask is not None:
            told = _part(xp, rules.mask, (*block, sources))
            seen = told if seen is None else xp.logical_and(seen, told)
        if seen is not None:
            scores = xp.where(seen, scores, xp.asarray(-math.inf, dtype=scores.dtype))
        return scores, slope

    def _seen(self, targets: slice, sources: slice, rules: _Rules) -> Array | None:
        """Returns which sources the targets see by their places, None for all."""
        xp = self.xp
        i = xp.expand_dims(xp.arange(targets.start, targets.stop), axis=1)
        j = xp.arange(sources.start, sources.stop)
        seen = None
        if rules.causal and sources.stop - 1 > targets.start:
            seen = j <= i
        if rules.window is not None:
            near = xp.abs(i - j) < rules.window
            seen = near if seen is None else xp.logical_and(seen, near)
        return seen


def _blocks(q: Array, k: Array) -> Iterator[_Block]:
    batch, heads, targets, _ = q.shape
    tile = min(targets, TILE) * min(k.shape[2], TILE)
    many = max(1, min(heads, BLOCK // max(tile, 1)))
    samples = max(1, BLOCK // max(tile * many, 1))
    cuts = (_cut(0, batch, samples), _cut(0, heads, many), _cut(0, targets, TILE))
    for b, h, i in product(*cuts):
        yield _Block(b, h, i)


def _tiles(targets: slice, count: int, rules: _Rules) -> list[slice]:
    """Returns the parts of the sources that some of the targets see."""
    first, last = 0, count
    if rules.causal:
        last = min(last, targets.stop)
    if rules.window is not None:
        first = max(first, targets.start - rules.window + 1)
        last = min(last, targets.stop + rules.window - 1)
    return _cut(first, last, TILE)


def _cut(start: int, stop: int, size: int) -> list[slice]:
    return [slice(n, min(n + size, stop)) for n in range(start, stop, size)]


def _turned(xp: Array, x: Array) -> Array:
    return xp.permute_dims(x, (0, 1, 3, 2))


def _wide(xp: Array, x: Array) -> Array:
    return xp.reshape(x, (1,) * (4 - x.ndim) + x.shape)


def _part(xp: Array, x: Array, place: tuple[slice, ...]) -> Array:
    """Returns the part of an array that broadcasts to that of the scores."""
    x = _wide(xp, x)
    return x[_within(x, place)]


def _within(x: Array, place: tuple[slice, ...]) -> tuple[slice, ...]:
    pairs = zip(x.shape, place, strict=True)
    return tuple(slice(None) if n == 1 else part for n, part in pairs)


def _add_summed(xp: Array, to: Array, place: tuple[slice, ...], x: Array) -> None:
    """Adds to a part of an array, summed over the axes along which it broadcast."""
    axes = tuple(axis for axis, n in enumerate(to.shape) if n == 1)
    to[_within(to, place)] += xp.sum(x, axis=axes, keepdims=True) if axes else x
