"""Attention agrees with the base's kernels, whoever sees whom, forward and back."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cuda import cublaslt
from kerasish.backends.cuda.attention import ATTENTION
from tests.backends.cuda import emulation, fake_cublaslt

pytestmark = emulation.needs_compiler
Q, K, V = (2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 8)
RNG = np.random.default_rng(0)
MASK = RNG.random((2, 1, 5, 6)) < 0.7
MASK[1, 0, 2] = False  # a target that sees nothing
PLAIN = {"causal": False, "window": None, "cap": None}
CASES = {
    "plain": (None, None, PLAIN),
    "causal": (None, None, {**PLAIN, "causal": True}),
    "near": (None, None, {**PLAIN, "window": 2}),
    "masked": (None, MASK, PLAIN),
    "masked alike": (None, MASK[0, 0, :1], {**PLAIN, "causal": True}),
    "biased": ((2, 1, 5, 6), None, PLAIN),
    "biased fully": ((2, 3, 5, 6), None, PLAIN),
    "biased and capped": ((3, 1, 6), MASK, {**PLAIN, "cap": 2.0}),
}


@pytest.fixture
def emulated(monkeypatch):
    emulation.install(monkeypatch)
    held = cublaslt.Library(fake_cublaslt.Calls())
    monkeypatch.setattr(cublaslt, "library", lambda: held)


def check(name, array, empty, attention=ATTENTION, run=lambda step: step()):
    """Compares a case, on a device, with the base's kernels."""
    bias, mask, rules = CASES[name]
    shapes = (Q, K, V) if bias is None else (Q, K, V, bias)
    parts = [RNG.normal(size=s).astype("float32") for s in shapes]
    base, host = get_backend("numpy"), (*parts, None)[:4]
    expected, logs = base.attention(*host, mask, *rules.values())
    packed = array(np.concatenate([x.ravel() for x in parts]))
    masks = [] if mask is None else [array(mask)]
    y, sums = empty(expected.shape, "float32"), empty(logs.shape, "float32")
    static = {"shapes": shapes, **rules}
    run(attention["_tiled_attention"](packed, *masks, y, sums, **static))
    near(y, expected)
    near(sums, logs)
    g, g_sums = (RNG.normal(size=x.shape).astype("float32") for x in (expected, logs))
    made = base.attention_vjp(
        g, g_sums, *parts[:3], expected, logs, host[3], mask, *rules.values()
    )
    out = empty(packed.shape, "float32")
    given = [*map(array, (g, g_sums)), y, sums, packed, *masks, out]
    run(attention["_tiled_attention_back"](*given, **static))
    near(out, np.concatenate([x.ravel() for x in made]))


def near(found, expected):
    found = found.get() if hasattr(found, "get") else found
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_results(emulated, name):
    check(name, emulation.array, emulation.empty)


def test_results_that_nobody_reads(emulated):
    packed = emulation.array(RNG.normal(size=2 * 3 * (5 * 4 + 6 * 12)), "float32")
    static = {"shapes": (Q, K, V), **PLAIN}
    y = emulation.empty((*Q[:3], V[3]), "float32")
    other, sums = emulation.empty(y.shape, "f"), emulation.empty((*Q[:3], 1), "f")
    ATTENTION["_tiled_attention"](packed, y, sums, **static)()
    ATTENTION["_tiled_attention"](packed, other, None, **static)()
    np.testing.assert_array_equal(y, other)
    more = emulation.empty(sums.shape, "float32")
    ATTENTION["_tiled_attention"](packed, None, more, **static)()
    np.testing.assert_array_equal(sums, more)


def test_no_form_without_the_library(emulated, monkeypatch):
    monkeypatch.setattr(cublaslt, "library", lambda: None)
    packed = emulation.empty((2 * 3 * (5 * 4 + 6 * 12),), "float32")
    y = emulation.empty((*Q[:3], V[3]), "float32")
    form = ATTENTION["_tiled_attention"]
    assert form(packed, y, None, shapes=(Q, K, V), **PLAIN) is None
