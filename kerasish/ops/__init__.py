"""Differentiable operations on tensors, by the names of `keras.ops`."""

from kerasish.ops.arithmetic import (
    add,
    divide,
    multiply,
    negative,
    subtract,
    true_divide,
)
from kerasish.ops.broadcasting import broadcast_to
from kerasish.ops.operators import install_operators

install_operators()

__all__ = [
    "add",
    "broadcast_to",
    "divide",
    "multiply",
    "negative",
    "subtract",
    "true_divide",
]
