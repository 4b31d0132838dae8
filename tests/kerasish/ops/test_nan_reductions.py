"""Reductions that leave nan out: slices of nothing else."""

import math

import numpy as np

from kerasish import ops
from kerasish.autodiff import GradientTape

NAN = float("nan")


def test_slices_of_nan_only():
    x = [[NAN, NAN], [1.0, NAN]]
    assert ops.nansum(x, axis=1).tolist() == [0, 1]
    assert ops.nanprod(x, axis=1).tolist() == [1, 1]
    for name in ("nanmax", "nanmin", "nanmean", "nanstd", "nanvar", "nanmedian"):
        found = getattr(ops, name)(x, axis=1).tolist()
        assert math.isnan(found[0]), name
        assert found[1] == (0 if name in ("nanstd", "nanvar") else 1)
    assert ops.nanargmax(x, axis=1).tolist() == [-1, 0]
    assert ops.nanargmin(x, axis=1).tolist() == [-1, 0]


def test_integers_pass():
    x = np.array([[1, 5], [3, 4]])
    assert ops.nanmax(x).item() == 5
    assert ops.nanargmin(x, axis=0).tolist() == [0, 1]
    assert ops.nanmean(x).item() == 3.25
    assert ops.nanvar(x, axis=0).tolist() == [1, 0.25]
    assert ops.nan_to_num(x).tolist() == x.tolist()


def test_gradients_of_nan_are_zero():
    x = ops.convert_to_tensor([1.0, NAN, 3.0])
    for function in (ops.nansum, ops.nanmean, ops.nanvar, ops.nanstd, ops.nanmax):
        with GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        g = tape.gradient(y, x).tolist()
        assert g[1] == 0
        assert all(map(math.isfinite, g))


def test_infinities_become_the_largest_numbers():
    found = ops.nan_to_num(np.array([np.inf, -np.inf, NAN], "float16"))
    assert found.tolist() == [65504, -65504, 0]
