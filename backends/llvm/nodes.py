"""Nodes: a chain as values on loop axes, reductions cut to one axis at a time.

What only renames elements (reshape, broadcast) disappears: a node varies along the axes
that its elements depend on, whatever the shape of the array it would be stored as.
"""

import math
from collections.abc import Collection
from typing import Any, NamedTuple

from kerasish.backends.base.chain import Call, Chain
from kerasish.backends.llvm.axes import Axes, Axis, Misfit, reduced_axes
from kerasish.backends.llvm.elements import EXPENSIVE

__all__ = [
    "DTYPES",
    "Draw",
    "FLOATS",
    "MOVES",
    "Node",
    "Pitch",
    "Program",
    "REDUCTIONS",
    "may_hold",
    "program_of",
]

FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
DTYPES = (*FLOATS, *INTEGERS, "bool")

REDUCTIONS = {
    "_log_softmax": "log_softmax",
    "_max": "max",
    "_min": "min",
    "_softmax": "softmax",
    "_sum_to": "sum",
    "all": "min",
    "any": "max",
    "mean": "mean",
    "sum": "sum",
    "var": "var",
    "_argmax": "argmax",
    "_argmin": "argmin",
}
MOVES = ("_like", "_reshape", "_reshaped", "_transpose", "_twin", "broadcast_to",
         "cast_to")  # fmt: skip
HALF = ("float16", "bfloat16")
DEAR = 8  # cost from which a value is stored rather than computed again


class Node:
    """A value inside a kernel.

    Args:
        number: Its place in the order of computation.
        kind: "input", "row" (an input whose row a number chooses), "constant",
            "count", "bits", "element" or "reduce".
        name: The element's or reduction's name.
        args: Nodes it needs.
        axes: The loop axes it varies along, outer ones first.
        dtype: Dtype name.
        detail: The input's index, the constant, the reduced axis, the counted axes.
        memory: For inputs, the axes in the order in which they lie in memory.
    """

    __slots__ = (
        "args", "axes", "cost", "detail", "dtype", "kind", "memory", "name", "number",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        kind: str,
        name: str,
        args: tuple["Node", ...],
        axes: tuple[int, ...],
        dtype: str,
        detail: Any = None,
        memory: tuple[int, ...] = (),
    ) -> None:
        self.number = number
        self.kind = kind
        self.name = name
        self.args = args
        self.axes = axes
        self.dtype = dtype
        self.detail = detail
        self.memory = memory
        own = DEAR if name in EXPENSIVE else 1 if kind == "element" else 0
        self.cost: int = own + sum(a.cost for a in args)


class Draw(NamedTuple):
    """Random bits to be drawn before the loops run.

    Args:
        slot: The slot of the key.
        words: How many words of 32 bits.
    """

    slot: int
    words: int


class Pitch(NamedTuple):
    """An array whose rows may lie apart.

    Args:
        role: "input" or "output".
        place: Its place among them.
        axes: How many of its axes in memory count rows; the others are in a row.
    """

    role: str
    place: int
    axes: int


class Program(NamedTuple):
    """A chain ready to be written as loops.

    Args:
        sizes: The size of each loop axis, outer ones first.
        inputs: Slots of the arrays that are read, in order.
        outputs: For each output its node and axes in memory.
        constants: Numbers and their dtypes, passed as arguments.
        draws: Random bits that are needed.
        pitches: What has rows that lie apart, in the order of the arguments.
        memories: For each input its axes in memory.
    """

    sizes: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[tuple[Node, tuple[int, ...]], ...]
    constants: tuple[tuple[Any, str], ...]
    draws: tuple[Draw, ...]
    pitches: tuple[Pitch, ...] = ()
    memories: tuple[tuple[int, ...], ...] = ()

    def pitch_of(self, role: str, place: int) -> "tuple[int, int] | None":
        """Returns the number of an array's pitch and the axes of its rows, or None."""
        for number, pitch in enumerate(self.pitches):
            if (pitch.role, pitch.place) == (role, place):
                return number, pitch.axes
        return None


