"""What a backend offers to plans: kernels bound to memory that is there."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from kerasish.backends.base.array import Array, ArrayKernels
from kerasish.backends.base.chain import Chain

__all__ = ["Lowering"]

# Primitives of chains whose kernels have other names.
RENAMED = {"_choose": "where", "add_gradients": "add", "cast_to": "cast"}


class Lowering(ArrayKernels):
    """Binding primitives to arrays; by default nothing is bound."""

    # Primitives whose bound form may write over an operand of the same shape. Chains
    # must: rows of variables are changed where they lie.
    aliasing: frozenset[str] = frozenset({"fused"})
    # Names of passes that make graphs worse for this backend.
    unsuited_passes: frozenset[str] = frozenset()

    @property
    def epilogues(self) -> frozenset[str] | None:
        """Primitives that a product of matrices may end with, in one kernel."""
        return None

    def aligned(self, size: int, dtype: str) -> Array:
        """Returns zeros in one flat block of memory that starts a cache line."""
        return self.xp.zeros((size,), dtype=self.dtype(dtype))

    def lower(
        self, name: str, static: dict[str, Any], inputs: list[Array], outputs: list[Any]
    ) -> Callable[[], Any] | None:
        """Returns a function without arguments that computes a primitive, or None.

        Args:
            name: The primitive's name.
            static: Its arguments that are no arrays.
            inputs: The operands, whose memory stays where it is.
            outputs: Arrays of the results' shapes and dtypes, to be written; None for
                one of several results that nobody reads.
        """
        return None

    def lower_chain(
        self, chain: Chain, inputs: list[Array], outputs: list[Array]
    ) -> Callable[[], Any]:
        """Returns a function without arguments that computes a chain.

        Args:
            chain: Calls on arrays of one flat shape and on scalars.
            inputs: The arrays of `chain.inputs`.
            outputs: The arrays of `chain.outputs`, which may be inputs' memory.
        """
        calls = chain.calls
        names = [RENAMED.get(call.name, call.name.lstrip("_")) for call in calls]
        kernels = [getattr(self, name) for name in names]

        def run() -> None:
            held = dict(zip(chain.inputs, inputs, strict=True))
            for call, kernel in zip(calls, kernels, strict=True):
                given = [held[i] for i in call.inputs]
                held[call.output] = kernel(*given, **dict(call.static))
            for i, out in zip(chain.outputs, outputs, strict=True):
                out[...] = held[i]

        return run

    @property
    def can_compile(self) -> bool:
        """Whether `compile_chain` can make kernels here."""
        return False

    def compiles(self, name: str, static: Any, dtypes: Any, shapes: Any) -> bool:
        """Returns whether a compiled kernel may hold a primitive.

        Args:
            name: The primitive's name.
            static: Its arguments that are no arrays.
            dtypes: Dtype names of its operands and results.
            shapes: Their shapes.
        """
        return False

    def compile_chain(self, chain: Chain) -> Any:
        """Returns a kernel with `bind(inputs, outputs)`, or None where none fits.

        Args:
            chain: Calls that `compiles` allows.
        """
        return None

    def attends(self, dtype: str, shapes: Any, causal: bool, scale: float) -> bool:
        """Returns whether attention of heads is one kernel here, which keeps no scores.

        Args:
            dtype: Dtype name of queries, keys and values.
            shapes: Their shapes, `(batch, length, heads, size)` each, and that of a
                bias with the four axes of the scores, if there is one.
            causal: Whether a target sees only sources up to its own place.
            scale: Factor of the scores.
        """
        return False

    def feeding(
        self, columns: list[Array], order: Array, cursor: Array, buffers: list[Array]
    ) -> list[Callable[[], Any]]:
        """Returns steps that gather rows of arrays and move on to those after them.

        Args:
            columns: The arrays.
            order: The numbers of the rows, in turn.
            cursor: One number: where in the order the next rows are.
            buffers: Where the rows are copied to.
        """
        count = buffers[0].shape[0]
        offsets = self.arange(0, count, 1, "int64")

        def step() -> None:
            places = self.xp.take(order, offsets + cursor, axis=0)
            for column, into in zip(columns, buffers, strict=True):
                into[...] = self.xp.take(column, places, axis=0)
            cursor[...] = cursor + count

        return [step]

    def record(
        self, steps: list[Callable[[], Any]], names: list[str]
    ) -> list[Callable[[], Any]]:
        """Returns what to call in place of a plan's steps, to the same effect.

        Args:
            steps: Functions without arguments, called in turn.
            names: What each computes, for messages.
        """
        return steps

    def running(
        self, threads: int | None = None, warns: bool = True
    ) -> AbstractContextManager[Any]:
        """Returns the context that a plan's steps run in.

        Args:
            threads: The most threads that pay for a product; None for all there are.
            warns: Whether a step may warn; one whose `is_native` is true does not.
        """
        return nullcontext()
