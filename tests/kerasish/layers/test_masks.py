"""Masks go through every layer as they go through those of Keras 3.15.1.

`tests/golden/masks.json` holds, for each layer, the mask that leaves it and, where no
random weights are in between, the outputs.
"""

import json
import warnings

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.core.errors import KerasishWarning
from tests.sources import ROOT

STORED = json.loads((ROOT / "tests/golden/masks.json").read_text("utf-8"))
ROWS = [row for row in STORED["rows"] if hasattr(layers, row["cls"])]
EACH = pytest.mark.parametrize(
    "row",
    ROWS,
    ids=lambda r: f"{r['cls']}-{r['x']}-{r['kw']}-{r['count']}{r['second']}",
)


def masked_inputs(row):
    values = np.array(STORED["inputs"][row["x"]], "float32")
    mask = np.array(STORED["given"][row["x"]], bool)
    found = []
    for i in range(row["count"]):
        x = ops.convert_to_tensor(values)
        if i == 0 or row["second"]:
            x._keras_mask = ops.convert_to_tensor(np.roll(mask, i, 1))
        found.append(x)
    return found if len(found) > 1 else found[0]


def called(layer, inputs, **how):
    """Returns the outputs, and whether the layer said that it drops the mask."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        y = layer(inputs, **how)
    for one in told:
        assert one.category is KerasishWarning
        assert "does not support masking" in str(one.message)
    return y, bool(told)


def make(row):
    kw = {k: tuple(v) if isinstance(v, list) else v for k, v in row["kw"].items()}
    return getattr(layers, row["cls"])(**kw)


@EACH
def test_masks_that_leave_a_layer(row):
    y, warned = called(make(row), masked_inputs(row))
    ys = y if isinstance(y, list | tuple) else [y]
    assert warned == row["warned"]
    for one, expected in zip(ys, row["masks"], strict=True):
        mask = getattr(one, "_keras_mask", None)
        if expected is None:
            assert mask is None
        else:
            np.testing.assert_array_equal(mask, np.array(expected, bool))


@pytest.mark.parametrize(
    "row", [r for r in ROWS if "y" in r], ids=lambda r: f"{r['cls']}-{r['kw']}-{r['x']}"
)
def test_values_under_a_mask(row):
    how = {"training": True} if row["cls"] == "BatchNormalization" else {}
    y, _ = called(make(row), masked_inputs(row), **how)
    np.testing.assert_allclose(np.ravel(y), row["y"], rtol=2e-4, atol=2e-5)


@EACH
def test_masks_leave_symbolic_layers_too(row):
    x = np.array(STORED["inputs"][row["x"]])
    given = [keras.Input(x.shape[1:]) for _ in range(row["count"])]
    for i, g in enumerate(given):
        if i == 0 or row["second"]:
            g._keras_mask = ops.any(g > 0, tuple(range(2, x.ndim)))
    y, warned = called(make(row), given if len(given) > 1 else given[0])
    ys = y if isinstance(y, list | tuple) else [y]
    found = [getattr(one, "_keras_mask", None) is not None for one in ys]
    assert found == [mask is not None for mask in row["masks"]]
    assert warned == row["warned"]


def test_an_embedding_masks_zeros_and_a_model_hands_them_on():
    words = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])
    x = keras.Input((None,))
    y = layers.Embedding(5, 2, mask_zero=True)(x)
    y = layers.Dropout(0.1)(layers.Dense(3)(y))
    model = keras.Model(x, layers.GlobalAveragePooling1D()(y))
    found = model(words)
    inner = keras.Model(x, y)(words)
    mask = words != 0
    expected = (np.asarray(inner) * mask[..., None]).sum(1) / mask.sum(1)[:, None]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_array_equal(inner._keras_mask, mask)
    assert layers.Embedding(5, 2).compute_mask(words) is None


class Own(layers.Layer):
    """Makes a mask of its own, of inputs that carry none."""

    def __init__(self, supports):
        super().__init__()
        self.supports_masking = supports

    def call(self, inputs):
        return inputs + 1.0

    def compute_mask(self, inputs, mask=None):
        return ops.any(inputs > 0, -1)


@pytest.mark.parametrize("supports", [True, False])
def test_a_layer_may_make_a_mask_of_inputs_without_one(supports):
    x = np.array([[[1.0], [0.0]]], "float32")
    y = Own(supports)(x)
    if supports:
        assert y._keras_mask.tolist() == [[True, False]]
    else:
        assert getattr(y, "_keras_mask", None) is None
    symbolic = Own(supports)(keras.Input((2, 1)))
    assert (getattr(symbolic, "_keras_mask", None) is not None) == supports


def test_masks_reach_the_loss():
    inputs = keras.Input((3, 1))
    outputs = layers.GRU(1, return_sequences=True)(layers.Masking()(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    x = np.array([[[1.0], [2.0], [0.0]]], "float32")
    y = np.zeros((1, 3, 1), "float32")
    made = np.asarray(model(x))[0, :2]
    np.testing.assert_allclose(
        model.evaluate(x, y, verbose=0), (made**2).mean(), rtol=1e-5
    )


def test_a_mask_that_is_given_goes_before_one_that_is_carried():
    x = layers.Masking()(np.array([[[1.0], [2.0], [0.0]]], "float32"))
    layer = layers.GRU(2)
    own = np.array([[True, False, False]])
    y = layer(x, mask=own)
    np.testing.assert_allclose(y, layer(np.asarray(x)[:, :1]), rtol=1e-6)
