"""Python's operators and NumPy's functions on tensors, in terms of operations.

`autodiff` lies below `ops` and cannot call it, so the operators are put onto `Tensor`
and `Variable` from here, when `kerasish.ops` is imported.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.autodiff import OPS, PRIMITIVES, Tensor, Variable
from kerasish.autodiff.tensor import numpy_functions
from kerasish.core.registry import register_builtin_functions

__all__ = ["install_operators"]

BINARY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "mod",
    "pow": "power",
    "matmul": "matmul",
    # Logical for booleans, bit by bit for integers.
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "left_shift",
    "rshift": "right_shift",
}
COMPARISONS = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}
UNARY = {"neg": "negative", "abs": "absolute", "invert": "bitwise_invert"}
METHODS = (
    "all any argmax argmin argsort clip copy cumprod cumsum diagonal dot max mean min "
    "prod ravel repeat reshape round squeeze std sum swapaxes take trace transpose var"
).split()
# NumPy names whose operation takes the same leading arguments.
NUMPY = (
    "abs absolute add all amax amin any append arange arccos arccosh arcsin arcsinh "
    "arctan arctan2 arctanh argmax argmin argsort average ceil clip concatenate cos "
    "cosh cross cumprod cumsum deg2rad diag diagonal diff divide dot einsum equal exp "
    "exp2 expand_dims expm1 flip floor floor_divide fmod greater greater_equal hstack "
    "hypot inner isclose isfinite isinf isnan less less_equal log log10 log1p log2 "
    "logaddexp logical_and logical_not logical_or logical_xor matmul max maximum mean "
    "median min minimum mod moveaxis multiply negative not_equal ones_like outer pad "
    "percentile power prod ptp quantile ravel reciprocal repeat reshape roll round "
    "sign sin sinh sort split sqrt square squeeze stack std subtract sum swapaxes take "
    "take_along_axis tan tanh tensordot tile trace transpose tril triu true_divide var "
    "vdot vstack where zeros_like"
).split()


def install_operators() -> None:
    """Gives tensors and variables operators, array methods and NumPy functions.

    Operations can be named in configs from then on, as the function of a `Lambda`.
    """
    known: dict[str, Callable[..., Any]] = {**PRIMITIVES, **OPS}
    public = {name: f for name, f in known.items() if not name.startswith("_")}
    register_builtin_functions("keras.ops", public)
    for kind in (Tensor, Variable):
        for name, operation in (BINARY | COMPARISONS).items():
            if operation in known:
                _set(kind, f"__{name}__", _binary(known[operation]))
        for name, operation in BINARY.items():
            if operation in known:
                _set(kind, f"__r{name}__", _reflected(known[operation]))
        for name, operation in UNARY.items():
            if operation in known:
                _set(kind, f"__{name}__", _unary(known[operation]))
        for name in METHODS:
            if name in known:
                _set(kind, name, _unary(known[name]))
        if "get_item" in known:
            _set(kind, "__getitem__", _unary(known["get_item"]))
    if "transpose" in known:
        setattr(Tensor, "T", property(_unary(known["transpose"])))  # noqa: B010
        setattr(Tensor, "astype", _unary(known["cast"]))  # noqa: B010
    for name in NUMPY:
        if name in known:
            numpy_functions[getattr(np, name)] = known[name]


def _set(kind: type, name: str, function: Callable[..., Any]) -> None:
    function.__name__ = name
    setattr(kind, name, function)


def _binary(operation: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: Any, other: Any) -> Any:
        if other is None or isinstance(other, str | dict | set):
            return NotImplemented
        return operation(self, other)

    return operator


def _reflected(operation: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: Any, other: Any) -> Any:
        if other is None or isinstance(other, str | dict | set):
            return NotImplemented
        return operation(other, self)

    return operator


def _unary(operation: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: Any, *args: Any, **kwargs: Any) -> Any:
        return operation(self, *args, **kwargs)

    return operator
