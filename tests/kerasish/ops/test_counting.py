"""Counting into bins: wrong input, edges."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda: ops.bincount([-1, 2]),
            ArgumentError,
            "counts integers from 0. .*: -1",
        ),
        (
            lambda: ops.bincount([1.5]),
            DtypeError,
            "counts integers. Received: dtype=fl",
        ),
        (lambda: ops.bincount(1), ShapeError, "one or two axes. Received: shape="),
        (
            lambda: ops.bincount([1], [1.0, 2.0]),
            ShapeError,
            r"\(1,\). Received: \(2,\)",
        ),
        (lambda: ops.bincount([1], sparse=True), ArgumentTypeError, "is dense here"),
        (
            lambda: ops.digitize([1.0], 2.0),
            ShapeError,
            "`bins` of `digitize` must be f",
        ),
        (lambda: ops.digitize(KerasTensor((2,)), 2.0), ShapeError, "must be flat. Rec"),
        (lambda: ops.histogram([[1.0]]), ShapeError, "must be flat. Received: shape"),
        (lambda: ops.histogram([1.0], bins=0), ArgumentError, "positive integer. .*=0"),
        (
            lambda: ops.histogram([1.0], range=(2, 1)),
            ArgumentError,
            "increasing numbers",
        ),
    ],
)
def test_wrong_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_rows_are_counted_apart():
    made = ops.bincount([[1, 2], [0, 0]], weights=[[0.5, 1.0], [2.0, 3.0]])
    assert made.tolist() == [[0, 0.5, 1], [5, 0, 0]]
    assert ops.bincount(KerasTensor((None, 3), "int32")).shape == (None, None)
    weights = KerasTensor((None, 3))
    assert ops.bincount(KerasTensor((None, 3), "int32"), weights).shape == (None, None)


def test_nothing_to_count():
    assert ops.bincount(np.zeros(0, "int32"), minlength=2).tolist() == [0, 0]
    counts, edges = ops.histogram(np.zeros(0), bins=2)
    assert (counts.tolist(), edges.tolist()) == ([0, 0], [0, 0.5, 1])
    counts, edges = ops.histogram([3.0, 3.0], bins=2)
    assert (counts.tolist(), edges.tolist()) == ([0, 2], [2.5, 3, 3.5])


def test_symbolic_histograms():
    counts, edges = ops.histogram(KerasTensor((None,)), bins=4)
    assert (counts.shape, edges.shape) == ((4,), (5,))


def test_integers_are_counted_exactly():
    assert ops.bincount([True, False, True]).tolist() == [1, 2]
    assert ops.bincount(np.array([3, 3], "int64")).tolist() == [0, 0, 0, 2]
