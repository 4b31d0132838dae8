"""Frame: the scopes of a kernel and the values that are known in them.

A value is computed where it is first needed, in the outermost loop on which it depends.
The kernel's only argument is an array of words: the range of the first axis, the sizes
of axes, constants, the pitches of rows that lie apart, then pointers to inputs,
outputs, random bits and scratch memory.
"""

from math import prod
from typing import Any, NamedTuple

from kerasish.backends.llvm.elements import ELEMENTS
from kerasish.backends.llvm.nodes import Node, Program
from kerasish.backends.llvm.values import Code, Value, load, memory_type, store

__all__ = ["Buffer", "Frame", "Scope", "Scratch"]


LOCAL = 512  # elements of a row that a function keeps for itself


class Scratch(NamedTuple):
    """Memory that a kernel needs: the product of some axes, of a dtype."""

    axes: tuple[int, ...]
    dtype: str


class Buffer(NamedTuple):
    """Memory of a value: the name of its pointer, its axes in memory order.

    Where rows lie apart there is a pitch, the elements from one to the next, and the
    number of axes that count rows.
    """

    pointer: str
    memory: tuple[int, ...]
    dtype: str
    pitch: Value | None = None
    rows: int = 0

    def after(self, axis: int) -> tuple[int, ...]:
        """Returns the axes that a step along an axis passes over, but for the pitch."""
        place = self.memory.index(axis)
        return self.memory[place + 1 : self.rows if place < self.rows else None]


class Scope:
    """The body of a loop, or of the function: its text and what is known there.

    Args:
        axis: The axis that the loop runs over, -1 for the function.
    """

    def __init__(self, axis: int) -> None:
        self.axis = axis
        self.lines: list[str] = []
        self.known: dict[Any, Value] = {}


