"""Derivatives along a direction, against differences."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ArgumentError


def test_jvp_agrees_with_differences(rng):
    x, w = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    dx, dw = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))

    def function(x, w):
        return {"a": ops.tanh(ops.matmul(x, w)), "b": ops.sum(x)}

    y, dy = ops.jvp(function, [x, w], [dx, dw])
    h = 1e-6
    for key in ("a", "b"):
        above = function(x + h * dx, w + h * dw)[key].numpy()
        below = function(x - h * dx, w - h * dw)[key].numpy()
        np.testing.assert_allclose(dy[key], (above - below) / (2 * h), rtol=1e-7)
    np.testing.assert_allclose(y["b"], x.sum())


def test_jvp_carries_the_other_result_along():
    x = ops.convert_to_tensor(2.0)
    y, dy, other = ops.jvp(lambda x: (x**2, "seen"), [x], [3.0], has_aux=True)
    assert (float(y), float(dy), other) == (4.0, 12.0, "seen")


def test_tangents_must_fit():
    with pytest.raises(ArgumentError, match="1 primals, 0 tangents"):
        ops.jvp(lambda x: x, [1.0], [])
    with pytest.raises(ArgumentError, match=r"\(3,\) for \(2,\)"):
        ops.jvp(lambda x: x, [np.ones(2)], [np.ones(3)])
