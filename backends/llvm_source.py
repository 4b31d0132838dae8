"""Source: a program as one function of nested loops, in LLVM's language.

What must be done, stores and reductions, decides which loops there are; everything else
is computed where it is first needed, in the outermost loop on which it depends. A loop
over an axis runs as often as reductions over that axis wait for each other; values that
are dear and needed in a later loop are kept in scratch memory, others computed again.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from kerasish.backends.llvm_elements import ELEMENTS, combine
from kerasish.backends.llvm_nodes import DEAR, Node, Program
from kerasish.backends.llvm_values import Code, Value, load, memory_type, store

__all__ = ["Scratch", "Source", "write"]

BLOCK = 2048  # elements that are summed in their own dtype, then in float64
LEAST_NORMAL = {"float32": 2.0**-126, "float64": 2.0**-1022, "float16": 2.0**-14}


class Scratch(NamedTuple):
    """Memory that a kernel needs: the product of some axes, of a dtype."""

    axes: tuple[int, ...]
    dtype: str


class Source(NamedTuple):
    """A kernel's text and what binding it takes.

    Args:
        text: The function `kernel(arguments)`.
        scratch: Memory that it needs.
        hazards: Pairs of an output and an input that is read after it is written.
        divisible: Whether ranges of the first axis may run at the same time.
    """

    text: str
    scratch: tuple[Scratch, ...]
    hazards: frozenset[tuple[int, int]]
    divisible: bool


class _Root(NamedTuple):
    """Something to be done: "reduce", "store" or "spill" a node, on some axes."""

    kind: str
    node: Node
    axes: tuple[int, ...]
    place: int = 0


class _Buffer(NamedTuple):
    pointer: str
    memory: tuple[int, ...]
    dtype: str


class _Scope:
    """The body of a loop, or of the function: its text and what is known there."""

    def __init__(self, axis: int) -> None:
        self.axis = axis
        self.lines: list[str] = []
        self.known: dict[Any, Value] = {}


def write(program: Program, flushed: tuple[int, ...] = ()) -> Source:
    """Returns the source of a program.

    Args:
        program: What is computed.
        flushed: Places of outputs in which denormal numbers become zero.
    """
    return _Writer(program, flushed).source()


class _Writer:
    def __init__(self, program: Program, flushed: tuple[int, ...]) -> None:
        self.program = program
        self.flushed = flushed
        self.code = Code()
        self.scopes = [_Scope(-1)]
        self.buffers: dict[Node, _Buffer] = {}
        self.scratch: list[Scratch] = []
        self.hazards: set[tuple[int, int]] = set()
        self.written: list[int] = []
        self.loops = 0
        self.metadata: list[str] = []
        self.tag = ""
        self.divisible = False
        self.reach: dict[Node, frozenset[Node]] = {}
        self.spilled: dict[_Root, _Buffer] = {}
        self.active: dict[Node, Any] = {}

    def source(self) -> Source:
        roots = [
            _Root("store", node, memory, i)
            for i, (node, memory) in enumerate(self.program.outputs)
        ]
        reduces = {q for node, _ in self.program.outputs for q in self._closure(node)}
        while True:  # reductions that others stand on
            more = {p for q in reduces for p in self._closure(q.args[0])} - reduces
            if not more:
                break
            reduces |= more
        ordered = sorted(reduces, key=lambda q: q.number)
        roots += [_Root("reduce", q, q.args[0].axes) for q in ordered]
        whole = bool(self.program.sizes) and all(0 in r.axes for r in roots)
        loops = set(self._times(roots, 0).values())
        closing = any(r.kind == "reduce" and r.node.detail == 0 for r in roots)
        self.divisible = whole and not closing and len(loops) == 1
        self.emit(roots, 0)
        return Source(
            self._text(),
            tuple(self.scratch),
            frozenset(self.hazards),
            self.divisible,
        )

    def _text(self) -> str:
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

    def _argument(self, place: int, kind: str, dtype: str = "") -> Value:
        """Returns an argument, read at the start of the function."""
        key = ("argument", place)
        entry = self.scopes[0]
        if key not in entry.known:
            with_scope = self.code.lines
            self.code.lines = entry.lines
            at = self.code.put(
                f"getelementptr i64, ptr %arguments, i64 {place}", "int64"
            )
            entry.known[key] = self.code.put(f"load {kind}, ptr {at.name}", dtype)
            self.code.lines = with_scope
        return entry.known[key]

    def size(self, axis: int) -> Value:
        """Returns the size of an axis."""
        return self._argument(2 + axis, "i64", "int64")

    def _constant(self, node: Node) -> Value:
        place = 2 + len(self.program.sizes) + node.detail
        if node.dtype in ("float32", "float64", "float16", "bfloat16"):
            return self._argument(place, "double", "float64").cast(node.dtype)
        return self._argument(place, "i64", "int64").cast(node.dtype)

    def _pointer(self, kind: str, place: int) -> str:
        p = self.program
        start = 2 + len(p.sizes) + len(p.constants)
        counts = {"input": len(p.inputs), "output": len(p.outputs)}
        counts["bits"] = len(p.draws)
        for name, count in counts.items():
            if name == kind:
                break
            start += count
        return self._argument(start + place, "ptr").name

    # ------------------------------------------------------------------- values

    def _scope_of(self, axes: tuple[int, ...]) -> _Scope:
        for scope in reversed(self.scopes):
            if scope.axis in axes:
                return scope
        return self.scopes[0]

    def value(self, node: Node) -> Value:
        """Returns a node's value, computed in the outermost scope where it can be."""
        scope = self._scope_of(node.axes)
        if node not in scope.known:
            before, self.code.lines = self.code.lines, scope.lines
            scope.known[node] = self._compute(node)
            self.code.lines = before
        return scope.known[node]

    def _compute(self, node: Node) -> Value:
        if node in self.buffers:
            return self._load(*self.buffers[node])
        if node.kind == "input":
            self.hazards |= {(o, node.detail) for o in self.written}
            pointer = self._pointer("input", node.detail)
            return self._load(pointer, node.memory, node.dtype)
        if node.kind == "bits":
            pointer = self._pointer("bits", node.detail)
            return self._load(pointer, node.memory, node.dtype)
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

    def _offset(self, memory: tuple[int, ...]) -> Value:
        """Returns the place of the current element among those of some axes."""
        made: Value | None = None
        for depth in sorted(memory):
            scope = self._scope_of((depth,))
            within = tuple(a for a in memory if a <= depth)
            key = ("offset", memory, within)
            if key not in scope.known:
                before, self.code.lines = self.code.lines, scope.lines
                step = scope.known["index"]
                for after in memory[memory.index(depth) + 1 :]:
                    step = step * self.size(after)
                scope.known[key] = step if made is None else made + step
                self.code.lines = before
            made = scope.known[key]
        return made if made is not None else self.code.constant(0, "int64")

    def _at(self, pointer: str, memory: tuple[int, ...], dtype: str) -> str:
        offset = self._offset(memory).name
        kind = memory_type(dtype)
        made = self.code.put(
            f"getelementptr inbounds {kind}, ptr {pointer}, i64 {offset}", "int64"
        )
        return made.name

    def _load(self, pointer: str, memory: tuple[int, ...], dtype: str) -> Value:
        # A tag promises that steps of the innermost loop do not meet in memory.
        innermost = self.code.lines is self.scopes[-1].lines
        tag = self.tag if innermost else ""
        return load(self.code, self._at(pointer, memory, dtype), dtype, tag)

    def _store(self, value: Value, buffer: _Buffer) -> None:
        store(value, self._at(*buffer), self.tag)

    def _new_buffer(self, axes: tuple[int, ...], dtype: str) -> _Buffer:
        p = self.program
        self.scratch.append(Scratch(axes, dtype))
        start = 2 + len(p.sizes) + len(p.constants) + len(p.inputs) + len(p.outputs)
        place = start + len(p.draws) + len(self.scratch) - 1
        return _Buffer(self._argument(place, "ptr").name, axes, dtype)

    # -------------------------------------------------------------------- loops

    def _closure(self, node: Node) -> frozenset[Node]:
        """Returns the reductions a node stands on directly, itself if it is one."""
        if node.kind == "reduce":
            return frozenset((node,))
        if node not in self.reach:
            found = [self._closure(x) for x in node.args]
            self.reach[node] = frozenset().union(*found)
        return self.reach[node]

    def _needs(self, root: _Root) -> frozenset[Node]:
        return self._closure(root.node.args[0] if root.kind == "reduce" else root.node)

    def _times(self, roots: list[_Root], axis: int) -> dict[_Root, int]:
        """Returns when each root is done: odd times are loops over the axis."""
        times: dict[_Root, int] = {}
        of_node: dict[Node, _Root] = {r.node: r for r in roots if r.kind == "reduce"}

        def time(root: _Root) -> int:
            if root in times:
                return times[root]
            looped = axis in root.axes
            earliest = 1 if looped else 0
            for q in self._needs(root):
                other = of_node.get(q)
                if other is None or other is root:
                    continue
                t = time(other)
                if q.detail == axis:
                    t += 1
                if t % 2 != looped:
                    t += 1
                earliest = max(earliest, t)
            times[root] = earliest
            return earliest

        for root in roots:
            time(root)
        return times

    def emit(self, roots: list[_Root], axis: int) -> None:
        """Writes the loops over an axis and all after it."""
        if axis == len(self.program.sizes):
            self._finish(sorted(roots, key=_order))
            return
        times = self._times(roots, axis)
        groups: dict[int, list[_Root]] = {}
        for root in sorted(roots, key=_order):
            groups.setdefault(times[root], []).append(root)
        pending = self._spills(groups, axis)
        for time in sorted(groups):
            if time % 2 == 0:
                self.emit(groups[time], axis + 1)
                continue
            self._loop(groups[time], axis)
            self.buffers.update(pending.get(time, {}))

    def _spills(
        self, groups: dict[int, list[_Root]], axis: int
    ) -> dict[int, dict[Node, _Buffer]]:
        """Adds what later loops need to the loops that compute it."""
        pending: dict[int, dict[Node, _Buffer]] = {}
        seen: dict[Node, int] = {}
        planned: set[Node] = set()
        stored = {
            r.node: (t, r)
            for t, group in groups.items()
            for r in group
            if r.kind == "store" and r.node.axes == tuple(sorted(r.axes))
        }
        for time in sorted(t for t in groups if t % 2):
            for node in self._walk(groups[time], axis, seen, time, stored):
                if node in planned:
                    continue
                planned.add(node)
                if node in stored and stored[node][0] < time:
                    first, root = stored[node]
                    pointer = self._pointer("output", root.place)
                    buffer = _Buffer(pointer, root.axes, node.dtype)
                else:
                    first = seen[node]
                    inner = tuple(a for a in node.axes if a >= axis)
                    buffer = self._new_buffer(inner, node.dtype)
                    root = _Root("spill", node, node.axes, len(self.scratch))
                    groups[first].append(root)
                    self.spilled[root] = buffer
                pending.setdefault(first, {})[node] = buffer
        return pending

    def _walk(
        self,
        roots: list[_Root],
        axis: int,
        seen: dict[Node, int],
        time: int,
        stored: dict[Node, Any],
    ) -> Iterator[Node]:
        """Yields the nodes that earlier loops must keep for these roots."""
        done: set[Node] = set()
        kept: set[Node] = set()
        stack = [r.node.args[0] if r.kind == "reduce" else r.node for r in roots]
        own = {r.node for r in roots if r.kind == "reduce"}
        for root in roots:
            if root.kind == "reduce":
                seen.setdefault(root.node, time)
        while stack:
            node = stack.pop()
            if node in done or axis not in node.axes or node in self.buffers:
                continue
            done.add(node)
            early = seen.get(node, time) < time
            if node.kind == "reduce":
                if early and node not in own and node not in kept:
                    kept.add(node)
                    yield node
                continue
            here = node in stored and stored[node][0] < time and node.cost
            if (early and node.cost >= DEAR) or here:
                kept.add(node)
                yield node
                continue
            stack.extend(node.args)
        for node in done - kept:
            seen.setdefault(node, time)

    def _loop(self, roots: list[_Root], axis: int) -> None:
        code, outer = self.code, self.scopes[-1]
        code.lines = outer.lines
        leaf = all(max(r.axes) == axis for r in roots)
        closing = [
            r.node for r in roots if r.kind == "reduce" and r.node.detail == axis
        ]
        sums = [q for q in closing if q.name == "sum" and _is_float(q)]
        accumulators = {q: self._accumulator(q, axis, leaf) for q in closing}
        split = axis == 0 and self.divisible
        start = (
            self._argument(0, "i64", "int64") if split else code.constant(0, "int64")
        )
        stop = self._argument(1, "i64", "int64") if split else self.size(axis)
        scope = _Scope(axis)
        self.scopes.append(scope)
        code.lines = scope.lines
        index = code.allocate("int64")
        scope.known["index"] = code.put(f"load i64, ptr {index}", "int64")
        scope.known["first"] = scope.known["index"].compare("eq", start)
        before, self.tag = self.tag, self._new_tag() if leaf else ""
        loop_tag = self.tag
        self.active.update(accumulators)
        known = dict(self.buffers)
        self.emit(roots, axis + 1)
        self.buffers = known  # what was kept inside is of one step only
        code.lines = scope.lines
        self.tag = before
        self.scopes.pop()
        blocked = leaf and bool(sums)
        self._close(scope, outer, index, start, stop, loop_tag, accumulators, blocked)
        code.lines = outer.lines
        for q, accumulator in accumulators.items():
            accumulator.finish(self, q, outer)

    def _new_tag(self) -> str:
        group = len(self.metadata)
        self.metadata += [f"!{group} = distinct !{{}}"]
        return f", !llvm.access.group !{group}"

    def _close(
        self,
        scope: _Scope,
        outer: _Scope,
        index: str,
        start: Value,
        stop: Value,
        tag: str,
        accumulators: dict[Node, Any],
        blocked: bool,
    ) -> None:
        """Writes a loop around a scope's text, and one around blocks if wanted."""
        code = self.code
        code.lines = outer.lines
        head, end = code.name("loop"), code.name("end")
        code.do(f"store i64 {start.name}, ptr {index}")
        limit = stop
        block = after = ""
        if blocked:
            block, after = code.name("block"), code.name("after")
            code.do(f"br label %{block}")
            code.lines.append(f"{block}:")
            here = code.put(f"load i64, ptr {index}", "int64")
            limit = (here + BLOCK).intrinsic("smin", stop)
            for accumulator in accumulators.values():
                accumulator.open_block(self)
        code.do(f"br label %{head}")
        code.lines.append(f"{head}:")
        code.lines += scope.lines
        following = code.put(f"add nuw nsw i64 {scope.known['index'].name}, 1", "int64")
        code.do(f"store i64 {following.name}, ptr {index}")
        more = following.compare("lt", limit)
        note = ""
        if tag:
            group = tag.rsplit("!", 1)[1]
            n = len(self.metadata)
            self.metadata += [
                f"!{n} = distinct !{{!{n}, !{n + 1}}}",
                f'!{n + 1} = !{{!"llvm.loop.parallel_accesses", !{group}}}',
            ]
            note = f", !llvm.loop !{n}"
        code.do(f"br i1 {more.name}, label %{head}, label %{end}{note}")
        code.lines.append(f"{end}:")
        if blocked:
            for accumulator in accumulators.values():
                accumulator.close_block(self)
            more = code.put(f"load i64, ptr {index}", "int64").compare("lt", stop)
            code.do(f"br i1 {more.name}, label %{block}, label %{after}")
            code.lines.append(f"{after}:")

    def _accumulator(self, q: Node, axis: int, leaf: bool) -> Any:
        deeper = tuple(a for a in q.axes if a > axis)
        if deeper:
            return _Rows(self, q, self._new_buffer(deeper, q.dtype), axis)
        if q.name in ("argmax", "argmin"):
            return _Best(self, q, axis)
        return _Scalar(self, q, leaf)

    def _finish(self, roots: list[_Root]) -> None:
        """Computes all that the innermost body needs, then writes it."""
        self.code.lines = self.scopes[-1].lines
        values = []
        for root in roots:
            node = root.node.args[0] if root.kind == "reduce" else root.node
            values.append(self.value(node))
        self.code.lines = self.scopes[-1].lines
        for root, value in zip(roots, values, strict=True):
            if root.kind == "reduce":
                self.active[root.node].add(self, value)
            elif root.kind == "spill":
                self._store(value, self.spilled[root])
            else:
                if root.place in self.flushed:
                    value = _flush(value)
                pointer = self._pointer("output", root.place)
                self._store(value, _Buffer(pointer, root.axes, value.dtype))
                self.written.append(root.place)


