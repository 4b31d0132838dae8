"""How operands become tensors of the dtypes an operation wants.

A rule takes the operands' dtypes, Python's number types standing for weak scalars, and
returns the dtype each is converted to. NumPy's own scalars (`np.float64(2)`) count as
Python's, so that `x * np.sqrt(2.0)` keeps the dtype of `x`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.symbolic import KerasTensor, TensorSpec
from kerasish.autodiff.tensor import Tensor
from kerasish.backends import current as current_backend
from kerasish.core.config import floatx
from kerasish.core.dtypes import (
    is_complex_dtype,
    is_float_dtype,
    result_type,
    standardize_dtype,
)
from kerasish.core.errors import ArgumentTypeError, DtypeError

__all__ = [
    "Rule",
    "as_spec",
    "as_tensor",
    "cast",
    "host_array",
    "keep",
    "promote",
    "promote_float",
    "set_cast",
    "set_list_converter",
    "standardize_operands",
]

Rule = Callable[..., tuple[str, ...]]

_stack: list[Callable[[Any, str | None], Tensor]] = []


def keep(*dtypes: Any) -> tuple[str, ...]:
    """Every operand keeps its own dtype."""
    return tuple(standardize_dtype(d) for d in dtypes)


def promote(*dtypes: Any) -> tuple[str, ...]:
    """All operands get their common dtype."""
    return (result_type(*dtypes),) * len(dtypes)


def promote_float(*dtypes: Any) -> tuple[str, ...]:
    """All operands get their common dtype, the default float for integers."""
    common = result_type(*dtypes)
    if not is_float_dtype(common) and not is_complex_dtype(common):
        common = result_type(common, float)
    return (common,) * len(dtypes)


def set_list_converter(convert: Callable[[Any, str | None], Tensor]) -> None:
    """Tells how a list that holds tensors becomes one tensor (by `ops.stack`)."""
    _stack[:] = [convert]


def standardize_operands(operands: tuple[Any, ...], rule: Rule) -> list[Any]:
    """Converts operands to tensors of the dtypes that a rule gives them.

    Args:
        operands: Tensors, symbolic or not, variables, arrays, numbers, lists.
        rule: The casting rule.

    Returns:
        A `Tensor` for each operand; for a symbolic one its `KerasTensor`.
    """
    made = []
    keys = []
    for x in operands:
        kind = type(x)
        if kind is not Tensor:
            x = _read(x)
            kind = type(x)
        if kind is Tensor:
            keys.append(x._array.dtype)
        elif kind is KerasTensor:
            keys.append(x._dtype)
        else:
            keys.append(kind)
        made.append(x)
    targets = _targets(rule, tuple(keys), floatx())
    backend = None
    for i, (x, target) in enumerate(zip(made, targets, strict=True)):
        if target is None:
            continue
        if isinstance(x, Tensor):
            made[i] = cast(x, target)
        else:
            backend = backend or current_backend()
            made[i] = Tensor(backend.asarray(x, target))
    return made


def as_tensor(x: Any, dtype: str | None = None) -> Tensor:
    """Converts anything to a tensor; data is copied, tensors are not.

    Args:
        x: Tensor, variable, array, number, or nested lists of these.
        dtype: Dtype name, or None to keep that of `x` (the default float for Python
            floats, `"int32"` for Python integers).

    Raises:
        ArgumentTypeError: If `x` cannot become a rectangular array of numbers.
    """
    x = _read(x, dtype)
    if not isinstance(x, Tensor):
        target = dtype or standardize_dtype(type(x))
        return Tensor(current_backend().asarray(x, target))
    if dtype is not None and x.dtype != dtype:
        return cast(x, dtype)
    return x


def as_spec(x: Any, dtype: str) -> TensorSpec:
    """Returns the spec of an operand that is cast to a dtype."""
    return TensorSpec(x.shape if hasattr(x, "shape") else np.shape(x), dtype)


def cast(x: Tensor, dtype: str) -> Tensor:
    """Converts a tensor to a dtype, on the tape; replaced by the primitive itself."""
    return _cast[0](x, dtype)


_cast: list[Callable[[Tensor, str], Tensor]] = []


def set_cast(function: Callable[[Tensor, str], Tensor]) -> None:
    """Tells which primitive converts dtypes; called once by `primitive`."""
    _cast[:] = [function]


@lru_cache(maxsize=65536)
def _targets(rule: Rule, keys: tuple[Any, ...], _: str) -> tuple[str | None, ...]:
    # A key is a dtype, or one of Python's number types; np.float64 == float is true.
    targets = rule(*(k if isinstance(k, type) else standardize_dtype(k) for k in keys))
    return tuple(
        target if isinstance(key, type) or standardize_dtype(key) != target else None
        for key, target in zip(keys, targets, strict=True)
    )


def _read(x: Any, dtype: str | None = None) -> Any:
    """Returns a Tensor, KerasTensor or Python number for any operand."""
    kind = type(x)
    if kind is Tensor or kind is KerasTensor:
        return x
    if kind is float or kind is int or kind is bool or kind is complex:
        return x
    read = getattr(x, "_read", None)
    if read is not None:
        return read(current_mode())
    if isinstance(x, np.generic) and x.dtype.kind in "fiubc":
        return x.item()
    if isinstance(x, list | tuple) and _holds_tensor(x):
        return _stack[0](x, dtype)
    return _from_data(x, dtype)


def _from_data(x: Any, dtype: str | None) -> Tensor:
    backend = current_backend()
    if backend.is_array(x) and _is_number(x):
        return Tensor(backend.asarray(x, dtype, copy=True))
    return Tensor(backend.from_numpy(host_array(x, dtype)))


def host_array(x: Any, dtype: str | None = None) -> np.ndarray:
    """Returns data as a NumPy array of numbers.

    Args:
        x: Array of any library, number, or nested lists of numbers.
        dtype: Dtype name, or None to keep that of `x` (the default float for Python
            floats, `"int32"` for Python integers that fit it).

    Raises:
        ArgumentTypeError: If `x` is not a rectangular array of numbers.
    """
    if x is None:
        raise ArgumentTypeError("A tensor was expected. Received: None")
    python_data = isinstance(x, list | tuple | range | int | float)
    try:
        host = _dlpack_or_array(x)
    except ValueError as error:
        raise ArgumentTypeError(
            f"Lists must be rectangular to become a tensor ({error}). "
            f"Received: {_short(x)}"
        ) from error
    if host.dtype.kind not in "biufcV" or not _is_number(host):
        raise ArgumentTypeError(
            f"Only numbers can become a tensor. Received: {_short(x)} "
            f"with NumPy dtype {host.dtype}"
        )
    if dtype is None and python_data:
        dtype = _python_dtype(host)
    return host if dtype is None else host.astype(_numpy_dtype(dtype), copy=False)


def _dlpack_or_array(x: Any) -> np.ndarray:
    if not hasattr(x, "__array__") and hasattr(x, "__dlpack__"):
        return np.from_dlpack(x)
    return np.asarray(x)


def _is_number(array: Any) -> bool:
    try:
        standardize_dtype(array.dtype)
    except DtypeError:
        return False
    return True


def _numpy_dtype(dtype: str) -> Any:
    return current_backend()._host_dtype(dtype)


def _python_dtype(host: np.ndarray) -> str | None:
    if host.dtype.kind == "f":
        return floatx()
    if host.dtype.kind == "i":
        small = host.size == 0 or -(2**31) <= host.min() <= host.max() < 2**31
        return "int32" if small else "int64"
    return None


def _holds_tensor(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(_holds_tensor(item) for item in x[:1]) or any(
            isinstance(item, Tensor) or hasattr(item, "_read") for item in x
        )
    return isinstance(x, Tensor) or hasattr(x, "_read")


def _short(x: Any) -> str:
    text = f"{type(x).__name__} {x!r}"
    return text if len(text) < 80 else text[:77] + "..."
