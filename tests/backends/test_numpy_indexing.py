"""NumPy's indexing gives what the base gives."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.base.indexing import IndexingKernels

NUMPY = get_backend("numpy")
X = np.arange(24.0).reshape(2, 3, 4)
KEYS = [
    (0,),
    (slice(None), -1),
    (..., slice(1, 3)),
    (slice(None), None, 1),
    (np.array([1, 0, 1]),),
    (slice(None), np.array([[0, 2], [1, 1]])),
    (np.array([0, 1]), slice(None), np.array([1, 1])),
    (X[:, :, 0] > 5,),
]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_items(key):
    found = NUMPY.get_item(X, key)
    assert found.tolist() == X[key].tolist()
    assert IndexingKernels.get_item(NUMPY, X, key).tolist() == found.tolist()


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_putting_back_adds(key):
    g = np.cos(X[key])
    found = NUMPY.put_item(g, key, X.shape)
    expected = np.zeros(X.shape)
    np.add.at(expected, key, g)
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(
        IndexingKernels.put_item(NUMPY, g, key, X.shape), expected
    )


def test_scattering_adds_rows_named_twice():
    rows = np.arange(6.0).reshape(3, 2)
    found = NUMPY.scatter_add(rows, np.array([1, 0, 1]), 3)
    assert found.tolist() == [[2, 3], [4, 6], [0, 0]]
    plain = IndexingKernels.scatter_add(NUMPY, rows, np.array([1, 0, 1]), 3)
    assert plain.tolist() == found.tolist()
