"""Steps of cells, whose sequences test_recurrent.py and the samples compare."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.ops.cell_steps import dropped, gru_step, lstm_step

RNG = np.random.default_rng(0)
H, C, DROP = (RNG.normal(size=(3, 2)) for _ in range(3))
HOW = (ops.tanh, ops.sigmoid)


def gate(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("drop", [None, DROP])
def test_a_step_of_an_lstm(drop):
    z, u = RNG.normal(size=(3, 8)), RNG.normal(size=(2, 8))
    seen = H if drop is None else H * drop
    i, f, g, o = np.split(z + seen @ u, 4, axis=1)
    c = gate(f) * C + gate(i) * np.tanh(g)
    found = lstm_step(ops.convert_to_tensor(u), drop, *HOW)(z, H, C)
    for y, e in zip(found, (gate(o) * np.tanh(c), c), strict=True):
        np.testing.assert_allclose(y, e, rtol=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_step_of_a_gru(reset_after):
    xs, u, inner = (RNG.normal(size=s) for s in ((3, 6), (2, 6), (6,)))
    inner = inner if reset_after else 0 * inner
    (xz, xr, xh), (uz, ur, uh) = np.split(xs, 3, 1), np.split(u, 3, 1)
    z, r = gate(xz + H @ uz + inner[:2]), gate(xr + H @ ur + inner[2:4])
    new = r * (H @ uh + inner[4:]) if reset_after else (r * H) @ uh
    expected = z * H + (1 - z) * np.tanh(xh + new)
    step = gru_step(ops.convert_to_tensor(u), inner, None, *HOW, reset_after)
    np.testing.assert_allclose(step(xs, H)[0], expected, rtol=1e-12)


def test_a_state_without_dropout_is_itself():
    assert dropped(H, None) is H
    np.testing.assert_array_equal(dropped(H, DROP), H * DROP)
