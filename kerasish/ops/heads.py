"""Attention of heads: the weights of sources, and the values they make.

Queries are `(batch, targets, heads, size)`, keys and values `(batch, sources, heads,
size)`; fewer heads of keys than of queries are shared among these. Attention with more
scores than `LARGE`, of sequences longer than `LONG` allows, is computed in tiles.
"""

import math
from typing import Any

from kerasish.core.config import is_flash_attention_enabled
from kerasish.core.errors import ShapeError
from kerasish.ops.arithmetic import add, divide, multiply
from kerasish.ops.comparison import (
    equal,
    logical_not,
    logical_or,
)
from kerasish.ops.conversion import cast
from kerasish.ops.fused_attention import HALF, fused_attention, is_fused
from kerasish.ops.movement import reshape, swapaxes, transpose
from kerasish.ops.products import matmul
from kerasish.ops.reductions import any as any_of
from kerasish.ops.reductions import mean
from kerasish.ops.repetition import repeat
from kerasish.ops.selection import where
from kerasish.ops.sight import Sight, lowest
from kerasish.ops.softmax import softmax
from kerasish.ops.tiled_attention import tiled_attention
from kerasish.ops.trigonometry import tanh

__all__ = ["attend", "attention_weights", "is_large", "weighted_values"]

LARGE = 2**22  # scores: 16 MiB of float32, and as much again for each step on them
LONG = 2**16  # scores of one head, as of 256 targets and sources


def attention_weights(
    query: Any,
    key: Any,
    sight: Sight,
    bias: Any = None,
    cap: float | None = None,
    zeros: bool = False,
) -> Any:
    """Returns the weights of the sources, `(batch, heads, targets, sources)`.

    Args:
        query: Tensor with the scale of the scores in it.
        key: Tensor of its dtype.
        sight: Who sees whom.
        bias: Tensor that broadcasts to the weights, added to the scores; or None.
        cap: Bound of the scores, or None.
        zeros: Whether a target that sees nothing gets no weights, or else equal ones.

    Example:
        >>> x = np.ones((1, 2, 1, 4))
        >>> attention_weights(x, x, Sight(causal=True)).tolist()
        [[[[1.0, 0.0], [0.5, 0.5]]]]
    """
    rows = _shared(transpose(query, (0, 2, 1, 3)), key.shape[2])
    scores = matmul(rows, transpose(key, (0, 2, 3, 1)))
    shape = (query.shape[0], query.shape[2], query.shape[1], key.shape[1])
    scores = _apart(scores, shape)
    if bias is not None:
        _check_fits("bias", bias, shape)
        scores = add(scores, bias)
    if cap is not None:
        scores = multiply(tanh(divide(scores, cap)), cap)
    if sight.mask is not None:
        _check_fits("mask", sight.mask, shape)
    seen = sight.seen(*shape[2:])
    if seen is None:
        return softmax(scores, axis=-1)
    weights = softmax(where(seen, scores, lowest(scores.dtype)), axis=-1)
    return where(seen, weights, 0) if zeros and sight.may_be_empty else weights


def weighted_values(weights: Any, value: Any) -> Any:
    """Returns the sums of values, `(batch, targets, heads, value size)`.

    Args:
        weights: What `attention_weights` returned, or part of it.
        value: Tensor.

    Example:
        >>> weighted_values(np.ones((2, 4, 3, 5)), np.ones((2, 5, 2, 6))).shape
        (2, 3, 4, 6)
    """
    shape = (*weights.shape[:3], value.shape[3])
    made = matmul(_shared(weights, value.shape[2]), transpose(value, (0, 2, 1, 3)))
    return transpose(_apart(made, shape), (0, 2, 1, 3))


