"""Settings of the process, by the names of `keras.config`."""

from kerasish.backends import backend_scope, current, set_backend
from kerasish.backends.devices import memory_info, set_memory_limit
from kerasish.core.config import (
    disable_flash_attention,
    disable_interactive_logging,
    disable_traceback_filtering,
    enable_flash_attention,
    enable_interactive_logging,
    enable_traceback_filtering,
    epsilon,
    floatx,
    image_data_format,
    is_flash_attention_enabled,
    is_interactive_logging_enabled,
    is_nnx_enabled,
    is_traceback_filtering_enabled,
    matmul_precision,
    max_epochs,
    max_steps_per_epoch,
    set_epsilon,
    set_floatx,
    set_image_data_format,
    set_matmul_precision,
    set_max_epochs,
    set_max_steps_per_epoch,
)
from kerasish.core.dtype_policies import dtype_policy, set_dtype_policy
from kerasish.core.registry import enable_unsafe_deserialization

__all__ = [
    "backend",
    "backend_scope",
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "dtype_policy",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "matmul_precision",
    "max_epochs",
    "max_steps_per_epoch",
    "memory_info",
    "set_backend",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_matmul_precision",
    "set_max_epochs",
    "set_max_steps_per_epoch",
    "set_memory_limit",
]


def backend() -> str:
    """Returns the name of the current backend.

    Example:
        >>> backend()
        'numpy'
    """
    return current().name