def may_hold(
    name: str,
    static: Any,
    dtypes: Any,
    shapes: Any,
    primitives: Collection[str],
    of_floats: Collection[str],
) -> bool:
    """Returns whether a chain may hold a primitive.

    Args:
        name: The primitive's name.
        static: Its other arguments, a dict or pairs.
        dtypes: Dtype names of its operands and result.
        shapes: Their shapes.
        primitives: Names that there is code for.
        of_floats: Names of which there is code for floats only.
    """
    if any(0 in shape for shape in shapes):
        return False
    if name == "_uniform":
        return bool(dict(static or ()).get("dtype") == "float32")
    if name in ("_dropout", "_kept"):
        return all(d in FLOATS for d in dtypes if not d.startswith("uint"))
    if name not in primitives or any(d not in DTYPES for d in dtypes):
        return False
    return name not in of_floats or all(d in FLOATS for d in dtypes)


def program_of(chain: Chain) -> Program:
    """Returns the nodes of a chain.

    Raises:
        Misfit: If no loop nest fits its shapes.
    """
    return _Builder(chain).program()


class _Builder:
    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.axes = Axes()
        self.hidden = len(chain.slots)  # numbers of values that are no slots
        self.kept: dict[int, int] = {}
        self.noise: dict[int, int] = {}
        self.rows: dict[int, int] = {}
        for i, slot in enumerate(chain.slots):
            if 0 in slot.shape:
                raise Misfit
            self.axes.add(i, slot.shape)
            if slot.pitched:  # the last axis as a value of its own: it merges with none
                self.rows[i] = self._hide(slot.shape[-1:])
                self.axes.map(i, self.rows[i], [len(slot.shape) - 1])
        for call in chain.calls:
            self._tie(call)
        self._number_axes()
        self.count = 0
        self.nodes: dict[int, Node] = {}
        self.constants: list[tuple[Any, str]] = []
        self.draws: list[Draw] = []
        self.inputs: list[int] = []

    # -------------------------------------------------------------------- axes

    def _tie(self, call: Call) -> None:
        axes, slots = self.axes, self.chain.slots
        static, x, out = dict(call.static), call.inputs[0], call.output
        if call.name in ("_reshape", "_reshaped"):
            axes.reshape(x, out)
        elif call.name == "_transpose":
            axes.map(x, out, static["axes"])
        elif call.name == "_like":
            axes.broadcast(call.inputs[1], out)
        elif call.name == "_spread":
            row = self._hide(slots[out].shape[1:])  # which merges with no other axis
            axes.map(x, row, [1])
            axes.map(out, row, [1])
            axes.broadcast(call.inputs[1], out)
        elif call.name in REDUCTIONS:
            self._tie_reduction(call, static)
        elif call.name in ("_dropout", "_uniform"):
            shape = static.get("noise_shape", slots[out].shape)
            self.noise[out] = self._hide(shape)
            axes.broadcast(self.noise[out], out)
            if call.name == "_dropout":
                axes.broadcast(x, out)
        else:
            for i in call.inputs:
                axes.broadcast(i, out)

    def _tie_reduction(self, call: Call, static: dict[str, Any]) -> None:
        x, out = call.inputs[0], call.output
        shape = self.chain.slots[x].shape
        gone = reduced_axes(static, shape)
        places = [i for i in range(len(shape)) if i not in gone]
        # The kept axes as a value of their own, so that none merges with a lost one.
        self.kept[out] = self._hide([shape[i] for i in places])
        self.axes.map(x, self.kept[out], places)
        if call.name in ("_softmax", "_log_softmax"):
            self.axes.map(x, out, range(len(shape)))
        else:
            self.axes.reshape(self.kept[out], out)

    def _hide(self, shape: Any) -> int:
        number = self.hidden
        self.hidden += 1
        self.axes.add(number, shape)
        return number

    def _number_axes(self) -> None:
        groups = self.axes.merged()
        for atoms in groups.values():
            if len(set(atoms)) < len(atoms):
                raise Misfit  # one axis along two dimensions, as of a diagonal
        sizes = {g: math.prod(a.size for a in g) for gs in groups.values() for g in gs}
        order: list[tuple[Axis, ...]] = []
        by_size = sorted(groups, key=lambda v: -math.prod(sizes[g] for g in groups[v]))
        for value in by_size:
            place = len(order)
            for group in reversed(groups[value]):
                if group in order:
                    place = order.index(group)
                else:
                    order.insert(place, group)
        depth = {g: i for i, g in enumerate(order)}
        self.sizes = tuple(sizes[g] for g in order)
        self.memory = {v: tuple(depth[g] for g in gs) for v, gs in groups.items()}

    # ------------------------------------------------------------------- nodes

    def program(self) -> Program:
        for call in self.chain.calls:
            self.nodes[call.output] = self._call(call)
        outputs = tuple((self._slot(o), self.memory[o]) for o in self.chain.outputs)
        pitches = [
            Pitch(role, place, len(self.memory[i]) - len(self.memory[self.rows[i]]))
            for role, slots in (("input", self.inputs), ("output", self.chain.outputs))
            for place, i in enumerate(slots)
            if i in self.rows
        ]
        return Program(
            self.sizes,
            tuple(self.inputs),
            outputs,
            tuple(self.constants),
            tuple(self.draws),
            tuple(pitches),
            tuple(self.memory[i] for i in self.inputs),
        )

    def _node(
        self,
        kind: str,
        name: str,
        args: tuple[Node, ...],
        axes: Any,
        dtype: str,
        detail: Any = None,
        memory: tuple[int, ...] = (),
    ) -> Node:
        self.count += 1
        ordered = tuple(sorted(axes))
        return Node(self.count, kind, name, args, ordered, dtype, detail, memory)

    def _slot(self, i: int) -> Node:
        if i not in self.nodes:
            slot = self.chain.slots[i]
            if slot.constant is not None:
                self.nodes[i] = self._constant(slot.constant, slot.dtype)
            else:
                memory = self.memory[i]
                place = len(self.inputs)
                self.inputs.append(i)
                self.nodes[i] = self._node(
                    "input", "", (), memory, slot.dtype, place, memory
                )
        return self.nodes[i]

    def _constant(self, value: Any, dtype: str) -> Node:
        self.constants.append((value, dtype))
        return self._node("constant", "", (), (), dtype, len(self.constants) - 1)

    def element(self, name: str, *args: Node, dtype: str = "") -> Node:
        """Returns an operation on elements."""
        axes = {a for x in args for a in x.axes}
        return self._node("element", name, args, axes, dtype or args[0].dtype)

    def cast(self, x: Node, dtype: str) -> Node:
        """Returns a node in another dtype."""
        return x if x.dtype == dtype else self.element("cast_to", x, dtype=dtype)

    def reduce(self, kind: str, x: Node, axes: tuple[int, ...]) -> Node:
        """Returns a reduction over axes, one node for each, inner ones first."""
        for axis in sorted(axes, reverse=True):
            if axis in x.axes:
                left = [a for a in x.axes if a != axis]
                x = self._node("reduce", kind, (x,), left, x.dtype, axis)
            elif kind == "sum":
                x = self.element("multiply", x, self._counted((axis,), x.dtype))
        return x

    def _counted(self, axes: tuple[int, ...], dtype: str) -> Node:
        return self._node("count", "", (), (), dtype, axes)

    def _call(self, call: Call) -> Node:
        static, dtype = dict(call.static), self.chain.slots[call.output].dtype
        args = tuple(self._slot(i) for i in call.inputs if call.name != "_uniform")
        if call.name == "_dropout":
            bits = self._bits(call, call.inputs[1])
            return self._kept(args[0], bits, static["rate"])
        if call.name == "_kept":
            return self._kept(args[0], args[1], static["rate"])
        if call.name == "_uniform":
            return self._uniform(call)
        if call.name in (
            "_reshape",
            "_reshaped",
            "_transpose",
            "_twin",
            "broadcast_to",
        ):
            return args[0]
        if call.name == "_like":
            return args[1]
        if call.name == "_spread":
            table, number = args
            row = self.memory[call.inputs[0]][1:]
            axes = (*number.axes, *row)
            return self._node("row", "", (number,), axes, dtype, table.detail, row)
        if call.name == "cast_to":
            return self.cast(args[0], dtype)
        if call.name in REDUCTIONS:
            return self._reduction(call, args[0], dtype)
        return self.element(call.name, *args, dtype=dtype)

    def _bits(self, call: Call, key: int) -> Node:
        value = self.noise[call.output]
        count = math.prod(self.sizes[a] for a in self.memory[value])
        self.draws.append(Draw(key, count))
        memory, place = self.memory[value], len(self.draws) - 1
        return self._node("bits", "", (), memory, "uint32", place, memory)

    def _kept(self, x: Node, bits: Node, rate: float) -> Node:
        limit = self._constant(min(round(rate * 2**32), 2**32 - 1), "uint32")
        scale = self._constant(1.0 / (1.0 - rate), x.dtype)
        return self.element("_keep", x, bits, limit, scale)

    def _uniform(self, call: Call) -> Node:
        bits = self._bits(call, call.inputs[0])
        shift = self._constant(8, "uint32")
        unit = self._constant(2.0**-24, "float32")
        kept = self.cast(self.element("right_shift", bits, shift), "float32")
        return self.element("multiply", kept, unit)

    def _reduction(self, call: Call, x: Node, dtype: str) -> Node:
        kind = REDUCTIONS[call.name]
        lost = set(self.memory[call.inputs[0]]) - set(
            self.memory[self.kept[call.output]]
        )
        axes = tuple(sorted(lost))
        if x.dtype in HALF and kind not in ("max", "min", "argmax", "argmin"):
            x = self.cast(x, "float32")
        made = getattr(self, f"_{kind}", None)
        if made is not None:
            return self.cast(made(x, axes), dtype)
        if kind in ("argmax", "argmin"):
            return self._arg(kind, x, axes, dtype)
        return self.cast(self.reduce(kind, x, axes), dtype)

    def _mean(self, x: Node, axes: tuple[int, ...]) -> Node:
        total = self.reduce("sum", x, axes)
        return self.element("divide", total, self._counted(axes, x.dtype))

    def _var(self, x: Node, axes: tuple[int, ...]) -> Node:
        away = self.element("subtract", x, self._mean(x, axes))
        away = self.element("subtract", away, self._mean(away, axes))
        return self._mean(self.element("square", away), axes)

    def _softmax(self, x: Node, axes: tuple[int, ...]) -> Node:
        e = self.element("exp", self._away(x, axes))
        return self.element("divide", e, self.reduce("sum", e, axes))

    def _log_softmax(self, x: Node, axes: tuple[int, ...]) -> Node:
        away = self._away(x, axes)
        total = self.reduce("sum", self.element("exp", away), axes)
        return self.element("subtract", away, self.element("log", total))

    def _away(self, x: Node, axes: tuple[int, ...]) -> Node:
        return self.element("subtract", x, self.reduce("max", x, axes))

    def _arg(self, kind: str, x: Node, axes: tuple[int, ...], dtype: str) -> Node:
        if len(axes) > 1:
            raise Misfit
        if not axes or axes[0] not in x.axes:
            return self._constant(0, dtype)
        if max(x.axes) != axes[0]:
            raise Misfit  # only along the innermost loop
        left = [a for a in x.axes if a != axes[0]]
        return self._node("reduce", kind, (x,), left, dtype, axes[0])
