"""Which primitives have a form on the GPU: functions that bind them to arrays."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.base.chain import Call, Chain, Slot, pitch_of
from kerasish.backends.cuda import device
from kerasish.backends.cuda.attention import ATTENTION
from kerasish.backends.cuda.chain import PRIMITIVES, lower_chain
from kerasish.backends.cuda.convolution import CONVOLUTIONS
from kerasish.backends.cuda.elements import ELEMENTS
from kerasish.backends.cuda.fused_attention import FUSED_ATTENTION
from kerasish.backends.cuda.indexing import INDEXING
from kerasish.backends.cuda.kernels import bind_words
from kerasish.backends.cuda.moving import in_order
from kerasish.backends.cuda.pooling import POOLING
from kerasish.backends.cuda.products import PRODUCTS
from kerasish.backends.cuda.recurrent import RECURRENT

__all__ = ["ALIASING", "FORMS"]


def _alone(name: str, *arrays: Array, **static: Any) -> device.Step | None:
    """Binds a primitive as a chain of its own."""
    slots = tuple(
        Slot(x.shape, x.dtype.name, pitched=not x.flags.c_contiguous) for x in arrays
    )
    if any(s.pitched and not _in_rows(x) for s, x in zip(slots, arrays, strict=True)):
        return in_order(partial(_alone, name))(*arrays, **static)
    *given, last = range(len(arrays))
    call = Call(name, tuple(given), last, tuple(sorted(static.items())))
    chain = Chain(slots, tuple(given), (call,), (last,))
    return lower_chain(chain, list(arrays[:-1]), [arrays[-1]])


def _in_rows(x: Array) -> bool:
    return x.ndim > 0 and pitch_of(x) is not None


# Name -> function of operands, results and static arguments that binds them.
FORMS: dict[str, Callable[..., Any]] = {
    **{
        name: partial(_alone, name)
        for name in sorted({*PRIMITIVES, "_dropout", "_uniform"})
    },
    **PRODUCTS,
    **CONVOLUTIONS,
    **POOLING,
    **INDEXING,
    **ATTENTION,
    **FUSED_ATTENTION,
    **RECURRENT,
    "_bits": lambda key, out, shape: bind_words(key, out) if out.size else None,
}
# Steps that may write over an operand of the same shape and dtype.
ALIASING = {"fused", *ELEMENTS, "_dropout", "_log_softmax", "_softmax"}
