"""How NumPy computes a primitive into memory that is there: the steps of a plan.

`lower` binds a primitive to arrays and returns a function without arguments, or None
where there is no such form; the plan then calls the primitive and copies its result.
The forms are in modules by family; all memory that they need they make when bound.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.communication import COMMUNICATION
from kerasish.backends.numpy_lowering.convolution import CONVOLUTIONS
from kerasish.backends.numpy_lowering.drawing import DRAWING
from kerasish.backends.numpy_lowering.elementwise import ELEMENTWISE, IN_PLACE
from kerasish.backends.numpy_lowering.few_filters import FEW_FILTERS
from kerasish.backends.numpy_lowering.guards import GUARDS
from kerasish.backends.numpy_lowering.indexing import INDEXING
from kerasish.backends.numpy_lowering.kernels import KERNELS
from kerasish.backends.numpy_lowering.pooling import POOLING
from kerasish.backends.numpy_lowering.products import PRODUCTS
from kerasish.backends.numpy_lowering.reduction import REDUCTIONS
from kerasish.backends.numpy_lowering.steps import HALF, Step, in_turn, through
from kerasish.backends.onednn.forms import ACCELERATED

__all__ = ["ALIASING", "FORMS", "lower"]

# Name -> function of operands, results and static arguments that binds them.
FORMS: dict[str, Callable[..., Step | None]] = {
    **ELEMENTWISE,
    **REDUCTIONS,
    **PRODUCTS,
    **CONVOLUTIONS,
    **POOLING,
    **INDEXING,
    **GUARDS,
    **DRAWING,
    **KERNELS,
    **COMMUNICATION,
}
# Steps that may write over an operand of the same shape and dtype.
ALIASING = {
    *("fused", "_dropout", "_log_softmax", "_softmax"),
    *(*IN_PLACE, *GUARDS, *COMMUNICATION),
}
# What half precision computes in float32, as several roundings would add up.
WIDENED = {
    *("_conv", "_conv_input", "_conv_kernel", "_log_softmax", "_softmax", "_sum_to"),
    *("_average_pool", "_average_pool_back", "_from_places", "conv_dense", "dense"),
    *("matmul", "mean", "rsqrt", "sigmoid", "sum", "var"),
}


def lower(
    name: str, static: dict[str, Any], inputs: list[Array], outputs: list[Array]
) -> Step | None:
    """Returns a function that computes a primitive into `outputs`, or None.

    Args:
        name: The primitive's name.
        static: Its arguments that are no arrays.
        inputs: The operands, whose memory stays where it is.
        outputs: Arrays of the results' shapes and dtypes.
    """
    arrays = [*inputs, *outputs]
    step = _fast(name, *arrays, **static)
    if step is not None or name not in FORMS:
        return step
    if name in WIDENED and any(x.dtype.name in HALF for x in inputs):
        wide = partial(_best, name)
        return through(wide, "float32", inputs, outputs[0], static)
    return FORMS[name](*arrays, **static)


def _fast(name: str, *arrays: Array, **static: Any) -> Step | None:
    """Returns a step for few filters, or one of oneDNN's, or None."""
    if name in FEW_FILTERS:
        step = FEW_FILTERS[name](*arrays, **static)
        if step is not None:
            return step
    if name in ACCELERATED:
        steps = ACCELERATED[name](*arrays, **static)
        if steps is not None:
            return in_turn(*steps)
    return None


def _best(name: str, *arrays: Array, **static: Any) -> Step | None:
    return _fast(name, *arrays, **static) or FORMS[name](*arrays, **static)
