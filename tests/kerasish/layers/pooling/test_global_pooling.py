"""Global pooling against values and configs of Keras; masked means."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.pooling.global_pooling import __all__ as NAMES
from tests.golden import stored_convolutions as stored
from tests.golden.reference import identify, reference, rows


@pytest.mark.parametrize("row", stored.rows(*NAMES), ids=lambda row: row.name)
def test_outputs_are_those_of_keras(row):
    stored.check_outputs(row)


@pytest.mark.parametrize("row", rows("layers", NAMES), ids=identify)
def test_outputs_of_random_inputs_are_those_of_keras(row):
    x = np.array(reference()["inputs"][row["x"]], "float32")
    found = getattr(layers, row["cls"])(**row["kw"])(x)
    np.testing.assert_allclose(found, row["y"], rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("cls, kwargs, config", stored.configs(*NAMES))
def test_configs_are_those_of_keras(cls, kwargs, config):
    stored.check_config(cls, kwargs, config)


@pytest.mark.parametrize("name", NAMES)
def test_aliases(name):
    alias = name.replace("Pooling", "Pool").replace("Average", "Avg")
    assert getattr(layers, alias) is getattr(layers, name)


@pytest.mark.parametrize("row", stored.masked(), ids=lambda r: str(r["kw"]))
def test_masked_means_are_those_of_keras(row):
    layer = layers.GlobalAveragePooling1D(**row["kw"])
    found = layer(stored.inputs(row["x"]), mask=np.array(row["mask"], bool))
    expected = np.reshape(row["y"], row["shape"])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_masked_means_do_not_overflow(dtype):
    x = np.full((1, 4, 1), 40000.0)
    layer = layers.GlobalAveragePooling1D(dtype=dtype)
    y = layer(x, mask=np.array([[True, True, True, False]]))
    assert y.dtype == dtype
    np.testing.assert_allclose(np.asarray(y, "float32"), 40000.0, rtol=1e-2)


def test_masks_end_here():
    inputs = keras.Input((3, 2))
    steps = layers.Masking()(inputs)
    outputs = layers.GlobalAveragePooling1D()(steps)
    assert outputs.shape == (None, 2)
    assert getattr(outputs, "_keras_mask", None) is None
    x = np.array([[[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]]], "float32")
    assert keras.Model(inputs, outputs)(x).numpy().tolist() == [[2.0, 3.0]]


def test_where_all_is_masked_there_are_zeros():
    x, mask = np.ones((2, 3, 4)), np.array([[False] * 3, [True] * 3])
    found = layers.GlobalAveragePooling1D()(x, mask=mask)
    assert found.numpy().tolist() == [[0.0] * 4, [1.0] * 4]


def test_whole_numbers_have_a_mean():
    x, mask = np.array([[[1], [2], [9]]]), np.array([[True, True, False]])
    found = layers.GlobalAveragePooling1D()(x, mask=mask)
    assert (found.dtype, found.numpy().tolist()) == ("float32", [[1.5]])
