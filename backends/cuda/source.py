"""Source: the kernels of launches: flat ones, those of rows, those of columns."""

from math import prod

from kerasish.backends.cuda.elements import REDUCERS, register
from kerasish.backends.cuda.launches import Launch
from kerasish.backends.cuda.layouts import Argument, Layout, shared, width_of
from kerasish.backends.cuda.writer import BLOCKS, THREADS, Kernel, Writer
from kerasish.backends.llvm.nodes import Node, Program
from kerasish.backends.llvm.schedule import Root, ordered

__all__ = ["write"]

SHORT = 1024  # elements of a row that a warp reduces alone
SHARED = 47 << 10  # bytes that a block may share, but for some


def write(
    program: Program,
    launch: Launch,
    layouts: dict[tuple[str, int], Layout],
    results: set[Node],
    flushed: tuple[int, ...],
) -> Kernel:
    """Returns the kernel of a launch.

    Args:
        program: What is computed.
        launch: What this kernel does of it.
        layouts: Of inputs and outputs, by role and place.
        results: Its reductions that later launches need.
        flushed: Places of outputs in which denormal numbers become zero.
    """
    writer = {"flat": _Flat, "rows": _Rows, "columns": _Columns}[launch.kind]
    return writer(program, launch, layouts, results, flushed).kernel()


