"""Chains compiled to machine code: one function for a whole chain, bound to memory.

`compile_chain` makes the kernel now, `request` in the background; `Kernel.bind` gives
it arrays and returns a function without arguments, which takes about 0.1 us to call.
A chain of twenty calls compiles in 15 to 60 ms, or loads from the cache in 2 ms.
"""

import ctypes
import os
import struct
import threading
from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from kerasish.backends.base.chain import Chain, pitch_of
from kerasish.backends.llvm import cache, library, random
from kerasish.backends.llvm.axes import Misfit
from kerasish.backends.llvm.calls import Share, in_one_call
from kerasish.backends.llvm.elements import ELEMENTS, LIBRARY
from kerasish.backends.llvm.lanes import Rows, in_lanes
from kerasish.backends.llvm.library import has_llvm
from kerasish.backends.llvm.nodes import (
    FLOATS,
    MOVES,
    REDUCTIONS,
    Program,
    may_hold,
    program_of,
)
from kerasish.backends.llvm.source import Source, write
from kerasish.backends.llvm.team import PARALLEL, parts_of, team
from kerasish.backends.onednn import loading
from kerasish.core.errors import BackendError

__all__ = [
    "Kernel",
    "bind_bits",
    "compile_chain",
    "has_llvm",
    "share_steps",
    "start",
    "supports",
]

VERSION = "4"  # of what sources mean; stale files are not found again
CALL = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)
PRIMITIVES = {*ELEMENTS, *REDUCTIONS, *MOVES} - {"_keep"}
# Calls of the C library go element by element and cost 2 to 10 ns each. Beyond so many
# elements NumPy, which has vector code for most of them, is faster in spite of its
# overhead.
FEW = 128
# Vector code in float32, the C library in float64.
NARROW = ("erf", "exp", "expm1", "log", "log1p", "logaddexp", "power", "sigmoid",
          "softplus", "tanh", "_softmax", "_log_softmax")  # fmt: skip
# Names that have a form for floats only.
OF_FLOATS = {
    *("divide", "divide_no_nan", "fabs", "mean", "rsqrt", "sqrt", "var"),
    *(*NARROW, *LIBRARY, *(name for name in ELEMENTS if name.startswith("arc"))),
}
MOST = 4096  # kernels that are kept, as the steps of a loop have the same again
_addresses: dict[str, int] = {}
_kernels: dict[str, "Kernel | None"] = {}
_compiling = threading.Lock()


