"""Ranges, grids and powers: wrong arguments, symbolic sizes."""

import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ShapeError


def test_wrong_arguments():
    with pytest.raises(ArgumentError, match="'xy' or 'ij'. Received: indexing='zz'"):
        ops.meshgrid([1], [2], indexing="zz")
    with pytest.raises(
        ShapeError, match=r"flat tensors. Received shapes: \(1, 1\), \(1"
    ):
        ops.meshgrid([[1]], [2])
    with pytest.raises(ShapeError, match="`x` of `vander` must be flat"):
        ops.vander([[1.0]])
    with pytest.raises(ShapeError, match="of unknown size needs `N`"):
        ops.vander(KerasTensor((None,)))


def test_grids():
    assert ops.meshgrid() == []
    assert ops.meshgrid(1, [2, 3])[0].tolist() == [[1], [1]]
    a, b = ops.meshgrid(KerasTensor((None,)), KerasTensor((3,)))
    assert a.shape == b.shape == (3, None)


def test_dtypes():
    assert ops.logspace(0, 2, 3, dtype="int32").tolist() == [1, 10, 100]
    assert ops.geomspace(1, 100, 3, dtype="float64").dtype == "float64"
    assert ops.tri(2, dtype="bool").tolist() == [[True, False], [True, True]]
    assert ops.vander(KerasTensor((None,)), 3).shape == (None, 3)
