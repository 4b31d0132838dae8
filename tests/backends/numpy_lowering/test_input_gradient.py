"""Gradients of images are sums over all windows that hold a position."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import input_gradient
from kerasish.backends.numpy_lowering.input_gradient import bind_input_gradient
from tests.backends.numpy_lowering.lowered import numbers


def reference(g, w, shape, stride, before, dilation):
    """Adds products where they belong, position by position, in one dimension."""
    made = np.zeros(shape)
    for j in range(g.shape[1]):
        for k in range(len(w)):
            place = stride * j + dilation * k - before
            if 0 <= place < shape[1]:
                made[:, place] += g[:, j] @ w[k].T
    return made


@pytest.mark.parametrize("before", [0, 1, 3])
@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_all_phases(k, stride, dilation, before, after):
    n = 8
    m = (n + before + after - dilation * (k - 1) - 1) // stride + 1
    g, w = numbers("g", 3, m, 4, dtype="f8"), numbers("w", k, 5, 4, dtype="f8")
    out = np.full((3, n, 5), 7.0)
    step = bind_input_gradient(
        *(g, w, out, out.shape),
        *((stride,), ((before, after),), (dilation,), 1),
    )
    step()
    expected = reference(g, w, out.shape, stride, before, dilation)
    np.testing.assert_allclose(out, expected, 1e-12, 1e-12)


def test_what_cannot_be_gathered_is_added():
    rows = (8, 4, 2, 1, 1, 3), (8, 4, 2, 2, 2, 0), (8, 1, 1, 2, 1, 1)
    assert [input_gradient._axis(*row) for row in rows[:2]] == [None, None]
    assert input_gradient._axis(8, 5, 1, 2, 1, 1) is None
    assert input_gradient._axis(8, 4, 3, 2, 1, 0).padding == (1, 0)
