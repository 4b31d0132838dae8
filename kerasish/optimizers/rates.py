"""Learning rates that a Python function gives, asked at every step."""

from collections.abc import Callable
from typing import Any

from kerasish.autodiff import TensorSpec, keep, nondifferentiable, primitive
from kerasish.autodiff.mode import mode
from kerasish.backends import current
from kerasish.optimizers.settings import checked_rate

__all__ = ["asked_rate"]


def _scalar(step: TensorSpec, ask: Any, owner: str) -> TensorSpec:
    return TensorSpec((), "float32")


@primitive(spec=_scalar, cast=keep, static=("ask", "owner"))
def asked_rate(step: Any, ask: Callable[[], Any], owner: str) -> Any:
    """Returns what a function says now.

    As a primitive it is part of a recorded step, so that every replay asks again; as
    it reads the step count, no pass takes the answer for a constant.

    Args:
        step: The step count.
        ask: Function without arguments.
        owner: The optimizer's class, for messages.

    Returns:
        Float scalar tensor.

    Raises:
        ArgumentTypeError: If the answer is no number.
        ArgumentError: If it is negative, infinite or NaN.

    Example:
        >>> rates = iter([0.5, 0.25])
        >>> rate = keras.optimizers.SGD(lambda: next(rates))
        >>> float(rate.learning_rate), float(rate.learning_rate)
        (0.5, 0.25)
    """
    with mode(recorder=None, tapes=()):
        rate = checked_rate(owner, ask())
    return current().asarray(rate, "float32")


nondifferentiable(asked_rate)
asked_rate.asks_host = True
