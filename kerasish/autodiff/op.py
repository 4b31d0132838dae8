"""op: a public operation made of others, seen as one node in a functional graph."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from kerasish.autodiff.mode import current
from kerasish.autodiff.symbolic import OpCall, has_symbolic

__all__ = ["OPS", "Op", "op"]

# name -> public operation; models are loaded, and tests driven, from it.
OPS: dict[str, Callable[..., Any]] = {}


class Op:
    """A function written in operations; made by the decorator `op`."""

    __name__: str

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the operation, or adds it to the graph of symbolic tensors."""
        if has_symbolic(args, kwargs) and not current().symbolic:
            return OpCall(self).symbolic_call(*args, **kwargs)
        return self.function(*args, **kwargs)

    def __reduce__(self) -> str:
        return self.__name__

    def __repr__(self) -> str:
        return f"<op {self.__name__}>"


def op(function: Callable[..., Any]) -> Op:
    """Declares a public operation that is written in terms of others.

    On symbolic tensors it becomes a single node of the graph, and its shape rule is
    found by running it on them.

    Args:
        function: The operation.

    Returns:
        The operation, entered in `OPS`.
    """
    made = Op(function)
    OPS[made.__name__] = made
    return made
