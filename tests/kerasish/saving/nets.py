"""Small layers for the tests of saving."""

import numpy as np

from kerasish.core.registry import serialize_keras_object
from kerasish.layers.base import Layer


class Scale(Layer):
    """Multiplies by a weight, and has a counter."""

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")
        self.count = self.add_weight(
            (), "zeros", dtype="int32", trainable=False, name="count"
        )

    def call(self, inputs):
        return inputs * self.scale


class Stack(Layer):
    """Two scales that may have names, in a list."""

    def __init__(self, names=(None, None), **kwargs):
        super().__init__(**kwargs)
        self.names = names
        self.scales = [Scale(name=name) for name in names]

    def build(self, input_shape):
        for scale in self.scales:
            scale.build(input_shape)

    def call(self, inputs):
        for scale in self.scales:
            inputs = scale(inputs)
        return inputs

    def get_config(self):
        return {**super().get_config(), "names": serialize_keras_object(self.names)}


def stack(*names, width=3, **kwargs):
    """Returns a built `Stack` whose weights all differ."""
    net = Stack(names or (None, None), **kwargs)
    net.build((None, width))
    for i, scale in enumerate(net.scales):
        scale.scale.assign(np.arange(width, dtype="float32") + 10 * i)
    return net


def values(net):
    """Returns the weights of a layer as nested lists."""
    return [w.tolist() for w in net.get_weights()]
