"""Layers, by the names of `keras.layers`."""

from kerasish.core.registry import (
    deserialize_keras_object as deserialize,
)
from kerasish.core.registry import (
    serialize_keras_object as serialize,
)
from kerasish.layers.activation.activation_layers import (
    ELU,
    LeakyReLU,
    PReLU,
    ReLU,
    Softmax,
)
from kerasish.layers.attention.additive_attention import AdditiveAttention
from kerasish.layers.attention.attention import Attention
from kerasish.layers.attention.group_query_attention import GroupQueryAttention
from kerasish.layers.attention.multi_head_attention import MultiHeadAttention
from kerasish.layers.base import InputSpec, Layer, Wrapper
from kerasish.layers.convolutional.conv import Conv1D, Conv2D, Conv3D
from kerasish.layers.convolutional.conv import Conv1D as Convolution1D
from kerasish.layers.convolutional.conv import Conv2D as Convolution2D
from kerasish.layers.convolutional.conv import Conv3D as Convolution3D
from kerasish.layers.convolutional.conv_transpose import (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
)
from kerasish.layers.convolutional.conv_transpose import (
    Conv1DTranspose as Convolution1DTranspose,
)
from kerasish.layers.convolutional.conv_transpose import (
    Conv2DTranspose as Convolution2DTranspose,
)
from kerasish.layers.convolutional.conv_transpose import (
    Conv3DTranspose as Convolution3DTranspose,
)
from kerasish.layers.convolutional.depthwise_conv import (
    DepthwiseConv1D,
    DepthwiseConv2D,
)
from kerasish.layers.convolutional.separable_conv import (
    SeparableConv1D,
    SeparableConv2D,
)
from kerasish.layers.convolutional.separable_conv import (
    SeparableConv1D as SeparableConvolution1D,
)
from kerasish.layers.convolutional.separable_conv import (
    SeparableConv2D as SeparableConvolution2D,
)
from kerasish.layers.core.dense import Dense
from kerasish.layers.core.einsum_dense import EinsumDense
from kerasish.layers.core.embedding import Embedding
from kerasish.layers.core.input_layer import Input, InputLayer
from kerasish.layers.core.reversible_embedding import ReversibleEmbedding
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
from kerasish.layers.normalization.group_normalization import GroupNormalization
from kerasish.layers.normalization.layer_normalization import LayerNormalization
from kerasish.layers.normalization.rms_normalization import RMSNormalization
from kerasish.layers.normalization.spectral_normalization import SpectralNormalization
from kerasish.layers.normalization.unit_normalization import UnitNormalization
from kerasish.layers.pooling.adaptive_pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from kerasish.layers.pooling.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from kerasish.layers.pooling.global_pooling import (
    GlobalAveragePooling1D as GlobalAvgPool1D,
)
from kerasish.layers.pooling.global_pooling import (
    GlobalAveragePooling2D as GlobalAvgPool2D,
)
from kerasish.layers.pooling.global_pooling import (
    GlobalAveragePooling3D as GlobalAvgPool3D,
)
from kerasish.layers.pooling.global_pooling import GlobalMaxPooling1D as GlobalMaxPool1D
from kerasish.layers.pooling.global_pooling import GlobalMaxPooling2D as GlobalMaxPool2D
from kerasish.layers.pooling.global_pooling import GlobalMaxPooling3D as GlobalMaxPool3D
from kerasish.layers.pooling.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from kerasish.layers.pooling.pooling import AveragePooling1D as AvgPool1D
from kerasish.layers.pooling.pooling import AveragePooling2D as AvgPool2D
from kerasish.layers.pooling.pooling import AveragePooling3D as AvgPool3D
from kerasish.layers.pooling.pooling import MaxPooling1D as MaxPool1D
from kerasish.layers.pooling.pooling import MaxPooling2D as MaxPool2D
from kerasish.layers.pooling.pooling import MaxPooling3D as MaxPool3D
from kerasish.layers.preprocessing.category_encoding import CategoryEncoding
from kerasish.layers.preprocessing.discretization import Discretization
from kerasish.layers.preprocessing.hashed_crossing import HashedCrossing
from kerasish.layers.preprocessing.hashing import Hashing
from kerasish.layers.preprocessing.integer_lookup import IntegerLookup
from kerasish.layers.preprocessing.mel_spectrogram import MelSpectrogram
from kerasish.layers.preprocessing.pipeline import Pipeline
from kerasish.layers.preprocessing.resizing import CenterCrop, Resizing
from kerasish.layers.preprocessing.scaling import Normalization, Rescaling
from kerasish.layers.preprocessing.stft_spectrogram import STFTSpectrogram
from kerasish.layers.preprocessing.string_lookup import StringLookup
from kerasish.layers.preprocessing.text_vectorization import TextVectorization
from kerasish.layers.recurrent.bidirectional import Bidirectional
from kerasish.layers.recurrent.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from kerasish.layers.recurrent.gru import GRU, GRUCell
from kerasish.layers.recurrent.lstm import LSTM, LSTMCell
from kerasish.layers.recurrent.rnn import RNN
from kerasish.layers.recurrent.simple_rnn import SimpleRNN, SimpleRNNCell
from kerasish.layers.recurrent.stacked_cells import StackedRNNCells
from kerasish.layers.recurrent.time_distributed import TimeDistributed
from kerasish.layers.regularization.alpha_dropout import AlphaDropout
from kerasish.layers.regularization.noise import (
    ActivityRegularization,
    GaussianDropout,
    GaussianNoise,
)
from kerasish.layers.regularization.spatial_dropout import (
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from kerasish.layers.reshaping.cropping import Cropping1D, Cropping2D, Cropping3D
from kerasish.layers.reshaping.reshaping import Flatten, Permute, RepeatVector, Reshape
from kerasish.layers.reshaping.up_sampling import (
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
)
from kerasish.layers.reshaping.zero_padding import (
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)

__all__ = [
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Discretization",
    "Dot",
    "Dropout",
    "ELU",
    "EinsumDense",
    "Embedding",
    "Flatten",
    "GRU",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "LSTM",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "MelSpectrogram",
    "Minimum",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "Pipeline",
    "RMSNormalization",
    "RNN",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "ReversibleEmbedding",
    "STFTSpectrogram",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
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
