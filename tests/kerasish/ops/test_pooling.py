"""Pooling of integers and booleans."""

import numpy as np

from kerasish import ops


def test_the_largest_of_booleans_is_whether_any_is_true():
    x = ops.convert_to_tensor([[[False], [True], [False], [False]]])
    y = ops.max_pool(x, 2)
    assert y.dtype == "bool" and y.numpy().tolist() == [[[True], [False]]]


def test_the_largest_of_integers_beside_padding():
    x = np.full((1, 3, 1), -(2**40), "int64")
    y = ops.max_pool(x, 2, 2, "same")
    assert y.dtype == "int64" and (y.numpy() == -(2**40)).all()
