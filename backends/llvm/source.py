"""Source: a program as one function of nested loops, in LLVM's language."""

from typing import NamedTuple

from kerasish.backends.llvm.accumulators import Accumulator, accumulator
from kerasish.backends.llvm.frame import Buffer, Frame, Scope, Scratch
from kerasish.backends.llvm.nodes import Node, Program
from kerasish.backends.llvm.schedule import Root, Schedule, ordered
from kerasish.backends.llvm.values import Value

__all__ = ["Source", "write"]

BLOCK = 2048  # elements that are summed in their own dtype, then in float64
VECTOR, SHORT = 8, 128  # steps of a loop of whole vectors that is unrolled
LEAST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126,
                "float64": 2.0**-1022}  # fmt: skip


class Source(NamedTuple):
    """A kernel's text and what binding it takes.

    Args:
        text: The function `kernel(arguments)`.
        scratch: Memory that it needs.
        hazards: Pairs of an output and an input that must lie apart in memory.
        divisible: Whether ranges of the first axis may run at the same time.
    """

    text: str
    scratch: tuple[Scratch, ...]
    hazards: frozenset[tuple[int, int]]
    divisible: bool


def write(program: Program, flushed: tuple[int, ...] = ()) -> Source:
    """Returns the source of a program.

    Args:
        program: What is computed.
        flushed: Places of outputs in which denormal numbers become zero.
    """
    schedule = Schedule(program.outputs)
    writer = _Writer(program, schedule, flushed)
    writer.emit(schedule.roots, 0)
    return Source(
        writer.text(),
        tuple(writer.scratch),
        frozenset(writer.hazards),
        writer.divisible,
    )


class _Writer(Frame):
    def __init__(
        self, program: Program, schedule: Schedule, flushed: tuple[int, ...]
    ) -> None:
        super().__init__(program)
        self.schedule = schedule
        self.flushed = flushed
        self.divisible = bool(program.sizes) and schedule.is_divisible()
        self.spilled: dict[Root, Buffer] = {}
        self.active: dict[Node, Accumulator] = {}

    def emit(self, roots: list[Root], axis: int) -> None:
        """Writes the loops over an axis and all after it."""
        if axis == len(self.program.sizes):
            self._finish(ordered(roots))
            return
        groups = self.schedule.groups(roots, axis)
        pending = self._keep(groups, axis)
        for time in groups:
            if time % 2:
                self._loop(groups[time], axis)
            else:
                self.emit(groups[time], axis + 1)
            self.buffers.update(pending.get(time, {}))

    def _keep(
        self, groups: dict[int, list[Root]], axis: int
    ) -> dict[int, dict[Node, Buffer]]:
        """Adds what later groups need to the groups that compute it."""
        pending: dict[int, dict[Node, Buffer]] = {}
        for time, node, root in list(self.schedule.kept(groups, axis, self.buffers)):
            if root is not None:
                buffer = self.array("output", root.place, root.axes, node.dtype)
            else:
                inner = tuple(a for a in node.axes if a >= axis)
                buffer = self.buffer(inner, node.dtype)
                root = Root("spill", node, node.axes, len(self.scratch))
                groups[time].append(root)
                self.spilled[root] = buffer
            pending.setdefault(time, {})[node] = buffer
        return pending

    def _loop(self, roots: list[Root], axis: int) -> None:
        loop = _Loop(self, axis, roots)
        self.scopes.append(loop.scope)
        self.active.update(loop.accumulators)
        before, self.tag = self.tag, loop.tag
        known = dict(self.buffers)
        self.emit(roots, axis + 1)
        self.buffers = known  # what was kept inside is of one step only
        self.tag = before
        self.scopes.pop()
        loop.close()

    def _finish(self, roots: list[Root]) -> None:
        """Computes all that the innermost body needs, then writes it."""
        self.code.lines = self.scopes[-1].lines
        values = [self.value(root.value) for root in roots]
        for root, value in zip(roots, values, strict=True):
            if root.kind == "reduce":
                self.active[root.node].add(value)
            elif root.kind == "spill":
                self.store(value, self.spilled[root])
            else:
                if root.place in self.flushed:
                    value = _flush(value)
                kept = self.array("output", root.place, root.axes, value.dtype)
                self.store(value, kept)
                self.written.append(root.place)


