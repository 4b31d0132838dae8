"""Penalties that are added to the loss."""

from kerasish.regularizers.regularizer import (
    L1,
    L1L2,
    L2,
    OrthogonalRegularizer,
    Regularizer,
    deserialize,
    get,
    serialize,
)
from kerasish.regularizers.regularizer import L1 as l1
from kerasish.regularizers.regularizer import L1L2 as l1_l2
from kerasish.regularizers.regularizer import L2 as l2
from kerasish.regularizers.regularizer import (
    OrthogonalRegularizer as orthogonal_regularizer,
)

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]
