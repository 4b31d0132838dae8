"""Attention in half precision: as in float32, and a backend is asked for its kernel."""

import numpy as np
import pytest

from kerasish import backends, ops
from kerasish.autodiff import GradientTape, KerasTensor
from kerasish.ops import heads
from kerasish.ops.fused_attention import fused_attention, is_fused
from kerasish.ops.heads import attend
from kerasish.ops.sight import Sight
from tests.kerasish.ops.samples.attention import attention

RNG = np.random.default_rng(0)
Q, K, V, G = (
    RNG.normal(size=s).astype("float16")
    for s in ((2, 5, 3, 8), (2, 6, 3, 8), (2, 6, 3, 4), (2, 5, 3, 4))
)
MASK = np.ones((2, 1, 1, 6), bool)
MASK[0, ..., 4:] = MASK[1, ..., 2] = False
TARGET, SOURCE = np.ogrid[:5, :6]


def wide(*arrays):
    return [np.asarray(x, "float64") for x in arrays]


@pytest.mark.parametrize("causal", [False, True])
def test_values(causal):
    y = fused_attention(Q, K, V, None, causal, scale=0.3)
    mask = np.broadcast_to((SOURCE <= TARGET) | (not causal), (2, 3, 5, 6))
    expected = attention(*wide(Q, K, V), mask=mask, scale=0.3)
    assert (y.dtype, y.shape) == ("float16", G.shape)
    np.testing.assert_allclose(wide(y)[0], expected, rtol=2e-3, atol=2e-3)


def gradients(compute, *given):
    given = [ops.convert_to_tensor(x) for x in given]
    with GradientTape() as tape:
        tape.watch(given)
        loss = ops.sum(ops.multiply(ops.cast(compute(*given), "float64"), G))
    return wide(*tape.gradient(loss, given))


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_are_those_of_wide_numbers(causal):
    found = gradients(
        lambda q, k, v: fused_attention(q, k, v, None, causal, 0.3), Q, K, V
    )
    sight = Sight(causal=causal)
    expected = gradients(
        lambda q, k, v: attend(q, k, v, sight, scale=0.3), *wide(Q, K, V)
    )
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(x, y, rtol=4e-3, atol=4e-3)


def penalties(compute, q, k, v):
    q, k, v = (ops.convert_to_tensor(x) for x in (q, k, v))
    with GradientTape() as outer:
        outer.watch([q, k, v])
        with GradientTape() as inner:
            inner.watch(q)
            y = ops.sum(ops.multiply(ops.cast(compute(q, k, v), "float64"), G))
        g = ops.cast(inner.gradient(y, q), "float64")
        loss = ops.sum(ops.square(g))
    return wide(*outer.gradient(loss, [q, k, v]))


@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "masked"])
def test_second_derivatives(mask):
    found = penalties(lambda *x: fused_attention(*x, mask, True, 0.3), Q, K, V)
    sight = Sight(mask, causal=True)
    expected = penalties(lambda *x: attend(*x, sight, scale=0.3), *wide(Q, K, V))
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(x, y, rtol=3e-2, atol=3e-2)


def test_symbolic_shapes():
    q, k, v = (KerasTensor(x.shape, "float16") for x in (Q, K, V))
    y = fused_attention(q, k, v)
    assert (y.shape, y.dtype) == (G.shape, "float16")


@pytest.fixture
def asked(monkeypatch):
    """What the backend was asked for; it says yes."""
    made = []

    def attends(*told):
        made.append(told)
        return True

    monkeypatch.setattr(backends.current(), "attends", attends, raising=False)
    return made


def test_the_backend_is_asked(asked):
    assert is_fused(Q, K, V, None, True, 0.5)
    assert asked == [("float16", (Q.shape, K.shape, V.shape), True, 0.5)]
    assert is_fused(Q, K, V, np.ones((6, 1), bool)) and is_fused(Q, K, V, MASK)
    assert [told[1][3] for told in asked[1:]] == [(1, 1, 6, 6), (2, 1, 1, 6)]
    assert not is_fused(*wide(Q, K, V))
    assert not is_fused(KerasTensor((None, 5, 3, 8), "float16"), K, V)
    assert len(asked) == 3


def test_no_backend_of_this_package_has_a_kernel_without_a_gpu():
    assert not is_fused(Q, K, V)


def test_attention_takes_the_kernel_where_it_may(asked, monkeypatch):
    taken = []

    def fused(*given):
        taken.append(given[3:])
        return fused_attention(*given)

    monkeypatch.setattr(heads, "fused_attention", fused)
    given = [ops.convert_to_tensor(x) for x in (Q, K, V)]
    expected = wide(attend(*given, Sight(causal=True), tiled=False, scale=0.3))[0]
    assert not taken
    y = attend(*given, Sight(causal=True), scale=0.3)
    assert taken == [(None, True, 0.3)]
    np.testing.assert_allclose(wide(y)[0], expected, rtol=2e-3, atol=2e-3)
    for sight, rest in (
        (Sight(window=3), ()),
        (Sight(), (np.zeros((1, 1, 5, 6), "float32"),)),
        (Sight(), (None, 2.0)),
    ):
        assert attend(*given, sight, *rest).dtype == "float16"
    assert len(taken) == 1


SIGHTS = {
    "mask": Sight(MASK),
    "mask by numbers": Sight(MASK.astype("int32"), causal=True),
    "of pairs": Sight(RNG.random((2, 3, 5, 6)) < 0.5),
    "nothing for a sample": Sight(np.array([True, False])[:, None, None, None]),
    "nothing before": Sight(SOURCE > 2, causal=True),
    "targets": Sight(targets=RNG.random((2, 5)) < 0.5),
    "both": Sight(MASK, RNG.random((2, 5)) < 0.5),
}


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("name", SIGHTS)
def test_masks(asked, name, zeros):
    """Targets that see nothing get the mean or zeros, as without the kernel."""
    sight = SIGHTS[name]

    def compute(tiled, *x):
        return attend(*x, sight, zeros=zeros, tiled=tiled, scale=0.3)

    found = gradients(lambda *x: compute(True, *x), Q, K, V)
    assert asked
    expected = gradients(lambda *x: compute(False, *x), *wide(Q, K, V))
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(x, y, rtol=4e-3, atol=4e-3)
    values = (compute(t, *map(ops.convert_to_tensor, (Q, K, V))) for t in (True, False))
    np.testing.assert_allclose(*wide(*values), rtol=2e-3, atol=2e-3)


def test_a_mask_that_does_not_fit(asked):
    with pytest.raises(ValueError, match="`mask` must broadcast to"):
        attend(*map(ops.convert_to_tensor, (Q, K, V)), Sight(np.ones((5, 5), bool)))


def test_heads_that_are_shared(asked):
    """Fewer heads of keys and values than of queries, and second derivatives too."""
    k, v = K[:, :, :1], V[:, :, :1]

    def compute(tiled, *x):
        return attend(*x, Sight(MASK, causal=True), tiled=tiled, scale=0.3)

    found = gradients(lambda *x: compute(True, *x), Q, k, v)
    assert asked[0][1][1] == k.shape
    expected = gradients(lambda *x: compute(False, *x), *wide(Q, k, v))
    for x, y in zip(found, expected, strict=True):
        assert x.shape == y.shape
        np.testing.assert_allclose(x, y, rtol=4e-3, atol=4e-3)
    found = penalties(lambda *x: fused_attention(*x, MASK, True, 0.3), Q, k, v)
    expected = penalties(lambda *x: compute(False, *x), *wide(Q, k, v))
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(x, y, rtol=3e-2, atol=3e-2)
