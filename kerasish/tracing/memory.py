"""Where the values of a graph live: views, homes, and one buffer that they share.

A view takes no memory; what a concatenation joins is written into the result at once;
a variable's new value is written into its home where nobody reads the old one
afterwards; every other value gets a place in one buffer for as long as it is needed,
over an operand that dies where the primitive allows it.
"""

from collections.abc import Collection
from typing import Any

import numpy as np

from kerasish.backends import backend_scope
from kerasish.backends.base.backend import Array, Backend
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.homes import offsets
from kerasish.tracing.placing import Place, find_places, loose_parts, part_of

__all__ = ["VIEWS", "Layout"]

# Primitives that need not copy; whether one does depends on the strides it is given.
VIEWS = {
    "_flip",
    "_get_item",
    "_imag",
    "_real",
    "_reshape",
    "_reshaped",
    "_slice",
    "_stop_gradient",
    "_transpose",
    "broadcast_to",
    "gate_parts",
    "time_steps",
}
ALIGNMENT = 64  # bytes: a cache line, and the widest vector
SMALL = 256  # bytes of an output that has memory of its own


class Layout:
    """Assigns an array to every value of a graph.

    Args:
        graph: The graph; its variables have their homes.
        backend: Whose arrays they are.
        aliasing: Names of primitives that may write over an operand.
        packs: Rows of values that must lie side by side, as `homes.offsets` has it.

    `arrays` maps the `id` of a value to its array; `steps` are the nodes that have work
    to do, in order; `copies` are the pairs `(to, from)` of arrays to copy at the end;
    `nbytes` is the size of the buffer.
    """

    def __init__(
        self,
        graph: Graph,
        backend: Backend,
        aliasing: Collection[str],
        packs: list[list[Value]],
    ) -> None:
        self._graph = graph
        self._backend = backend
        self._aliasing = aliasing
        self._packs = {id(v): row for row in packs for v in row}
        self._values = {id(v): v for v in graph.values()}
        self.arrays: dict[int, Array] = {}
        self.steps, self._base = self._find_views()
        self._places = self._find_places()
        self._last = self._last_uses()
        self._homes = self._find_homes()
        self._blocks = self._find_blocks()
        self._results = self._find_results()
        self.nbytes = _place({id(b): b for b, _ in self._blocks.values()}.values())
        self._bind()
        self.copies = [
            (variable._home.array, self.arrays[id(value)])
            for variable, value in graph.updates
            if self._homes.get(id(value)) is not variable
        ]

    def _find_views(self) -> tuple[list[Node], dict[int, Value]]:
        """Returns the nodes that are no views, and what each view is a view of."""
        steps: list[Node] = []
        base: dict[int, Value] = {}
        trials: dict[int, Any] = {}  # arrays of which nothing but the strides is used

        def trial(value: Value) -> Any:
            if id(value) not in trials:
                kind = self._backend.dtype(value.dtype)
                trials[id(value)] = np.empty(value.shape, kind)
            return trials[id(value)]

        for node in self._graph.nodes:
            packed = any(id(v) in self._packs for v in node.outputs)
            if node.name in VIEWS and not packed:
                source = node.inputs[0]
                given = trial(source)
                with backend_scope("numpy"):
                    tried = _results(node, given)
                if all(x is given or np.may_share_memory(x, given) for x in tried):
                    for v, x in zip(node.outputs, tried, strict=True):
                        trials[id(v)] = x
                        base[id(v)] = base.get(id(source), source)
                    continue
            steps.append(node)
        return steps, base

    def _find_places(self) -> dict[int, Place]:
        """Returns the places of what concatenations join; drops those left idle."""
        fixed = {*self._packs, *(id(v) for _, v in self._graph.updates)}
        results = self._graph.results()
        places = find_places(self.steps, self._base, fixed, results)
        wholes = {id(place.whole) for place in places.values()}
        self._loose = {
            id(node): loose_parts(node, self._base, places)
            for node in self.steps
            if id(node.output) in wholes
        }
        self.steps = [node for node in self.steps if self._loose.get(id(node), True)]
        return places

    def base_of(self, value: Value) -> Value:
        """Returns the value in whose memory another lies, or the value itself."""
        return self._whole(self._base.get(id(value), value))

    def _whole(self, value: Value) -> Value:
        """Returns the value that another is placed in, at last, or the value itself."""
        while id(value) in self._places:
            value = self._places[id(value)].whole
        return value

    def loose(self, node: Node) -> list[tuple[Array, Array]] | None:
        """Returns what a concatenation has to copy, as pairs of arrays `(to, from)`.

        Args:
            node: Any node.

        Returns:
            The pairs, or None for a node none of whose operands is in its place.
        """
        parts = self._loose.get(id(node))
        if parts is None:
            return None
        whole = self.arrays[id(node.output)]
        return [(whole[index], self.arrays[id(v)]) for v, index in parts]

    def _last_uses(self) -> dict[int, int]:
        """Returns the last step that uses a base, or the number of steps."""
        last: dict[int, int] = {}
        for i, node in enumerate(self.steps):
            for value in (*node.inputs, *node.outputs):
                last[id(self.base_of(value))] = i
        for value in self._graph.outputs:
            last[id(self.base_of(value))] = len(self.steps)
        for _variable, value in self._graph.updates:
            if id(value) in self._base or value.kind != "node":
                last[id(self.base_of(value))] = len(self.steps)
        return last

    def _find_homes(self) -> dict[int, Any]:
        """Returns by value the variable whose home it is written to at once."""
        when = {id(v): i for i, node in enumerate(self.steps) for v in node.outputs}
        reads = {
            id(v.source): self._last.get(id(v), -1)
            for v in self._values.values()
            if v.kind == "variable"
        }
        found: dict[int, Any] = {}
        for variable, value in self._graph.updates:
            written = when.get(id(value))
            if written is not None and id(value) not in found:
                last = reads.get(id(variable), -1)
                node = self.steps[written]
                if last < written or (last == written and self._over(node, variable)):
                    found[id(value)] = variable
                    continue
            if value.kind == "node":
                self._last[id(self.base_of(value))] = len(self.steps)
        return found

    def _over(self, node: Node, variable: Any) -> bool:
        """Returns whether a node may write a variable's home while it reads it."""
        reads = [v for v in node.inputs if self.base_of(v).source is variable]
        return node.name in self._aliasing and all(
            id(v) not in self._base and v.shape == variable.shape for v in reads
        )

    def _find_blocks(self) -> dict[int, tuple["_Block", int]]:
        """Returns for every value that needs memory a block, and where in it."""
        blocks: dict[int, tuple[_Block, int]] = {}
        for i, node in enumerate(self.steps):
            for output in node.outputs:
                value = self._whole(output)
                if id(value) in self._homes or id(value) in blocks:
                    continue
                row = self._packs.get(id(value))
                last = self._last[id(value)]
                if row is not None:
                    self._place_row(row, i, blocks)
                    continue
                whole = value is output
                block = self._dying(i, node, value, blocks) if whole else None
                if block is None:
                    block = _Block(value.nbytes, i, last)
                block.last = last
                blocks[id(value)] = (block, 0)
        return blocks

    def _find_results(self) -> list[Value]:
        """Returns small outputs, such as losses, whose memory is their own.

        Who holds them holds not the memory of a whole plan.
        """
        found = {id(v): v for v in map(self.base_of, self._graph.outputs)}
        small = [v for i, v in found.items() if i in self._blocks and v.nbytes <= SMALL]
        alone = [v for v in small if id(v) not in self._packs]
        for value in alone:
            del self._blocks[id(value)]
        return alone

    def _place_row(self, row: list[Value], i: int, blocks: Any) -> None:
        each = row[0].nbytes // max(row[0].size, 1)
        starts, size = offsets(row)
        block = _Block(size * each, i, max(self._last[id(v)] for v in row))
        for value, start in zip(row, starts, strict=True):
            blocks[id(value)] = (block, start * each)

    def _dying(self, i: int, node: Node, value: Value, blocks: Any) -> Any:
        """Returns the block of an operand that dies here and may be written over."""
        if node.name not in self._aliasing or len(node.outputs) > 1:
            return None
        for operand in node.inputs:
            block, _ = blocks.get(id(operand), (None, 0))
            others = (v for v in node.inputs if v is not operand)
            if (
                block is not None
                and block.last == i
                and block.size == value.nbytes
                and operand.shape == value.shape
                and operand.dtype == value.dtype
                and all(self.base_of(v) is not operand for v in others)
            ):
                return block
        return None

    def row(self, values: list[Value]) -> Array:
        """Returns the flat array that the values of a row lie in, with the gaps."""
        first = values[0]
        if len(values) == 1:
            return self.arrays[id(first)]
        home = self._homes.get(id(first))
        variable = first.source if first.kind == "variable" else home
        if variable is not None:
            return variable._home.store.buffer
        block, _ = self._blocks[id(first)]
        part = self._buffer[block.start : block.start + block.size]
        return part.view(self._backend.dtype(first.dtype))

    def _bind(self) -> None:
        self._buffer = buffer = self._backend.aligned(max(self.nbytes, 1), "uint8")
        for key, value in self._values.items():
            if value.kind == "variable":
                self.arrays[key] = value.source._home.array
            elif value.kind == "constant":
                self.arrays[key] = value.source
            elif value.kind == "input":
                flat = self._backend.aligned(max(value.size, 1), value.dtype)
                self.arrays[key] = flat[: value.size].reshape(value.shape)
            elif key in self._homes:
                self.arrays[key] = self._homes[key]._home.array
            elif key in self._blocks:
                block, at = self._blocks[key]
                part = buffer[block.start + at : block.start + at + value.nbytes]
                kind = self._backend.dtype(value.dtype)
                self.arrays[key] = part.view(kind).reshape(value.shape)
        for value in self._results:
            flat = self._backend.aligned(max(value.size, 1), value.dtype)
            self.arrays[id(value)] = flat[: value.size].reshape(value.shape)
        for key in self._places:
            self._bind_part(self._values[key])
        for node in self._graph.nodes:
            if id(node.output) in self._base:
                made = _results(node, self.arrays[id(node.inputs[0])])
                for value, array in zip(node.outputs, made, strict=True):
                    self.arrays[id(value)] = array

    def _bind_part(self, value: Value) -> Array:
        """Returns the array of a value that may have its place in another."""
        if id(value) not in self.arrays:
            place = self._places[id(value)]
            whole = self._bind_part(place.whole)
            self.arrays[id(value)] = part_of(whole, place, value.shape)
        return self.arrays[id(value)]


