"""Class weights: their check, and the weights of samples made of them."""

import numpy as np
import pytest
import scipy.sparse
from sklearn.utils.class_weight import compute_sample_weight

from kerasish.core import config
from kerasish.data import check_class_weight, fold_class_weight


def test_weights_become_plain_numbers():
    found = check_class_weight({np.int64(0): 1, 1: np.float32(2.5)})
    assert found == {0: 1.0, 1: 2.5}
    assert {type(value) for value in found.values()} == {float}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"0": 1.0}, TypeError, "the key '0'"),
        ({0.0: 1.0}, TypeError, "the key 0.0"),
        ({True: 1.0}, TypeError, "the key True"),
        ({0: "a"}, TypeError, "the weight 'a' for class 0"),
        ({0: None}, TypeError, "the weight None for class 0"),
        ({0: -1.0}, ValueError, "finite and not negative. Received: -1.0 for class 0"),
        ({1: np.nan}, ValueError, "finite and not negative. Received: nan for class 1"),
        ({}, ValueError, "an empty dict"),
        ([1.0, 2.0], TypeError, "a list. Convert it with `dict.enumerate.class_weight"),
        (np.ones(2), TypeError, "a ndarray. Convert it with"),
        ("balanced", TypeError, "Received: a str$"),
    ],
)
def test_refusals(given, error, message):
    with pytest.raises(
        error, match=f"`class_weight` of `fit` must be a dict.*{message}"
    ):
        check_class_weight(given)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float64", "int8"])
@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_weights_agree_with_scikit_learn(rng, dtype, shape):
    labels = rng.integers(0, 4, 50).astype(dtype)
    weights = {0: 0.5, 1: 3.0, 2: 1.0, 3: 7.0}
    found = fold_class_weight(labels.reshape(shape), weights, "`fit`")
    assert found.shape == (50,)
    assert found.dtype == config.floatx()
    np.testing.assert_array_equal(found, compute_sample_weight(weights, labels))


def test_one_hot_rows_and_soft_labels_count_by_their_largest(rng):
    labels = rng.integers(0, 3, 20)
    weights = {0: 2.0, 2: 5.0}
    expected = [weights.get(int(label), 1.0) for label in labels]
    rows = np.eye(3)[labels]
    for y in (rows, rows.astype("uint8"), rows * 0.9 + 0.1 / 3):
        assert fold_class_weight(y, weights, "`fit`").tolist() == expected
    sparse = scipy.sparse.csr_array(rows)
    assert fold_class_weight(sparse, weights, "`fit`").tolist() == expected


def test_labels_may_be_negative_boolean_or_large():
    found = fold_class_weight(np.array([-1, 1, -1]), {-1: 2.0, 1: 3.0}, "`fit`")
    assert found.tolist() == [2, 3, 2]
    found = fold_class_weight(np.array([True, False]), {1: 3.0}, "`fit`")
    assert found.tolist() == [3, 1]
    found = fold_class_weight(np.array([2**32 + 1, 1]), {1: 3.0}, "`fit`")
    assert found.tolist() == [1, 3]


def test_a_single_target_in_a_structure_is_fine():
    found = fold_class_weight({"a": np.array([0, 1])}, {1: 3.0}, "`fit`")
    assert found.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.array([0.0, 0.37]), r"class labels.*y\[1\] = 0.37"),
        (np.array([0.0, np.nan]), r"y\[1\] = nan"),
        (np.array([[0.2, 0.8], [1.5, -0.5]]), r"y\[1\] = \[ 1.5 -0.5\]"),
        (np.array([[1, 1], [0, 1]]), r"y\[0\] = \[1 1\]"),
        (np.ones((2, 2, 2)), r"one-hot rows.*y of shape \(2, 2, 2\)"),
        ([np.ones(2), np.ones(2)], "single target. Received: 2 targets"),
        (None, "single target. Received: 0 targets"),
    ],
)
def test_targets_that_are_no_class_labels(y, message):
    with pytest.raises(ValueError, match=f"`class_weight` of `fit` .*{message}"):
        fold_class_weight(y, {0: 1.0}, "`fit`")
