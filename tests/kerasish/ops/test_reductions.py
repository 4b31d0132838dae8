"""Reductions: ties, empty tensors, conventions at the edges."""

import math

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, KerasTensor
from kerasish.core.errors import ArgumentError


def gradient(function, values):
    x = ops.convert_to_tensor(values)
    with GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).tolist()


def test_ties_share_the_gradient():
    assert gradient(ops.max, [2.0, 1.0, 2.0]) == [0.5, 0, 0.5]
    assert gradient(ops.min, [2.0, 1.0, 1.0]) == [0, 0.5, 0.5]


def test_the_spread_of_a_constant_has_gradient_zero():
    assert gradient(ops.std, [3.0, 3.0, 3.0]) == [0, 0, 0]
    assert ops.std([1e30, 1e30]).item() == 0
    assert math.isnan(ops.std([1.0, math.nan]).item())


def test_logsumexp_at_the_edges():
    assert ops.logsumexp([1e30, 1e30]).item() == pytest.approx(1e30)
    assert ops.logsumexp([-math.inf, -math.inf]).item() == -math.inf
    assert gradient(ops.logsumexp, [-math.inf, -math.inf]) == [0, 0]
    assert gradient(ops.logsumexp, [-math.inf, 0.0]) == [0, 1]
    assert ops.logsumexp([math.inf, 0.0]).item() == math.inf
    assert math.isnan(ops.logsumexp([math.nan, 0.0]).item())


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "var", "std"])
def test_nan_in_nan_out(name):
    assert math.isnan(getattr(ops, name)([1.0, math.nan]).item())


def test_nothing_to_reduce():
    empty = ops.zeros((0, 2))
    assert ops.sum(empty, axis=0).tolist() == [0, 0]
    assert ops.prod(empty, axis=0).tolist() == [1, 1]
    assert np.isnan(ops.mean(empty, axis=0).numpy()).all()
    assert ops.sum(empty, axis=1).shape == (0,)
    for name in ("max", "min", "amax", "amin"):
        with pytest.raises(
            ArgumentError, match="of no elements needs `initial`. Receiv"
        ):
            getattr(ops, name)(empty, axis=0)
    assert ops.max(empty, axis=0, initial=3.0).tolist() == [3, 3]
    assert ops.min(empty, axis=0, initial=3.0).tolist() == [3, 3]
    assert ops.max(empty, axis=1).shape == (0,)
    for name in ("argmax", "argmin"):
        with pytest.raises(ValueError, match="empty"):
            getattr(ops, name)(empty, axis=0)


def test_initial_bounds_the_result():
    assert ops.max([1, 2], initial=5).item() == 5
    assert ops.min([1, 2], initial=0).item() == 0
    assert ops.max([False, False], initial=True).dtype == "bool"


def test_positions():
    assert ops.argmax([[1, 5], [7, 2]]).item() == 2
    assert ops.argmax([3, 3]).item() == 0
    assert ops.argmin([True, False]).item() == 1
    assert ops.argmax([1.0, math.nan, 3.0]).item() == 1
    assert ops.argmax(ops.ones((2, 3)), keepdims=True).shape == (1, 1)
    assert ops.argmax(KerasTensor((None, 3)), axis=1, keepdims=True).shape == (None, 1)


def test_axes_that_do_not_exist():
    with pytest.raises(ArgumentError, match="`axis` must be from -1 to 0 .* axis=1"):
        ops.sum([1.0, 2.0], axis=1)
    with pytest.raises(ArgumentError, match="`axis` must be from -1 to 0 .* axis=1"):
        ops.mean(KerasTensor((None,)), axis=1)


def test_averages():
    assert ops.average([1.0, 3.0], weights=[3.0, 1.0]).item() == 1.5
    assert ops.average([1, 2]).item() == 1.5
    assert math.isnan(ops.average([1.0], weights=[0.0]).item())


def test_counts():
    assert ops.count_nonzero([[0, 2], [3, 0]], axis=0).tolist() == [1, 1]
    assert ops.count_nonzero([math.nan, 0.0]).item() == 1


def test_half_precision_means_do_not_overflow():
    assert ops.mean(np.full(100, 6e4, "float16")).item() == np.float16(6e4)
