"""Weights of samples: values, shapes, several targets."""

import warnings

import numpy as np
import pytest

from kerasish.core.errors import DataWarning
from kerasish.data import check_sample_weight


def check(y, weights):
    return check_sample_weight(y, weights, "`fit`")


@pytest.mark.parametrize(
    ("target", "weights"),
    [
        ((3,), (3,)),
        ((3, 1), (3,)),
        ((3,), (3, 1)),
        ((3, 4), (3, 4)),
        ((3, 4, 5), (3, 4)),
        ((3, 4, 5), (3,)),
    ],
)
def test_shapes_that_fit(target, weights):
    given = np.ones(weights)
    assert check(np.ones(target), given) is given


@pytest.mark.parametrize(
    ("target", "weights"), [((3, 1), (3, 2)), ((3,), (3, 2)), ((3, 4, 5), (3, 5))]
)
def test_shapes_that_do_not_fit(target, weights):
    message = (
        r"one weight for each sample, shape \(3,\), or.*`y`.*Received: shape \(3, "
    )
    with pytest.raises(ValueError, match=message):
        check(np.ones(target), np.ones(weights))


def test_one_array_serves_all_targets():
    weights = np.ones(2)
    found = check({"a": np.ones(2), "b": None}, weights)
    assert found["a"] is weights
    assert check([np.ones(2), np.ones(2)], weights)[1] is weights


def test_several_arrays_are_checked_by_their_target():
    y = {"a": np.ones(2), "b": np.ones((2, 1))}
    check(y, {"a": np.ones(2), "b": np.ones(2)})
    with pytest.raises(ValueError, match=r"each step of `y\['b'\]`"):
        check(y, {"a": np.ones(2), "b": np.ones((2, 3))})


def test_weights_without_targets_pass():
    assert check(None, np.ones(2)).tolist() == [1, 1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_are_finite(bad):
    message = f"`sample_weight` of `fit` must be finite. Received: {bad} at row 2"
    with pytest.raises(ValueError, match=message):
        check(np.ones(3), np.array([1, 0, bad]))
    with pytest.raises(
        ValueError, match=r"`sample_weight\['a'\]` of `fit` .* at row 1"
    ):
        check({"a": np.ones((2, 2))}, {"a": np.array([[1, 1], [1, bad]])})


def test_negative_weights_are_warned_of():
    message = "`sample_weight` of `fit` holds negative weights.*-1.0 at row 1"
    with pytest.warns(DataWarning, match=message):
        check(np.ones(3), np.array([1, -1.0, 1]))


def test_zero_no_and_boolean_weights_are_fine():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(np.ones(2), np.zeros(2))
        check(np.ones(0), np.zeros(0))
        check(np.ones(2), np.array([True, False]))
        check(np.ones(2), np.array([0, 3], "uint8"))
