"""Accumulators: where a reduction gathers its result, in registers or in memory."""

import math
from typing import Any

from kerasish.backends.llvm.elements import combine
from kerasish.backends.llvm.frame import Frame
from kerasish.backends.llvm.nodes import Node
from kerasish.backends.llvm.values import Value, load, store, width

__all__ = ["Accumulator", "Best", "Rows", "Scalar", "accumulator", "identity"]


class Accumulator:
    """What a reduction does before, in and after the loop over its axis.

    Args:
        frame: Where its instructions are written.
        node: The reduction.
    """

    def __init__(self, frame: Frame, node: Node) -> None:
        self.frame = frame
        self.code = frame.code
        self.node = node

    def add(self, value: Value) -> None:
        """Takes in an element."""
        raise NotImplementedError("An accumulator takes in elements.")

    def open_block(self) -> None:
        """Begins a block of elements; most accumulators need not know."""

    def close_block(self) -> None:
        """Ends a block of elements."""

    def finish(self) -> None:
        """Makes the result known after the loop."""
        raise NotImplementedError("An accumulator has a result.")

    def _known(self, value: Value) -> None:
        scope = self.frame.scope_of(self.node.axes)
        scope.known[self.node] = value.cast(self.node.dtype)


class Scalar(Accumulator):
    """Accumulates in a register; sums of floats in blocks, those in float64.

    Args:
        frame: Where its instructions are written.
        node: The reduction.
        leaf: Whether the loop has none inside: only then it may be vectorised.
        blocked: Whether the loop runs in blocks.
    """

    def __init__(self, frame: Frame, node: Node, leaf: bool, blocked: bool) -> None:
        super().__init__(frame, node)
        summed = node.name == "sum" and "float" in node.dtype
        self.loose = summed and leaf
        self.blocked = self.loose and blocked
        self.dtype = "float64" if summed and not leaf else node.dtype
        self.place = self.code.allocate(self.dtype)
        self.total = self.code.allocate("float64") if self.blocked else ""
        self.start = self.code.constant(identity(node.name, self.dtype), self.dtype)
        self._put(self.start, self.place)
        if self.blocked:
            self._put(self.code.constant(0.0, "float64"), self.total)

    def _put(self, value: Value, place: str) -> None:
        self.code.do(f"store {value.type} {value.name}, ptr {place}")

    def _get(self) -> Value:
        return self.code.put(f"load {self.start.type}, ptr {self.place}", self.dtype)

    def add(self, value: Value) -> None:
        """Takes in an element."""
        held, value = self._get(), value.cast(self.dtype)
        before = self.code.flags
        self.code.flags = "reassoc " if self.loose else ""
        made = combine(self.node.name, held, value)
        self.code.flags = before
        self._put(made, self.place)

    def open_block(self) -> None:
        """Begins a block: its sum is zero."""
        if self.blocked:
            self._put(self.start, self.place)

    def close_block(self) -> None:
        """Adds a block's sum to that of all blocks."""
        if self.blocked:
            total = self.code.put(f"load double, ptr {self.total}", "float64")
            self._put(total + self._get().cast("float64"), self.total)

    def finish(self) -> None:
        """Makes the result known after the loop."""
        if self.blocked:
            self._known(self.code.put(f"load double, ptr {self.total}", "float64"))
        else:
            self._known(self._get())


class Best(Accumulator):
    """Accumulates the place of the first largest or smallest element, or `nan`."""

    def __init__(self, frame: Frame, node: Node) -> None:
        super().__init__(frame, node)
        self.dtype = node.args[0].dtype
        self.relation = "gt" if node.name == "argmax" else "lt"
        self.best = self.code.allocate(self.dtype)
        self.place = self.code.allocate("int64")

    def add(self, value: Value) -> None:
        """Takes in an element."""
        code, scope = self.code, self.frame.scopes[-1]
        held = code.put(f"load {value.type}, ptr {self.best}", self.dtype)
        where = code.put(f"load i64, ptr {self.place}", "int64")
        x, y = (v.cast("uint8") if v.dtype == "bool" else v for v in (value, held))
        better = x.compare(self.relation, y) | scope.known["first"]
        if value.is_float:
            better = better | (x.compare("ne", x) & y.compare("eq", y))
        made = better.choose(value, held)
        found = better.choose(scope.known["index"], where)
        code.do(f"store {made.type} {made.name}, ptr {self.best}")
        code.do(f"store i64 {found.name}, ptr {self.place}")

    def finish(self) -> None:
        """Makes the result known after the loop."""
        self._known(self.code.put(f"load i64, ptr {self.place}", "int64"))


class Rows(Accumulator):
    """Accumulates in memory along inner axes.

    Sums of short rows start from zeros in memory of the function's own, of which the
    compiler makes registers; elsewhere the first step overwrites.

    Args:
        frame: Where its instructions are written.
        node: The reduction.
        axis: The axis of the loop.
        inner: The axes along which there is memory.
    """

    def __init__(
        self, frame: Frame, node: Node, axis: int, inner: tuple[int, ...]
    ) -> None:
        super().__init__(frame, node)
        self.axis = axis
        local = frame.local(inner, node.dtype) if node.name == "sum" else None
        self.cleared = local is not None
        self.buffer = local or frame.buffer(inner, node.dtype)
        if local is not None:
            frame.clear(local)

    def add(self, value: Value) -> None:
        """Takes in an element."""
        frame = self.frame
        pointer = frame.address(self.buffer)
        held = load(self.code, pointer, value.dtype, frame.tag)
        if not self.cleared:
            start = value.like(identity(self.node.name, value.dtype))
            held = frame.scope_of((self.axis,)).known["first"].choose(start, held)
        store(combine(self.node.name, held, value), pointer, frame.tag)

    def finish(self) -> None:
        """Makes the result known after the loop."""
        self.frame.buffers[self.node] = self.buffer


def accumulator(
    frame: Frame, node: Node, axis: int, leaf: bool, blocked: bool
) -> Accumulator:
    """Returns where a reduction gathers its result in a loop over an axis.

    Args:
        frame: Where its instructions are written.
        node: The reduction.
        axis: The axis of the loop, which the reduction ends with.
        leaf: Whether the loop has none inside.
        blocked: Whether the loop runs in blocks.
    """
    inner = tuple(a for a in node.axes if a > axis)
    if inner:
        return Rows(frame, node, axis, inner)
    if node.name in ("argmax", "argmin"):
        return Best(frame, node)
    return Scalar(frame, node, leaf, blocked)


def identity(name: str, dtype: str) -> Any:
    """Returns what a reduction of no elements would give: "sum", "max" or "min"."""
    if name == "sum":
        return 0
    if "float" in dtype:
        return -math.inf if name == "max" else math.inf
    if dtype == "bool":
        return name == "min"
    low, high = 0, 2 ** width(dtype) - 1
    if dtype.startswith("int"):
        low, high = -(high // 2) - 1, high // 2
    return low if name == "max" else high
