"""Connectionist temporal classification: labels of a sequence without alignment.

A sequence of `T` frames is scored against `L` labels by summing over all ways of
stretching the labels, blanks between them, over the frames.
"""

from typing import Any

from kerasish.autodiff import TensorSpec, nondifferentiable, op, primitive
from kerasish.autodiff.casting import keep
from kerasish.backends import current
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import add, multiply, negative, subtract
from kerasish.ops.comparison import (
    equal,
    greater,
    less,
    logical_and,
    logical_not,
    not_equal,
)
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange, zeros
from kerasish.ops.extremes import logaddexp, maximum
from kerasish.ops.indexing import argsort, take_along_axis
from kerasish.ops.movement import expand_dims, reshape, stack, unstack
from kerasish.ops.padding import pad
from kerasish.ops.reductions import argmax, sum
from kerasish.ops.reductions import max as largest
from kerasish.ops.selection import where
from kerasish.ops.softmax import log_softmax

__all__ = ["ctc_decode", "ctc_loss"]

# The logarithm of an impossible alignment. Finite, so that a sample whose labels do
# not fit into its frames costs much and has a gradient, in place of nan.
IMPOSSIBLE = -1e5


@op
def ctc_loss(
    target: Any,
    output: Any,
    target_length: Any,
    output_length: Any,
    mask_index: int = 0,
) -> Any:
    """Computes `-log p(labels)`, summed over all alignments with the frames.

    Half precision gives float32. Labels that do not fit into their frames
    cost about 1e5.

    Args:
        target: Integer tensor `(batch, labels)`.
        output: Tensor `(batch, frames, classes)` of logits.
        target_length: Integer tensor `(batch,)`: how many labels count.
        output_length: Integer tensor `(batch,)`: how many frames count.
        mask_index: The class that stands for blank.

    Returns:
        Tensor `(batch,)`, float32 or float64.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> round(ctc_loss([[1]], [[[0.0, 0.0]]], [1], [1]).tolist()[0], 4)
        0.6931
    """
    output = _floats(output)
    labels = cast(converted(target), "int32")
    count, frames = cast(target_length, "int32"), cast(output_length, "int32")
    _check_lengths("ctc_loss", output, frames, "output_length")
    _check_lengths("ctc_loss", labels, count, "target_length")
    _check_batch("ctc_loss", labels, output)
    wide = _wide(output)
    states = _states(labels, mask_index)
    start = _start(states.shape[1], wide.dtype)
    paths = _paths(
        _emissions(log_softmax(wide), states), _jumps(states, mask_index, wide), start
    )
    size = states.shape[1]
    last = _along(paths, reshape(maximum(subtract(frames, 1), 0), (-1, 1, 1)), size)
    at_end = where(greater(expand_dims(frames, 1), 0), last[:, 0], start)
    return negative(_ended(at_end, expand_dims(count, 1)))


def _floats(x: Any) -> Any:
    x = converted(x)
    return x if is_float_dtype(x.dtype) else cast(x, "float32")


def _wide(x: Any) -> Any:
    return cast(x, "float32") if x.dtype in ("float16", "bfloat16") else x


def _states(labels: Any, blank: int) -> Any:
    """Returns the labels with a blank around each: `(batch, 2 * labels + 1)`."""
    size = labels.shape[1]
    between = add(multiply(labels, 0), blank)
    pairs = reshape(stack([labels, between], axis=-1), (-1, 2 * size))
    return pad(pairs, ((0, 0), (1, 0)), constant_values=blank)


def _start(size: int, dtype: str) -> Any:
    """Returns the logarithms of the states before the first frame."""
    return where(equal(arange(size), 0), zeros((), dtype), IMPOSSIBLE)[None]


def _along(x: Any, indices: Any, size: int) -> Any:
    """Gathers rows along axis 1, the indices `(batch, rows, 1)` repeated."""
    wide = add(indices, zeros((1, 1, size), "int32"))
    return take_along_axis(x, wide, axis=1)


def _emissions(logs: Any, states: Any) -> Any:
    """Returns what each state adds at each frame: `(batch, frames, states)`."""
    wide = add(expand_dims(states, 1), zeros((1, logs.shape[1] or 1, 1), "int32"))
    return take_along_axis(logs, wide, axis=-1)


def _jumps(states: Any, blank: int, like: Any) -> Any:
    """Returns 0 where a path may come from two states before, past a blank."""
    before = pad(states[:, :-2], ((0, 0), (2, 0)), constant_values=blank)
    before = before[:, : states.shape[1]]
    free = logical_and(not_equal(states, blank), not_equal(states, before))
    return where(free, zeros((), like.dtype), IMPOSSIBLE)


def _paths(emitted: Any, jumps: Any, start: Any) -> Any:
    """Returns the logarithm of all paths into each state, after each frame."""
    rows, a = [], start
    for row in unstack(emitted, axis=1):
        wide = pad(a, ((0, 0), (2, 0)), constant_values=IMPOSSIBLE)
        near = logaddexp(a, wide[:, 1:-1])
        a = add(logaddexp(near, add(wide[:, :-2], jumps)), row)
        rows.append(a)
    return stack(rows, axis=1)


