"""Layers of `scaling` against values of Keras."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.preprocessing.scaling import __all__ as NAMES
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


def test_adapt_finds_the_moments_over_batches(rng):
    x = rng.normal(5.0, 3.0, (1000, 3))
    layer = layers.Normalization()
    layer.adapt(x, batch_size=37)
    np.testing.assert_allclose(layer.adapt_mean, x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(layer.adapt_variance, x.var(0), rtol=1e-5)
    y = np.asarray(layer(x))
    np.testing.assert_allclose(y.std(0), 1.0, rtol=1e-4)


def test_inverse():
    kw = {"mean": 2.0, "variance": 4.0}
    x = np.array([[1.0, 5.0]], "float32")
    there = layers.Normalization(**kw)(x)
    assert layers.Normalization(**kw, invert=True)(there).tolist() == x.tolist()


def test_wrong_use():
    with pytest.raises(ValueError, match="both `mean` and `variance`"):
        layers.Normalization(mean=1.0)
    with pytest.raises(RuntimeError, match="cannot adapt"):
        layers.Normalization(mean=1.0, variance=1.0).adapt(np.ones((2, 2)))
    with pytest.raises(ValueError, match="known size"):
        layers.Normalization().build((None, None))
