"""Targets against losses."""

import warnings

import ml_dtypes
import numpy as np
import pytest

from kerasish.core.errors import DataWarning
from kerasish.data import check_labels

SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"
CATEGORICAL = "categorical_crossentropy"


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int64", "float32", "bool", ml_dtypes.bfloat16]
)
@pytest.mark.parametrize("shape", [(4,), (4, 1), (2, 2)])
def test_sparse_labels_of_any_dtype_and_shape(dtype, shape):
    check_labels(SPARSE, np.array([0, 1, 1, 0]).astype(dtype).reshape(shape), 2)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 7], "at most 2, as there are 3 classes. Received: label 7 at row 11"),
        ([0, -1], "must be at least 0 and at most 2.*label -1 at row 11"),
        ([0.5, 1], "must be whole numbers, one for each sample.*label 0.5 at row 10"),
        ([1, np.nan], "whole numbers.*label nan at row 11"),
        ([np.inf, 1], "label inf at row 10"),
        ([1, 2**32 + 1], "Received: label 4294967297 at row 11"),
        ([[0, 0], [2, 3]], "label 3 at row 11"),
    ],
)
def test_sparse_labels_out_of_range(y, message):
    with pytest.raises(ValueError, match=f"^In `y`, sparse labels .*{message}"):
        check_labels(SPARSE, np.array(y), 3, first_row=10)


def test_rows_of_a_shuffled_batch_are_those_of_the_data():
    rows = np.array([40, 5, 17])
    with pytest.raises(ValueError, match="label 7 at row 5"):
        check_labels(SPARSE, np.array([0, 7, 1]), 3, first_row=rows)
    weights = np.array([0, 1, 1])
    with pytest.raises(ValueError, match="label 9 at row 17"):
        check_labels(SPARSE, np.array([7, 1, 9]), 3, rows, sample_weight=weights)


def test_sparse_labels_without_a_number_of_classes():
    check_labels(SPARSE, np.array([0, 99]))
    with pytest.raises(ValueError, match="must be at least 0. Received: label -3"):
        check_labels(SPARSE, np.array([0, -3]))


def test_a_class_that_the_loss_ignores():
    check_labels(SPARSE, np.array([0, -1, 255]), 256, ignore_class=-1)
    with pytest.raises(ValueError, match="In `z`.*label -2 at row 1"):
        check_labels(SPARSE, np.array([-1, -2]), 3, ignore_class=-1, name="z")


def test_one_hot_targets_of_a_sparse_loss():
    y = np.eye(3)
    message = r"shape \(3, 3\) for predictions of 3 classes.*'categorical_crossentropy'"
    with pytest.raises(ValueError, match=message):
        check_labels(SPARSE, y, pred_shape=(3, 3))
    check_labels(SPARSE, np.array([0, 2]), pred_shape=(None, 3))
    check_labels(SPARSE, np.array([[0], [0]]), pred_shape=(2, 1))
    with pytest.raises(ValueError, match="label 3 at row 1"):
        check_labels(SPARSE, np.array([0, 3]), pred_shape=(2, 3))


def test_samples_of_weight_zero_may_hold_anything():
    y = np.array([-1, 0, 9, 1])
    check_labels(SPARSE, y, 2, sample_weight=np.array([0, 1, 0, 1]))
    check_labels(SPARSE, y, 2, sample_weight=np.zeros((4, 1)))
    with pytest.raises(ValueError, match="label 9 at row 2"):
        check_labels(SPARSE, y, 2, sample_weight=np.array([0, 1, 1, 1]))
    with pytest.raises(ValueError, match="label -1 at row 0"):
        check_labels(SPARSE, y, 2, sample_weight=np.ones(4))
    with pytest.raises(ValueError, match="label -1 at row 0"):
        check_labels(SPARSE, y, 2, sample_weight=np.ones(3))


def test_steps_of_weight_zero_may_hold_anything():
    y = np.array([[0, -1], [1, 9]])
    check_labels(SPARSE, y, 2, sample_weight=np.array([[1, 0], [1, 0]]))
    assert y.tolist() == [[0, -1], [1, 9]]
    with pytest.raises(ValueError, match="label 9 at row 1"):
        check_labels(SPARSE, y, 2, sample_weight=np.array([[1, 0], [1, 1]]))
    check_labels(SPARSE, y, 2, sample_weight=np.zeros((2, 2)))


@pytest.mark.parametrize(
    "y", [[0, 1], [0.0, 0.3], [True, False], [np.nan, 1], [[1, 0], [0, 1]], []]
)
def test_binary_targets(y):
    check_labels(BINARY, np.array(y))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            [1, -1, 1],
            r"label -1 at row 1. The labels look like -1 and \+1: use `\(y \+",
        ),
        ([0, 1, 2], "label 2 at row 2. The labels look like class numbers: use 'spars"),
        ([0.5, 1.5], "must be from 0 to 1. Received: label 1.5 at row 1$"),
        ([0.5, -0.5], "label -0.5 at row 1$"),
        ([np.nan, 3.5], "label 3.5 at row 1$"),
    ],
)
def test_binary_targets_out_of_range(y, message):
    with pytest.raises(
        ValueError, match=f"targets of binary cross-entropy .*{message}"
    ):
        check_labels(BINARY, np.array(y))


@pytest.mark.parametrize(
    "y",
    [
        np.eye(3),
        np.full((2, 4), 0.25, "float16"),
        np.eye(3, dtype=bool),
        np.zeros((2, 3, 4)),
        np.array([0, 1]),
        np.array([[np.nan, 1.0]]),
    ],
)
def test_categorical_targets(y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_labels(CATEGORICAL, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([[1, 0], [1, 1.0]], r"worst is row 1: \[1. 1.\], with sum 2$"),
        ([[1, 0], [0, 0], [0, 1]], "worst is row 1: .0 0., with sum 0"),
        ([[0.5, 0.4], [0.2, 0.2]], "row 1: .0.2 0.2., with sum 0.4"),
        ([[2.0, -1.0]], "should not be negative .*row 0"),
        ([[[1, 0], [1, 2]]], "row 0: .1 2., with sum 3"),
    ],
)
def test_rows_that_are_no_distribution_are_warned_of(y, message):
    with pytest.warns(DataWarning, match=f"Rows of `y` for categorical.*{message}"):
        check_labels(CATEGORICAL, np.array(y))


def test_rows_of_weight_zero_are_not_warned_of():
    y = np.array([[0, 0], [1, 0], [5, 5]])
    with pytest.warns(DataWarning, match="row 12: .5 5."):
        check_labels(CATEGORICAL, y, first_row=10, sample_weight=np.array([0, 1, 1]))
    check_labels(CATEGORICAL, y, sample_weight=np.array([0, 1, 0]))


def test_a_kind_that_does_not_exist():
    with pytest.raises(
        ValueError, match="Unknown kind of loss: 'binary_cross'.*Did you"
    ):
        check_labels("binary_cross", np.ones(1))
