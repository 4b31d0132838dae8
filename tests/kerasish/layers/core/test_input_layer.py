"""Inputs of functional models."""

import pytest

import kerasish as keras
from kerasish import layers


def test_shapes_and_dtypes():
    assert keras.Input((3,)).shape == (None, 3)
    assert keras.Input((), batch_size=2, dtype="int32").shape == (2,)
    assert keras.Input(batch_shape=(4, None)).shape == (4, None)
    assert keras.Input((1,), dtype="int32", name="ids").name == "ids"


@pytest.mark.parametrize(
    "kw, match",
    [
        ({}, "must pass a `shape`"),
        ({"shape": (2,), "batch_shape": (1, 2)}, "cannot pass both"),
        ({"shape": (-2,)}, "tuple of sizes"),
        ({"shape": (1.5,)}, "tuple of sizes"),
        ({"shape": "abc"}, "tuple of sizes"),
        ({"shape": (2,), "sparse": True}, "dense"),
    ],
)
def test_wrong_arguments(kw, match):
    with pytest.raises(ValueError, match=match):
        keras.Input(**kw)


def test_config():
    layer = layers.InputLayer((3,), dtype="int32", name="x")
    again = layers.InputLayer.from_config(layer.get_config())
    assert again.batch_shape == (None, 3) and again.dtype == "int32"
    with pytest.raises(ValueError, match="Unrecognized"):
        layers.InputLayer((3,), colour="red")
    with pytest.raises(NotImplementedError, match="not called"):
        layer.call()