def supports(name: str, static: Any = None, dtypes: Any = (), shapes: Any = ()) -> bool:
    """Returns whether a primitive may be in a chain, and is not slower there.

    A chain of such primitives may still not fit one kernel; `compile_chain` tells.

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
    if "float16" in dtypes and not library.has_half():
        return False
    if not may_hold(name, static, dtypes, shapes, PRIMITIVES, OF_FLOATS):
        return False
    return not _calls_library(name, dtypes) or all(prod(x) <= FEW for x in shapes)


def _calls_library(name: str, dtypes: Any) -> bool:
    if name in NARROW:
        return "float64" in dtypes
    return name in LIBRARY or name.startswith("arc")


class Kernel:
    """Machine code for chains of one structure, whatever the size of the first axis.

    Args:
        chain: The chain.
        program: Its nodes.
        source: Its source.
        address: Where the machine code is.
        drawers: Where the code is that draws random bits, for each draw.
    """

    def __init__(
        self,
        chain: Chain,
        program: Program,
        source: Source,
        address: int,
        drawers: tuple[int, ...] = (),
    ) -> None:
        self.chain = chain
        self.program = program
        self.source = source
        self.address = address
        self.drawers = drawers

    def bind(
        self, inputs: list[np.ndarray], outputs: list[np.ndarray]
    ) -> Callable[[], Any]:
        """Returns a function without arguments that computes outputs from inputs.

        Args:
            inputs: C-contiguous arrays, in the order of the chain's inputs; their
                memory is read at each call. Rows may lie apart where the slot says so.
            outputs: Such arrays, in the order of the chain's outputs. One may be the
                memory of an input of the same shape and dtype.

        Raises:
            BackendError: If an array lies in another way or has another shape or dtype.
        """
        self._check(inputs, self.chain.inputs, "input")
        self._check(outputs, self.chain.outputs, "output")
        given = dict(zip(self.chain.inputs, inputs, strict=True))
        written, copies = self._apart(given, outputs)
        bits = [
            np.empty(-(-draw.words // random.BLOCK) * random.BLOCK, np.uint32)
            for draw in self.program.draws
        ]
        arguments, scratch = [], []
        for part in self._parts(given, written):
            words, own = self._words(given, [*written, *bits])
            arguments.append(np.array([*part, *words], np.int64))
            scratch.append(own)
        run = _step(self.address, arguments, (bits, scratch, inputs, outputs))
        draws = self._draws(given, bits)
        if copies or draws:
            return _Around(run, draws, copies)
        if self.source.divisible:
            run.cut = partial(self._cut, given, written)
            run.extents = partial(self._extents, given, written)
        return run

    def _cut(
        self,
        given: dict[int, np.ndarray],
        written: list[np.ndarray],
        rows: Rows,
        shared: Any,
    ) -> Share:
        """Returns what computes a share of the rows."""
        words, own = self._words(given, written)
        part = rows.of(self.program.sizes[0])
        made = np.array([*part, *words], np.int64)
        return Share(self.address, made, (own, given, written))

    def _extents(
        self, given: dict[int, np.ndarray], written: list[np.ndarray], rows: Rows
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]] | None:
        """Returns the memory that a share of the rows touches, or None without rows."""
        program = self.program
        steps = program.sizes[0]
        part = rows.of(steps)
        if part[0] == part[1]:
            return None
        read = zip((given[i] for i in program.inputs), program.memories, strict=True)
        wrote = zip(written, (memory for _, memory in program.outputs), strict=True)
        reads, writes = (
            [_extent(x, memory, steps, part) for x, memory in arrays]
            for arrays in (read, wrote)
        )
        return reads, writes

    def _apart(
        self, given: dict[int, np.ndarray], outputs: list[np.ndarray]
    ) -> tuple[list[np.ndarray], list[tuple[np.ndarray, np.ndarray]]]:
        """Returns outputs to write, apart from inputs that are read after them."""
        written, copies = list(outputs), []
        for o, i in sorted(self.source.hazards):
            read = given[self.program.inputs[i]]
            if written[o] is outputs[o] and np.may_share_memory(read, outputs[o]):
                written[o] = np.empty_like(outputs[o])
                copies.append((outputs[o], written[o]))
        return written, copies

    def _parts(self, given: dict[int, Any], written: list[Any]) -> Any:
        """Returns the ranges of the first axis that run at the same time."""
        steps = self.program.sizes[0] if self.program.sizes else 0
        if not self.source.divisible:
            return [(0, steps)]
        return parts_of(steps, sum(x.nbytes for x in (*given.values(), *written)))

    def _words(
        self, given: dict[int, np.ndarray], others: list[np.ndarray]
    ) -> tuple[list[int], list[np.ndarray]]:
        """Returns the arguments after the range, and scratch memory for one part."""
        program, sizes = self.program, self.program.sizes
        scratch = [
            np.empty(prod(sizes[a] for a in s.axes) * 8 + 64, np.uint8)
            for s in self.source.scratch
        ]
        words = list(sizes)
        words += [_word(value, dtype) for value, dtype in program.constants]
        read = [given[i] for i in program.inputs]
        for role, place, _ in program.pitches:
            words.append(pitch_of((read if role == "input" else others)[place]) or 0)
        arrays = read + others + scratch
        words += [x.ctypes.data for x in arrays]
        return words, scratch

    def _draws(
        self, given: dict[int, np.ndarray], drawn: list[np.ndarray]
    ) -> list[Callable[[], Any]]:
        rows = zip(self.program.draws, self.drawers, drawn, strict=True)
        return [_drawing(a, given[draw.slot], bits) for draw, a, bits in rows]

    def _check(self, arrays: list[np.ndarray], slots: Any, role: str) -> None:
        for x, i in zip(arrays, slots, strict=True):
            slot, flags = self.chain.slots[i], x.flags
            fits = x.shape == slot.shape and x.dtype.name == slot.dtype
            rows = flags.c_contiguous or (slot.pitched and pitch_of(x) is not None)
            plain = rows and flags.aligned and x.dtype.isnative
            if not (fits and plain and (flags.writeable or role == "input")):
                raise BackendError(
                    f"An {role} of this kernel must be a contiguous array of shape "
                    f"{slot.shape} and dtype {slot.dtype}, aligned and in native byte "
                    f"order, an output writeable. Received: shape {x.shape}, dtype "
                    f"{x.dtype.str}, strides {x.strides}, {_told(flags)}"
                )


class _Step(partial):  # type: ignore[type-arg]
    """A call of machine code that keeps alive the memory it works on."""

    kept: Any
    cut: Any  # where ranges of the first axis may run at the same time
    extents: Any
    whole: Share | None = None  # what it calls, if one thread does all
    is_native = True


def _step(address: int, parts: list[np.ndarray], kept: Any) -> _Step:
    """Returns the call of a kernel over parts of its work."""
    crew = team()
    if len(parts) == 1 or crew is None:
        made = _Step(CALL(address), parts[0].ctypes.data)
    else:
        *call, data = crew.call(_address(PARALLEL), address, parts)
        made = _Step(*call)
        kept = (kept, data)
    made.kept = (kept, parts)
    if len(parts) == 1:
        made.whole = Share(address, parts[0], kept)
    return made


def _extent(
    x: np.ndarray, memory: tuple[int, ...], steps: int, part: tuple[int, int]
) -> tuple[int, int]:
    """Returns the bytes of an array that steps of the first axis touch."""
    start, stop = byte_bounds(x)
    if memory[:1] != (0,):
        return start, stop
    if x.flags.c_contiguous:
        each = x.nbytes // steps
        return start + part[0] * each, start + part[1] * each
    pitch, length = pitch_of(x) or 0, x.shape[-1]
    if (x.size // length) % steps:
        return start, stop
    each = x.size // length // steps * pitch * x.itemsize
    end = start + part[1] * each - (pitch - length) * x.itemsize
    return start + part[0] * each, end


def _drawing(address: int, key: np.ndarray, bits: np.ndarray) -> _Step:
    words = [key.ctypes.data, bits.ctypes.data]
    blocks = parts_of(bits.size // random.BLOCK, bits.nbytes)
    parts = [np.array([*words, *part], np.int64) for part in blocks]
    return _step(address, parts, (key, bits))


class _Around:
    """A kernel's call, what is drawn before it and copied after it."""

    def __init__(self, run: _Step, draws: Any, copies: Any) -> None:
        self.run = run
        self.draws = draws
        self.copies = copies

    def __call__(self) -> None:
        for draw in self.draws:
            draw()
        self.run()
        for target, source in self.copies:
            np.copyto(target, source)