def attend(
    query: Any,
    key: Any,
    value: Any,
    sight: Sight,
    bias: Any = None,
    cap: float | None = None,
    zeros: bool = False,
    tiled: bool | None = None,
    scale: float = 1.0,
) -> Any:
    """Returns the weighted values, all scores at once or in tiles.

    Half precision is computed in float32 and given back as it came, unless the backend
    has one kernel for it.

    Args:
        query: Tensor.
        key: Tensor of its dtype.
        value: Tensor of its dtype.
        sight: Who sees whom.
        bias: Tensor that broadcasts to the weights, added to the scores; or None.
        cap: Bound of the scores, or None.
        zeros: Whether a target that sees nothing gets zeros, or else the mean of all
            values.
        tiled: Whether to compute in tiles; None where that saves memory, unless
            `config.disable_flash_attention` was called.
        scale: Factor of the scores.

    Returns:
        Tensor `(batch, targets, heads, value size)`.

    Example:
        >>> x = np.ones((1, 3, 2, 4))
        >>> attend(x, x, x, Sight()).shape
        (1, 3, 2, 4)
    """
    if query.dtype in HALF:
        allowed = is_flash_attention_enabled() if tiled is None else tiled
        plain = bias is None and cap is None and sight.window is None
        given = query, key, value, sight.mask, sight.causal, scale
        if plain and allowed and is_fused(*given):
            return _fused(*given, sight, zeros)
        dtype = query.dtype
        query, key, value = (cast(x, "float32") for x in (query, key, value))
        y = attend(query, key, value, sight, bias, cap, zeros, tiled, scale)
        return cast(y, dtype)
    query = query if scale == 1.0 else multiply(query, scale)
    shape = (query.shape[0], query.shape[2], query.shape[1], key.shape[1])
    if None not in shape and (is_large(shape) if tiled is None else tiled):
        return _in_tiles(query, key, value, sight, bias, cap, zeros)
    weights = attention_weights(query, key, sight, bias, cap, zeros)
    return weighted_values(weights, value)


def is_large(shape: Any) -> bool:
    """Returns whether attention is to be computed in tiles if nobody says otherwise.

    Args:
        shape: Shape `(batch, heads, targets, sources)` of the scores.

    Example:
        >>> is_large((1, 8, 512, 512)), is_large((1, 8, 1024, 1024))
        (False, True)
    """
    if None in shape or not is_flash_attention_enabled():
        return False
    return bool(math.prod(shape) > LARGE and shape[2] * shape[3] > LONG)


def _fused(
    query: Any,
    key: Any,
    value: Any,
    mask: Any,
    causal: bool,
    scale: float,
    sight: Sight,
    zeros: bool,
) -> Any:
    shape = (query.shape[0], query.shape[2], query.shape[1], key.shape[1])
    if mask is not None:
        _check_fits("mask", mask, shape)
        mask = cast(mask, "bool")
    y = fused_attention(query, key, value, mask, causal, scale)
    if not sight.may_be_empty:
        return y
    seen = sight.seen(*shape[2:])
    seen = reshape(seen, (1,) * (4 - len(seen.shape)) + tuple(seen.shape))
    sees = swapaxes(any_of(seen, axis=-1, keepdims=True), 1, 2)
    return where(sees, y, 0 if zeros else mean(value, axis=1, keepdims=True))


def _in_tiles(
    query: Any, key: Any, value: Any, sight: Sight, bias: Any, cap: Any, zeros: bool
) -> Any:
    heads, (batch, targets) = query.shape[2], query.shape[:2]
    key, value = (repeat(x, heads // x.shape[2], axis=2) for x in (key, value))
    q, k, v = (transpose(x, (0, 2, 1, 3)) for x in (query, key, value))
    shape = (batch, heads, targets, key.shape[1])
    mask = sight.mask
    if mask is not None:
        _check_fits("mask", mask, shape)
        mask = cast(mask, "bool")
    if bias is not None:
        _check_fits("bias", bias, shape)
    y, sums = tiled_attention(q, k, v, bias, mask, sight.causal, sight.window, cap)
    if not sight.may_be_empty:
        return transpose(y, (0, 2, 1, 3))
    empty = equal(sums, math.inf)
    if sight.targets is not None:
        empty = logical_or(empty, logical_not(sight.rows()))
    y = where(empty, 0.0 if zeros else mean(v, axis=2, keepdims=True), y)
    return transpose(y, (0, 2, 1, 3))


def _shared(x: Any, heads: int) -> Any:
    """Joins the rows of heads that share one: `(batch, heads, rows, ...)`."""
    batch, own, rows, size = x.shape
    if own == heads:
        return x
    rows = None if rows is None else own // heads * rows
    return reshape(x, (batch, heads, rows, size))


def _apart(x: Any, shape: Any) -> Any:
    return x if x.shape[1] == shape[1] else reshape(x, shape)


def _check_fits(name: str, x: Any, shape: Any) -> None:
    own = tuple(x.shape)
    pairs = zip(own[::-1], shape[::-1], strict=False)
    if len(own) > 4 or any(n not in (1, m, None) and m is not None for n, m in pairs):
        raise ShapeError(
            f"`{name}` must broadcast to (batch, heads, targets, sources) = "
            f"{tuple(shape)}. Received: shape={own}"
        )