def _ended(a: Any, count: Any) -> Any:
    """Returns the logarithm of the paths that end in the last label or blank."""
    blank = take_along_axis(a, multiply(count, 2), axis=1)
    label = take_along_axis(a, maximum(subtract(multiply(count, 2), 1), 0), axis=1)
    label = where(greater(count, 0), label, IMPOSSIBLE)
    return logaddexp(blank, label)[:, 0]


def _beam_spec(
    logs: TensorSpec, lengths: TensorSpec, width: int, paths: int, blank: int
) -> Any:
    batch, frames = logs.shape[:2]
    return (
        TensorSpec((paths, batch, frames), "int32"),
        TensorSpec((batch, paths), logs.dtype),
    )


@primitive(spec=_beam_spec, cast=keep, static=("width", "paths", "blank"))
def _beam_search(logs: Any, lengths: Any, width: int, paths: int, blank: int) -> Any:
    return current().ctc_beam_search(logs, lengths, width, paths, blank)


nondifferentiable(_beam_search, "chooses labels")


@op
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> Any:
    """Finds the labels that frames most likely stand for.

    Args:
        inputs: Tensor `(batch, frames, classes)` of logits.
        sequence_lengths: Integer tensor `(batch,)`: how many frames count.
        strategy: "greedy" for the best class of each frame, or "beam_search" for the
            labels with the most probable alignments together.
        beam_width: How many beginnings the beam search keeps.
        top_paths: How many results the beam search returns.
        merge_repeated: Whether the greedy strategy takes a class that repeats from
            frame to frame as one label; the beam search always does.
        mask_index: The class that stands for blank.

    Returns:
        Tuple of labels and scores. Labels are int32 `(paths, batch, frames)`, -1
        behind the last one. Scores are `(batch, paths)`: minus the sum of the best
        logits (greedy), or the logarithm of the probability (beam search).

    Raises:
        ArgumentError: If `strategy` is another, or `top_paths` exceeds `beam_width`.
        ShapeError: If the shapes do not fit.

    Example:
        >>> labels, score = ctc_decode([[[0.0, 2.0], [0.0, 2.0], [1.0, 0.0]]], [3])
        >>> labels.tolist(), score.tolist()
        ([[[1, -1, -1]]], [[-5.0]])
    """
    x, frames = _floats(inputs), cast(sequence_lengths, "int32")
    _check_lengths("ctc_decode", x, frames, "sequence_lengths")
    if strategy == "greedy":
        return _greedy(x, frames, merge_repeated, mask_index)
    if strategy != "beam_search":
        raise ArgumentError(
            "`strategy` of `ctc_decode` must be 'greedy' or 'beam_search'. "
            f"Received: strategy={strategy!r}"
        )
    if not 1 <= top_paths <= beam_width:
        raise ArgumentError(
            "`top_paths` of `ctc_decode` must be from 1 to `beam_width`. "
            f"Received: top_paths={top_paths}, beam_width={beam_width}"
        )
    return _beam_search(
        log_softmax(x), frames, width=beam_width, paths=top_paths, blank=mask_index
    )


def _greedy(x: Any, frames: Any, merge: bool, blank: int) -> Any:
    size = x.shape[1] or 1
    best, place = argmax(x, axis=-1), arange(size, dtype="int32")
    inside = less(place, expand_dims(frames, 1))
    score = where(inside, largest(x, axis=-1), zeros((), x.dtype))
    kept = logical_and(inside, not_equal(best, blank))
    if merge:
        before = pad(best[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
        kept = logical_and(kept, not_equal(best, before))
    # What is kept moves to the front in its order.
    order = argsort(add(place, multiply(cast(logical_not(kept), "int32"), size)))
    front = less(place, sum(cast(kept, "int32"), axis=1, keepdims=True))
    labels = where(front, take_along_axis(best, order, axis=1), -1)
    return labels[None], negative(sum(score, axis=1, keepdims=True))


def _check_lengths(name: str, x: Any, lengths: Any, argument: str) -> None:
    ndim = 2 if argument == "target_length" else 3
    if len(x.shape) != ndim:
        axes = "(batch, labels)" if ndim == 2 else "(batch, frames, classes)"
        raise ShapeError(
            f"`{name}` needs a tensor of the shape {axes}. Received: {tuple(x.shape)}"
        )
    if len(lengths.shape) != 1:
        raise ShapeError(
            f"`{argument}` of `{name}` must have the shape (batch,). "
            f"Received: {tuple(lengths.shape)}"
        )
    _check_batch(name, x, lengths)


def _check_batch(name: str, a: Any, b: Any) -> None:
    if None not in (a.shape[0], b.shape[0]) and a.shape[0] != b.shape[0]:
        raise ShapeError(
            f"`{name}` needs as many rows in each argument. Received shapes: "
            f"{tuple(a.shape)}, {tuple(b.shape)}"
        )
