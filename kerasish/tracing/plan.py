"""Plan: a graph as a flat list of kernel calls on memory that stays where it is.

Running a plan means copying the inputs into its buffers and calling the steps one
after the other; nothing is looked up and, with kernels that write into given memory,
nothing is allocated.
"""

from collections.abc import Callable, Iterable, Sequence
from math import isqrt, prod
from time import perf_counter
from typing import Any

from kerasish.backends.base.backend import Array, Backend
from kerasish.backends.base.chain import Chain, pitch_of
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.homes import settle
from kerasish.tracing.memory import Layout
from kerasish.tracing.packed import Fused
from kerasish.tracing.profile import Line, Profile, active, table

__all__ = ["Plan"]

Step = Callable[[], Any]
LARGE = 2e6  # multiplications of a product that are worth a second thread


class Plan:
    """A graph bound to memory.

    Args:
        graph: What is computed.
        backend: Whose kernels compute it.
        recorded: Whether the backend may replay the steps in a form of its own.

    `inputs` and `outputs` are the buffers of the graph's inputs and outputs.
    """

    def __init__(self, graph: Graph, backend: Backend, recorded: bool = True) -> None:
        self.graph = graph
        self.backend = backend
        self.lines: list[Line] = []
        rows, packs = _rows(graph)
        self._stores = [settle(row, backend) for row in rows]
        self._threads = _threads(graph)
        changed = {id(v) for v, _ in graph.updates}
        changed_stores = {
            id(s): s
            for row, s in zip(rows, self._stores, strict=True)
            if any(id(v) in changed for v in row)
        }
        self._changing = list(changed_stores.values())
        self.homes = [(v, v._home) for row in rows for v in row]
        layout = Layout(graph, backend, backend.aliasing, packs)
        self.nbytes = layout.nbytes
        self.inputs = [layout.arrays[id(v)] for v in graph.inputs]
        kept, self.outputs = _kept_apart(graph, layout)
        copies = _copying(layout.copies)
        with backend.running(self._threads):
            uses = graph.uses()
            steps = [self._lower(node, layout, uses) for node in layout.steps]
        self.steps = [*kept, *steps, *copies]
        self._warns = not all(getattr(step, "is_native", False) for step in self.steps)
        copied = Line("copy", "", 0, "variables")
        lines = [_line(node) for node in layout.steps]
        self.lines = [copied] * len(kept) + lines + [copied] * len(copies)
        asks = any(getattr(node.rule, "asks_host", False) for node in graph.nodes)
        self._recorded = recorded and not asks
        self._taken = self.repeated((), 1) if self._recorded else self.steps

    def repeated(self, before: Sequence[Step], count: int) -> list[Step]:
        """Returns what `run` may be given: steps that run the plan a number of times.

        Args:
            before: What comes before each run, as gathering its inputs.
            count: The number.
        """
        names = ["gather"] * len(before) + [str(x) for x in self.lines]
        with self.backend.running(self._threads):
            return self.backend.record([*before, *self.steps] * count, names * count)

    @property
    def is_replayed(self) -> bool:
        """Whether all steps run in the form that the backend gives them."""
        return self._recorded and active() is None

    def run(self, steps: list[Step] | None = None) -> None:
        """Computes the outputs and the variables' new values from the inputs.

        Args:
            steps: What `repeated` has returned, None for the plan's own steps.
        """
        profile = active()
        try:
            with self.backend.running(self._threads, self._warns):
                if profile is None:
                    for step in self._taken if steps is None else steps:
                        step()
                else:
                    self._run_timed(profile)
        finally:
            for store in self._changing:
                store.version += 1

    def _run_timed(self, profile: Profile) -> None:
        clock = perf_counter
        for line, step in zip(self.lines, self.steps, strict=True):
            start = clock()
            step()
            self.backend.synchronize()
            profile.add(line, clock() - start)

    def __str__(self) -> str:
        """A line for each step: what it computes, its shape, bytes, part and time."""
        return table(self.lines, active())

    def is_bound(self) -> bool:
        """Returns whether the variables are still where the plan has them."""
        return all(v._home is home for v, home in self.homes)

    def _lower(self, node: Node, layout: Layout, uses: dict[int, int]) -> Step:
        rule = node.rule
        if isinstance(rule, Fused):
            given = [layout.row(row) for row in rule.rows_in]
            made = [layout.row(row) for row in rule.rows_out]
            if rule.kernel is not None:
                return _bound(rule, given, made)
            given = _shaped(given, rule.chain, rule.chain.inputs)
            made = _shaped(made, rule.chain, rule.chain.outputs)
            return self.backend.lower_chain(rule.chain, given, made)
        loose = layout.loose(node)
        if loose is not None:
            return _all(_copier(to, source) for to, source in loose)
        inputs = [layout.arrays[id(v)] for v in node.inputs]
        outputs = [layout.arrays[id(v)] for v in node.outputs]
        if len(outputs) > 1:  # of several results some may be left out
            rows = zip(node.outputs, outputs, strict=True)
            outputs = [a if id(v) in uses else None for v, a in rows]
        step = self.backend.lower(node.name, node.static, inputs, outputs)
        return step or _calling(node, inputs, outputs)


