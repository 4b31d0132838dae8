"""Choosing by a condition."""

import pytest

from kerasish import ops
from kerasish.core.errors import ArgumentError


def test_indices_where_it_holds():
    found = ops.where([[1, 0], [0, 2]])
    assert [index.tolist() for index in found] == [[0, 1], [0, 1]]


def test_both_or_neither():
    with pytest.raises(ArgumentError, match="takes both `x1` and `x2`, or neither"):
        ops.where([True], 1)


def test_dtypes():
    assert ops.where([True], 1, 2).dtype == "int32"
    assert ops.where([True], 1, 2.5).dtype == "float32"
    assert ops.where([1.0, 0.0], ops.ones(2, "float16"), 2).tolist() == [1, 2]
