"""Placing: what a concatenation puts side by side is written there at once.

An operand that a step computes need not be copied: the step writes into the operand's
part of the result. `Layout` asks here which values have such a place; what has none, an
input of the graph for example, is copied when the concatenation's turn comes.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from kerasish.tracing.graph import Node, Value
from kerasish.tracing.packed import Fused

__all__ = ["RESHAPES", "Place", "find_places", "loose_parts", "part_of"]

RESHAPES = ("_reshape", "_reshaped")


class Place(NamedTuple):
    """Where a value lies in another.

    Args:
        whole: The other value, the result of a concatenation.
        part: Its part that the value is, reshaped.
    """

    whole: Value
    part: tuple[slice, ...]


def find_places(
    steps: Iterable[Node],
    base: dict[int, Value],
    fixed: Collection[int],
    results: Iterable[Value] = (),
) -> dict[int, Place]:
    """Returns the places of values that are parts of others, by the values' `id`.

    Args:
        steps: The nodes that have work to do.
        base: What each view is a view of, by the view's `id`.
        fixed: The `id` of values that must lie elsewhere.
        results: What is read when all steps are done.
    """
    steps = list(steps)
    made = {id(v): node for node in steps for v in node.outputs}
    readers: dict[int, list[Node]] = {}
    solid: set[int] = set()  # what a view is read of that needs rows side by side
    for node in steps:
        for v in node.inputs:
            readers.setdefault(id(base.get(id(v), v)), []).append(node)
    for v in (*(v for node in steps for v in node.inputs), *results):
        source = base.get(id(v), v)
        if not _keeps_rows(v, source):
            solid.add(id(source))
    places: dict[int, Place] = {}
    for node in steps:
        if node.name != "_concatenate" or id(node.output) in fixed:
            continue
        for v, index in zip(node.inputs, _parts(node), strict=True):
            source = base.get(id(v), v)
            if id(source) not in made or id(source) in fixed or id(source) in places:
                continue
            users = (made[id(source)], *readers[id(source)])
            if _is_contiguous(v, index):
                fits = _has_order(v, source)
            else:
                fits = v is source and id(v) not in solid and _is_regular(v, index)
                fits = fits and all(_takes_rows(n, v, base) for n in users)
            if fits:
                places[id(source)] = Place(node.output, index)
    return places


def loose_parts(
    node: Node, base: dict[int, Value], places: dict[int, Place]
) -> list[tuple[Value, tuple[slice, ...]]]:
    """Returns the operands of a concatenation that are not in place, and their parts.

    Args:
        node: The concatenation.
        base: What each view is a view of, by the view's `id`.
        places: What `find_places` returned.
    """
    return [
        (v, index)
        for v, index in zip(node.inputs, _parts(node), strict=True)
        if places.get(id(base.get(id(v), v))) != Place(node.output, index)
    ]


def part_of(whole: Any, place: Place, shape: tuple[int, ...]) -> Any:
    """Returns the array of a value in the array of the whole."""
    return whole[place.part].reshape(shape)


def _takes_rows(node: Node, value: Value, base: dict[int, Value]) -> bool:
    """Returns whether a node can read or write a value whose rows lie apart."""
    rule = node.rule
    if node.name == "_concatenate":
        return node.output is not value
    if not isinstance(rule, Fused) or rule.kernel is None:
        return False
    if any(base.get(id(v)) is value for v in node.inputs):
        return False  # a view of it
    rows = (*rule.rows_in, *rule.rows_out)
    slots = (*rule.chain.inputs, *rule.chain.outputs)
    return all(
        rule.chain.slots[i].pitched
        for row, i in zip(rows, slots, strict=True)
        if row[0] is value
    )


def _parts(node: Node) -> Iterable[tuple[slice, ...]]:
    axis, at = node.static["axis"], 0
    for v in node.inputs:
        end = at + v.shape[axis]
        yield (*(slice(None),) * axis, slice(at, end))
        at = end


def _is_contiguous(operand: Value, index: tuple[slice, ...]) -> bool:
    """Returns whether a part of a result has its elements side by side."""
    return all(n == 1 for n in operand.shape[: len(index) - 1])


def _is_regular(operand: Value, index: tuple[slice, ...]) -> bool:
    """Returns whether a part of a result has its rows at equal distances."""
    return all(n == 1 for n in operand.shape[len(index) - 1 : -1])


def _has_order(operand: Value, source: Value) -> bool:
    """Returns whether a view has the elements of its source in the same order."""
    while operand is not source:
        node = operand.producer
        if node is None or node.name not in RESHAPES:
            return False
        operand = node.inputs[0]
    return True


def _keeps_rows(view: Value, source: Value) -> bool:
    """Returns whether a view stays one where the rows of its source lie apart."""
    while view is not source:
        node = view.producer
        if node is None:
            return False
        before = node.inputs[0]
        sizes = [[n for n in v.shape if n != 1] for v in (before, view)]
        if node.name in RESHAPES and sizes[0] != sizes[1]:
            return False
        view = before
    return True
