"""Batches as tuples: `x`, `(x,)`, `(x, y)` and `(x, y, sample_weight)`."""

from typing import Any

from kerasish.core.errors import ArgumentError

__all__ = ["pack_x_y_sample_weight", "unpack_x_y_sample_weight"]


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Takes a batch apart into inputs, targets and sample weights.

    Of use in a `train_step` of your own. A list counts as a tuple.

    Args:
        data: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`.

    Returns:
        `(x, y, sample_weight)`, with `None` for what is absent.

    Raises:
        ValueError: If a tuple has no or more than three entries.

    Example:
        >>> unpack_x_y_sample_weight((1, 2))
        (1, 2, None)
    """
    if not isinstance(data, (tuple, list)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ArgumentError(
            "A batch must be `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`. "
            f"Received: a {type(data).__name__} of {len(data)} entries"
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Puts inputs, targets and sample weights together into one batch.

    Args:
        x: Inputs.
        y: Targets, or `None`.
        sample_weight: Weights of the samples, or `None`.

    Returns:
        `x` (or `(x,)` where `x` is a tuple or list), `(x, y)` or
        `(x, y, sample_weight)`.

    Example:
        >>> pack_x_y_sample_weight(1, 2)
        (1, 2)
        >>> pack_x_y_sample_weight([1, 2])
        ([1, 2],)
    """
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, (tuple, list)) else x
