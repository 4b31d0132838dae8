"""Layers, by the names of `keras.layers`."""

from kerasish.layers.base import InputSpec, Layer, Wrapper
from kerasish.layers.core.dense import Dense
from kerasish.layers.core.input_layer import Input, InputLayer
from kerasish.layers.core.simple import Activation, Dropout, Identity, Lambda, Masking

__all__ = [
    "Activation",
    "Dense",
    "Dropout",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "Lambda",
    "Layer",
    "Masking",
    "Wrapper",
]
