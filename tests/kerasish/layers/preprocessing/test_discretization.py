"""Discretization against Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.core.errors import DataWarning
from kerasish.layers import Discretization
from tests.golden.stored_text import check_row, identify, rows

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")


@pytest.mark.parametrize("row", rows("Discretization"), ids=identify)
def test_as_keras(row):
    check_row(row)


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
def test_in_a_model_that_is_saved(mode, tmp_path):
    layer = Discretization(num_bins=4, output_mode=mode)
    layer.adapt(X)
    inputs = keras.Input((3,))
    encoded = layer(inputs)
    assert encoded.dtype == layer.output_dtype
    outputs = keras.layers.Dense(1)(keras.layers.Flatten()(encoded))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    model.fit(X, np.ones(40), batch_size=8, epochs=3, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.layers[1].bin_boundaries == layer.bin_boundaries
    np.testing.assert_array_equal(again(X), model(X))
    again.layers[1].adapt(X * 2)
    doubled = np.multiply(layer.bin_boundaries, 2)
    np.testing.assert_allclose(again.layers[1].bin_boundaries, doubled, rtol=1e-6)


def test_it_learns_from_batches():
    layer, whole = Discretization(num_bins=5), Discretization(num_bins=5)
    layer.adapt(X[i : i + 10] for i in range(0, 40, 10))
    whole.adapt(X)
    shares = np.bincount(np.asarray(whole(X)).ravel()) / X.size
    np.testing.assert_allclose(shares, 0.2, atol=0.02)
    np.testing.assert_allclose(layer.bin_boundaries, whole.bin_boundaries, atol=0.1)
    layer.adapt(X, steps=1)
    assert layer.bin_boundaries == whole.bin_boundaries
    layer.reset_state()
    assert layer.bin_boundaries == []
    layer.finalize_state()
    assert layer.bin_boundaries == []


def test_boundaries_of_any_kind():
    for given in ([1, 2], (1, 2), np.array([1, 2])):
        layer = Discretization(given)
        assert layer.get_config()["bin_boundaries"] == [1, 2]
        assert layer([0, 1, 5]).tolist() == [0, 1, 2]
        again = keras.layers.deserialize(keras.layers.serialize(layer))
        assert again.bin_boundaries == [1, 2]
    assert Discretization([])([3.0]).tolist() == [0]
    assert (
        Discretization([], output_mode="one_hot").get_config()["bin_boundaries"] == []
    )


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({}, "needs either `num_bins` or `bin_boundaries`, not both"),
        ({"num_bins": 2, "bin_boundaries": [1]}, "not both. Received: num_bins=2"),
        ({"num_bins": 0}, "`num_bins` of `Discretization` must be a positive integer"),
        ({"num_bins": 2, "epsilon": 0}, "greater than 0 and less than 1. Received: ep"),
        ({"num_bins": 2, "epsilon": "a"}, "greater than 0 and less than 1"),
        ({"num_bins": 2, "output_mode": "tf_idf"}, "Unknown value for `output_mode`"),
        ({"num_bins": 2, "sparse": True}, "may only be true if `output_mode` is"),
        ({"bin_boundaries": [2, 1]}, "must be a rising list of numbers. Received"),
        ({"bin_boundaries": ["a"]}, "must be a rising list of numbers"),
        ({"bin_boundaries": 3}, "must be a rising list of numbers"),
    ],
)
def test_arguments_that_are_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        Discretization(**kw)


def test_calls_that_are_refused():
    with pytest.raises(ValueError, match="has no boundaries yet. Give it `bin_bound"):
        Discretization(num_bins=3)(X)
    with pytest.raises(ValueError, match="Cannot adapt .* initialized with `bin_bound"):
        Discretization([1.0]).adapt(X)
    with pytest.raises(ValueError, match="must not hold NaN. Received: 1 of them"):
        Discretization(num_bins=2).adapt([1.0, np.nan])
    with pytest.warns(
        DataWarning, match="found 2 bins in place of 5: there are too few"
    ):
        Discretization(num_bins=5).adapt([1.0, 2.0])
