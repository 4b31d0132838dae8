"""How arrays and tensors are written in configs, as Keras writes them.

What a file says is checked before anything is made of it: the dtype is one of the
supported ones, the values are numbers or text and the nested lists are rectangular.
"""

from typing import Any

import numpy as np

from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.symbolic import KerasTensor, is_keras_tensor
from kerasish.autodiff.tensor import Tensor
from kerasish.core.codecs import register_codec
from kerasish.core.dtypes import is_complex_dtype, standardize_dtype
from kerasish.core.errors import SerializationError

__all__ = ["ARRAY_MARKS"]

# The markers in configs that this module writes and reads.
ARRAY_MARKS = ("__numpy__", "__keras_tensor__", "__tensor__")
MOST_AXES = 32
LEAVES = {"string": str, "bool": bool}


def _written(x: np.ndarray) -> dict[str, Any]:
    dtype = "string" if x.dtype.kind == "U" else x.dtype.name
    if not _is_plain(dtype):
        raise SerializationError(
            "Only arrays of real numbers, booleans or text can be saved in a config. "
            f"Received: an array of shape {x.shape} and dtype {x.dtype}"
        )
    return {"value": x.tolist(), "dtype": dtype}


def _is_plain(dtype: str) -> bool:
    try:
        return not is_complex_dtype(dtype)
    except TypeError:
        return False


def _read(config: dict[str, Any]) -> tuple[np.ndarray, str]:
    """Returns the values in a dtype of the host's, and the dtype that is asked for."""
    if not isinstance(config["dtype"], str):
        raise TypeError("`dtype` must be a name")
    dtype = standardize_dtype(config["dtype"])
    if is_complex_dtype(dtype):
        raise TypeError("complex numbers have no form in a config")
    leaf = LEAVES.get(dtype, int | float)
    _check_leaves(config["value"], leaf)
    host = {"string": np.str_, "bfloat16": np.float32}.get(dtype, dtype)
    try:
        made: np.ndarray = np.array(config["value"], dtype=host)
    except OverflowError as error:
        raise ValueError(f"a number does not fit {dtype}") from error
    return made, dtype


def _check_leaves(value: Any, leaf: Any, depth: int = 0) -> None:
    if isinstance(value, list):
        if depth == MOST_AXES:
            raise TypeError(f"lists are nested more than {MOST_AXES} deep")
        for part in value:
            _check_leaves(part, leaf, depth + 1)
    elif not isinstance(value, leaf):
        raise TypeError(f"a value of type {type(value).__name__} is no element")


def _array_from(config: dict[str, Any]) -> np.ndarray:
    made, dtype = _read(config)
    return as_tensor(made, dtype).numpy() if dtype == "bfloat16" else made


def _tensor_from(config: dict[str, Any]) -> Tensor:
    made, dtype = _read(config)
    if dtype == "string":
        raise TypeError("a tensor holds no text")
    return as_tensor(made, dtype)


def _symbol_to(x: KerasTensor) -> dict[str, Any]:
    place = x._keras_history
    return {
        "shape": list(x.shape),
        "dtype": x.dtype,
        "keras_history": place and [place[0].name, place[1], place[2]],
    }


def _symbol_from(config: dict[str, Any]) -> KerasTensor:
    for size in config["shape"]:
        if isinstance(size, bool) or not isinstance(size, int | None):
            raise TypeError("the sizes of a shape must be integers or None")
    return KerasTensor(config["shape"], config["dtype"])


def _is_value(x: Any) -> bool:
    return isinstance(x, Tensor) and not is_keras_tensor(x)


register_codec("__numpy__", np.ndarray, _written, _array_from)
register_codec("__keras_tensor__", KerasTensor, _symbol_to, _symbol_from)
register_codec("__tensor__", _is_value, lambda x: _written(x.numpy()), _tensor_from)
