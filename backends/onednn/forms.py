"""Which of our primitives the library does, bound to operands and results."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.backends.onednn.convolution import (
    Steps,
    bind_convolution,
    bind_input_gradient,
    bind_kernel_gradient,
)
from kerasish.backends.onednn.matmul import bind_matmul
from kerasish.backends.onednn.pooling import (
    bind_average_pool,
    bind_average_pool_gradient,
    bind_from_places,
)

__all__ = ["ACCELERATED"]


def _conv_dense(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, out: np.ndarray, **how: Any
) -> Steps | None:
    return bind_convolution(x, kernel, out, bias, **how)


def _matmul(x1: np.ndarray, x2: np.ndarray, out: np.ndarray) -> Steps | None:
    """Products of half precision, and stacks of products."""
    axes = max(x1.ndim, x2.ndim)
    if min(x1.ndim, x2.ndim) < 2 or not (x1.size and x2.size):
        return None
    if axes == 2 and out.dtype == np.float32:  # NumPy's where that is faster
        return None
    if x2.ndim == 2 and x1.flags.c_contiguous and out.flags.c_contiguous:
        # One product in place of a stack; splitting and joining rows moves nothing.
        x1, out = x1.reshape(-1, x1.shape[-1]), out.reshape(-1, out.shape[-1])
    x1, x2 = (x.reshape(*(1,) * (out.ndim - x.ndim), *x.shape) for x in (x1, x2))
    step = bind_matmul(x1, x2, out)
    return None if step is None else [step]


def _dense(
    x1: np.ndarray, x2: np.ndarray, bias: np.ndarray, out: np.ndarray, activation: Any
) -> Steps | None:
    step = bind_matmul(x1, x2, out, bias, activation)
    return None if step is None else [step]


def _with_shape(bind: Callable[..., Any]) -> Callable[..., Any]:
    """Drops the shape of a result that is there."""

    def bound(*arrays: np.ndarray, shape: Any, **how: Any) -> Any:
        return bind(*arrays, **how)

    return bound


# Name -> function of operands, results and static arguments that binds them; it returns
# None where the library is missing or refuses.
ACCELERATED: dict[str, Callable[..., Any]] = {
    "_average_pool": bind_average_pool,
    "_average_pool_back": _with_shape(bind_average_pool_gradient),
    "_conv": bind_convolution,
    "_conv_input": _with_shape(bind_input_gradient),
    "_conv_kernel": _with_shape(bind_kernel_gradient),
    "_from_places": _with_shape(bind_from_places),
    "conv_dense": _conv_dense,
    "dense": _dense,
    "matmul": _matmul,
}
