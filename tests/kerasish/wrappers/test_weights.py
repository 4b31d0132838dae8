"""Weights of rows and classes, against scikit-learn's own."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from kerasish.wrappers.weights import (
    checked_sample_weight,
    class_weight_of_labels,
    class_weight_of_rows,
)

LABELS = np.array(["a", "b", "a", "c", "a", "b"])
CLASSES = np.array(["a", "b", "c", "d"])
X = np.zeros((6, 2))


def test_no_weights_stay_none():
    assert checked_sample_weight(None, X) is None
    assert class_weight_of_rows(None, CLASSES, LABELS, None) is None


def test_weights_become_float64_of_one_for_each_row():
    weights = checked_sample_weight([1, 2, 3, 4, 5, 6], X)
    assert weights.dtype == np.float64
    assert weights.tolist() == [1, 2, 3, 4, 5, 6]


def test_one_number_is_the_weight_of_all_rows():
    assert checked_sample_weight(2, X).tolist() == [2.0] * 6


def test_weights_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match=r"shape \(6,\)\. Received: shape \(2,\)"):
        checked_sample_weight([1, 2], X)
    with pytest.raises(ValueError, match=r"Received: shape \(6, 1\)"):
        checked_sample_weight(np.ones((6, 1)), X)
    with pytest.raises(ValueError, match="not be negative. Received: -2 at row 1"):
        checked_sample_weight([1, -2, 1, 1, 1, 1], X)
    with pytest.raises(ValueError, match="Received: 6 weights, all zero"):
        checked_sample_weight(np.zeros(6), X)
    with pytest.raises(ValueError, match="sample_weight contains NaN"):
        checked_sample_weight([1, np.nan, 1, 1, 1, 1], X)


def test_balanced_is_scikit_learns():
    expected = compute_sample_weight("balanced", LABELS)
    found = class_weight_of_rows("balanced", CLASSES, LABELS, None)
    np.testing.assert_allclose(found, expected)


def test_balanced_counts_a_row_of_weight_two_twice():
    weights = np.array([1.0, 2.0, 1.0, 3.0, 1.0, 1.0])
    found = class_weight_of_rows("balanced", CLASSES, LABELS, weights)
    again = LABELS.repeat(weights.astype(int))
    expected = class_weight_of_rows("balanced", CLASSES, again, None)
    np.testing.assert_allclose(found.repeat(weights.astype(int)), expected)


def test_a_dict_weighs_classes_and_leaves_the_others_at_one():
    found = class_weight_of_rows({"b": 3, "d": 9}, CLASSES, LABELS, None)
    assert found.tolist() == [1, 3, 1, 1, 1, 3]


def test_class_weights_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="names the class 'e', which is not in `y`"):
        class_weight_of_rows({"e": 1}, CLASSES, LABELS, None)
    with pytest.raises(ValueError, match="Received: -1 for class 'a'"):
        class_weight_of_rows({"a": -1}, CLASSES, LABELS, None)
    with pytest.raises(ValueError, match="Received: nan for class 'a'"):
        class_weight_of_rows({"a": float("nan")}, CLASSES, LABELS, None)
    with pytest.raises(ValueError, match="Received: class_weight='balance'"):
        class_weight_of_rows("balance", CLASSES, LABELS, None)
    with pytest.raises(TypeError, match="of type float"):
        class_weight_of_rows(2.0, CLASSES, LABELS, None)


def test_balanced_for_several_labels_is_scikit_learns():
    labels = np.array([[0, 1], [0, 0], [1, 1], [0, 1]])
    np.testing.assert_allclose(
        class_weight_of_labels("balanced", labels),
        compute_sample_weight("balanced", labels),
    )


def test_a_dict_for_several_labels_is_refused():
    with pytest.raises(ValueError, match="Give `sample_weight` instead"):
        class_weight_of_labels({0: 1}, np.array([[0, 1]]))
