"""Chains as CUDA kernels: `compile_chain` takes one apart, `bind` gives it memory.

The analysis is that of machine code for the CPU: a chain becomes nodes on loop axes.
Here they are gathered into launches, of which each gets a kernel.
"""

from collections.abc import Iterator
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.base.chain import Chain, pitch_of
from kerasish.backends.cuda import device
from kerasish.backends.cuda.elements import ELEMENTS, OF_FLOATS
from kerasish.backends.cuda.launches import Launch, launches_of
from kerasish.backends.cuda.layouts import Argument, Layout, layout_of
from kerasish.backends.cuda.modules import Launching, function
from kerasish.backends.cuda.source import write
from kerasish.backends.cuda.writer import Kernel as Written
from kerasish.backends.llvm.axes import Misfit
from kerasish.backends.llvm.nodes import (
    MOVES,
    REDUCTIONS,
    Program,
    may_hold,
    program_of,
)
from kerasish.core.errors import BackendError

__all__ = ["Kernel", "compile_chain", "lower_chain", "supports"]

PRIMITIVES = {*ELEMENTS, *REDUCTIONS, *MOVES} - {"_keep"}
ONLY_FLOATS = {*OF_FLOATS, "_log_softmax", "_softmax", "mean", "var"}


def supports(name: str, static: Any = None, dtypes: Any = (), shapes: Any = ()) -> bool:
    """Returns whether a primitive may be in a chain.

    Args:
        name: The primitive's name.
        static: Its other arguments, a dict or pairs.
        dtypes: Dtype names of its operands and result.
        shapes: Their shapes.

    Example:
        >>> supports("add", {}, ["float32"] * 3, [(3,)] * 3)
        True
        >>> supports("sort", {"axis": 0}, ["float32"] * 2, [(3,)] * 2)
        False
    """
    if not may_hold(name, static, dtypes, shapes, PRIMITIVES, ONLY_FLOATS):
        return False
    # Sums are taken in the dtype of their elements.
    return REDUCTIONS.get(name) != "sum" or len(set(dtypes)) <= 1


def compile_chain(chain: Chain) -> "Kernel | None":
    """Returns the kernel of a chain, or None where no loops fit its shapes."""
    try:
        return Kernel(chain, program_of(chain))
    except Misfit:
        return None


def lower_chain(
    chain: Chain, inputs: list[Array], outputs: list[Array]
) -> device.Step | None:
    """Returns a step that computes a chain, or None where there is no form of it.

    Args:
        chain: Calls that `supports` allows.
        inputs: The arrays of `chain.inputs`.
        outputs: The arrays of `chain.outputs`, which may be inputs' memory.
    """
    slots = chain.slots
    for call in chain.calls:
        used = [slots[i] for i in (*call.inputs, call.output)]
        dtypes, shapes = [s.dtype for s in used], [s.shape for s in used]
        if not supports(call.name, call.static, dtypes, shapes):
            return None
    kernel = compile_chain(chain)
    if kernel is None or kernel.layouts(inputs, outputs) is None:
        return None
    return kernel.bind(inputs, outputs)


