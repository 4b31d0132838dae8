"""Operations of neural networks, by the names of `keras.ops.nn`."""

from kerasish.ops.activations import (
    celu,
    elu,
    gelu,
    glu,
    leaky_relu,
    log_sigmoid,
    relu,
    selu,
    sigmoid,
    silu,
    softplus,
    softsign,
    squareplus,
    swish,
    tanh_shrink,
)
from kerasish.ops.adaptive_pooling import (
    adaptive_average_pool,
    adaptive_max_pool,
)
from kerasish.ops.attention import (
    dot_product_attention,
)
from kerasish.ops.blocks import (
    depth_to_space,
    fold,
    space_to_depth,
    unfold,
)
from kerasish.ops.complex_numbers import (
    polar,
)
from kerasish.ops.convolution import (
    conv,
    conv_transpose,
    depthwise_conv,
    separable_conv,
)
from kerasish.ops.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from kerasish.ops.ctc import (
    ctc_decode,
    ctc_loss,
)
from kerasish.ops.indexing import (
    multi_hot,
    one_hot,
)
from kerasish.ops.normalization import (
    batch_normalization,
    layer_normalization,
    moments,
    normalize,
    rms_normalization,
)
from kerasish.ops.pooling import (
    average_pool,
    max_pool,
)
from kerasish.ops.signal_noise import (
    psnr,
)
from kerasish.ops.softmax import (
    log_softmax,
    softmax,
)
from kerasish.ops.sparse_activations import (
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_swish,
    hard_tanh,
    relu6,
    soft_shrink,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    threshold,
)

__all__ = [
    "adaptive_average_pool",
    "adaptive_max_pool",
    "average_pool",
    "batch_normalization",
    "binary_crossentropy",
    "categorical_crossentropy",
    "celu",
    "conv",
    "conv_transpose",
    "ctc_decode",
    "ctc_loss",
    "depth_to_space",
    "depthwise_conv",
    "dot_product_attention",
    "elu",
    "fold",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "layer_normalization",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "max_pool",
    "moments",
    "multi_hot",
    "normalize",
    "one_hot",
    "polar",
    "psnr",
    "relu",
    "relu6",
    "rms_normalization",
    "selu",
    "separable_conv",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "space_to_depth",
    "sparse_categorical_crossentropy",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
    "unfold",
]