def _order(root: _Root) -> tuple[int, str, int]:
    return root.node.number, root.kind, root.place


def _is_float(node: Node) -> bool:
    return "float" in node.dtype


def _flush(x: Value) -> Value:
    least = LEAST_NORMAL.get(x.dtype)
    if least is None:
        return x
    return x.absolute().compare("lt", least).choose(0.0, x)


def _identity(name: str, dtype: str) -> Any:
    if name == "sum":
        return 0
    if "float" in dtype:
        return -math.inf if name == "max" else math.inf
    if dtype == "bool":
        return name == "min"
    bits = int("".join(c for c in dtype if c.isdigit()))
    low, high = 0, 2**bits - 1
    if dtype.startswith("int"):
        low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return low if name == "max" else high


class _Scalar:
    """Accumulates in a register; sums of floats in blocks, those in float64."""

    def __init__(self, writer: _Writer, q: Node, leaf: bool) -> None:
        code = writer.code
        self.sum = q.name == "sum" and _is_float(q)
        self.blocked = self.sum and leaf
        self.dtype = "float64" if self.sum and not leaf else q.dtype
        self.name = q.name
        self.place = code.allocate(self.dtype)
        self.total = code.allocate("float64") if self.blocked else ""
        self.start = code.constant(_identity(q.name, self.dtype), self.dtype)
        code.do(f"store {self.start.type} {self.start.name}, ptr {self.place}")
        if self.blocked:
            code.do(f"store double 0.0, ptr {self.total}")

    def add(self, writer: _Writer, value: Value) -> None:
        code, kind = writer.code, self.start.type
        held = code.put(f"load {kind}, ptr {self.place}", self.dtype)
        value = value.cast(self.dtype)
        before = code.flags
        code.flags = "reassoc " if self.blocked else ""
        made = combine(self.name, held, value)
        code.flags = before
        code.do(f"store {kind} {made.name}, ptr {self.place}")

    def open_block(self, writer: _Writer) -> None:
        if self.blocked:
            kind = self.start.type
            writer.code.do(f"store {kind} {self.start.name}, ptr {self.place}")

    def close_block(self, writer: _Writer) -> None:
        if self.blocked:
            code = writer.code
            part = code.put(f"load {self.start.type}, ptr {self.place}", self.dtype)
            total = code.put(f"load double, ptr {self.total}", "float64")
            made = total + part.cast("float64")
            code.do(f"store double {made.name}, ptr {self.total}")

    def finish(self, writer: _Writer, q: Node, outer: _Scope) -> None:
        place, kind = (self.place, self.start.type)
        dtype = self.dtype
        if self.blocked:
            place, kind, dtype = self.total, "double", "float64"
        made = writer.code.put(f"load {kind}, ptr {place}", dtype)
        outer_scope = writer._scope_of(q.axes)
        outer_scope.known[q] = made.cast(q.dtype)


