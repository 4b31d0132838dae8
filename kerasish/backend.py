"""The backend's name and defaults, by the names of `keras.backend`."""

import gc

from kerasish import random
from kerasish.autodiff import is_keras_tensor
from kerasish.config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from kerasish.core.dtypes import (
    is_float_dtype,
    is_int_dtype,
    result_type,
    standardize_dtype,
)
from kerasish.core.naming import get_uid, reset_uids

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]


def clear_session(free_memory: bool = True) -> None:
    """Starts automatic names and the global random generator again.

    Args:
        free_memory: Whether unused objects are collected at once.

    Example:
        >>> clear_session()
        >>> get_uid("dense")
        1
    """
    reset_uids()
    random.forget_global_seed()
    if free_memory:
        gc.collect()
