"""Noise while training, and penalties on outputs."""

import numpy as np
import pytest

from kerasish import layers

X = np.ones((200, 50), "float32")


def test_gaussian_noise():
    layer = layers.GaussianNoise(0.5, seed=1)
    assert np.array_equal(layer(X), X)
    y = np.asarray(layer(X, training=True))
    assert y.mean() == pytest.approx(1.0, abs=0.02)
    assert y.std() == pytest.approx(0.5, abs=0.02)


def test_gaussian_dropout():
    layer = layers.GaussianDropout(0.2, seed=1)
    y = np.asarray(layer(X, training=True))
    assert y.mean() == pytest.approx(1.0, abs=0.02)
    assert y.std() == pytest.approx(0.5, abs=0.02)  # sqrt(0.2 / 0.8)


def test_activity_penalty_is_per_sample():
    layer = layers.ActivityRegularization(l1=0.1, l2=0.01)
    layer(np.full((2, 3), 2.0))
    assert float(layer.losses[0]) == pytest.approx((0.1 * 12 + 0.01 * 24) / 2)


@pytest.mark.parametrize(
    "layer",
    [
        layers.GaussianNoise(0.5),
        layers.GaussianDropout(0.2),
        layers.ActivityRegularization(0.1),
    ],
)
def test_config(layer):
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    assert layer.compute_output_shape((2, 3)) == (2, 3)


def test_arguments_out_of_range():
    with pytest.raises(ValueError, match="`stddev`"):
        layers.GaussianNoise(2.0)
    with pytest.raises(ValueError, match="`rate`"):
        layers.GaussianDropout(1.0)
