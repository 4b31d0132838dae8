"""AttendedAxes: inputs of any axes brought into the form that attention takes.

Attention goes over some axes of its inputs and is the same for all others, which join
the batch: `(batch, ..., heads, size)` becomes `(batch of all, length, heads, size)`.
"""

import math
from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError, ShapeError

__all__ = ["AttendedAxes"]


class AttendedAxes:
    """Axes of inputs `(batch, ..., features)` that attention goes over.

    Args:
        axes: The axes, None for all but the first and the last.
        ndim: How many axes the inputs have.

    Raises:
        ArgumentError: If an axis is the first, the last or none of the inputs.

    Example:
        >>> AttendedAxes(None, 4).axes
        (1, 2)
    """

    def __init__(self, axes: Any, ndim: int) -> None:
        inner = range(1, ndim - 1)
        if ndim < 3:
            raise ShapeError(
                "Inputs of attention must have at least 3 axes, (batch, length, "
                f"features). Received: {ndim} axes"
            )
        given = tuple(inner) if axes is None else tuple(axes)
        self.axes = tuple(a + ndim if a < 0 else a for a in given)
        self.ndim = ndim
        if set(self.axes) - set(inner) or len(set(self.axes)) < len(self.axes):
            raise ArgumentError(
                f"`attention_axes` must name axes from 1 to {ndim - 2} of inputs of "
                f"{ndim} axes, each once. Received: attention_axes={axes}"
            )
        self.free = tuple(a for a in range(ndim - 1) if a not in self.axes)
        self.plain = ndim == 3

    def fold(self, x: Any) -> Any:
        """Returns `(batch, length, heads, size)` of `(batch, ..., heads, size)`."""
        if self.plain:
            return x
        return self._joined(x, (self.ndim - 1, self.ndim))

    def fold_mask(self, mask: Any, name: str, shape: Any) -> Any:
        """Returns a mask `(batch, length)` of one `(batch, ...)`.

        Args:
            mask: The mask.
            name: Its name, for the message.
            shape: Shape of the inputs that it belongs to.

        Raises:
            ShapeError: If it has not the shape of these inputs without the last axis.
        """
        own, wanted = tuple(mask.shape), tuple(shape[:-1])
        pairs = zip(own, wanted, strict=False)
        if len(own) != len(wanted) or any(
            n != m and None not in (n, m) for n, m in pairs
        ):
            raise ShapeError(
                f"`{name}` must have the shape {wanted}, that of its inputs without "
                f"the last axis. Received: shape={own}"
            )
        mask = ops.cast(mask, "bool")
        return mask if self.plain else self._joined(mask, ())

    def _joined(self, x: Any, last: tuple[int, ...]) -> Any:
        x = ops.transpose(x, (*self.free, *self.axes, *last))
        count, end = len(self.free), len(self.free) + len(self.axes)
        sizes = x.shape
        return ops.reshape(
            x, (math.prod(sizes[:count]), math.prod(sizes[count:end]), *sizes[end:])
        )

    def unfold(self, y: Any, shape: Any) -> Any:
        """Returns `(batch, ..., heads, size)`: what `fold` did, undone.

        Args:
            y: Tensor `(batch, length, heads, size)`.
            shape: Shape of the inputs.
        """
        if self.plain:
            return y
        order = (*self.free, *self.axes)
        y = ops.reshape(y, (*(shape[a] for a in order), *y.shape[2:]))
        back = sorted(range(len(order)), key=order.__getitem__)
        return ops.transpose(y, (*back, self.ndim - 1, self.ndim))

    def fold_attention_mask(self, mask: Any, targets: Any, sources: Any) -> Any:
        """Returns a mask that broadcasts to `(batch, heads, targets, sources)`.

        Args:
            mask: Mask `(batch, ..., *targets, *sources)`, with or without the axes of
                the batch, of those that attention does not go over, and of heads.
            targets: Shape of the inputs with the targets.
            sources: Shape of the inputs with the sources.

        Raises:
            ShapeError: If it does not fit.
        """
        count = len(self.axes)
        places = (*(targets[a] for a in self.axes), *(sources[a] for a in self.axes))
        lead = tuple(targets[a] for a in self.free)
        own = tuple(mask.shape)
        front = own[: len(own) - 2 * count]
        front = (*front, *(1,) * (len(lead) + 1 - len(front)))
        full = (*front, *own[len(own) - 2 * count :])
        wide = (*lead, full[len(lead)] if len(full) > len(lead) else 1, *places)
        if len(own) < 2 * count or len(full) != len(wide) or not _fits(full, wide):
            raise ShapeError(
                f"`attention_mask` must broadcast to {(*lead, *places)}. "
                f"Received: shape={own}"
            )
        mask = ops.cast(mask, "bool")
        if self.plain:
            return mask if len(own) != 3 else ops.expand_dims(mask, 1)
        mask = ops.broadcast_to(ops.reshape(mask, full), wide)
        lengths = (math.prod(places[:count]), math.prod(places[count:]))
        return ops.reshape(mask, (math.prod(lead), wide[len(lead)], *lengths))

    def scores_shape(self, targets: Any, sources: Any, heads: int) -> tuple[Any, ...]:
        """Returns the shape `(batch, ..., heads, *targets, *sources)` of scores.

        Args:
            targets: Shape of the inputs with the targets.
            sources: Shape of the inputs with the sources.
            heads: How many there are.

        Example:
            >>> AttendedAxes(None, 3).scores_shape((2, 5, 4), (2, 7, 4), 8)
            (2, 8, 5, 7)
        """
        lead = tuple(targets[a] for a in self.free)
        places = (*(targets[a] for a in self.axes), *(sources[a] for a in self.axes))
        return (*lead, heads, *places)


def _fits(own: Any, wanted: Any) -> bool:
    pairs = zip(own, wanted, strict=True)
    return all(n in (1, m) or None in (n, m) for n, m in pairs)
