"""Heads that share keys, and hidden sources, against loops; when there are tiles."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.backends.base import attention as kernels
from kerasish.ops import heads
from kerasish.ops.heads import attend, attention_weights, weighted_values
from kerasish.ops.sight import Sight
from tests.kerasish.ops.samples.attention import attention

RNG = np.random.default_rng(0)
Q, K, V = (RNG.normal(size=s) for s in ((2, 5, 4, 3), (2, 6, 2, 3), (2, 6, 2, 2)))
TARGETS = np.array([[1, 1, 0, 1, 1], [0, 1, 1, 1, 0]], bool)
MASK = RNG.integers(0, 2, (2, 1, 1, 6)).astype(bool)
TARGET, SOURCE = np.ogrid[:5, :6]
SIGHTS = {
    "all": Sight(),
    "causal": Sight(causal=True),
    "window": Sight(window=2),
    "causal window": Sight(causal=True, window=3),
    "targets": Sight(targets=TARGETS),
    "both": Sight(MASK, TARGETS),
    "everything": Sight(MASK, TARGETS, True, 3),
    "nothing": Sight(np.zeros((1, 1), "int32")),
}


def expected_sight(sight):
    seen = np.ones((2, 4, 5, 6), bool)
    if sight.mask is not None:
        seen &= np.asarray(sight.mask, bool)
    if sight.targets is not None:
        seen &= TARGETS[:, None, :, None]
    if sight.causal:
        seen &= SOURCE <= TARGET
    if sight.window is not None:
        seen &= abs(TARGET - SOURCE) < sight.window
    return seen


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS)
def test_values_are_those_of_a_loop(sight, zeros, monkeypatch):
    monkeypatch.setattr(kernels, "TILE", 2)
    seen = expected_sight(sight)
    expected = attention(Q, K, V, mask=seen, scale=1.0)
    if zeros:
        expected = expected * seen.any(-1).transpose(0, 2, 1)[..., None]
    given = [ops.convert_to_tensor(x) for x in (Q, K, V)]
    for tiled in (True, False, None):
        y = attend(*given, sight, zeros=zeros, tiled=tiled)
        np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-14)
    weights = attention_weights(*given[:2], sight, zeros=zeros)
    np.testing.assert_allclose(weighted_values(weights, given[2]), expected, 1e-12)
    assert not np.any(np.asarray(weights)[~seen & seen.any(-1, keepdims=True)])


def test_tiles_are_for_what_is_large(monkeypatch):
    calls = []
    monkeypatch.setattr(heads, "tiled_attention", lambda *a: calls.append(a) or a[:2])
    given = [ops.convert_to_tensor(x) for x in (Q, K, V)]
    for large, long in ((239, 30), (239, 29), (240, 29)):
        monkeypatch.setattr(heads, "LARGE", large)
        monkeypatch.setattr(heads, "LONG", long)
        attend(*given, Sight())
        assert len(calls) == (long == 29 and large == 239)
        calls.clear()
