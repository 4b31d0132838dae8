"""Quantiles: wrong arguments, nan, infinities."""

import math

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ShapeError


def test_wrong_arguments():
    with pytest.raises(
        ArgumentError, match="`method` must be one of linear, .*'cubic'"
    ):
        ops.quantile([1.0], 0.5, method="cubic")
    with pytest.raises(
        ArgumentError, match=r"from 0 to 1 \(0 to 100 .*Received: q=1.5"
    ):
        ops.quantile([1.0], 1.5)
    with pytest.raises(ArgumentError, match="from 0 to 1"):
        ops.percentile([1.0], 101)
    with pytest.raises(
        ShapeError, match=r"`q` must be a number or flat. Received: .*\(1"
    ):
        ops.quantile([1.0], [[0.5]])


def test_nan_spoils_what_does_not_leave_it_out():
    x = [[1.0, math.nan], [2.0, 3.0]]
    assert np.isnan(ops.median(x, axis=1).tolist()).tolist() == [True, False]
    assert math.isnan(ops.quantile(x, 0.0).item())


def test_infinities():
    assert ops.quantile([1.0, math.inf], 0.0).item() == 1
    assert ops.median([1.0, 2.0, math.inf]).item() == 2


def test_shares_as_tensors():
    q = ops.convert_to_tensor([0.25, 0.75])
    assert ops.quantile(np.arange(5.0), q).tolist() == [1, 3]
    assert ops.percentile(np.arange(5.0), q * 100).tolist() == [1, 3]


def test_unknown_sizes():
    x = KerasTensor((None, 3, None))
    assert ops.quantile(x, [0.1, 0.2], axis=1).shape == (2, None, None)
    assert ops.median(x, axis=1, keepdims=True).shape == (None, 1, None)
    assert ops.median(KerasTensor((None, 3)), axis=0).shape == (3,)
    assert ops.nanmedian(KerasTensor((None, 3)), axis=1).shape == (None,)


def test_range_of_values():
    assert ops.ptp([[1, 5], [2, 2]], axis=1).tolist() == [4, 0]
