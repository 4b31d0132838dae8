"""Axes: which axes of a chain's values are the same, merged as far as all agree.

Axes of size 1 vanish. What calls tie together is one axis; a reshape may split one.
Neighbours that are never apart become one, so that an element-wise chain is one loop.
"""

from collections.abc import Sequence
from math import prod

__all__ = ["Axes", "Axis", "Misfit", "reduced_axes", "tie"]


class Misfit(Exception):
    """Shapes that no loop nest fits."""


class Axis:
    """An axis of a size, maybe found to be another or to consist of two.

    Args:
        size: The number of steps.
    """

    __slots__ = ("parts", "same", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.same: Axis | None = None
        self.parts: tuple[Axis, Axis] | None = None

    def atoms(self) -> list["Axis"]:
        """Returns the axes that it consists of now."""
        axis = self
        while axis.same is not None:
            axis = axis.same
        if axis.parts is None:
            return [axis]
        return [*axis.parts[0].atoms(), *axis.parts[1].atoms()]

    def split(self, inner: int) -> None:
        """Makes it two, the inner one of a given size."""
        self.parts = (Axis(self.size // inner), Axis(inner))


class Axes:
    """The axes of values, by the values' numbers."""

    def __init__(self) -> None:
        self.dims: dict[int, list[list[Axis]]] = {}

    def add(self, value: int, shape: Sequence[int]) -> None:
        """Gives a value fresh axes."""
        self.dims[value] = [[Axis(n)] if n > 1 else [] for n in shape]

    def of(self, value: int) -> list[Axis]:
        """Returns the axes of a value."""
        return _atoms(a for dim in self.dims[value] for a in dim)

    def dim(self, value: int, index: int) -> list[Axis]:
        """Returns the axes of one dimension of a value."""
        return _atoms(self.dims[value][index])

    def broadcast(self, value: int, target: int) -> None:
        """Ties the axes of a value to those it is broadcast to."""
        given, wanted = self.dims[value], self.dims[target]
        for one, other in zip(given[::-1], wanted[::-1], strict=False):
            if one:
                tie(_atoms(one), _atoms(other))

    def map(self, value: int, target: int, places: Sequence[int]) -> None:
        """Ties dimensions of a value, by place, to those of another in order."""
        for place, dim in zip(places, self.dims[target], strict=True):
            tie(_atoms(self.dims[value][place]), _atoms(dim))

    def reshape(self, value: int, target: int) -> None:
        """Ties all axes in order."""
        tie(self.of(value), self.of(target))

    def merged(self) -> dict[int, list[tuple[Axis, ...]]]:
        """Returns for each value its axes, those that are never apart as one group."""
        lists = {value: self.of(value) for value in self.dims}
        follows: dict[Axis, set[Axis | None]] = {}
        leads: dict[Axis, set[Axis | None]] = {}
        for atoms in lists.values():
            ends: list[Axis | None] = [None, *atoms, None]
            for one, two in zip(ends, ends[1:], strict=False):
                if one is not None:
                    follows.setdefault(one, set()).add(two)
                if two is not None:
                    leads.setdefault(two, set()).add(one)

        def joined(one: Axis, two: Axis) -> bool:
            return follows[one] == {two} and leads[two] == {one}

        made = {}
        for value, atoms in lists.items():
            groups: list[tuple[Axis, ...]] = []
            for atom in atoms:
                if groups and joined(groups[-1][-1], atom):
                    groups[-1] = (*groups[-1], atom)
                else:
                    groups.append((atom,))
            made[value] = groups
        return made


def tie(one: list[Axis], two: list[Axis]) -> None:
    """Makes two lists of axes the same, splitting where sizes call for it.

    Raises:
        Misfit: If no common division exists.
    """
    one, two = _atoms(one), _atoms(two)
    if prod(a.size for a in one) != prod(a.size for a in two):
        raise Misfit
    while one and two:
        a, b = one[-1], two[-1]
        if a is b or a.size == b.size:
            if a is not b:
                a.same = b
            one.pop(), two.pop()
            # A tie may have changed what is left.
            one, two = _atoms(one), _atoms(two)
            continue
        big, small = (a, b) if a.size > b.size else (b, a)
        if big.size % small.size:
            raise Misfit
        big.split(small.size)
        one, two = _atoms(one), _atoms(two)


def reduced_axes(static: dict, shape: Sequence[int]) -> tuple[int, ...]:  # type: ignore[type-arg]
    """Returns the axes that a reduction's arguments name, sorted and not negative."""
    if "shape" in static:  # `_sum_to`
        target = tuple(static["shape"])
        extra = len(shape) - len(target)
        kept = (i + extra for i, n in enumerate(target) if n == 1)
        return (*range(extra), *(i for i in kept if shape[i] != 1))
    axis = static.get("axis")
    if axis is None:
        return tuple(range(len(shape)))
    axes = (axis,) if isinstance(axis, int) else axis
    return tuple(sorted(a % len(shape) for a in axes))


def _atoms(axes) -> list[Axis]:  # type: ignore[no-untyped-def]
    return [atom for axis in axes for atom in axis.atoms()]
