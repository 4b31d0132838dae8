"""custom_gradient: a function that brings its own derivative."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.mode import mode
from kerasish.autodiff.symbolic import is_symbolic
from kerasish.autodiff.tensor import Tensor
from kerasish.autodiff.variable import Variable
from kerasish.core import tree
from kerasish.core.errors import GradientError

__all__ = ["contained_gradient", "custom_gradient"]


class _Rule:
    """Stands in a tape's record for a primitive: its derivative is the user's."""

    def __init__(self, function: Any, count: int, variables: list[Variable]) -> None:
        self.function = function
        self.count = count
        self.variables = variables
        self._last: tuple[Any, list[Any]] | None = None

    def vjp(self, index: int, g: Any, y: Any, inputs: Any, static: Any) -> Any:
        """Returns the gradient of one input; all come from one call."""
        if self._last is None or self._last[0] is not g:
            self._last = (g, self._all(g))
        found = self._last[1][index]
        if index == len(inputs) - 1:
            self._last = None
        return found

    def _all(self, g: Any) -> list[Any]:
        upstream = g if isinstance(g, tuple) else (g,)
        if not self.variables:
            return self._checked(self.function(*upstream), self.count, "arguments")
        grads, variable_grads = self.function(*upstream, variables=self.variables)
        return [
            *self._checked(grads, self.count, "arguments"),
            *self._checked(variable_grads, len(self.variables), "variables"),
        ]

    @staticmethod
    def _checked(grads: Any, count: int, what: str) -> list[Any]:
        found = list(grads) if isinstance(grads, list | tuple) else [grads]
        if len(found) != count:
            raise GradientError(
                "The gradient function of a `custom_gradient` must return one "
                f"gradient for each of its {count} {what}. Received: {len(found)}"
            )
        return [None if g is None else as_tensor(g) for g in found]


class _Reads:
    """A recorder that only sees which variables are read."""

    def __init__(self) -> None:
        self.values: dict[int, tuple[Variable, Any]] = {}

    def record(self, *call: Any) -> None:
        """Ignores primitives."""

    def read(self, variable: Variable, value: Any) -> None:
        """Keeps trainable variables and their values."""
        if variable.trainable:
            self.values[id(variable)] = (variable, value)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function that returns its result and its own gradient function.

    Args:
        f: A function of tensors `(*args) -> (result, grad)`, where `grad(*upstream)`
            gets the gradient of each result and returns one for each argument. Where
            `f` reads trainable variables, `grad` takes `variables=` as well and
            returns `(argument_gradients, variable_gradients)`.

    Returns:
        A function of the same arguments that returns the result.

    Raises:
        GradientError: When it is called, if it reads trainable variables that its
            gradient function does not take.

    Example:
        >>> from kerasish import ops
        >>> @custom_gradient
        ... def log1pexp(x):
        ...     e = ops.exp(x)
        ...     return ops.log(1 + e), lambda g: g * (1 - 1 / (1 + e))
        >>> float(log1pexp(ops.convert_to_tensor(0.0))) # log(2)
        0.6931471824645996
    """

    return _decorated(f, contained=False)


def contained_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates as `custom_gradient` a function that keeps its values to itself.

    What it computes on the way reaches nothing but its result and its gradient. So a
    tape that is used once, and alone, need not keep it: no second derivative will ask.

    Args:
        f: A function as for `custom_gradient`.
    """
    return _decorated(f, contained=True)


def _decorated(f: Callable[..., Any], contained: bool) -> Callable[..., Any]:
    @wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        if is_symbolic(args, kwargs):
            return f(*args, **kwargs)[0]
        reads = _Reads()
        given = [x for x in args if isinstance(x, Variable)]
        inputs = tuple(as_tensor(x) for x in args)
        tapes = current_mode().tapes
        alone = contained and len(tapes) == 1
        alone = alone and not getattr(tapes[0], "persistent", True)
        with mode(tapes=(reads,) if alone else (*tapes, reads)):
            result, grad = f(*inputs, **kwargs)
        outputs = tuple(Tensor(as_tensor(y)._array) for y in tree.flatten(result))
        if tapes:
            known = {id(x) for x in given}
            held = [vv for key, vv in reads.values.items() if key not in known]
            _check_takes_variables(f, grad, [v for v, _ in held])
            rule = _Rule(grad, len(inputs), [v for v, _ in held])
            inputs = (*inputs, *(value for _, value in held))
            for tape in tapes:
                tape.record(rule, inputs, {}, outputs)
        return tree.pack_sequence_as(result, outputs)

    return call


def _check_takes_variables(f: Any, grad: Any, variables: list[Variable]) -> None:
    if not variables:
        return
    parameters = inspect.signature(grad).parameters.values()
    if not any(p.name == "variables" or p.kind is p.VAR_KEYWORD for p in parameters):
        names = ", ".join(v.path for v in variables)
        raise GradientError(
            f"`{f.__name__}` reads the trainable variables {names}, so the gradient "
            "function it returns must take `variables=` and return "
            "(argument_gradients, variable_gradients)."
        )
