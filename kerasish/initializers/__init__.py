"""The first values of weights."""

from kerasish.initializers.constant_initializers import (
    STFT,
    Constant,
    Identity,
    Ones,
    Zeros,
)
from kerasish.initializers.constant_initializers import STFT as STFTInitializer
from kerasish.initializers.constant_initializers import STFT as stft
from kerasish.initializers.constant_initializers import Constant as constant
from kerasish.initializers.constant_initializers import Identity as IdentityInitializer
from kerasish.initializers.constant_initializers import Identity as identity
from kerasish.initializers.constant_initializers import Ones as ones
from kerasish.initializers.constant_initializers import Zeros as zeros
from kerasish.initializers.initializer import Initializer, RandomInitializer
from kerasish.initializers.lookup import deserialize, get, serialize
from kerasish.initializers.random_initializers import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)
from kerasish.initializers.random_initializers import GlorotNormal as glorot_normal
from kerasish.initializers.random_initializers import GlorotUniform as glorot_uniform
from kerasish.initializers.random_initializers import HeNormal as he_normal
from kerasish.initializers.random_initializers import HeUniform as he_uniform
from kerasish.initializers.random_initializers import LecunNormal as lecun_normal
from kerasish.initializers.random_initializers import LecunUniform as lecun_uniform
from kerasish.initializers.random_initializers import (
    Orthogonal as OrthogonalInitializer,
)
from kerasish.initializers.random_initializers import Orthogonal as orthogonal
from kerasish.initializers.random_initializers import RandomNormal as random_normal
from kerasish.initializers.random_initializers import RandomUniform as random_uniform
from kerasish.initializers.random_initializers import (
    TruncatedNormal as truncated_normal,
)
from kerasish.initializers.random_initializers import (
    VarianceScaling as variance_scaling,
)

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "STFT",
    "STFTInitializer",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]
