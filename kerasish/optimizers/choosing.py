"""Changes of variables that are made or not by the value of a tensor."""

from collections.abc import Callable, Iterable
from typing import Any

from kerasish import ops
from kerasish.autodiff import StatelessScope
from kerasish.autodiff.mode import current as current_mode

__all__ = ["change_if"]


def change_if(
    condition: Any,
    change: Callable[[], None],
    variables: Iterable[Any],
    otherwise: Callable[[], None] | None = None,
) -> None:
    """Calls a function that assigns variables if a condition holds.

    While a step is recorded, a branch would freeze the choice. So there the functions
    run aside, and the condition chooses between the values that they leave.

    Args:
        condition: Boolean scalar tensor.
        change: Function without arguments.
        variables: All that the functions may assign.
        otherwise: What is called if the condition does not hold, or None.

    Example:
        >>> v = keras.Variable(1.0)
        >>> change_if(ops.greater(v, 2.0), lambda: v.assign(5.0), [v])
        >>> float(v)
        1.0
    """
    if current_mode().recorder is None:
        if bool(condition):
            change()
        elif otherwise is not None:
            otherwise()
        return
    held = [(v, v.value) for v in variables]
    then, other = _after(change, held), _after(otherwise, held)
    for (variable, _), a, b in zip(held, then, other, strict=True):
        if a is not b:
            variable.assign(ops.where(condition, a, b))


def _after(change: Callable[[], None] | None, held: list[Any]) -> list[Any]:
    """Returns the values of variables after a call that does not change them."""
    with StatelessScope(held) as scope:
        if change is not None:
            change()
    return [scope.get_current_value(variable) for variable, _ in held]
