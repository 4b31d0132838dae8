"""Primitive: an operation with a kernel, a shape rule and derivatives.

One declaration serves every use: called on tensors it runs the kernel and tells the
tapes; called on symbolic tensors it applies its shape rule and joins the graph.

    @primitive(spec=specs.same, cast=promote_float)
    def tanh(x):
        return current().tanh(x)

    defvjp(tanh, lambda g, y, x: multiply(g, 1 - multiply(y, y)))

The function gets raw arrays and calls the current backend's kernel. Parameters without
a default are tensors, unless named in `static`; the others are passed on as they are.
"""

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from kerasish.autodiff import casting
from kerasish.autodiff.casting import Rule, keep, promote, standardize_operands
from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.symbolic import KerasTensor, OpCall, TensorSpec
from kerasish.autodiff.tensor import Tensor
from kerasish.backends import current as current_backend
from kerasish.core.errors import ArgumentTypeError, GradientError, KerasishError

__all__ = [
    "PRIMITIVES",
    "Primitive",
    "add_gradients",
    "cast_to",
    "defvjp",
    "nondifferentiable",
    "primitive",
]

# name -> primitive; the gradient tests go through it.
PRIMITIVES: dict[str, "Primitive"] = {}

Vjp = Callable[..., Any] | None


class Primitive:
    """A function of raw arrays made into an operation on tensors.

    Made by the decorator `primitive`; see the module's docstring. `spec` is the shape
    rule: from specs of the inputs, and the static arguments by name, to the spec of the
    output, or a tuple of specs. `vjps` holds for each input the function `(g, y,
    *inputs, **static)` that returns the gradient with respect to it, or None where
    there is none, and `reason` why there is no gradient at all, or None. `asks_host` is
    whether its Python code must run at each step: no graph of a device may hold it, and
    `has_effect` whether it does more than compute: no pass may drop it or run it early.
    """

    __name__: str

    def __init__(
        self,
        function: Callable[..., Any],
        spec: Callable[..., Any],
        cast: Rule,
        static: tuple[str, ...],
    ) -> None:
        update_wrapper(self, function)
        self.function = function
        self.spec = spec
        self.cast = cast
        self.vjps: tuple[Vjp, ...] | None = None
        self.reason: str | None = None
        self.asks_host = False
        self.has_effect = False
        parameters = inspect.signature(function).parameters.values()
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        names = [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL]
        self._defaults = {
            p.name: p.default
            for p in parameters
            if p.default is not p.empty and p.name not in static
        } | {p.name: p.default for p in parameters if p.name in static}
        self._inputs = tuple(n for n in names if n not in self._defaults)
        self._static = tuple(n for n in names if n in self._defaults)

    def __reduce__(self) -> str:
        return self.__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the kernel and tells the tapes, or joins the symbolic graph."""
        inputs, static = self._bind(args, kwargs)
        operands = standardize_operands(inputs, self.cast)
        for x in operands:
            if type(x) is KerasTensor:
                return self._symbolic(args, kwargs, operands, static)
        try:
            result = self.function(*[x._array for x in operands], **static)
        except (ValueError, IndexError, TypeError) as error:
            if not isinstance(error, KerasishError):
                self._explain(operands, static)
            raise
        if type(result) is tuple:
            outputs = tuple(Tensor(array) for array in result)
            y: Any = outputs
        else:
            y = Tensor(result)
            outputs = (y,)
        mode = current_mode()
        if mode.recorder is not None:
            mode.recorder.record(self, operands, static, outputs, y is not outputs)
        if self.reason is None:
            for tape in mode.tapes:
                tape.record(self, tuple(operands), static, outputs)
        return y

    def vjp(
        self, index: int, g: Any, y: Any, inputs: tuple[Any, ...], static: Any
    ) -> Any:
        """Returns the gradient with respect to one input; None where there is none.

        Args:
            index: Which input.
            g: Gradient with respect to the output, a tuple for several outputs.
            y: The output, a tuple for several outputs.
            inputs: The inputs.
            static: The other arguments by name.

        Raises:
            GradientError: If no derivative is declared.
        """
        if self.vjps is None:
            raise GradientError(f"`{self.__name__}` has no derivative.")
        if self.variadic:
            return self.vjps[0](g, y, index, *inputs, **static)  # type: ignore[misc]
        rule = self.vjps[index]
        return None if rule is None else rule(g, y, *inputs, **static)

    def _bind(self, args: Any, kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if self.variadic:
            return args, {**self._defaults, **kwargs}
        count = len(self._inputs)
        if not kwargs and len(args) == count:
            return args, self._defaults
        static = dict(self._defaults)
        static.update(zip(self._static, args[count:], strict=False))
        if len(args) < count:
            missing = self._inputs[len(args) :]
            if any(name not in kwargs for name in missing):
                raise self._bad_call(args, kwargs)
            args = (*args, *(kwargs[name] for name in missing))
            kwargs = {k: v for k, v in kwargs.items() if k not in missing}
        static.update(kwargs)
        if len(static) > len(self._defaults) or len(args) > count + len(self._static):
            raise self._bad_call(args, kwargs)
        return args[:count], static

    def _bad_call(self, args: Any, kwargs: Any) -> ArgumentTypeError:
        expected = f"{self.__name__}({', '.join(self._inputs + self._static)})"
        return ArgumentTypeError(
            f"`{expected}` was called with {len(args)} positional arguments and the "
            f"keywords {sorted(kwargs)}."
        )

    def _explain(self, operands: Any, static: Any) -> None:
        # An array library says its own words of shapes that do not fit; the shape
        # rule names them.
        self.spec(*(TensorSpec(x.shape, x.dtype) for x in operands), **static)

    def _symbolic(self, args: Any, kwargs: Any, operands: Any, static: Any) -> Any:
        if not current_mode().symbolic:
            return OpCall(self).symbolic_call(*args, **kwargs)
        specs = [TensorSpec(x.shape, x.dtype) for x in operands]
        result = self.spec(*specs, **static)
        if isinstance(result, tuple):
            return tuple(KerasTensor(s.shape, s.dtype) for s in result)
        return KerasTensor(result.shape, result.dtype)

    def __repr__(self) -> str:
        return f"<primitive {self.__name__}>"


def primitive(
    spec: Callable[..., Any], cast: Rule = promote, static: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Primitive]:
    """Declares an operation by its kernel call; see the module's docstring.

    Args:
        spec: The shape rule, usually one of `kerasish.ops.specs`.
        cast: The casting rule of the inputs: `keep`, `promote`, `promote_float`.
        static: Parameters without a default that are no tensors.

    Returns:
        A decorator that makes a `Primitive` and enters it in `PRIMITIVES`.
    """

    def decorate(function: Callable[..., Any]) -> Primitive:
        made = Primitive(function, spec, cast, static)
        PRIMITIVES[made.__name__] = made
        return made

    return decorate


def defvjp(operation: Primitive, *vjps: Vjp) -> None:
    """Declares the derivatives of a primitive, one function for each input.

    Args:
        operation: The primitive.
        *vjps: For each input a function `(g, y, *inputs, **static)` written in
            operations, so that it has a derivative itself; None for an input without
            a gradient, such as indices. A primitive of any number of inputs has one
            function `(g, y, index, *inputs, **static)`.
    """
    expected = 1 if operation.variadic else len(operation._inputs)
    if len(vjps) != expected:
        raise GradientError(
            f"`defvjp` of `{operation.__name__}` needs {expected} functions. "
            f"Received: {len(vjps)}"
        )
    operation.vjps = vjps


def nondifferentiable(operation: Primitive, reason: str = "is constant") -> None:
    """Declares that nothing flows back through a primitive, as through `argmax`.

    Args:
        operation: The primitive.
        reason: Why, for the documentation.
    """
    operation.reason = reason


def _cast_spec(x: TensorSpec, dtype: str) -> TensorSpec:
    return TensorSpec(x.shape, dtype)


@primitive(spec=_cast_spec, cast=keep, static=("dtype",))
def cast_to(x: Any, dtype: str) -> Any:
    """Converts to a dtype; integers and booleans pass no gradient on."""
    return current_backend().cast(x, dtype)


@primitive(spec=lambda x, y: x)
def add_gradients(x: Any, y: Any) -> Any:
    """Adds two gradients of one tensor; a primitive, so second derivatives see it."""
    return current_backend().xp.add(x, y)


defvjp(cast_to, lambda g, y, x, dtype: cast_to(g, dtype=x.dtype))
defvjp(add_gradients, lambda g, y, a, b: g, lambda g, y, a, b: g)
casting.set_cast(lambda x, dtype: cast_to(x, dtype=dtype))