class Kernel:
    """A chain taken apart into launches.

    Args:
        chain: The chain.
        program: Its nodes.
    """

    def __init__(self, chain: Chain, program: Program) -> None:
        self.chain = chain
        self.program = program
        self.launches, self.needed = launches_of(program)

    def bind(self, inputs: list[Array], outputs: list[Array]) -> device.Step:
        """Returns a step that computes outputs from inputs.

        Args:
            inputs: In the order of the chain's inputs; their memory is read each time.
            outputs: In the order of the chain's. One may be the memory of an input of
                the same shape and dtype.

        Raises:
            BackendError: If an array lies neither in order nor, where that is allowed,
                in rows at equal distances.
        """
        layouts = self.layouts(inputs, outputs)
        if layouts is None:
            told = ", ".join(f"{x.shape} with strides {x.strides}" for x in inputs)
            raise BackendError(
                "Arrays of this kernel must lie in order, or in rows at equal "
                f"distances where its chain allows it. Received: inputs {told}"
            )
        given = dict(zip(self.chain.inputs, inputs, strict=True))
        flushed = tuple(
            i for i, o in enumerate(self.chain.outputs) if o in self.chain.flushed
        )
        written = [
            write(self.program, launch, layouts, self.needed.get(i, set()), flushed)
            for i, launch in enumerate(self.launches)
        ]
        targets, copies = list(outputs), []
        for o, i in sorted(set(_hazards(self.launches, written, layouts))):
            read = given[self.program.inputs[i]]
            if targets[o] is outputs[o] and _overlap(read, outputs[o]):
                targets[o] = device.empty(outputs[o].shape, outputs[o].dtype)
                copies.append(device.copying(outputs[o], targets[o]))
        memory = _Memory(given, self.program.inputs, targets)
        steps = [_launch(kernel, memory) for kernel in written]
        return device.in_turn(*steps, *copies)

    def layouts(
        self, inputs: list[Array], outputs: list[Array]
    ) -> dict[tuple[str, int], Layout] | None:
        """Returns where elements lie, or None where the kernel cannot find them.

        Args:
            inputs: The arrays of the chain's inputs.
            outputs: Those of its outputs.
        """
        program, slots = self.program, self.chain.slots
        given = dict(zip(self.chain.inputs, inputs, strict=True))
        rows = {}
        for role, arrays, kept in (
            ("input", [given[i] for i in program.inputs], self._memories()),
            ("output", outputs, [memory for _, memory in program.outputs]),
        ):
            for place, (x, axes) in enumerate(zip(arrays, kept, strict=True)):
                found, dtype = program.pitch_of(role, place), x.dtype.name
                pitch, counted = pitch_of(x), 0
                if found is not None:
                    counted = found[1]
                elif not x.flags.c_contiguous:
                    return None
                if pitch is None:
                    return None
                apart = pitch if found is not None else None
                rows[role, place] = layout_of(
                    program.sizes, axes, dtype, counted, apart
                )
        for draw in program.draws:
            rows["key", draw.slot] = Layout((), (), slots[draw.slot].dtype)
        return rows

    def _memories(self) -> list[tuple[int, ...]]:
        """Returns the axes of the inputs, in the order in which they lie."""
        found: dict[int, tuple[int, ...]] = {}
        stack = [root.value for launch in self.launches for root in launch.roots]
        seen = set(stack)
        while stack:
            node = stack.pop()
            if node.kind == "input":
                found[node.detail] = node.memory
            stack += set(node.args) - seen
            seen.update(node.args)
        return [found.get(i, ()) for i in range(len(self.program.inputs))]


class _Memory:
    """The arrays behind the arguments of kernels, made where they are their own."""

    def __init__(
        self, given: dict[int, Array], inputs: tuple[int, ...], outputs: list[Array]
    ) -> None:
        self._held: dict[tuple[str, Any], Array] = {
            **{("key", slot): x for slot, x in given.items()},
            **{("input", i): given[slot] for i, slot in enumerate(inputs)},
            **{("output", i): x for i, x in enumerate(outputs)},
        }

    def of(self, argument: Argument) -> Array:
        """Returns the array of an argument."""
        if argument.role == "counter":  # its kernel's own, zero between launches
            return device.library().zeros((argument.size,), dtype=argument.dtype)
        key = argument.role, argument.place
        if key not in self._held:
            self._held[key] = device.empty((argument.size,), argument.dtype)
        return self._held[key]


def _launch(kernel: Written, memory: _Memory) -> device.Step:
    arguments = tuple(memory.of(a) for a in kernel.arguments)
    return Launching(function(kernel.text), kernel.grid, kernel.block, arguments)


def _hazards(
    launches: list[Launch],
    kernels: list[Written],
    layouts: dict[tuple[str, int], Layout],
) -> Iterator[tuple[int, int]]:
    """Yields outputs and inputs that must lie apart, as one is read after the other."""
    later: set[int] = set()
    for launch, kernel in reversed([*zip(launches, kernels, strict=True)]):
        last = len(kernel.reads) - 1
        for o, phase in kernel.writes.items():
            apart = later.union(*kernel.reads[phase + 1 :])
            if launch.kind != "flat" and phase == last:
                # The threads that finish do not wait for those that still read.
                apart = apart.union(*kernel.reads[:phase])
            for i in kernel.reads[phase]:
                if layouts["input", i][:2] != layouts["output", o][:2]:
                    apart.add(i)
            yield from ((o, i) for i in apart)
        later = later.union(*kernel.reads)


def _overlap(x: Array, y: Array) -> bool:
    """Returns whether two arrays that lie in order may share memory."""
    starts = x.data.ptr, y.data.ptr
    ends = (a + _bytes(v) for a, v in zip(starts, (x, y), strict=True))
    return bool(max(starts) < min(ends))


def _bytes(x: Array) -> int:
    """Returns how many bytes lie from the first element to the end of the last."""
    pairs = zip(x.shape, x.strides, strict=True)
    return int(x.dtype.itemsize + sum((n - 1) * s for n, s in pairs))