def _results(node: Node, *arrays: Array) -> tuple[Array, ...]:
    """Returns what a node's primitive makes of arrays."""
    made = node.rule.function(*arrays, **node.static)
    return (made,) if node.single else tuple(made)


class _Block:
    """A part of the buffer, and the steps between which it is taken."""

    __slots__ = ("first", "last", "size", "start")

    def __init__(self, size: int, first: int, last: int) -> None:
        self.size = size
        self.first = first
        self.last = last
        self.start = 0


def _place(blocks: Any) -> int:
    """Gives blocks their places; returns the end.

    A block takes the place of the last one of its size that died, which the cache still
    holds and whose rows lie where its own will; else the tightest gap there is.
    """
    free: list[tuple[int, int]] = []  # (start, size), by start
    dead: dict[int, list[int]] = {}  # the starts of blocks that died, by size
    taken: list[_Block] = []
    end = 0
    for block in sorted(blocks, key=lambda b: b.first):
        for old in [b for b in taken if b.last < block.first]:
            taken.remove(old)
            size = _rounded(old.size)
            dead.setdefault(size, []).append(old.start)
            free = _merged([*free, (old.start, size)])
        size = _rounded(block.size)
        place = _again(dead.get(size, []), size, free)
        if place is None:
            fitting = [gap for gap in free if gap[1] >= size]
            place = min(fitting, key=lambda gap: gap[1])[0] if fitting else None
        if place is not None:
            block.start = place
            free = _without(free, place, size)
        else:
            block.start = end
            if free and sum(free[-1]) == end:
                block.start, _ = free.pop()
            end = block.start + size
        taken.append(block)
    return end


def _again(starts: list[int], size: int, free: list[tuple[int, int]]) -> int | None:
    """Returns the last of some places that is free as a whole, and drops it."""
    while starts:
        start = starts.pop()
        if any(at <= start and start + size <= at + n for at, n in free):
            return start
    return None


def _without(
    free: list[tuple[int, int]], start: int, size: int
) -> list[tuple[int, int]]:
    """Returns the gaps that are left when one place is taken."""
    made = []
    for at, n in free:
        if at <= start < at + n:
            rest = ((at, start - at), (start + size, at + n - start - size))
            made += [gap for gap in rest if gap[1]]
        else:
            made.append((at, n))
    return made


def _rounded(nbytes: int) -> int:
    return max(-(-nbytes // ALIGNMENT), 1) * ALIGNMENT


def _merged(gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for start, size in sorted(gaps):
        if made and sum(made[-1]) == start:
            start, size = made[-1][0], made[-1][1] + size
            made.pop()
        made.append((start, size))
    return made
