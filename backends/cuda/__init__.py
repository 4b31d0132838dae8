"""Fast kernels for the GPU: what the steps of a plan launch on CuPy's arrays.

`forms` names them by our primitives. A chain of calls becomes nodes on loop axes, as on
the CPU (`backends/llvm`); `launches` tells which of them one kernel does, `writer` and
`source` write it in CUDA C with the words of `elements` and `prelude`, `chain` binds it
to memory and `modules` compiles what was bound. Products go to `cublaslt`, convolutions
to `cudnn`, recurrent networks to `cudnn_rnn`. What needs CuPy asks `device` for it.
"""

from kerasish.backends.cuda.chain import Kernel, compile_chain, lower_chain, supports
from kerasish.backends.cuda.feeding import bind_feed
from kerasish.backends.cuda.forms import ALIASING, FORMS
from kerasish.backends.cuda.fused_attention import attends
from kerasish.backends.cuda.joining import join
from kerasish.backends.cuda.modules import build
from kerasish.backends.cuda.products import EPILOGUES
from kerasish.backends.cuda.recurrent import recurrent_space

__all__ = [
    "ALIASING",
    "EPILOGUES",
    "FORMS",
    "Kernel",
    "attends",
    "bind_feed",
    "build",
    "compile_chain",
    "join",
    "lower_chain",
    "recurrent_space",
    "supports",
]
