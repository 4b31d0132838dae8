"""Layers, by the names of `keras.layers`."""

from kerasish.core.registry import (
    deserialize_keras_object as deserialize,
)
from kerasish.core.registry import (
    serialize_keras_object as serialize,
)
from kerasish.layers.base import InputSpec, Layer, Wrapper
from kerasish.layers.activation.activation_layers import (
    ELU,
    LeakyReLU,
    PReLU,
    ReLU,
    Softmax,
)
from kerasish.layers.core.dense import Dense
from kerasish.layers.core.embedding import Embedding
from kerasish.layers.core.input_layer import Input, InputLayer
from kerasish.layers.core.simple import Activation, Dropout, Identity, Lambda, Masking
from kerasish.layers.merging.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from kerasish.layers.normalization.batch_normalization import BatchNormalization
from kerasish.layers.normalization.layer_normalization import LayerNormalization
from kerasish.layers.preprocessing.scaling import Normalization, Rescaling
from kerasish.layers.regularization.noise import (
    ActivityRegularization,
    GaussianDropout,
    GaussianNoise,
)
from kerasish.layers.reshaping.reshaping import Flatten, Permute, RepeatVector, Reshape

__all__ = [
    "Activation",
    "ActivityRegularization",
    "Add",
    "Average",
    "BatchNormalization",
    "Concatenate",
    "Dense",
    "Dot",
    "Dropout",
    "ELU",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "Subtract",
    "Wrapper",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
