"""Changes of variables that are made or not by the value of a tensor."""

from collections.abc import Callable, Iterable
from typing import Any

from kerasish import ops
from kerasish.autodiff import StatelessScope
from kerasish.autodiff.mode import current as current_mode

__all__ = ["change_if"]


def change_if(
    condition: Any, change: Callable[[], None], variables: Iterable[Any]
) -> None:
    """Calls a function that assigns variables if a condition holds.

    While a step is recorded, a branch would freeze the choice. So there the function
    runs aside, and the condition chooses between old and new values.

    Args:
        condition: Boolean scalar tensor.
        change: Function without arguments.
        variables: All that it may read and assign.

    Example:
        >>> v = keras.Variable(1.0)
        >>> change_if(ops.greater(v, 2.0), lambda: v.assign(5.0), [v])
        >>> float(v)
        1.0
    """
    if current_mode().recorder is None:
        if bool(condition):
            change()
        return
    held = [(v, v.value) for v in variables]
    with StatelessScope(held) as scope:
        change()
    for variable, old in held:
        new = scope.get_current_value(variable)
        if new is not old:
            variable.assign(ops.where(condition, new, old))
