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
}
