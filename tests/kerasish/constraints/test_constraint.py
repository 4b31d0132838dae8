"""Projections in closed form."""

import numpy as np
import pytest

from kerasish import constraints

W = np.array([[3.0, 0.3], [-4.0, 0.4]], "float32")


@pytest.mark.parametrize(
    "constraint, expected",
    [
        (constraints.MaxNorm(2.5), [[1.5, 0.3], [-2.0, 0.4]]),
        (constraints.UnitNorm(), [[0.6, 0.6], [-0.8, 0.8]]),
        (constraints.MinMaxNorm(1.0, 2.5), [[1.5, 0.6], [-2.0, 0.8]]),
        (constraints.MinMaxNorm(0.0, 2.5, rate=0.5), [[2.25, 0.3], [-3.0, 0.4]]),
        (constraints.NonNeg(), [[3.0, 0.3], [0.0, 0.4]]),
    ],
)
def test_values(constraint, expected):
    np.testing.assert_allclose(constraint(W), expected, rtol=1e-5)
    again = constraints.deserialize(constraints.serialize(constraint))
    np.testing.assert_allclose(again(W), expected, rtol=1e-5)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="`max_value`"):
        constraints.MaxNorm(-1.0)
    with pytest.raises(ValueError, match="`rate`"):
        constraints.MinMaxNorm(rate=2.0)
    with pytest.raises(NotImplementedError, match="does not override"):
        constraints.Constraint()(W)


def test_names():
    assert isinstance(constraints.get("unit_norm"), constraints.UnitNorm)
    with pytest.raises(ValueError, match="Did you mean 'non_neg'"):
        constraints.get("nonneq")
