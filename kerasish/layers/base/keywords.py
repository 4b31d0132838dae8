"""The keyword arguments of a layer's constructor that the base class is left with."""

from typing import Any

from kerasish.core.errors import KeywordError
from kerasish.core.keywords import nearest_keywords

__all__ = ["input_shape_argument"]


def input_shape_argument(kind: type, kwargs: dict[str, Any]) -> Any:
    """Returns Keras' `input_shape` or `input_dim`, from which Sequential builds.

    Args:
        kind: The class of the layer.
        kwargs: The arguments that no constructor knows.

    Returns:
        The shape of a sample, or None.

    Raises:
        KeywordError: If there are other arguments.

    Example:
        >>> input_shape_argument(int, {"input_dim": 3})
        (3,)
    """
    shape = None
    if "input_shape" in kwargs:
        shape = tuple(kwargs["input_shape"])
    elif "input_dim" in kwargs:
        shape = (kwargs["input_dim"],)
    used = "input_shape" if "input_shape" in kwargs else "input_dim"
    others = {k: v for k, v in kwargs.items() if k != used}
    if others:
        values = ", ".join(f"{k!r}: {v!r:.60}" for k, v in sorted(others.items()))
        raise KeywordError(
            f"Unrecognized keyword arguments passed to {kind.__name__}: "
            f"{{{values}}}.{nearest_keywords(kind, sorted(others))}"
        )
    return shape
