"""Writer: values, loads and stores of a kernel in CUDA C.

A thread has neighbours along one axis, its lanes, as an array in registers. What does
not vary along the axis of a loop is computed before it.
"""

from math import prod
from typing import NamedTuple

from kerasish.backends.cuda.elements import expression, literal, register
from kerasish.backends.cuda.launches import Launch
from kerasish.backends.cuda.layouts import (
    Argument,
    Layout,
    extent_of,
    layout_of,
    shared,
    width_of,
)
from kerasish.backends.llvm.nodes import Node, Program
from kerasish.backends.llvm.schedule import Root, ordered

__all__ = ["BLOCKS", "THREADS", "Kernel", "Writer"]

THREADS = 256
BLOCKS = 1024  # about as many as run at once
WIDEST = 8  # lanes: as many words as Philox gives at once
LEAST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126,
                "float64": 2.0**-1022}  # fmt: skip


class Kernel(NamedTuple):
    """A kernel's text and how it is launched.

    Args:
        text: Its source.
        grid: Blocks along two axes.
        block: Threads along two axes.
        arguments: What it takes pointers to.
        reads: For each phase, in order, the inputs that are read.
        writes: For each output its phase.
    """

    text: str
    grid: tuple[int, int]
    block: tuple[int, int]
    arguments: tuple[Argument, ...]
    reads: tuple[frozenset[int], ...]
    writes: dict[int, int]


