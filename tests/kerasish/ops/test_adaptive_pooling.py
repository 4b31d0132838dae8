"""Adaptive pooling beyond its samples."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ShapeError

X = np.arange(12.0).reshape(1, 4, 3)


def test_the_mean_of_integers_is_a_float():
    y = ops.adaptive_average_pool(X.astype("int32"), 1)
    assert (y.dtype, np.asarray(y).tolist()) == ("float32", [[[4.5, 5.5, 6.5]]])


@pytest.mark.parametrize("pool", ["adaptive_average_pool", "adaptive_max_pool"])
def test_unknown_sizes_become_the_given_one(pool):
    x = KerasTensor((None, None, None, 3))
    assert getattr(ops, pool)(x, (2, 4)).shape == (None, 2, 4, 3)


@pytest.mark.parametrize("size", [0, (1, 2), (None,), 1.5])
def test_wrong_sizes_are_named(size):
    with pytest.raises(ArgumentError, match="`output_size` must be a positive integer"):
        ops.adaptive_max_pool(X, size)


def test_vectors_are_refused():
    with pytest.raises(ShapeError, match="at least 3 axes"):
        ops.adaptive_average_pool(X[0], 1)
