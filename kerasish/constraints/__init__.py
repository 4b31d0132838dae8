"""What weights are projected onto after each training step."""

from kerasish.constraints.constraint import (
    Constraint,
    MaxNorm,
    MinMaxNorm,
    NonNeg,
    UnitNorm,
    deserialize,
    get,
    serialize,
)
from kerasish.constraints.constraint import MaxNorm as max_norm
from kerasish.constraints.constraint import MinMaxNorm as min_max_norm
from kerasish.constraints.constraint import NonNeg as non_neg
from kerasish.constraints.constraint import UnitNorm as unit_norm

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]