class Writer:
    """What the three kinds of kernels share: values, loads and stores."""

    def __init__(
        self,
        program: Program,
        launch: Launch,
        layouts: dict[tuple[str, int], Layout],
        results: set[Node],
        flushed: tuple[int, ...],
    ) -> None:
        self.program, self.launch, self.layouts = program, launch, layouts
        self.results, self.flushed = sorted(results, key=lambda n: n.number), flushed
        self.sizes = program.sizes
        self.vector = launch.axes[-1] if launch.axes else None
        self.arguments: dict[Argument, str] = {}
        self.types: list[str] = []
        self.lines: list[str] = []  # of the function, or of what is open in it
        self.known: dict[Node, str] = {}
        self.inside: list[str] | None = None  # the open loop
        self.known_inside: dict[Node, str] = {}
        self.reads: list[set[int]] = [set()]
        self.writes: dict[int, int] = {}
        self.grid, self.block = (1, 1), (THREADS, 1)
        total = max(
            prod(self.sizes), *(extent_of(self.sizes, x) for x in layouts.values()), 1
        )
        self.index = "int" if total < 2**31 - THREADS * WIDEST else "int64"
        self.lanes, self.ragged = self._lanes()

    # ------------------------------------------------------------------- lanes

    def _lanes(self) -> tuple[int, bool]:
        """Returns how many lanes there are, and whether the last may be empty."""
        if self.vector is None:
            return 1, False
        used = self._used()
        widths = [width_of(x.dtype) for x in used if x.along(self.vector) == 1]
        count = max(2, min(WIDEST, 16 // min(widths, default=16)))
        if any(n.kind == "bits" for n in self._nodes()):
            count = WIDEST
        size = self.sizes[self.vector]
        if len(self.launch.axes) == 1 and self.launch.kind == "flat":
            plain = all(x.along(self.vector) in (0, 1) for x in used)
            return (count, True) if plain and size >= count else (1, False)
        while size % count:
            count //= 2
        return count, False

    def _nodes(self) -> set[Node]:
        """Returns all nodes that this kernel computes."""
        found: set[Node] = set()
        own = set(self.launch.reduces)
        stack = [root.value for root in self.launch.roots]
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                if node.kind != "reduce":
                    stack.extend(node.args)
        return found - own

    def _used(self) -> list[Layout]:
        """Returns the layouts of what is read and written along all axes."""
        used = [self._layout(n) for n in self._nodes() if n.kind in ("input", "reduce")]
        stored = [r for group in self.launch.passes for r in group]
        return used + [
            self.layouts["output", r.place] for r in stored if r.kind == "store"
        ]

    def _layout(self, node: Node) -> Layout:
        if node.kind == "input":
            return self.layouts["input", node.detail]
        axes = node.memory if node.kind == "bits" else node.axes
        return layout_of(self.sizes, axes, register(node.dtype))

    # --------------------------------------------------------------- arguments

    def pointer(self, argument: Argument, kind: str) -> str:
        """Returns the name of a pointer that the kernel is given."""
        if argument not in self.arguments:
            self.arguments[argument] = f"p{len(self.arguments)}"
            self.types.append(kind)
        return self.arguments[argument]

    def kernel(self) -> Kernel:
        """Returns the kernel."""
        self.body()
        names = zip(self.types, self.arguments.values(), strict=True)
        head = ", ".join(f"{kind}* {name}" for kind, name in names)
        threads = self.block[0] * self.block[1]
        return Kernel(
            f'extern "C" __global__ void __launch_bounds__({threads}) '
            f"KERNEL({head}) {{\n"
            f"  constexpr int LANES = {self.lanes};\n"
            + "".join(f"  {line}\n" for line in self.lines)
            + "}\n",
            self.grid,
            self.block,
            tuple(self.arguments),
            tuple(frozenset(r) for r in self.reads),
            self.writes,
        )

    def body(self) -> None:
        """Writes the statements."""
        raise NotImplementedError("Each kind of kernel has a body of its own.")

    # ------------------------------------------------------------------ values

    def value(self, node: Node) -> str:
        """Returns the name of a node's value, in lane `j` where lanes differ."""
        in_loop = self.inside is not None and self.launch.reduced in node.axes
        known = self.known_inside if in_loop else self.known
        if node not in known:
            self._note(node)
            known[node] = self._compute(node, self.inside if in_loop else self.lines)
        return known[node]

    def _note(self, node: Node) -> None:
        if node.kind == "input":
            self.reads[-1].add(node.detail)

    def _compute(self, node: Node, lines: list[str] | None) -> str:
        if node.kind == "constant":
            return literal(*self.program.constants[node.detail])
        if node.kind == "count":
            return literal(prod(self.sizes[a] for a in node.detail), node.dtype)
        if node.kind in ("input", "reduce"):
            made = self._loaded(node)
        elif node.kind == "bits":
            made = self._drawn(node)
        else:
            operands = [self.value(x) for x in node.args]
            made = expression(node.name, node.dtype, node.args[0].dtype, operands)
        lines = self.lines if lines is None else lines
        name, kind = f"v{node.number}", register(node.dtype)
        if self.vector in node.axes:
            before, _, made = made.rpartition("\n")
            lines += [*before.splitlines(), f"{kind} {name}[LANES];"]
            lines.append(f"EACH {name}[j] = {made};")
            return f"{name}[j]"
        lines.append(f"const {kind} {name} = {made};")
        return name

    def _loaded(self, node: Node) -> str:
        """Returns the expression of an element in memory."""
        layout = self._layout(node)
        role, place = (
            ("input", node.detail) if node.kind == "input" else ("result", node)
        )
        pointer = self.pointer(shared(role, place, layout, self.sizes), layout.dtype)
        at = self.place(layout)
        step = layout.along(self.vector)
        if step == 1 and self.lanes > 1:
            end = self.sizes[self.vector or 0] if self.ragged else f"{at} + LANES"
            taken = (
                f"const auto w{node.number} = take<LANES, {layout.dtype}, {self.index}>"
            )
            return f"{taken}({pointer}, {at}, {end});\nvalue(w{node.number}.at[j])"
        return f"value({pointer}[{at}{f' + j * {step}' if step else ''}])"

    def _drawn(self, node: Node) -> str:
        """Returns the expression of random bits."""
        layout = self._layout(node)
        draw = self.program.draws[node.detail]
        kind = self.layouts["key", draw.slot].dtype
        pointer = self.pointer(Argument("key", draw.slot), kind)
        key = f"(uint64){pointer}[0], (uint64){pointer}[1]"
        at, step = self.place(layout), layout.along(self.vector)
        if step == 1 and self.lanes > 1:
            name = f"w{node.number}"
            return f"const auto {name} = draw<LANES>({key}, {at});\n{name}.at[j]"
        return f"draw<1>({key}, {at}{f' + j * {step}' if step else ''}).at[0]"

    def place(self, layout: Layout) -> str:
        """Returns the offset of the current element, in lane 0."""
        terms = [
            f"i{a}" if s == 1 else f"i{a} * {s}"
            for a, s in zip(layout.axes, layout.strides, strict=True)
        ]
        return f"({self.index})({' + '.join(terms) or 0})"

    # ------------------------------------------------------------------ stores

    def do(self, roots: tuple[Root, ...]) -> None:
        """Computes what a phase needs, then writes it."""
        made = [(root, self.value(root.value)) for root in ordered(roots)]
        lines = self.lines if self.inside is None else self.inside
        for root, value in made:
            if root.kind == "reduce":
                lines.append(self.accumulate(root.node, value))
            else:
                self.writes[root.place] = len(self.reads) - 1
                lines += self._stored(root, value)

    def accumulate(self, node: Node, value: str) -> str:
        """Returns the statement that takes an element into a reduction."""
        raise NotImplementedError("Only rows and columns are reduced.")

    def _stored(self, root: Root, value: str) -> list[str]:
        layout = self.layouts["output", root.place]
        if root.place in self.flushed and layout.dtype in LEAST_NORMAL:
            least = literal(LEAST_NORMAL[layout.dtype], register(root.node.dtype))
            value = f"flushed({value}, {least})"
        pointer = self.pointer(Argument("output", root.place), layout.dtype)
        return self.put(pointer, layout, f"s{root.place}", value)

    def put(self, pointer: str, layout: Layout, name: str, value: str) -> list[str]:
        """Returns the statements that write a value to memory."""
        at, step = self.place(layout), layout.along(self.vector)
        made = f"stored<{layout.dtype}>({value})"
        if not step:
            return [f"{pointer}[{at}] = {made};"]
        if step != 1 or self.lanes == 1:
            return [f"EACH {pointer}[{at} + j * {step}] = {made};"]
        end = self.sizes[self.vector or 0] if self.ragged else f"{at} + LANES"
        return [
            f"Pack<{layout.dtype}, LANES> {name};",
            f"EACH {name}.at[j] = {made};",
            f"put<LANES, {layout.dtype}, {self.index}>("
            f"{pointer}, {at}, {end}, {name});",
        ]

    # ----------------------------------------------------------------- indices

    def indices(self, flat: str, axes: tuple[int, ...]) -> None:
        """Writes the index along each axis of a flat index over all of them."""
        for i, axis in enumerate(axes):
            inner = prod(self.sizes[a] for a in axes[i + 1 :])
            made = flat if inner == 1 else f"{flat} / {inner}"
            made = made if i == 0 else f"{made} % {self.sizes[axis]}"
            self.lines.append(f"const {self.index} i{axis} = {made};")
