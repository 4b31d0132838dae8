"""Matrices as they lie in memory, in the words of a library that counts by columns."""

from typing import NamedTuple

from kerasish.backends.base.backend import Array

__all__ = ["Matrix"]


class Matrix(NamedTuple):
    """Matrices as they lie in memory, in the library's words: by columns.

    Args:
        rows: Elements of a column.
        columns: How many columns.
        leading: Elements from one column to the next.
        is_turned: Whether our matrix is this one, not its transpose.
        stride: Elements from one matrix of a stack to the next.
    """

    rows: int
    columns: int
    leading: int
    is_turned: bool
    stride: int

    @classmethod
    def of(cls, x: Array, stack: tuple[int, ...]) -> "Matrix | None":
        """Returns how matrices lie, or None for one that cannot be told so.

        Args:
            x: Matrices along the last two axes.
            stack: The axes before them, to which those of `x` are broadcast.
        """
        stride = _stack_stride(x, stack)
        rows, columns = x.shape[-2:]
        down, along = (s // x.dtype.itemsize for s in x.strides[-2:])
        if stride is None or min(down, along) < 0:
            return None
        if along == 1 or columns == 1:
            leading = columns if rows == 1 else down
            if leading >= columns:
                return cls(columns, rows, leading, False, stride)
        if down == 1 or rows == 1:
            leading = rows if columns == 1 else along
            if leading >= rows:
                return cls(rows, columns, leading, True, stride)
        return None


def _stack_stride(x: Array, stack: tuple[int, ...]) -> int | None:
    """Returns the one stride of a stack of matrices, 0 where they are the same."""
    shape, strides = x.shape[:-2], [s // x.dtype.itemsize for s in x.strides[:-2]]
    missing = len(stack) - len(shape)
    pairs = [(n, 0) for n in stack[:missing]]
    for n, given, stride in zip(stack[missing:], shape, strides, strict=True):
        pairs.append((n, stride if given == n else 0))
    pairs = [(n, s) for n, s in pairs if n > 1]
    if not pairs:
        return 0
    count, step = pairs[-1]
    for n, s in reversed(pairs[:-1]):
        if s != step * count:
            return None
        count *= n
    return step if step >= 0 else None
