"""Rearranging axes by a pattern, as `"b (h w) c -> b h w c"`."""

import math
from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.conversion import converted
from kerasish.ops.movement import reshape, transpose

__all__ = ["rearrange"]

Groups = list[list[str]]


@op
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """Splits, orders and joins axes by a pattern of names.

    Args:
        tensor: Tensor.
        pattern: The names of the axes before and after `->`; names in brackets are
            parts of one axis.
        **axes_lengths: Sizes of parts that do not follow from the tensor's shape.

    Returns:
        Tensor.

    Raises:
        ArgumentError: If the pattern cannot be read.
        ShapeError: If it does not fit the shape.

    Example:
        >>> rearrange([[1, 2, 3, 4]], "a (b c) -> b (a c)", b=2).tolist()
        [[1, 2], [3, 4]]
    """
    x = converted(tensor)
    left, right = _read_pattern(pattern)
    if len(left) != len(x.shape):
        raise ShapeError(
            f"The pattern {pattern!r} has {len(left)} axes on the left. "
            f"Received: shape={tuple(x.shape)}"
        )
    sizes: dict[str, int] = dict(axes_lengths)
    for names, size in zip(left, x.shape, strict=True):
        _find_sizes(names, size, sizes, pattern)
    names = [name for group in left for name in group]
    order = [names.index(name) for group in right for name in group]
    parts = transpose(reshape(x, [sizes[name] for name in names]), order)
    groups = [[sizes[name] for name in group] for group in right]
    return reshape(parts, [-1 if -1 in g else math.prod(g) for g in groups])


def _read_pattern(pattern: str) -> tuple[Groups, Groups]:
    left, arrow, right = pattern.partition("->")
    groups = _read_side(left), _read_side(right)
    names = [sorted(name for group in side for name in group) for side in groups]
    if not arrow or names[0] != names[1] or len(set(names[0])) < len(names[0]):
        raise ArgumentError(
            "The pattern of `rearrange` must name the same axes, each once, on both "
            f"sides of '->'. Received: {pattern!r}"
        )
    return groups


def _read_side(text: str) -> Groups:
    groups: Groups = []
    inside = False
    for word in text.replace("(", " ( ").replace(")", " ) ").split():
        if word in "()":
            if inside == (word == "("):
                raise ArgumentError(f"Brackets do not match in {text.strip()!r}.")
            inside = word == "("
            if inside:
                groups.append([])
        elif inside:
            groups[-1].append(word)
        else:
            groups.append([word])
    if inside:
        raise ArgumentError(f"Brackets do not match in {text.strip()!r}.")
    return groups


def _find_sizes(
    names: list[str], size: int | None, sizes: dict[str, int], pattern: str
) -> None:
    free = [name for name in names if name not in sizes]
    known = math.prod(sizes[name] for name in names if name in sizes)
    if len(free) > 1:
        raise ArgumentError(
            f"The sizes of {free} in {pattern!r} must be given, all but one."
        )
    if free:
        sizes[free[0]] = -1 if size is None else size // known
        known *= 1 if size is None else sizes[free[0]]
    if size is not None and known != size:
        raise ShapeError(
            f"Axis ({' '.join(names)}) of {pattern!r} does not fit the size {size}."
        )
