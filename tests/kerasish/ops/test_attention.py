"""Attention beyond its samples: tiles, memory, half precision, wrong arguments."""

import tracemalloc

import numpy as np
import pytest

from kerasish import config, ops
from kerasish.autodiff import GradientTape
from kerasish.backends.base import attention as kernels
from kerasish.core.errors import KerasishError
from kerasish.tracing import Function
from tests.kerasish.ops.samples.attention import attention

X = np.random.default_rng(0).normal(size=(1, 3, 2, 2))


def test_half_precision_is_summed_in_float32():
    x = np.full((1, 4096, 1, 1), 1.0, "float16")
    x[0, :, 0, 0] += np.linspace(0, 0.1, 4096).astype("float16")
    expected = attention(*(x.astype("float64"),) * 3)
    y = ops.dot_product_attention(x[:, :8], x, x)
    assert y.dtype == "float16"
    np.testing.assert_allclose(np.asarray(y), expected[:, :8], rtol=1e-3)


def test_bfloat16_stays_bfloat16():
    x = ops.cast(X, "bfloat16")
    y = ops.dot_product_attention(x, x, x, bias=np.zeros((1, 1, 3)))
    expected = attention(*(np.asarray(x).astype("float64"),) * 3)
    assert y.dtype == "bfloat16"
    np.testing.assert_allclose(np.asarray(ops.cast(y, "float32")), expected, atol=0.02)


def test_integers_give_floats():
    x = np.ones((1, 2, 1, 1), "int32")
    assert ops.dot_product_attention(x, x, x).dtype == "float32"


@pytest.mark.parametrize("tiled", [True, False, None])
def test_tiles_or_not_it_is_the_same(tiled):
    y = ops.dot_product_attention(X, X, X, flash_attention=tiled)
    np.testing.assert_allclose(np.asarray(y), attention(X, X, X))


RNG = np.random.default_rng(1)
Q, K, V = (RNG.normal(size=s) for s in ((2, 5, 4, 3), (2, 6, 2, 3), (2, 6, 2, 2)))
MASK = RNG.integers(0, 2, (2, 1, 5, 6)).astype(bool)
MASK[0, 0, 2] = False  # nothing is seen
RULES = {
    "plain": {},
    "causal": {"is_causal": True, "scale": 0.3},
    "mask": {"mask": MASK},
    "causal mask": {"mask": MASK, "is_causal": True},
    "keys": {"mask": MASK[:, :, :1]},
    "bias": {"bias": RNG.normal(size=(4, 5, 6)), "attn_logits_soft_cap": 0.7},
    "row bias": {"bias": RNG.normal(size=(2, 1, 1, 6)), "mask": MASK},
}


def derivatives(how, tiled):
    """Returns the result and the gradients at query, key, value and bias."""
    given = [ops.convert_to_tensor(x) for x in (Q, K, V)]
    how = {n: ops.convert_to_tensor(x) if n == "bias" else x for n, x in how.items()}
    watched = given + ([how["bias"]] if "bias" in how else [])
    with GradientTape() as tape:
        tape.watch(watched)
        y = ops.dot_product_attention(*given, **how, flash_attention=tiled)
        loss = ops.sum(ops.sin(y * 3.0))
    return [y, *tape.gradient(loss, watched)]


@pytest.mark.parametrize("how", RULES.values(), ids=RULES)
def test_tiles_are_put_together(how, monkeypatch):
    monkeypatch.setattr(kernels, "TILE", 2)
    monkeypatch.setattr(kernels, "BLOCK", 8)
    expected = derivatives(how, False)
    np.testing.assert_allclose(expected[0], attention(Q, K, V, **how), 1e-12)
    for a, b in zip(derivatives(how, True), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_a_target_that_sees_nothing_gets_the_mean():
    mask = np.array([False, True, True])[None, None, None]
    for tiled in (True, False):
        y = ops.dot_product_attention(
            X, X, X, mask=mask, is_causal=True, flash_attention=tiled
        )
        np.testing.assert_allclose(y[:, 0], X.mean(1), rtol=1e-12)


def peak(length, **how):
    """Returns the most bytes held for a gradient."""
    q, k, v = (ops.ones((1, length, 1, 8), "float32") for _ in range(3))
    tracemalloc.start()
    with GradientTape() as tape:
        tape.watch([q, k, v])
        y = ops.dot_product_attention(q, k, v, **how)
        tape.gradient(ops.sum(y * y), [q, k, v])
        most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_memory_grows_as_the_length():
    short, long = peak(2560), peak(5120)
    scores = 4 * 2560**2
    assert short < scores  # not one array of all scores
    assert long < 1.5 * short
    assert peak(2560, flash_attention=False) > 2 * scores


def test_tiles_can_be_switched_off():
    try:
        config.disable_flash_attention()
        assert peak(2304) > 2 * 4 * 2304**2
    finally:
        config.enable_flash_attention()
    assert peak(2304) < 4 * 2304**2


def test_recorded_tiles_are_eager_ones():
    def run(q, k, v):
        with GradientTape() as tape:
            tape.watch([q, k, v])
            y = ops.dot_product_attention(
                q, k, v, mask=MASK, is_causal=True, flash_attention=True
            )
            loss = ops.sum(ops.square(y))
        return y, *tape.gradient(loss, [q, k, v])

    recorded = Function(run)
    for i in range(4):
        given = [(x + 0.1 * i).astype("float32") for x in (Q, K, V)]
        expected = run(*map(ops.convert_to_tensor, given))
        for a, b in zip(recorded(*given), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("how", RULES.values(), ids=RULES)
def test_second_derivatives_of_tiles_are_right(how):
    found = []
    for tiled in (True, False):
        given = [ops.convert_to_tensor(x) for x in (Q, K, V)]
        with GradientTape() as outer:
            outer.watch(given)
            with GradientTape() as inner:
                inner.watch(given)
                y = ops.dot_product_attention(*given, **how, flash_attention=tiled)
                loss = ops.sum(ops.sin(y * 3.0))
            slopes = inner.gradient(loss, given)
            steep = sum(ops.sum(ops.cos(g)) for g in slopes)
        found.append(outer.gradient(steep, given))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


REFUSED = [
    ({"attn_logits_soft_cap": -1.0}, "`attn_logits_soft_cap` must be positive"),
    ({"mask": np.ones((1,) * 5, bool)}, "`mask` must broadcast"),
    ({"mask": np.ones((2, 1, 3, 3), bool)}, r"= \(1, 2, 3, 3\). Received: shape=\(2,"),
    ({"bias": np.ones((3, 1, 1))}, r"`bias` must broadcast.*shape=\(3, 1, 1\)"),
    ({"mask": np.ones((3, 2), bool), "flash_attention": True}, "`mask` must broadc"),
    ({"bias": np.ones((3, 2)), "flash_attention": True}, "`bias` must broadcast"),
    ({"key": X[0]}, "needs tensors of 4 axes"),
    ({"key": X[..., :1]}, "query and key in size"),
    ({"value": X[:, :2]}, "key and value in length"),
    ({"query": X[:, :, :1]}, "a multiple of those of the key"),
]


@pytest.mark.parametrize(("change", "match"), REFUSED)
def test_wrong_arguments_are_named(change, match):
    given = {"query": X, "key": X, "value": X} | change
    with pytest.raises(KerasishError, match=match):
        ops.dot_product_attention(**given)
