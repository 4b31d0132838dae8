"""Attention in tiles: as many as there are give what a single one gives."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.base import attention
from kerasish.backends.testing_cases import _attention, _attention_vjp
from tests.backends.strict import StrictBackend

RNG = np.random.default_rng(0)
Q, K, V = (RNG.normal(size=(2, 3, n, d)) for n, d in ((7, 4), (9, 4), (9, 2)))
G, OF_SUMS = RNG.normal(size=(2, 3, 7, 2)), RNG.normal(size=(2, 3, 7, 1))
MASK = RNG.integers(0, 2, (2, 1, 7, 9)).astype(bool)
MASK[1, 0, 3] = False
RULES = {
    "plain": (None, None, False, None, None),
    "causal": (None, None, True, None, None),
    "window": (None, None, False, 2, None),
    "mask": (None, MASK, True, None, None),
    "keys": (None, MASK[:, :, :1], False, 3, None),
    "bias": (RNG.normal(size=(3, 1, 9)), None, False, None, None),
    "all": (RNG.normal(size=(1, 3, 7, 9)), MASK, True, 4, 1.5),
}


@pytest.fixture(params=[(2, 4), (3, 9), (4, 10**6), (512, 1)], ids=str)
def small(request, monkeypatch):
    """Sets the size of tiles and of blocks."""
    monkeypatch.setattr(attention, "TILE", request.param[0])
    monkeypatch.setattr(attention, "BLOCK", request.param[1])


@pytest.mark.parametrize("backend", [get_backend("numpy"), StrictBackend()], ids=repr)
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_tiles_are_put_together(backend, rules, small):
    given = [x if not hasattr(x, "shape") else backend.from_numpy(x) for x in rules]
    q, k, v, *g = (backend.from_numpy(x) for x in (Q, K, V, G, OF_SUMS))
    y, sums = backend.attention(q, k, v, *given)
    expected = _attention(Q, K, V, *rules)
    for found, wanted in zip((y, sums), expected, strict=True):
        np.testing.assert_allclose(backend.to_numpy(found), wanted, 1e-12, 1e-12)
    grads = backend.attention_vjp(*g, q, k, v, y, sums, *given)
    wanted = _attention_vjp(G, OF_SUMS, Q, K, V, *expected, *rules)
    assert len(grads) == (3 if rules[0] is None else 4)
    for found, x in zip(grads, (*wanted[:3], rules[0]), strict=False):
        assert found.shape == x.shape
    for found, x in zip(grads[:3], wanted, strict=False):
        np.testing.assert_allclose(backend.to_numpy(found), x, 1e-10, 1e-12)
    if rules[0] is not None:
        weights = np.zeros((2, 3, 7, 9))
        for n in np.ndindex(2, 3):  # without sums over axes
            one = tuple(
                x[n[0] : n[0] + 1, n[1] : n[1] + 1] for x in (G, OF_SUMS, Q, K, V)
            )
            parts = (x[n[0] : n[0] + 1, n[1] : n[1] + 1] for x in expected)
            wide = np.broadcast_to(rules[0], (2, 3, 7, 9))[n]
            mask = rules[1] if rules[1] is None else rules[1][n[0], 0]
            weights[n] = _attention_vjp(*one, *parts, wide, mask, *rules[2:])[3][0]
        wide = rules[0].shape
        axes = tuple(
            axis
            for axis, n in enumerate((1,) * (4 - len(wide)) + wide)
            if n == 1 and weights.shape[axis] > 1
        )
        summed = weights.sum(axes).reshape(wide)
        np.testing.assert_allclose(backend.to_numpy(grads[3]), summed, 1e-10, 1e-12)


def test_scores_far_out_stay_finite():
    y, sums = get_backend("numpy").attention(
        Q * 1e4, K * 1e4, V, None, None, False, None, None
    )
    assert np.isfinite(y).all() and np.isfinite(sums).all()


def test_nan_is_passed_on():
    q = Q.copy()
    q[0, 0, 0, 0] = np.nan
    y, _ = get_backend("numpy").attention(q, K, V, *RULES["causal"])
    assert np.isnan(y[0, 0, 0]).all() and np.isfinite(y[0, 0, 1:]).all()


def test_no_source_and_no_target_are_lengths_too():
    numpy = get_backend("numpy")
    y, sums = numpy.attention(Q, K[:, :, :0], V[:, :, :0], *RULES["plain"])
    assert not y.any() and np.isinf(sums).all()
    y, _ = numpy.attention(Q[:, :, :0], K, V, *RULES["causal"])
    assert y.shape == (2, 3, 0, 2)
