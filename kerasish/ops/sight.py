"""Sight: which sources each target of attention sees."""

from typing import Any, NamedTuple

from kerasish.ops.arithmetic import subtract
from kerasish.ops.comparison import less, less_equal, logical_and
from kerasish.ops.conversion import cast
from kerasish.ops.creation import arange
from kerasish.ops.movement import expand_dims
from kerasish.ops.rounding import absolute

__all__ = ["Sight", "lowest"]


class Sight(NamedTuple):
    """Which sources each target sees.

    It has these attributes:

        mask: Tensor that broadcasts to `(batch, heads, targets, sources)`, or None.
        targets: Tensor `(batch, targets)`, False for targets that see nothing, or None.
        causal: Whether a target sees only sources up to its own place.
        window: A target sees sources less than so many places off; None for all.
    """

    mask: Any = None
    targets: Any = None
    causal: bool = False
    window: int | None = None

    @property
    def may_be_empty(self) -> bool:
        """Whether a target may see no source at all."""
        return not (self.mask is None and self.targets is None and self.window is None)

    def seen(self, targets: int | None, sources: int | None) -> Any:
        """Returns the boolean tensor of who sees whom, or None for all.

        Args:
            targets: How many.
            sources: How many.
        """
        parts = []
        if self.mask is not None:
            parts.append(cast(self.mask, "bool"))
        if self.targets is not None:
            parts.append(self.rows())
        i, j = expand_dims(arange(targets or 1), 1), arange(sources or 1)
        if self.causal:
            parts.append(less_equal(j, i))
        if self.window is not None:
            parts.append(less(absolute(subtract(i, j)), self.window))
        found = None
        for part in parts:
            found = part if found is None else logical_and(found, part)
        return found

    def rows(self) -> Any:
        """Returns the targets that count, as `(batch, 1, targets, 1)`."""
        return expand_dims(cast(self.targets, "bool"), (1, 3))


def lowest(dtype: str) -> float:
    """Returns the score of what is hidden.

    It is finite, so that a row in which all is hidden gives equal weights, not nan.

    Args:
        dtype: Dtype of the scores.

    Example:
        >>> lowest("float16")
        -65000.0
    """
    return -65000.0 if dtype == "float16" else -2e38
