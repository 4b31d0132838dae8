"""Attention by one kernel of cuDNN agrees with the operation's own computation."""

import numpy as np
import pytest

from kerasish.autodiff import PRIMITIVES
from kerasish.backends import get_backend
from kerasish.backends.cuda import cudnn
from kerasish.backends.cuda.fused_attention import FUSED_ATTENTION, attends
from tests.backends.cuda import emulation, fake_cudnn

Q, K, V = (2, 5, 3, 8), (2, 6, 3, 8), (2, 6, 3, 16)
PARTS = (Q, K, V)
SHARED = ((2, 5, 6, 8), K, V)  # two heads of queries for each of keys
NEAR = {"float16": 4e-3, "bfloat16": 3e-2}
RNG = np.random.default_rng(0)
BIAS = np.zeros((2, 1, 1, 6))
BIAS[0, ..., 3:] = BIAS[1, ..., :1] = -6e4  # causal targets that see nothing too


@pytest.fixture
def front(monkeypatch):
    return emulation.install_frontend(monkeypatch)


def check(
    dtype,
    causal,
    array,
    empty,
    forms=FUSED_ATTENTION,
    run=lambda step: step(),
    masked=False,
    parts=PARTS,
):
    """Compares both ways of attention, on a device, with the primitives' own."""
    kind = get_backend("numpy").dtype(dtype)
    rules = {"shapes": parts, "causal": causal, "scale": 0.3}
    size = sum(np.prod(s) for s in parts)
    packed = RNG.normal(size=size).astype(kind)
    g = RNG.normal(size=(*parts[0][:3], parts[2][3])).astype(kind)
    hosts = [packed, *([BIAS.astype(kind)] if masked else [])]
    y, sums = PRIMITIVES["_fused_attention"].function(*hosts, **rules)
    xs, found = [array(x) for x in hosts], empty(y.shape, kind)
    logs, out = empty(sums.shape, "float32"), empty(packed.shape, kind)
    run(forms["_fused_attention"](*xs, found, logs, **rules))
    near(found, y, dtype)
    grads = PRIMITIVES["_fused_attention_back"].function(g, y, sums, *hosts, **rules)
    run(forms["_fused_attention_back"](array(g), found, logs, *xs, out, **rules))
    near(out, grads, dtype)
    again = empty(y.shape, kind)
    run(forms["_fused_attention"](*xs, again, None, **rules))
    near(again, y, dtype)


def near(found, expected, dtype):
    found = found.get() if hasattr(found, "get") else found
    found, expected = (np.asarray(x, "float32") for x in (found, expected))
    np.testing.assert_allclose(found, expected, rtol=NEAR[dtype], atol=NEAR[dtype])


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", NEAR)
def test_results(front, dtype, causal, masked):
    check(dtype, causal, emulation.array, emulation.empty, masked=masked)


def test_heads_that_are_shared(front):
    check("float16", True, emulation.array, emulation.empty, parts=SHARED)


def test_a_result_that_nobody_reads(front):
    packed = emulation.empty((sum(np.prod(s) for s in PARTS),), "float16")
    sums = emulation.empty((2, 3, 5, 1), "float32")
    rules = {"shapes": PARTS, "causal": False, "scale": 0.3}
    FUSED_ATTENTION["_fused_attention"](packed, None, sums, **rules)()


def test_what_is_one_kernel(front):
    assert attends("float16", PARTS, True, 0.3)
    assert attends("bfloat16", PARTS, False, 0.3)
    plans = len(front.built)
    assert attends("bfloat16", PARTS, False, 0.3)
    assert len(front.built) == plans
    assert attends("float16", (*PARTS, BIAS.shape), False, 0.3)
    assert not attends("float32", PARTS, False, 0.3)
    assert not attends("float16", ((2, 5, 3, 12), (2, 6, 3, 12), V), False, 0.3)
    assert attends("float16", SHARED, False, 0.3)
    assert not attends("float16", ((2, 5, 5, 8), K, V), False, 0.3)
    assert not attends("float16", ((2, 7, 3, 8), K, V), True, 0.3)
    assert not attends("float16", ((0, 5, 3, 8), K, V), False, 0.3)


@pytest.mark.parametrize("refused", ["sdpa", "sdpa back 0"])
def test_what_the_library_refuses(front, refused):
    front.refuses = (refused,)
    assert not attends("float16", PARTS, False, 0.3)
    if refused == "sdpa":
        packed = emulation.empty((sum(np.prod(s) for s in PARTS),), "float16")
        y = emulation.empty((2, 5, 3, 16), "float16")
        rules = {"shapes": PARTS, "causal": False, "scale": 0.3}
        assert FUSED_ATTENTION["_fused_attention"](packed, y, None, **rules) is None


def test_other_numbers_are_told(front, monkeypatch):
    right = fake_cudnn.attention
    wrong = {"sdpa": 1.1}
    monkeypatch.setattr(
        fake_cudnn,
        "attention",
        lambda name, *rest, **how: wrong.get(name, 1) * right(name, *rest, **how),
    )
    with pytest.warns(UserWarning, match="Attention by cuDNN in float16 gives other"):
        assert not attends("float16", PARTS, False, 0.3)


def test_no_kernel_without_the_library(front, monkeypatch):
    monkeypatch.setattr(cudnn, "frontend", lambda: None)
    assert not attends("float16", PARTS, False, 0.3)
