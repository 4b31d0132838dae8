"""AlphaDropout: its two values by Keras, its moments, masks, and arguments."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from tests.golden.stored_layers import config, stored

STORED = stored("normalization")


@pytest.mark.parametrize("row", STORED["alpha"], ids=lambda row: str(row["rate"]))
def test_what_is_kept_and_what_is_dropped_become_what_they_do_in_keras(row):
    layer = layers.AlphaDropout(row["rate"], seed=1)
    y = np.asarray(layer(np.full((64,), 1.5, "float32"), training=True))
    low, high = row["values"]
    dropped = y < (low + high) / 2
    assert dropped.any() and not dropped.all()
    np.testing.assert_allclose(y, np.where(dropped, low, high), rtol=1e-5, atol=1e-6)


def test_mean_and_variance_stay(rng):
    x = rng.normal(size=(400, 500)).astype("float32")
    y = np.asarray(layers.AlphaDropout(0.3, seed=2)(x, training=True))
    assert y.mean() == pytest.approx(0.0, abs=0.01)
    assert y.std() == pytest.approx(1.0, abs=0.01)


def test_a_mask_for_several_positions(rng):
    x = rng.normal(size=(6, 7, 5)).astype("float32")
    for shape in ((6, 1, 5), (None, 1, None)):
        y = np.asarray(layers.AlphaDropout(0.5, shape, seed=3)(x, training=True))
        dropped = np.isclose(y, -0.77919382, atol=1e-6)
        assert (dropped.all(1) == dropped.any(1)).all()
        assert dropped.any() and not dropped.all()


def test_seeds(rng):
    x = rng.normal(size=(4, 50))
    one, two = (layers.AlphaDropout(0.5, seed=7) for _ in range(2))
    np.testing.assert_array_equal(one(x, training=True), two(x, training=True))
    assert np.any(np.asarray(one(x, training=True)) != one(x, training=True))


@pytest.mark.parametrize("rate", [0, 0.5])
def test_inference_returns_the_inputs(rate, rng):
    x = rng.normal(size=(2, 3)).astype("float32")
    layer = layers.AlphaDropout(rate)
    np.testing.assert_array_equal(layer(x), x)
    assert len(layer.variables) == (1 if rate else 0)
    if not rate:
        np.testing.assert_array_equal(layer(x, training=True), x)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_dtypes(dtype):
    layer = layers.AlphaDropout(0.5, seed=1, dtype=dtype)
    y = layer(np.full((64,), 1.5), training=True)
    assert y.dtype == layer.compute_dtype
    found = sorted(set(np.asarray(y, "float64").tolist()))
    np.testing.assert_allclose(found, [-0.77919, 2.1088], atol=2e-2)


def test_gradients_reach_what_is_kept():
    x = ops.ones((64,))
    layer = layers.AlphaDropout(0.5, seed=1)
    with keras.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True)
    found = np.asarray(tape.gradient(y, x))
    # (0.5 (1 + 0.5 s^2))^-0.5, where s is what SELU tends to.
    np.testing.assert_allclose(found, np.where(np.asarray(y) > 0, 0.88640, 0), 1e-4)


def test_configs_are_those_of_keras():
    rows = [row for row in STORED["configs"] if row["cls"] == "AlphaDropout"]
    for row in rows:
        layer = layers.AlphaDropout(**row["kw"])
        assert config(layer) == row["config"]
        again = layers.deserialize(layers.serialize(layer))
        assert again.get_config() == layer.get_config()
        assert layer.compute_output_shape((None, 3)) == (None, 3)
    assert rows


@pytest.mark.parametrize("rate", [1.0, 1.5, -0.1, "a", None])
def test_wrong_rates(rate):
    with pytest.raises(ValueError, match="`rate` of `AlphaDropout` must be a number"):
        layers.AlphaDropout(rate)
