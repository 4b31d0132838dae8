"""Copies between any orders of axes, and forms that take arrays in one order only."""

from itertools import permutations

import numpy as np
import pytest

from kerasish.backends.cuda import modules
from kerasish.backends.cuda.moving import bind_move, in_order
from tests.backends.cuda import emulation


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


@emulation.needs_compiler
@pytest.mark.parametrize("dtype", ["float16", "float32", "bool"])
def test_axes_in_any_order(emulated, dtype):
    steps = []
    for axes in permutations(range(4)):
        x = np.random.default_rng(0).integers(0, 9, (2, 3, 5, 8)).astype(dtype)
        turned = emulation.array(x).transpose(axes)
        to = emulation.empty(turned.shape, dtype)
        steps.append((bind_move(to, turned), to, turned))
        back = emulation.empty(x.shape, dtype)
        given = emulation.array(np.ascontiguousarray(turned))
        steps.append((bind_move(back.transpose(axes), given), back, x))
    for step, found, expected in steps:
        step()
        np.testing.assert_array_equal(found, expected)
    assert len(modules._known) > 20


def test_what_only_cupy_copies(emulated):
    x = emulation.array(np.arange(24.0)).reshape(4, 6)
    for source in (x[:, ::2], x[::-1], x.astype("F").T, x.astype("f").T):
        to = emulation.empty(source.shape, "F" if source.dtype.kind == "c" else "d")
        bind_move(to, source)()
        np.testing.assert_array_equal(to, source)
    assert not modules._known


def doubling(x, y, out):
    assert x.flags.c_contiguous and out.flags.c_contiguous
    if y is not None:
        return None
    return lambda: np.multiply(x, 2, out)


@emulation.needs_compiler
def test_arrays_that_lie_otherwise_are_copied(emulated):
    x, out = (
        emulation.array(np.arange(6.0)).reshape(2, 3).T,
        emulation.empty((2, 3), "d"),
    )
    step = in_order(doubling)(x, None, out.T)
    x += 1
    step()
    assert out.tolist() == [[2, 4, 6], [8, 10, 12]]


def test_a_form_may_refuse(emulated):
    x = emulation.array(np.arange(6.0)).reshape(2, 3)
    assert in_order(doubling)(x.T, x, x.T) is None
    assert in_order(doubling)(x[:0], None, x) is None
