"""Names of dtypes and how they combine: Keras' promotion table, which is JAX's.

A dtype is a string everywhere above the backends. Python's `bool`, `int` and `float`
take part as weak types: they never widen an array of their own kind or a higher one.
64-bit results arise only where a 64-bit operand was given.
"""

from functools import lru_cache
from typing import Any

from kerasish.core.config import floatx
from kerasish.core.errors import DtypeError, suggest

__all__ = [
    "ALLOWED_DTYPES",
    "is_complex_dtype",
    "is_float_dtype",
    "is_int_dtype",
    "result_type",
    "standardize_dtype",
]

_UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
_SIGNED = ("int8", "int16", "int32", "int64")
_FLOATS = ("float16", "bfloat16", "float32", "float64")
_COMPLEX = ("complex64", "complex128")
ALLOWED_DTYPES = (*_FLOATS, *_UNSIGNED, *_SIGNED, "bool", *_COMPLEX, "string")
_PYTHON = {bool: "bool", int: "int32", float: "floatx", complex: "complex64"}
_ALIASES = {
    "half": "float16",
    "single": "float32",
    "double": "float64",
    "str": "string",
}
_names: dict[Any, str] = {}


def standardize_dtype(dtype: Any) -> str:
    """Returns the name of a dtype given in any usual form.

    Args:
        dtype: None (the default float), a name, a Python type, a NumPy dtype or
            scalar type, or another library's dtype object.

    Returns:
        One of `ALLOWED_DTYPES`.

    Raises:
        DtypeError: If it names no supported dtype.

    Example:
        >>> import numpy as np
        >>> standardize_dtype(np.float16), standardize_dtype(int)
        ('float16', 'int32')
    """
    try:
        known = _names.get(dtype)
    except TypeError:  # unhashable, certainly no dtype
        known = None
    if known is not None:
        return known
    if dtype is None:
        return floatx()
    if isinstance(dtype, type) and dtype in _PYTHON:
        name = _PYTHON[dtype]
        return floatx() if name == "floatx" else name
    name = _name_of(dtype)
    if name not in ALLOWED_DTYPES:
        hint = suggest(name, ALLOWED_DTYPES)
        raise DtypeError(
            f"`dtype` must be one of {', '.join(ALLOWED_DTYPES)}. "
            f"Received: dtype={dtype!r}.{hint}"
        )
    _names[dtype] = name
    return name


def _name_of(dtype: Any) -> str:
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None)
    if not isinstance(name, str):
        name = getattr(dtype, "__name__", None) or str(dtype)
    name = name.rpartition(".")[2]  # "torch.float32", "jax.numpy.float32"
    return _ALIASES.get(name, name)


def is_float_dtype(dtype: Any) -> bool:
    """Returns whether a dtype holds real floating-point numbers.

    Example:
        >>> is_float_dtype("bfloat16"), is_float_dtype("int32")
        (True, False)
    """
    return standardize_dtype(dtype) in _FLOATS


def is_int_dtype(dtype: Any) -> bool:
    """Returns whether a dtype holds integers, signed or not.

    Example:
        >>> is_int_dtype("uint8"), is_int_dtype("bool")
        (True, False)
    """
    name = standardize_dtype(dtype)
    return name in _SIGNED or name in _UNSIGNED


def is_complex_dtype(dtype: Any) -> bool:
    """Returns whether a dtype holds complex numbers.

    Example:
        >>> is_complex_dtype("complex64")
        True
    """
    return standardize_dtype(dtype) in _COMPLEX


def result_type(*dtypes: Any) -> str:
    """Returns the dtype of an operation on operands of these dtypes.

    Args:
        *dtypes: Dtypes; `bool`, `int` and `float` themselves are weak.

    Returns:
        The name of the common dtype; the default float for no operand.

    Example:
        >>> result_type("int32", "float16"), result_type("int32", float)
        ('float16', 'float32')
    """
    if not dtypes:
        return floatx()
    keys = tuple(
        d if d is int or d is float or d is bool else standardize_dtype(d)
        for d in dtypes
    )
    return _result_type(keys, floatx())


@lru_cache(maxsize=4096)
def _result_type(dtypes: tuple[Any, ...], default: str) -> str:
    strong = {d for d in dtypes if isinstance(d, str)}
    weak = {d for d in dtypes if not isinstance(d, str)}
    if "string" in strong:
        if len(strong) == 1 and not weak:
            return "string"
        raise DtypeError(f"Strings do not combine with numbers. Received: {dtypes}")
    result = _strong_type(strong, default)
    if float in weak and (result is None or result not in _FLOATS + _COMPLEX):
        return default
    if int in weak and result in (None, "bool"):
        return "int32"
    return result or "bool"


def _strong_type(names: set[str], default: str) -> str | None:
    if not names:
        return None
    complexes = names & set(_COMPLEX)
    if complexes:
        wide = "complex128" in complexes or "float64" in names
        return "complex128" if wide else "complex64"
    floats = names & set(_FLOATS)
    if floats:
        if floats == {"float16", "bfloat16"}:
            return "float32"
        return max(floats, key=_FLOATS.index)
    return _integer_type(names, default)


def _integer_type(names: set[str], default: str) -> str:
    signed = [_SIGNED.index(n) for n in names if n in _SIGNED]
    unsigned = [_UNSIGNED.index(n) for n in names if n in _UNSIGNED]
    if signed and unsigned:
        if max(unsigned) == 3:  # no integer holds both uint64 and int8
            return default
        wanted = max(max(signed), max(unsigned) + 1)
        given = max(max(signed), max(unsigned))
        return _SIGNED[wanted if wanted < 3 else given]
    if signed:
        return _SIGNED[max(signed)]
    if unsigned:
        return _UNSIGNED[max(unsigned)]
    return "bool"
