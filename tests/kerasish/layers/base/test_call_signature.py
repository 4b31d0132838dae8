"""What a call takes."""

import numpy as np
import pytest

from kerasish import layers, ops
from kerasish.layers.base.call_signature import build_shapes, call_signature, shape_of


class Two(layers.Layer):
    def build(self, query_shape, key_shape):
        self.shapes = (query_shape, key_shape)

    def call(self, query, key, query_mask=None, training=False, scale=1.0):
        return query + key


def test_parameters():
    signature = call_signature(Two())
    assert signature.names[:2] == ("query", "key") and signature.has_training
    assert signature.mask_names == {"query": "query_mask"} and signature.takes_masks
    assert signature.name_arguments((1,), {"key": 2}) == {"query": 1, "key": 2}


def test_build_gets_the_shapes_it_names():
    layer = Two()
    layer(np.ones((1, 2)), key=np.ones((3, 2)), scale=2.0)
    assert layer.shapes == ((1, 2), (3, 2))
    with pytest.raises(ValueError, match="Not given: .'key_shape'."):
        build_shapes(Two(), {"query": ops.ones((1, 2))})


def test_shapes_of_structures():
    x = ops.ones((1, 2))
    assert shape_of([x, {"a": x}]) == [(1, 2), {"a": (1, 2)}]
