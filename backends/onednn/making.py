"""What every primitive is made of: layouts, attributes, memory, and its execution.

A `Making` holds the handles of one bound primitive, and frees them when the last step
that uses them is gone. Numbers are those of `dnnl_types.h`, C ABI 3.
"""

import ctypes
import weakref
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.onednn.loading import Library, Refused, check
from kerasish.core.config import matmul_precision

__all__ = [
    "ACTIVATIONS",
    "DTYPES",
    "Execution",
    "Making",
    "can_lie",
    "destroy",
    "image",
    "numbers",
]

# Arguments of a primitive.
SOURCE, DESTINATION, WEIGHTS, BIAS, WORKSPACE, SCRATCHPAD = 1, 17, 33, 41, 64, 80
D_SOURCE, D_DESTINATION, D_WEIGHTS, D_BIAS = 129, 145, 161, 169
DTYPES = {"float16": 1, "bfloat16": 2, "float32": 3, "int32": 4, "uint8": 6}
# Kind and two numbers. ReLU as `x max(0, min(1, 1e38 x))`, which keeps NaN: the
# library's own, a comparison, makes 0 of it. Of -inf this makes NaN.
ACTIVATIONS = {"relu": (0x34, 1e38, 0), "tanh": (0x21, 0, 0), "sigmoid": (0x29, 0, 0)}
FORWARD, INFERENCE = 64, 96  # with what the way back needs, and without
ANY = 1  # a layout that the library may choose
IMPLEMENTATION, LAYOUT = 8, 255  # queries for its name and an argument's layout
BFLOAT16_UNITS = 1
GIVEN = 1  # memory to work in that is an argument
ALLOCATED = ctypes.c_void_p(2**64 - 1)  # memory that the library makes
MOST_AXES = 12


class Execution(partial):  # type: ignore[type-arg]
    """One primitive bound to its memory, which it keeps; calling it runs it."""

    making: "Making"
    arrays: list[Any]
    cut: Any  # of a product: returns the execution for a share of the rows
    extents: Any  # of a product: the memory that a share reads and writes
    weights: Any = None  # of a product: what tells its weights from others
    is_native = True

    def words(self) -> list[int]:
        """Returns the call as numbers: the function and its arguments.

        Machine code that makes the call needs no Python; `Execution` must live as long.
        """
        primitive, stream, number, given = self.args
        function: Any = self.func
        function = ctypes.cast(function, ctypes.c_void_p)
        at = ctypes.cast(given, ctypes.c_void_p)
        return [function.value, primitive.value, stream.value, number, at.value]