class _Flat(Writer):
    def body(self) -> None:
        count = prod(self.sizes[a] for a in self.launch.axes)
        self.grid = -(-count // (THREADS * self.lanes)), 1
        self.lines.append(
            f"const {self.index} t = (({self.index})blockIdx.x * {THREADS} "
            f"+ threadIdx.x) * LANES;"
        )
        self.lines.append(f"if (t >= {count}) return;")
        self.indices("t", self.launch.axes)
        for roots in self.launch.passes:
            self.do(roots)


class _Reducing(Writer):
    """What rows and columns share: accumulators, blocks that share the work."""

    parts: int
    steps: str

    def total(self, node: Node) -> str:
        """Returns the type of an accumulator."""
        kind = register(node.args[0].dtype)
        return f"Found<{kind}>" if node.name.startswith("arg") else kind

    def begin(self, node: Node) -> str:
        """Returns what a reduction starts with."""
        return f"{REDUCERS[node.name]}::start<{self.total(node)}>()"

    def result(self, node: Node, accumulator: str) -> str:
        """Returns the value of an accumulator."""
        if node.name.startswith("arg"):
            return f"({register(node.dtype)}){accumulator}.place"
        return accumulator

    def taken(self, node: Node, value: str) -> str:
        """Returns an element as an accumulator takes it."""
        if node.name.startswith("arg"):
            place = f"(int64)(i{self.launch.reduced} + j)"
            return f"{self.total(node)}{{{value}, {place}}}"
        return f"({self.total(node)}){value}"

    def reduces(self, roots: tuple[Root, ...]) -> list[Node]:
        """Returns the reductions among the things to be done."""
        return [r.node for r in ordered(roots) if r.kind == "reduce"]

    def loop(self, roots: tuple[Root, ...], start: str, step: int) -> None:
        """Writes a loop over the reduced axis."""
        reduced = self.launch.reduced
        self.inside, self.known_inside = [], {}
        self.do(roots)
        end = f"(live ? {self.sizes[reduced or 0]} : 0)"
        self.lines.append(
            f"for ({self.index} i{reduced} = {start}; i{reduced} < {end}; "
            f"i{reduced} += {step}) {{"
        )
        self.lines += [f"  {line}" for line in self.inside]
        self.lines.append("}")
        self.inside = None
        self.reads.append(set())

    def finish(self, condition: str) -> None:
        """Writes what one thread does with the results."""
        self.lines.append(f"if ({condition}) {{")
        outer, self.lines = self.lines, []
        for node in self.results:
            layout = self._layout(node)
            argument = shared("result", node, layout, self.sizes)
            pointer = self.pointer(argument, layout.dtype)
            self.lines += self.put(pointer, layout, f"r{node.number}", self.known[node])
        self.do(self.launch.after)
        self.lines = [*outer, *(f"  {line}" for line in self.lines), "}"]

    def part(self, node: Node, count: int) -> str:
        """Returns the memory in which blocks leave their parts of a reduction."""
        kind, wide = register(node.args[0].dtype), node.name.startswith("arg")
        size = self.parts * count * (2 if wide else 1)
        argument = Argument("part", node, size, "int64" if wide else kind)
        return self.pointer(argument, self.total(node))

    def counter(self, count: int) -> str:
        """Returns the memory in which blocks are counted."""
        argument = Argument("counter", self.launch.reduces[0], count, "uint32")
        return self.pointer(argument, "uint32")


class _Rows(_Reducing):
    def body(self) -> None:
        launch, lanes = self.launch, self.lanes
        size = self.sizes[self.vector or 0]
        rows = prod(self.sizes[a] for a in launch.kept)
        team = THREADS
        if size <= SHORT:
            # A power of two of threads within a warp, as many as have something to do.
            team = min(32, 1 << (-(-size // lanes) - 1).bit_length())
        self.team, self.rows = team, rows
        at_once = THREADS // team
        self.parts = min(-(-size // 4096), BLOCKS // rows) if launch.is_split else 1
        self.grid = -(-rows // at_once), self.parts
        self.lines += [
            f"const int lane = threadIdx.x % {team};",
            f"{self.index} t = ({self.index})blockIdx.x * {at_once} "
            f"+ threadIdx.x / {team};",
            f"const bool live = t < {rows};",
            "t = live ? t : 0;",
        ]
        self.indices("t", launch.kept)
        for roots in launch.passes:
            own = self.reduces(roots)
            self.lines += [
                f"{self.total(q)} a{q.number} = {self.begin(q)};" for q in own
            ]
            start = f"(({self.index})blockIdx.y * {team} + lane) * LANES"
            self.loop(roots, start, team * lanes * self.parts)
            for q in own:
                self._join(q)
            if self.parts > 1:
                self._gather(own)
            self.known.update({q: self.result(q, f"a{q.number}") for q in own})
        self.finish("live && lane == 0")

    def accumulate(self, node: Node, value: str) -> str:
        name = f"a{node.number}"
        made = self.taken(node, value)
        return f"EACH {name} = {REDUCERS[node.name]}::join({name}, {made});"

    def _join(self, node: Node) -> None:
        name = f"a{node.number}"
        self.lines.append(
            f"{name} = across<{REDUCERS[node.name]}, {self.team}>({name});"
        )

    def _gather(self, own: list[Node]) -> None:
        """Lets the last block of a row join the parts of all."""
        names = {q: self.part(q, self.rows) for q in own}
        for q, name in names.items():
            self.lines.append(
                f"if (lane == 0) {name}[blockIdx.y * {self.rows} + t] = a{q.number};"
            )
        counter = self.counter(self.rows)
        self.lines.append(f"if (!is_last({counter} + t, {self.parts})) return;")
        for q, name in names.items():
            held, part = f"a{q.number}", f"{name}[p * {self.rows} + t]"
            self.lines += [
                f"{held} = {self.begin(q)};",
                f"for (int p = lane; p < {self.parts}; p += {self.team})",
                f"  {held} = {REDUCERS[q.name]}::join({held}, {part});",
            ]
            self._join(q)


class _Columns(_Reducing):
    def _lanes(self) -> tuple[int, bool]:
        """Returns as many lanes as have room where the block joins its columns."""
        count, ragged = super()._lanes()
        kinds = {(q.name, self.total(q)) for q in self.launch.reduces}
        width = sum(16 if "<" in kind else width_of(kind) for _, kind in kinds)
        while THREADS * count * width > SHARED:
            count //= 2
        return count, ragged

    def body(self) -> None:
        launch, lanes = self.launch, self.lanes
        columns = prod(self.sizes[a] for a in launch.kept)
        size = self.sizes[launch.reduced or 0]
        across = 1
        while across < 32 and across * lanes < columns:
            across *= 2
        down = THREADS // across
        tiles = -(-columns // (across * lanes))
        self.parts = max(1, min(-(-size // (4 * down)), BLOCKS // tiles))
        self.grid = tiles, self.parts
        self.shape, self.columns = f"{across}, {down}, LANES", columns
        self.lines += [
            f"const int column = threadIdx.x % {across}, row = threadIdx.x / {across};",
            f"{self.index} t = (({self.index})blockIdx.x * {across} + column) * LANES;",
            f"const bool live = t < {columns};",
            "t = live ? t : 0;",
        ]
        self.indices("t", launch.kept)
        [roots] = launch.passes
        own = self.reduces(roots)
        for q in own:
            self.lines.append(f"{self.total(q)} a{q.number}[LANES];")
            self.lines.append(f"EACH a{q.number}[j] = {self.begin(q)};")
        start = f"({self.index})blockIdx.y * {down} + row"
        self.loop(roots, start, down * self.parts)
        for q in own:
            self._join(q)
        if self.parts > 1:
            self._gather(own, down)
        self.known.update({q: f"a{q.number}[j]" for q in own})
        self.finish("live && row == 0")

    def accumulate(self, node: Node, value: str) -> str:
        name = f"a{node.number}[j]"
        made = self.taken(node, value)
        return f"EACH {name} = {REDUCERS[node.name]}::join({name}, {made});"

    def _join(self, node: Node) -> None:
        self.lines.append(f"down<{REDUCERS[node.name]}, {self.shape}>(a{node.number});")

    def _gather(self, own: list[Node], down: int) -> None:
        """Lets the last block of some columns join the parts of all."""
        names = {q: self.part(q, self.columns) for q in own}
        for q, name in names.items():
            self.lines.append(
                f"if (live && row == 0) {{ EACH "
                f"{name}[blockIdx.y * {self.columns} + t + j] = a{q.number}[j]; }}"
            )
        counter = self.counter(self.grid[0])
        self.lines.append(
            f"if (!is_last({counter} + blockIdx.x, {self.parts})) return;"
        )
        for q, name in names.items():
            held, reducer = f"a{q.number}[j]", REDUCERS[q.name]
            self.lines += [
                f"EACH {held} = {self.begin(q)};",
                f"for (int p = row; live && p < {self.parts}; p += {down}) {{",
                f"  EACH {held} = {reducer}::join("
                f"{held}, {name}[p * {self.columns} + t + j]);",
                "}",
            ]
            self._join(q)
