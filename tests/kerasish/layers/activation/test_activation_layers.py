"""Layers of `activation_layers` against values of Keras."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.activation.activation_layers import __all__ as NAMES
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


@pytest.mark.parametrize(
    "make_wrong, match",
    [
        (lambda: layers.ReLU(max_value=-1.0), "`max_value`"),
        (lambda: layers.ReLU(negative_slope=-1.0), "`negative_slope`"),
        (lambda: layers.LeakyReLU(-1.0), "`negative_slope`"),
    ],
)
def test_arguments_out_of_range(make_wrong, match):
    with pytest.raises(ValueError, match=match):
        make_wrong()


def test_masked_softmax():
    mask = np.array([[True, False, True]])
    found = layers.Softmax()(np.zeros((1, 3)), mask=mask)
    assert found.tolist() == [[0.5, 0.0, 0.5]]


def test_masked_softmax_is_that_of_keras():
    x = np.ones((2, 3))
    mask = np.array([[0, 0, 0], [1, 1, 0]], bool)
    expected = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0]]  # Keras 3.15.1 on JAX, all of them
    assert layers.Softmax()(x, mask=mask).tolist() == expected
    found = layers.Softmax()(x, mask=np.array([[0, 0.4, 0.6], [1, 1, 0]], "float32"))
    assert found.tolist() == [[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]]
    layer = layers.Softmax(axis=(1, 2))
    mask = np.array([[[0, 0], [0, 1]], [[0, 0], [0, 0]]], bool)
    found = layer(np.ones((2, 2, 2)), mask=mask)
    assert found.tolist() == [[[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]
    low = np.array([[60000.0, -60000.0, -60000.0], [1.0, 2.0, 3.0]])
    mask = np.array([[0, 1, 1], [0, 0, 0]], bool)
    assert not np.any(layers.Softmax(dtype="float16")(low, mask=mask))
    found = layers.Softmax()(x, mask=np.ones((1, 3), bool))
    np.testing.assert_allclose(found, np.full((2, 3), 1 / 3), rtol=1e-6)


@pytest.mark.parametrize("shape", [(2, 2, 3), (2, 2)])
def test_masks_of_softmax_must_fit(shape):
    with pytest.raises(ValueError, match="`mask` of `Softmax` .* must broadcast"):
        layers.Softmax()(np.ones((2, 3)), mask=np.ones(shape, bool))
