"""Fast kernels for the GPU: what the steps of a plan launch on CuPy's arrays."""

from kerasish.backends.cuda.chain import Kernel, compile_chain, lower_chain, supports
from kerasish.backends.cuda.forms import ALIASING, FORMS
from kerasish.backends.cuda.modules import build
from kerasish.backends.cuda.products import EPILOGUES

__all__ = [
    "ALIASING",
    "EPILOGUES",
    "FORMS",
    "Kernel",
    "build",
    "compile_chain",
    "lower_chain",
    "supports",
]
