"""How the GPU computes a primitive into memory that is there: the steps of a plan."""

from collections.abc import Callable
from typing import Any

from kerasish.backends.base.array import Array
from kerasish.backends.base.chain import Chain
from kerasish.backends.base.lowering import Lowering
from kerasish.backends.communication import COMMUNICATION
from kerasish.backends.cuda import (
    ALIASING,
    EPILOGUES,
    FORMS,
    bind_feed,
    build,
    compile_chain,
    join,
    supports,
)
from kerasish.backends.cuda import attends as is_one_kernel
from kerasish.backends.cuda import lower_chain as chain_step
from kerasish.backends.cupy_backend.graphs import Replay
from kerasish.backends.cupy_backend.guards import KINDS, Guards
from kerasish.backends.cupy_backend.memory import Memory

__all__ = ["CupyLowering"]


class CupyLowering(Lowering):
    """Plans of kernels of `kerasish.backends.cuda`, captured in CUDA graphs."""

    memory: Memory
    _cupy: Any
    _guards: Guards

    aliasing = frozenset({"fused", *ALIASING, *KINDS, *COMMUNICATION})
    # Sums in stages are for a CPU's cache, rows of tables are read by its kernels only;
    # random bits are drawn again for less than they are written and read.
    unsuited_passes = frozenset({"draws", "rows", "stages"})

    @property
    def epilogues(self) -> frozenset[str] | None:
        """Primitives that a product of matrices may end with, in one kernel."""
        return EPILOGUES or None

    def lower(
        self, name: str, static: dict[str, Any], inputs: list[Array], outputs: list[Any]
    ) -> Callable[[], Any] | None:
        """Returns a function without arguments that computes a primitive, or None."""
        if name in KINDS:
            return self._guards.lower(name, static, inputs[0], outputs[0])
        form = FORMS.get(name) or COMMUNICATION.get(name)
        return None if form is None else form(*inputs, *outputs, **static)

    def lower_chain(
        self, chain: Chain, inputs: list[Array], outputs: list[Array]
    ) -> Callable[[], Any]:
        """Returns a function without arguments that computes a chain."""
        step = chain_step(chain, inputs, outputs)
        return step or super().lower_chain(chain, inputs, outputs)

    @property
    def can_compile(self) -> bool:
        """Whether `compile_chain` can make kernels here."""
        return True

    def compiles(self, name: str, static: Any, dtypes: Any, shapes: Any) -> bool:
        """Returns whether a compiled kernel may hold a primitive."""
        return supports(name, static, dtypes, shapes)

    def compile_chain(self, chain: Chain) -> Any:
        """Returns a kernel with `bind(inputs, outputs)`, or None where none fits."""
        return compile_chain(chain)

    def attends(self, dtype: str, shapes: Any, causal: bool, scale: float) -> bool:
        """Returns whether attention of heads is one kernel of cuDNN here."""
        return is_one_kernel(dtype, shapes, causal, scale)

    def feeding(
        self, columns: list[Array], order: Array, cursor: Array, buffers: list[Array]
    ) -> list[Callable[[], Any]]:
        """Returns steps that gather rows of arrays and move on to those after them."""
        arrays = (*columns, *buffers)
        if any(x.dtype.kind == "c" or not x.size for x in arrays):
            return super().feeding(columns, order, cursor, buffers)
        return [bind_feed(columns, order, cursor, buffers)]

    def record(
        self, steps: list[Callable[[], Any]], names: list[str]
    ) -> list[Callable[[], Any]]:
        """Returns what runs the steps of a plan: one launch of a CUDA graph."""
        steps, names = join(steps, names)
        build()  # what was bound, as one module
        return [Replay(self._cupy, steps, names, self.memory.apart())]