def _told(flags: Any) -> str:
    names = ("aligned", "writeable")
    return ", ".join(n if getattr(flags, n) else f"not {n}" for n in names)


def _word(value: Any, dtype: str) -> int:
    """Returns a constant as the 64 bits of a double or an integer."""
    if dtype in FLOATS:
        return int(struct.unpack("q", struct.pack("d", float(value)))[0])
    word = int(value) & (2**64 - 1)
    return word - 2**64 if word >= 2**63 else word


def compile_chain(chain: Chain) -> Kernel | None:
    """Returns the kernel of a chain, or None if no one kernel can compute it.

    Args:
        chain: The chain.

    Raises:
        BackendError: If llvmlite is not installed.
    """
    key = repr(chain)  # which tells 0.0 from -0.0 and 1 from 1.0
    if key not in _kernels:
        if len(_kernels) >= MOST:
            _kernels.clear()
        _kernels[key] = _kernel(chain)
    return _kernels[key]


def _kernel(chain: Chain) -> Kernel | None:
    try:
        program = program_of(chain)
    except Misfit:
        return None
    flushed = tuple(i for i, o in enumerate(chain.outputs) if o in chain.flushed)
    source = write(program, flushed)
    keys = [chain.slots[draw.slot].dtype for draw in program.draws]
    drawers = tuple(_address(random.write_bits(dtype)) for dtype in keys)
    return Kernel(chain, program, source, _address(source.text), drawers)


def _address(text: str) -> int:
    """Returns where the machine code of a source is; made once in a process."""
    if text in _addresses:
        return _addresses[text]
    with _compiling:
        if text not in _addresses:
            key = cache.key_of(VERSION, text, library.fingerprint())
            code = cache.find(key)
            if code is None:
                code = library.translate(text)
                cache.keep(key, code)
            _addresses[text] = library.load(code)
        return _addresses[text]


def share_steps(steps: list[Callable[[], Any]]) -> list[Callable[[], Any]]:
    """Returns steps to the same effect, runs of them on several threads or in one call.

    Args:
        steps: What `bind` returned and others, in order.
    """
    if not has_llvm():
        return steps
    pool = loading.threads() if team() is not None else None
    count = pool.get_num_threads() if pool is not None else 1
    made = steps
    while count > 1 and len(made) == len(steps):  # fewer lanes where rows are few
        made = in_lanes(steps, count, _address)
        count //= 2
    return in_one_call(made, _address)


def start(text: str, words: list[int], kept: Any) -> Callable[[], Any]:
    """Returns a function that runs a kernel of another source.

    Args:
        text: The source of `kernel(arguments)`.
        words: The arguments.
        kept: What must live as long as the function.
    """
    return _step(_address(text), [np.array(words, np.int64)], kept)


def bind_bits(key: np.ndarray, out: np.ndarray) -> Callable[[], Any]:
    """Returns a function that draws random words.

    Args:
        key: Two integers.
        out: Contiguous array of uint32, whose size is a multiple of a block's.
    """
    address = _address(random.write_bits(key.dtype.name))
    return _drawing(address, key, out)


if hasattr(os, "register_at_fork"):  # a child must not find a lock held for ever
    os.register_at_fork(
        before=_compiling.acquire,
        after_in_parent=_compiling.release,
        after_in_child=_compiling.release,
    )