class _Best:
    """Accumulates the place of the first largest or smallest element, or `nan`."""

    def __init__(self, writer: _Writer, q: Node, axis: int) -> None:
        self.dtype = q.args[0].dtype
        self.axis = axis
        self.relation = "gt" if q.name == "argmax" else "lt"
        self.best = writer.code.allocate(self.dtype)
        self.place = writer.code.allocate("int64")

    def add(self, writer: _Writer, value: Value) -> None:
        code = writer.code
        scope = writer.scopes[-1]
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

    def open_block(self, writer: _Writer) -> None:
        """Has nothing to do: blocks follow each other."""

    def close_block(self, writer: _Writer) -> None:
        """Has nothing to do: blocks follow each other."""

    def finish(self, writer: _Writer, q: Node, outer: _Scope) -> None:
        found = writer.code.put(f"load i64, ptr {self.place}", "int64")
        writer._scope_of(q.axes).known[q] = found.cast(q.dtype)


class _Rows:
    """Accumulates in memory along inner axes; the first step overwrites."""

    def __init__(self, writer: _Writer, q: Node, buffer: _Buffer, axis: int) -> None:
        self.buffer = buffer
        self.axis = axis
        self.name = q.name

    def add(self, writer: _Writer, value: Value) -> None:
        scope = next(s for s in writer.scopes if s.axis == self.axis)
        code = writer.code
        start = code.constant(_identity(self.name, value.dtype), value.dtype)
        pointer = writer._at(*self.buffer)
        held = load(code, pointer, value.dtype, writer.tag)
        held = scope.known["first"].choose(start, held)
        store(combine(self.name, held, value), pointer, writer.tag)

    def open_block(self, writer: _Writer) -> None:
        """Has nothing to do: rows have no blocks."""

    def close_block(self, writer: _Writer) -> None:
        """Has nothing to do: rows have no blocks."""

    def finish(self, writer: _Writer, q: Node, outer: _Scope) -> None:
        writer.buffers[q] = self.buffer
