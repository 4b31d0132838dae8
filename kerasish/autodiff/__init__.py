"""Tensors, variables, and the derivatives of what is computed with them."""

from kerasish.autodiff.casting import keep, promote, promote_float
from kerasish.autodiff.checker import check_gradients
from kerasish.autodiff.codecs import ARRAY_MARKS
from kerasish.autodiff.custom_gradient import contained_gradient, custom_gradient
from kerasish.autodiff.mode import autocast_scope, symbolic_scope
from kerasish.autodiff.op import OPS, Op, op
from kerasish.autodiff.primitive import (
    PRIMITIVES,
    Primitive,
    defvjp,
    nondifferentiable,
    primitive,
)
from kerasish.autodiff.stateless import StatelessScope
from kerasish.autodiff.symbolic import (
    KerasTensor,
    Node,
    OpCall,
    Operation,
    TensorSpec,
    is_keras_tensor,
    is_symbolic,
    spec_of,
)
from kerasish.autodiff.tape import GradientTape
from kerasish.autodiff.tensor import Tensor
from kerasish.autodiff.variable import Variable

__all__ = [
    "ARRAY_MARKS",
    "OPS",
    "PRIMITIVES",
    "GradientTape",
    "KerasTensor",
    "Node",
    "Op",
    "OpCall",
    "Operation",
    "Primitive",
    "StatelessScope",
    "Tensor",
    "TensorSpec",
    "Variable",
    "autocast_scope",
    "check_gradients",
    "contained_gradient",
    "custom_gradient",
    "defvjp",
    "is_keras_tensor",
    "is_symbolic",
    "keep",
    "nondifferentiable",
    "op",
    "primitive",
    "promote",
    "promote_float",
    "spec_of",
    "symbolic_scope",
]
