"""Fast kernels for the GPU: what steps of a plan launch on CuPy's arrays."""

from kerasish.backends.cuda.chain import Kernel, compile_chain, compiles, lower_chain
from kerasish.backends.cuda.modules import build

__all__ = ["Kernel", "build", "compile_chain", "compiles", "lower_chain"]
