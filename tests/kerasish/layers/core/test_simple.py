"""Layers of `simple` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.layers.core.simple import __all__ as NAMES
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


def test_dropout_only_while_training():
    x = np.ones((50, 50), "float32")
    layer = layers.Dropout(0.25, seed=1)
    assert (np.asarray(layer(x)) == 1).all()
    y = np.asarray(layer(x, training=True))
    assert set(np.unique(y)) == {0.0, np.float32(1 / 0.75)}
    assert abs((y == 0).mean() - 0.25) < 0.03
    assert not np.array_equal(y, np.asarray(layer(x, training=True)))


def test_dropout_masks_of_a_shape():
    y = np.asarray(layers.Dropout(0.5, (None, 1), 1)(np.ones((9, 4)), training=True))
    assert all(len(set(row)) == 1 for row in y)
    assert not np.asarray(layers.Dropout(1.0)(np.ones((2, 2)), training=True)).any()


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan"), "x"])
def test_a_rate_out_of_range(rate):
    with pytest.raises(ValueError, match="argument `rate`"):
        layers.Dropout(rate)


def test_lambda():
    layer = layers.Lambda(lambda x, k: x * k, arguments={"k": 3.0})
    assert layer(np.ones((1, 1))).tolist() == [[3.0]]
    assert layers.Lambda(lambda x: x, output_shape=(2,))(keras.Input((2,))).shape
    with pytest.raises(TypeError, match="must be callable"):
        layers.Lambda(3)


def test_an_operation_as_the_function_of_a_lambda(tmp_path):
    multiply = layers.Lambda(ops.multiply, arguments={"x2": 2.0})
    model = keras.Sequential([keras.Input((2,)), multiply])
    model.save(tmp_path / "doubled.keras")
    again = keras.saving.load_model(tmp_path / "doubled.keras")
    assert again(np.ones((1, 2))).tolist() == [[2.0, 2.0]]
    # As Keras 3.15.1 writes `Lambda(ops.abs)`.
    function = {"module": "builtins", "class_name": "function", "config": "abs"}
    config = {"name": "it", "function": {**function, "registered_name": "function"}}
    assert layers.Lambda.from_config(config)(np.array([[-1.0]])).tolist() == [[1.0]]


def test_masking():
    y = layers.Masking(-1.0)(np.array([[[1.0], [-1.0]]]))
    assert y.tolist() == [[[1.0], [0.0]]]
    assert layers.Identity()(y)._keras_mask.tolist() == [[True, False]]
