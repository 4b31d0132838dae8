"""Chain: several element-wise calls and reductions that one loop can do together.

Fusion takes such calls out of a recorded graph; a backend that can generate kernels
makes one of a chain, so that intermediate results never leave the registers.
"""

from typing import Any, NamedTuple

__all__ = ["Call", "Chain", "Slot", "pitch_of"]


class Slot(NamedTuple):
    """A value of a chain.

    Args:
        shape: The size of each axis.
        dtype: Dtype name.
        constant: A Python number for a scalar that never changes, else None.
        pitched: Whether rows of its last axis may lie apart in memory, at equal
            distances.
    """

    shape: tuple[int, ...]
    dtype: str
    constant: Any = None
    pitched: bool = False


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


def pitch_of(x: Any) -> int | None:
    """Returns how many elements lie between the starts of two rows of an array.

    Rows are along the last axis. They may lie apart, but at equal distances.

    Args:
        x: An array of NumPy's kind.

    Returns:
        The number, or None for an array that lies in another way.

    Example:
        >>> x = np.zeros((2, 3, 8), "float32")
        >>> pitch_of(x), pitch_of(x[..., :4]), pitch_of(x[:, :2]), pitch_of(x.T)
        (8, 8, None, None)
    """
    size = x.dtype.itemsize
    lengths = [(n, s) for n, s in zip(x.shape, x.strides, strict=True) if n > 1]
    if x.shape and x.shape[-1] > 1:
        length, stride = lengths.pop()
        if stride != size:
            return None
    else:
        length = 1
    if not lengths:
        return int(length)
    pitch = lengths[-1][1]
    wanted = pitch
    for n, stride in reversed(lengths):
        if stride != wanted:
            return None
        wanted *= n
    return int(pitch // size) if pitch % size == 0 and pitch > 0 else None
