"""Layers of `embedding` against values of Keras."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.core.embedding import __all__ as NAMES
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


def test_indices_out_of_range():
    with pytest.raises(ValueError, match="from 0 to 4.*Received: 9"):
        layers.Embedding(5, 2)(np.array([[9]]))
    with pytest.raises(ValueError, match="must be integers"):
        layers.Embedding(5, 2)(np.array([[1.5]]))
    with pytest.raises(ValueError, match="`input_dim`"):
        layers.Embedding(0, 2)


def test_zero_is_masked():
    y = layers.Embedding(5, 2, mask_zero=True)(np.array([[1, 0]]))
    assert y._keras_mask.tolist() == [[True, False]]


def test_given_weights():
    table = np.arange(6.0).reshape(3, 2)
    layer = layers.Embedding(3, 2, weights=[table])
    assert layer(np.array([2])).tolist() == [[4.0, 5.0]]
