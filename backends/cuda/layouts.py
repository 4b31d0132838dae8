"""Layouts: where the elements of arrays lie, and what kernels are given pointers to."""

from math import prod
from typing import NamedTuple

from kerasish.backends.llvm.nodes import Node

__all__ = ["Argument", "Layout", "extent_of", "layout_of", "shared", "width_of"]

BYTES = {"float16": 2, "bfloat16": 2, "bool": 1}


class Layout(NamedTuple):
    """Where elements lie.

    Args:
        axes: Loop axes in the order in which they lie in memory.
        strides: Elements from one to the next along each.
        dtype: Dtype name.
    """

    axes: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str

    def along(self, axis: int | None) -> int:
        """Returns the stride along an axis, 0 where there is none."""
        return self.strides[self.axes.index(axis)] if axis in self.axes else 0


class Argument(NamedTuple):
    """What a kernel is given a pointer to.

    Args:
        role: "input", "output", "key"; "result" of a reduction that launches share;
            "part" of one that blocks share, "counter" of the blocks.
        place: Which one: a number, or a node.
        size: How many elements, of what is made for the kernel.
        dtype: Their dtype.
    """

    role: str
    place: int | Node
    size: int = 0
    dtype: str = ""


def layout_of(
    sizes: tuple[int, ...],
    axes: tuple[int, ...],
    dtype: str,
    rows: int = 0,
    pitch: int | None = None,
) -> Layout:
    """Returns the layout of elements in order, perhaps of rows that lie apart.

    Args:
        sizes: Of all loop axes.
        axes: Those of the array, in the order of memory.
        dtype: Dtype name.
        rows: How many of them count rows.
        pitch: Elements from one row to the next.
    """
    strides = []
    for i in range(len(axes)):
        if pitch is not None and i < rows:
            strides.append(prod(sizes[a] for a in axes[i + 1 : rows]) * pitch)
        else:
            strides.append(prod(sizes[a] for a in axes[i + 1 :]))
    return Layout(axes, tuple(strides), dtype)


def width_of(dtype: str) -> int:
    """Returns the bytes of an element."""
    return BYTES.get(dtype) or int("".join(c for c in dtype if c.isdigit())) // 8


def shared(
    role: str, place: int | Node, layout: Layout, sizes: tuple[int, ...]
) -> Argument:
    """Returns an argument for memory that is given, or made for a result."""
    if role == "input":
        return Argument(role, place)
    return Argument(role, place, prod(sizes[a] for a in layout.axes), layout.dtype)


def extent_of(sizes: tuple[int, ...], layout: Layout) -> int:
    """Returns how many elements lie between the first and the last."""
    pairs = zip(layout.axes, layout.strides, strict=True)
    return 1 + sum((sizes[a] - 1) * s for a, s in pairs)
