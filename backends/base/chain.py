"""Chain: several element-wise calls and reductions that one loop can do together.

Fusion takes such calls out of a recorded graph; a backend that can generate kernels
makes one of a chain, so that intermediate results never leave the registers.
"""

from typing import Any, NamedTuple

__all__ = ["Call", "Chain", "Slot"]


class Slot(NamedTuple):
    """A value of a chain.

    Args:
        shape: The size of each axis.
        dtype: Dtype name.
        constant: A Python number for a scalar that never changes, else None.
    """

    shape: tuple[int, ...]
    dtype: str
    constant: Any = None


class Call(NamedTuple):
    """A call of a primitive on slots.

    Args:
        name: The primitive's name.
        inputs: The slots it reads.
        output: The slot it writes.
        static: Its other arguments, as sorted pairs.
    """

    name: str
    inputs: tuple[int, ...]
    output: int
    static: tuple[tuple[str, Any], ...] = ()


class Chain(NamedTuple):
    """Calls in order, with the slots that come from outside and go there.

    All slots have the rank of the domain that the loop runs over, unless all are flat
    or scalars; an axis has the domain's size or 1. Reductions keep their axes.

    Args:
        slots: All values.
        inputs: The slots that are given; their order is that of the arrays.
        calls: The calls, each after those that it needs.
        outputs: The slots that are wanted; an output array may be the memory of an
            input of the same shape and dtype.
        flushed: Outputs in which denormal numbers become zero.
    """

    slots: tuple[Slot, ...]
    inputs: tuple[int, ...]
    calls: tuple[Call, ...]
    outputs: tuple[int, ...]
    flushed: tuple[int, ...] = ()
