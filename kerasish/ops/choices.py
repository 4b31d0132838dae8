"""Choices between functions that are made anew whenever a recorded step is replayed."""

from collections.abc import Callable, Sequence
from typing import Any

from kerasish.autodiff import StatelessScope, Tensor, Variable
from kerasish.autodiff.mode import current as current_mode
from kerasish.core import tree
from kerasish.ops.comparison import equal
from kerasish.ops.selection import where

__all__ = ["choose_recorded", "is_recorded_choice"]


def is_recorded_choice(x: Any) -> bool:
    """Returns whether a step is being recorded in which a tensor decides.

    Args:
        x: What a branch depends on.
    """
    return current_mode().recorder is not None and isinstance(x, Tensor | Variable)


def choose_recorded(index: Any, functions: Sequence[Callable[[], Any]]) -> Any:
    """Calls all functions aside and takes the results and assignments of one.

    Args:
        index: Integer tensor from 0: which function counts.
        functions: Functions without arguments, returning the same structure.
    """
    outer = current_mode().stateless
    before = [] if outer is None else [(v, outer.get_current_value(v)) for v in outer]
    results, scopes = [], []
    for function in functions:
        with StatelessScope(before) as scope:
            results.append(function())
        scopes.append(scope)
    conditions = [equal(index, i) for i in range(len(functions) - 1)]

    def pick(*values: Any) -> Any:
        if values[-1] is None:
            return None
        chosen = values[-1]
        for condition, value in zip(conditions, values[:-1], strict=True):
            chosen = where(condition, value, chosen)
        return chosen

    variables = {id(v): v for scope in scopes for v in scope}
    for variable in variables.values():
        values = [scope.get_current_value(variable) for scope in scopes]
        variable.assign(pick(*(variable.value if v is None else v for v in values)))
    return tree.map_structure(pick, *results)
