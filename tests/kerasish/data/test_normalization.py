"""Vectors of length 1."""

import numpy as np
import pytest
from sklearn import preprocessing

from kerasish.data import normalize


@pytest.mark.parametrize(("order", "norm"), [(1, "l1"), (2, "l2"), (np.inf, "max")])
@pytest.mark.parametrize("axis", [0, 1])
def test_results_agree_with_scikit_learn(rng, order, norm, axis):
    x = np.abs(rng.standard_normal((4, 5)))
    expected = preprocessing.normalize(x, norm=norm, axis=axis)
    np.testing.assert_allclose(normalize(x, axis, order), expected, rtol=1e-14)


def test_other_orders_and_axes(rng):
    x = rng.standard_normal((2, 3, 4))
    length = (np.abs(x) ** 3).sum(axis=1, keepdims=True) ** (1 / 3)
    np.testing.assert_allclose(normalize(x, axis=1, order=3), x / length, rtol=1e-13)


def test_zeros_lists_and_whole_numbers():
    assert normalize(np.zeros((1, 3))).tolist() == [[0, 0, 0]]
    assert normalize([3, 4]).tolist() == [0.6, 0.8]
    assert normalize(np.array([[3, 4]], "uint8")).dtype == np.float64


def test_half_precision_does_not_overflow():
    found = normalize(np.array([30000, 40000], "float16"))
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, [0.6, 0.8], rtol=1e-3)
    assert normalize(np.ones(2, "float32")).dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"order": 0}, ValueError, "`order` of `normalize` must be positive.*order=0"),
        ({"order": np.nan}, ValueError, "order=nan"),
        ({"order": "l2"}, TypeError, "must be a number. Received: order='l2'"),
        ({"axis": 2}, ValueError, r"from -2 to 1 for an array of shape \(2, 3\).*=2"),
        ({"axis": (0, 1)}, TypeError, "`axis` of `normalize` must be an integer"),
        ({"x": ["a"]}, TypeError, "`x` of `normalize` must hold real numbers"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        normalize(**{"x": np.ones((2, 3)), **arguments})
