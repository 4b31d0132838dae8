"""Own code: whether nothing but the library's code runs behind a step.

Such code has no side effects that a replay would leave out, and all that it depends on
is set through attributes, which `core.revision` counts. So calls of such models may be
replayed where the code of others must run, and need not be looked through each time.
"""

from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from kerasish.autodiff import KerasTensor, Tensor, Variable
from kerasish.core.registry import Serializable

__all__ = ["is_own_code"]

DATA = (Variable, Tensor, KerasTensor, str, int, float, complex, bytes, type(None))
NAMES = "kerasish."


def is_own_code(*roots: Any) -> bool:
    """Returns whether objects and all that they hold are of the library's classes.

    Args:
        *roots: Layers, models, losses and what else a step consists of.

    Example:
        >>> from kerasish import layers
        >>> is_own_code(layers.Dense(3)), is_own_code(layers.Lambda(np.tanh))
        (True, False)
    """
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        x = stack.pop()
        if id(x) in seen or isinstance(x, DATA):
            continue
        seen.add(id(x))
        if isinstance(x, FunctionType | BuiltinFunctionType | type):
            if not _is_ours(x):
                return False
        elif isinstance(x, MethodType):
            stack += [x.__self__, x.__func__]
        elif isinstance(x, dict):
            stack += x.values()
        elif isinstance(x, list | tuple | set | frozenset):
            stack += x
        elif not _is_ours(type(x)):
            if callable(x) or isinstance(x, Serializable):
                return False
        elif isinstance(x, Serializable):
            stack += vars(x).values()
    return True


def _is_ours(x: Any) -> bool:
    return str(getattr(x, "__module__", "")).startswith(NAMES)