class Making:
    """The handles of a primitive, and how each is made.

    Args:
        lib: The library.
    """

    def __init__(self, lib: Library) -> None:
        self.lib = lib
        self._made: list[tuple[str, Any]] = []
        weakref.finalize(self, destroy, lib, self._made)

    def _kept(self, destroyer: str, function: str, *args: Any) -> Any:
        handle = self.lib.make(function, *args)
        self._made.append((destroyer, handle))
        return handle

    def layout(self, array: np.ndarray) -> Any:
        """Returns the descriptor of an array as it lies in memory."""
        strides = tuple(n // array.itemsize for n in array.strides)
        return self._kept(
            "dnnl_memory_desc_destroy",
            "dnnl_memory_desc_create_with_strides",
            array.ndim,
            numbers(array.shape),
            DTYPES[array.dtype.name],
            numbers(strides),
        )

    def any_layout(self, array: np.ndarray) -> Any:
        """Returns a descriptor of its shape that leaves the layout to the library."""
        return self._kept(
            "dnnl_memory_desc_destroy",
            "dnnl_memory_desc_create_with_tag",
            array.ndim,
            numbers(array.shape),
            DTYPES[array.dtype.name],
            ANY,
        )

    def attributes(self, activation: str | None = None, alone: bool = False) -> Any:
        """Returns what a primitive does besides: its precision and its end.

        Args:
            activation: One of `ACTIVATIONS`, or None.
            alone: Whether it runs beside others; it is given memory to work in then,
                as the library's own is shared by all that were made in a thread.
        """
        calls = self.lib.calls
        made = self._kept("dnnl_primitive_attr_destroy", "dnnl_primitive_attr_create")
        if alone:
            function = "dnnl_primitive_attr_set_scratchpad_mode"
            check(calls[function](made, GIVEN), function)
        if matmul_precision() == "medium":
            function = "dnnl_primitive_attr_set_fpmath_mode"
            check(calls[function](made, BFLOAT16_UNITS), function)
        if activation is not None:
            ends = self._kept("dnnl_post_ops_destroy", "dnnl_post_ops_create")
            function = "dnnl_post_ops_append_eltwise"
            kind, *rest = ACTIVATIONS[activation]
            check(calls[function](ends, kind, *map(ctypes.c_float, rest)), function)
            function = "dnnl_primitive_attr_set_post_ops"
            check(calls[function](made, ends), function)
        return made

    def description(self, kind: str, *args: Any) -> Any:
        """Returns the description of a primitive.

        Args:
            kind: As in `dnnl_<kind>_primitive_desc_create`.
            *args: What this function takes after the engine.
        """
        function = f"dnnl_{kind}_primitive_desc_create"
        return self._kept(
            "dnnl_primitive_desc_destroy", function, self.lib.engine, *args
        )

    def asked(self, description: Any, argument: int) -> Any:
        """Returns the layout that a description has for an argument."""
        function = self.lib.calls.dnnl_primitive_desc_query_md
        function.restype = ctypes.c_void_p
        return ctypes.c_void_p(function(description, LAYOUT, argument))

    def agree(self, layout: Any, other: Any) -> bool:
        """Returns whether two layouts are the same."""
        return bool(self.lib.calls.dnnl_memory_desc_equal(layout, other))

    def memory(self, layout: Any, array: np.ndarray | None = None) -> Any:
        """Returns memory: an array's, which must stay alive, or the library's own."""
        place = ALLOCATED if array is None else ctypes.c_void_p(array.ctypes.data)
        return self._kept(
            "dnnl_memory_destroy",
            "dnnl_memory_create",
            layout,
            self.lib.engine,
            place,
        )

    def ordered(
        self,
        description: Any,
        argument: int,
        array: np.ndarray,
        steps: list[Any],
        back: bool = False,
    ) -> Any:
        """Returns memory of an array in the order that a description asks for.

        Args:
            description: That of a primitive.
            argument: Which of its arguments.
            array: What it is.
            steps: Where a step is added that copies the array to this memory.
            back: Whether it copies from this memory to the array instead.
        """
        own, wanted = self.layout(array), self.asked(description, argument)
        given = self.memory(own, array)
        if self.agree(wanted, own):
            return given
        held = self.memory(wanted)
        way = (wanted, own, held, given) if back else (own, wanted, given, held)
        steps.append(self.reorder(*way))
        return held

    def execution(
        self, description: Any, memories: dict[int, Any], arrays: list[Any]
    ) -> Execution:
        """Returns a step that runs a primitive.

        Args:
            description: Its description.
            memories: What its arguments are.
            arrays: What must stay alive.

        Raises:
            Refused: If the library has but plain loops.
        """
        self._refuse_slow(description)
        primitive = self._kept(
            "dnnl_primitive_destroy", "dnnl_primitive_create", description
        )
        given = (_Argument * len(memories))()
        for argument, (kind, memory) in zip(given, memories.items(), strict=True):
            argument.kind, argument.memory = kind, memory.value
        lib = self.lib
        step = Execution(lib.execute, primitive, lib.stream, len(memories), given)
        step.making, step.arrays = self, arrays
        return step

    def _refuse_slow(self, description: Any) -> None:
        """Refuses the library's plain loops, slower than NumPy by far."""
        text = ctypes.c_char_p()
        query = self.lib.calls.dnnl_primitive_desc_query
        found = query(description, IMPLEMENTATION, 0, ctypes.byref(text))
        check(found, "dnnl_primitive_desc_query")
        if (text.value or b"").startswith(b"ref"):
            raise Refused("oneDNN has no fast code for such shapes.")

    def dense(self, array: np.ndarray) -> np.ndarray:
        """Returns images that lie in order, or memory for them to do so."""
        return array if array.flags.c_contiguous else np.empty(array.shape, array.dtype)

    def copies(self, source: np.ndarray, to: np.ndarray) -> list[Execution]:
        """Returns the step that copies images, none where they are the same."""
        if source is to:
            return []
        layouts = [self.layout(image(x)) for x in (source, to)]
        memories = [
            self.memory(layout, x)
            for layout, x in zip(layouts, (source, to), strict=True)
        ]
        step = self.reorder(*layouts, *memories)
        step.arrays = [source, to]
        return [step]

    def reorder(self, source: Any, to: Any, first: Any, second: Any) -> Execution:
        """Returns a step that copies memory into another layout.

        Args:
            source: The layout of the first.
            to: The layout of the second.
            first: Memory.
            second: Memory.
        """
        engine = self.lib.engine
        description = self._kept(
            "dnnl_primitive_desc_destroy",
            "dnnl_reorder_primitive_desc_create",
            source,
            engine,
            to,
            engine,
            None,
        )
        return self.execution(description, {SOURCE: first, DESTINATION: second}, [])


class _Argument(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("memory", ctypes.c_void_p)]


def destroy(lib: Library, made: list[tuple[str, Any]]) -> None:
    """Frees handles, the last made first."""
    for destroyer, handle in reversed(made):
        getattr(lib.calls, destroyer)(handle)


def numbers(sizes: tuple[int, ...]) -> Any:
    """Returns sizes, or steps, as the library takes them."""
    return (ctypes.c_int64 * MOST_AXES)(*sizes)


def image(x: np.ndarray) -> np.ndarray:
    """Returns the view of images with their axes as batch, channels, spatial."""
    return np.moveaxis(x, -1, 1)


def can_lie(*arrays: np.ndarray) -> bool:
    """Returns whether a layout can say where elements lie.

    They must be of a dtype that the library has, at least one, and step forward.
    """
    return all(
        x.dtype.name in DTYPES
        and x.size > 0
        and all(s > 0 for s, n in zip(x.strides, x.shape, strict=True) if n > 1)
        for x in arrays
    )