class Frame:
    """The function under construction.

    Args:
        program: What it computes.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.code = Code()
        self.scopes = [Scope(-1)]
        self.buffers: dict[Node, Buffer] = {}
        self.scratch: list[Scratch] = []
        self.hazards: set[tuple[int, int]] = set()
        self.written: list[int] = []
        self.metadata: list[str] = []
        self.tag = ""

    def text(self) -> str:
        """Returns the source as far as it is written."""
        body = [
            "define void @kernel(ptr noalias readonly %arguments) {",
            "entry:",
            *self.code.allocations,
            *self.scopes[0].lines,
            "  ret void",
            "}",
            *sorted(self.code.declared),
            *self.metadata,
        ]
        return "\n".join(body) + "\n"

    # ---------------------------------------------------------------- arguments

    def argument(self, place: int, kind: str, dtype: str = "") -> Value:
        """Returns an argument, read at the start of the function."""
        key = ("argument", place)
        entry = self.scopes[0]
        if key not in entry.known:
            before, self.code.lines = self.code.lines, entry.lines
            at = f"getelementptr i64, ptr %arguments, i64 {place}"
            pointer = self.code.put(at, "int64")
            entry.known[key] = self.code.put(f"load {kind}, ptr {pointer.name}", dtype)
            self.code.lines = before
        return entry.known[key]

    def size(self, axis: int) -> Value:
        """Returns the size of an axis; that of the first may differ between calls.

        Sizes that are known let short loops be unrolled, and long ones do without a
        remainder: a softmax of 10 classes takes half the time to run and to compile.
        """
        if axis:
            return self.code.constant(self.program.sizes[axis], "int64")
        return self.argument(2, "i64", "int64")

    def _constant(self, node: Node) -> Value:
        place = 2 + len(self.program.sizes) + node.detail
        if node.dtype in ("float32", "float64", "float16", "bfloat16"):
            return self.argument(place, "double", "float64").cast(node.dtype)
        return self.argument(place, "i64", "int64").cast(node.dtype)

    def pointer(self, kind: str, place: int) -> str:
        """Returns the name of a pointer to an "input", "output", "bits", "scratch"."""
        p = self.program
        start = 2 + len(p.sizes) + len(p.constants) + len(p.pitches)
        for name, held in (
            ("input", p.inputs),
            ("output", p.outputs),
            ("bits", p.draws),
        ):
            if name == kind:
                break
            start += len(held)
        return self.argument(start + place, "ptr").name

    # ------------------------------------------------------------------- values

    def scope_of(self, axes: tuple[int, ...]) -> Scope:
        """Returns the outermost open scope where what varies along axes is known."""
        for scope in reversed(self.scopes):
            if scope.axis in axes:
                return scope
        return self.scopes[0]

    def value(self, node: Node) -> Value:
        """Returns a node's value, computed in the outermost scope where it can be."""
        scope = self.scope_of(node.axes)
        if node not in scope.known:
            before, self.code.lines = self.code.lines, scope.lines
            scope.known[node] = self._compute(node)
            self.code.lines = before
        return scope.known[node]

    def _compute(self, node: Node) -> Value:
        if node in self.buffers:
            return self._load(self.buffers[node])
        if node.kind == "input":
            self._guard(node)
            return self._load(self.array("input", node.detail, node.memory, node.dtype))
        if node.kind == "row":
            self._guard(node)
            row = Buffer(self._row(node), node.memory, node.dtype)
            return self._load(row)
        if node.kind == "bits":
            pointer = self.pointer("bits", node.detail)
            return self._load(Buffer(pointer, node.memory, node.dtype))
        if node.kind == "constant":
            return self._constant(node)
        if node.kind == "count":
            made = self.code.constant(1, "int64")
            for axis in node.detail:
                made = made * self.size(axis)
            return made.cast(node.dtype)
        args = [self.value(x) for x in node.args]
        if node.name == "cast_to":
            return args[0].cast(node.dtype)
        return ELEMENTS[node.name](*args)

    def _row(self, node: Node) -> str:
        """Returns the name of a pointer to the row that a number chooses."""
        (number,) = node.args
        scope = self.scope_of(number.axes)
        key = ("row", node)
        if key not in scope.known:
            chosen = self.value(number)
            before, self.code.lines = self.code.lines, scope.lines
            width = prod(self.program.sizes[axis] for axis in node.memory)
            offset = chosen.cast("int64") * width
            kind, pointer = memory_type(node.dtype), self.pointer("input", node.detail)
            step = f"getelementptr inbounds {kind}, ptr {pointer}, i64 {offset.name}"
            scope.known[key] = self.code.put(step, "int64")
            self.code.lines = before
        return scope.known[key].name

    def _guard(self, node: Node) -> None:
        """Notes the outputs that must not lie in this input's memory."""
        self.hazards |= {(place, node.detail) for place in self.written}
        apart = self.program.pitch_of("input", node.detail)
        for place, (_, memory) in enumerate(self.program.outputs):
            pitches = (apart, self.program.pitch_of("output", place))
            if memory != node.memory or any(pitches):
                self.hazards.add((place, node.detail))  # others read what a step writes

    # ------------------------------------------------------------------- memory

    def array(
        self, role: str, place: int, memory: tuple[int, ...], dtype: str
    ) -> Buffer:
        """Returns the memory of an "input" or "output"."""
        pointer = self.pointer(role, place)
        found = self.program.pitch_of(role, place)
        if found is None:
            return Buffer(pointer, memory, dtype)
        number, rows = found
        start = 2 + len(self.program.sizes) + len(self.program.constants)
        pitch = self.argument(start + number, "i64", "int64")
        return Buffer(pointer, memory, dtype, pitch, rows)

    def buffer(self, axes: tuple[int, ...], dtype: str) -> Buffer:
        """Returns new scratch memory."""
        self.scratch.append(Scratch(axes, dtype))
        return Buffer(self.pointer("scratch", len(self.scratch) - 1), axes, dtype)

    def local(self, axes: tuple[int, ...], dtype: str) -> Buffer | None:
        """Returns memory of the function's own, or None where that would be large."""
        size = prod(self.program.sizes[axis] for axis in axes)
        if not 0 < size <= LOCAL or 0 in axes:
            return None
        return Buffer(self.code.allocate_row(size, dtype), axes, dtype)

    def clear(self, buffer: Buffer) -> None:
        """Sets the elements of local memory to zero."""
        size = prod(self.program.sizes[axis] for axis in buffer.memory)
        kind = f"[{size} x {memory_type(buffer.dtype)}]"
        self.code.do(f"store {kind} zeroinitializer, ptr {buffer.pointer}")

    def address(self, buffer: Buffer) -> str:
        """Returns the name of a pointer to the current element."""
        offset, kind = self._offset(buffer).name, memory_type(buffer.dtype)
        step = f"getelementptr inbounds {kind}, ptr {buffer.pointer}, i64 {offset}"
        return self.code.put(step, "int64").name

    def store(self, value: Value, buffer: Buffer) -> None:
        """Writes the current element."""
        store(value, self.address(buffer), self.tag)

    def _load(self, buffer: Buffer) -> Value:
        # A tag promises that steps of the innermost loop do not meet in memory.
        innermost = self.code.lines is self.scopes[-1].lines
        tag = self.tag if innermost else ""
        return load(self.code, self.address(buffer), buffer.dtype, tag)

    def _offset(self, buffer: Buffer) -> Value:
        """Returns the place of the current element."""
        made: Value | None = None
        for axis in sorted(buffer.memory):
            scope = self.scope_of((axis,))
            within = tuple(a for a in buffer.memory if a <= axis)
            key = ("offset", buffer.memory, within, buffer.pitch)
            if key not in scope.known:
                before, self.code.lines = self.code.lines, scope.lines
                step = scope.known["index"]
                for passed in buffer.after(axis):
                    step = step * self.size(passed)
                counts = buffer.memory.index(axis) < buffer.rows
                if counts and buffer.pitch is not None:
                    step = step * buffer.pitch
                scope.known[key] = step if made is None else made + step
                self.code.lines = before
            made = scope.known[key]
        return made if made is not None else self.code.constant(0, "int64")