class _Loop:
    """A loop over an axis: what is written before and after its body."""

    def __init__(self, writer: _Writer, axis: int, roots: list[Root]) -> None:
        self.code = code = writer.code
        self.outer = writer.scopes[-1]
        self.scope = Scope(axis)
        self.metadata = writer.metadata
        code.lines = self.outer.lines
        leaf = all(max(r.axes) == axis for r in roots)
        closing = [
            r.node for r in roots if r.kind == "reduce" and r.node.detail == axis
        ]
        summed = any(q.name == "sum" and "float" in q.dtype for q in closing)
        is_long = axis == 0 or writer.program.sizes[axis] > BLOCK
        self.blocked = leaf and summed and is_long
        self.accumulators = {
            q: accumulator(writer, q, axis, leaf, self.blocked) for q in closing
        }
        self.start, self.stop = code.constant(0, "int64"), writer.size(axis)
        if axis == 0 and writer.divisible:
            self.start = writer.argument(0, "i64", "int64")
            self.stop = writer.argument(1, "i64", "int64")
        self.group = self._metadata("") if leaf else ""
        self.tag = f", !llvm.access.group {self.group}" if leaf else ""
        size = writer.program.sizes[axis]
        self.short = axis > 0 and size % VECTOR == 0 and size <= SHORT
        self.index = code.allocate("int64")
        code.lines = self.scope.lines
        index = code.put(f"load i64, ptr {self.index}", "int64")
        self.scope.known["index"] = index
        self.scope.known["first"] = index.compare("eq", self.start)

    def _metadata(self, text: str) -> str:
        name = f"!{len(self.metadata)}"
        self.metadata.append(f"{name} = distinct !{{{text.format(name)}}}")
        return name

    def _whole(self) -> tuple[str, str]:
        """Returns hints to make vectors of a short loop first, and unroll it then.

        The other way about, one that is unrolled early may stay without vectors.
        """
        after = self._metadata('!"llvm.loop.unroll.full"')
        vectors = f'!"llvm.loop.vectorize.followup_vectorized", {after}'
        return self._metadata('!"llvm.loop.unroll.disable"'), self._metadata(vectors)

    def close(self) -> None:
        """Writes the loop around the body, and one around blocks if wanted."""
        code = self.code
        code.lines = self.outer.lines
        code.do(f"store i64 {self.start.name}, ptr {self.index}")
        if self.blocked:
            self._close_blocks()
        else:
            self._close_steps(self.stop)
        for held in self.accumulators.values():
            held.finish()

    def _close_blocks(self) -> None:
        code = self.code
        block, after = code.name("block"), code.name("after")
        code.do(f"br label %{block}")
        code.lines.append(f"{block}:")
        here = code.put(f"load i64, ptr {self.index}", "int64")
        limit = (here + BLOCK).intrinsic("smin", self.stop)
        for held in self.accumulators.values():
            held.open_block()
        self._close_steps(limit)
        for held in self.accumulators.values():
            held.close_block()
        more = code.put(f"load i64, ptr {self.index}", "int64")
        more = more.compare("lt", self.stop)
        code.do(f"br i1 {more.name}, label %{block}, label %{after}")
        code.lines.append(f"{after}:")

    def _close_steps(self, limit: Value) -> None:
        code, index = self.code, self.scope.known["index"]
        head, end = code.name("loop"), code.name("end")
        code.do(f"br label %{head}")
        code.lines.append(f"{head}:")
        code.lines += self.scope.lines
        following = code.put(f"add nuw nsw i64 {index.name}, 1", "int64")
        code.do(f"store i64 {following.name}, ptr {self.index}")
        more = following.compare("lt", limit)
        note = ""
        if self.group:
            parallel = f'!"llvm.loop.parallel_accesses", {self.group}'
            known = self._metadata(parallel)
            hints = [known, *(self._whole() if self.short else [])]
            note = f", !llvm.loop {self._metadata(', '.join(['{}', *hints]))}"
        code.do(f"br i1 {more.name}, label %{head}, label %{end}{note}")
        code.lines.append(f"{end}:")


def _flush(x: Value) -> Value:
    least = LEAST_NORMAL.get(x.dtype)
    if least is None:
        return x
    return x.absolute().compare("lt", least).choose(0.0, x)