def _threads(graph: Graph) -> int | None:
    """Returns how many threads pay for the products of a graph; None for all."""
    largest = max(map(_multiplications, graph.nodes), default=0)
    return None if largest >= LARGE else 1


def _multiplications(node: Node) -> int:
    """Returns how many a product or a convolution needs; 0 for other nodes."""
    if node.name in ("matmul", "dense"):
        return node.inputs[0].shape[-1] * node.output.size
    if "conv" in node.name:
        # Images on both sides and kernel share all axes but the kernel's two by two,
        # so this is right but for the square root of the kernel's extent.
        return isqrt(prod(v.size for v in (*node.inputs, node.output)))
    return 0


def _kept_apart(graph: Graph, layout: Layout) -> tuple[list[Step], list[Array]]:
    """Returns steps that keep old values of variables, and where the outputs are."""
    changing = {id(variable) for variable, _ in graph.updates}
    steps: list[Step] = []
    outputs = []
    for value in graph.outputs:
        array = layout.arrays[id(value)]
        if id(layout.base_of(value).source) in changing:
            own = array.copy()
            steps.append(_copier(own, array))
            array = own
        outputs.append(array)
    return steps, outputs


def _line(node: Node) -> Line:
    rule = node.rule
    name = node.name
    if isinstance(rule, Fused):
        name = " ".join(call.name.lstrip("_") for call in rule.chain.calls)
    shapes = ", ".join(f"{v.dtype}{list(v.shape)}" for v in node.outputs[:3])
    more = ", ..." if len(node.outputs) > 3 else ""
    moved = sum(v.nbytes for v in (*node.inputs, *node.outputs))
    return Line(name, shapes + more, moved, node.scope)


def _bound(rule: Fused, inputs: list[Array], outputs: list[Array]) -> Step:
    """Returns a compiled kernel's step; it gets copies of operands that lie apart."""
    slots = rule.chain.slots
    copies, given = [], []
    for x, i in zip(inputs, rule.chain.inputs, strict=True):
        if not (x.flags.c_contiguous or (slots[i].pitched and pitch_of(x))):
            copies.append((x, x.copy()))
            x = copies[-1][1]
        given.append(x)
    given = _shaped(given, rule.chain, rule.chain.inputs)
    made = _shaped(outputs, rule.chain, rule.chain.outputs)
    run: Step = rule.kernel.bind(given, made)
    if not copies:
        return run
    return _all([*(_copier(to, source) for source, to in copies), run])


def _shaped(arrays: list[Array], chain: Chain, slots: Iterable[int]) -> list[Array]:
    """Returns arrays in the shapes that a chain has for them."""
    shapes = (chain.slots[i].shape for i in slots)
    return [x.reshape(shape) for x, shape in zip(arrays, shapes, strict=True)]


def _all(steps: Iterable[Step]) -> Step:
    """Returns a step that takes several in turn."""
    taken = tuple(steps)

    def step() -> None:
        for each in taken:
            each()

    return step


def _calling(node: Node, inputs: list[Array], outputs: list[Any]) -> Step:
    """Returns a step for a kernel that makes its own result."""
    kernel, static = node.rule.function, node.static

    if node.single:
        (out,) = outputs

        def step() -> None:
            out[...] = kernel(*inputs, **static)

    else:

        def step() -> None:
            for out, made in zip(outputs, kernel(*inputs, **static), strict=True):
                if out is not None:
                    out[...] = made

    return step


def _copying(copies: list[tuple[Array, Array]]) -> list[Step]:
    """Returns steps that copy all as they were before the first."""
    if len(copies) <= 1:
        return [_copier(to, source) for to, source in copies]
    held = [(to, source, source.copy()) for to, source in copies]
    return [_copier(temporary, source) for _, source, temporary in held] + [
        _copier(to, temporary) for to, _, temporary in held
    ]


def _copier(to: Array, source: Array) -> Step:
    def step() -> None:
        to[...] = source

    return step


def _rows(graph: Graph) -> tuple[list[list[Any]], list[list[Value]]]:
    """Returns what must lie side by side: rows of variables, and of other values."""
    variables: list[list[Any]] = []
    values: list[list[Value]] = []
    for node in graph.nodes:
        if isinstance(node.rule, Fused):
            for row in node.rule.rows_in:
                if len(row) > 1 and row[0].kind == "variable":
                    variables.append([v.source for v in row])
                elif len(row) > 1:
                    values.append(row)
    placed = {id(v) for row in variables for v in row}
    variables += [[v] for v in graph.variables() if id(v) not in placed]
    return variables, values
