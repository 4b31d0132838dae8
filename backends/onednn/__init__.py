"""oneDNN through its C interface, for the steps of plans that it does faster.

`loading` finds the library, `making` holds what every primitive is made of, the other
modules bind primitives to arrays, and `forms` names them by ours.
"""

from kerasish.backends.onednn.convolution import (
    bind_convolution,
    bind_input_gradient,
    bind_kernel_gradient,
)
from kerasish.backends.onednn.forms import ACCELERATED
from kerasish.backends.onednn.loading import Library, Threads, library, runtime, threads
from kerasish.backends.onednn.making import ACTIVATIONS
from kerasish.backends.onednn.matmul import bind_matmul

__all__ = [
    "ACCELERATED",
    "ACTIVATIONS",
    "Library",
    "Threads",
    "bind_convolution",
    "bind_input_gradient",
    "bind_kernel_gradient",
    "bind_matmul",
    "library",
    "runtime",
    "threads",
]
