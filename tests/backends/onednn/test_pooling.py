"""oneDNN's pooling is the kernels of the base, over shapes drawn at random."""

import numpy as np
import pytest

from kerasish.backends.onednn import library, loading
from kerasish.backends.onednn.pooling import (
    bind_average_pool,
    bind_average_pool_gradient,
    bind_from_places,
    bind_max_pool,
)
from tests.backends.numpy_lowering.lowered import Base, kernel

pytestmark = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")


def run(steps):
    for step in steps:
        step()


def drawn(seed):
    """Returns images, and how they are pooled."""
    rng = np.random.default_rng(seed)
    window, strides, padding, sizes = [], [], [], []
    for _ in range(rng.integers(1, 4)):
        w = int(rng.integers(1, 5))
        before, after = (int(rng.integers(0, w)) for _ in range(2))
        sizes.append(w + int(rng.integers(0, 8)))
        window.append(w)
        strides.append(int(rng.integers(1, 5)))
        padding.append((before, after))
    x = rng.normal(size=(int(rng.integers(1, 4)), *sizes, int(rng.integers(1, 20))))
    if rng.random() < 0.3:  # as of images with channels first
        x = np.moveaxis(np.moveaxis(x, -1, 1).copy(), 1, -1)
    how = {"window": window, "strides": strides, "padding": padding}
    return x, {k: tuple(v) for k, v in how.items()}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("seed", range(40))
def test_shapes_drawn_at_random(seed, dtype):
    kind = np.float32
    if dtype == "bfloat16":
        kind = pytest.importorskip("ml_dtypes").bfloat16
    x, how = drawn(seed)
    x = x.astype(kind, order="K")
    wide = x.astype("float64")
    expected, at = Base().max_pool(wide, **how)
    y, places = np.empty(expected.shape, kind), np.empty_like(at)
    bound = bind_max_pool(x, y, places, **how)
    if bound is None and dtype == "bfloat16":
        pytest.skip("the processor has no bfloat16")
    run(bound[0])
    np.testing.assert_array_equal(y.astype("float64"), expected)
    np.testing.assert_array_equal(places, at)
    y[...] = 0
    run(bind_max_pool(x, y, None, **how)[0])
    np.testing.assert_array_equal(y.astype("float64"), expected)
    rtol = 3e-2 if dtype == "bfloat16" else 1e-5
    g = np.cos(np.arange(y.size)).reshape(y.shape).astype(kind)
    wide_g, dx = g.astype("float64"), np.empty(x.shape, kind)
    for bind, given, out, reference in (
        (
            bind_from_places,
            (g, places),
            dx,
            kernel("_from_places", wide_g, at, shape=x.shape, **how),
        ),
        (bind_average_pool, (x,), y, kernel("_average_pool", wide, **how)),
        (
            bind_average_pool_gradient,
            (g,),
            dx,
            kernel("_average_pool_back", wide_g, shape=x.shape, **how),
        ),
    ):
        out[...] = np.nan
        run(bind(*given, out, **how))
        np.testing.assert_allclose(out.astype("float64"), reference, rtol, rtol)


HOW = {"window": (2,), "strides": (2,), "padding": ((0, 0),)}


def test_the_means_tell_of_nan():
    x, y = np.zeros((2, 4, 3), "float32"), np.zeros((2, 2, 3), "float32")
    steps, means = bind_max_pool(x, y, None, **HOW)
    run(steps)
    assert not np.isnan(means).any()
    x[1, 2, 0] = np.nan
    run(steps)
    assert np.argwhere(np.isnan(means)).tolist() == [[1, 0, 0]]


def test_what_is_left_to_numpy(monkeypatch):
    x, y = np.ones((1, 4, 1), "float32"), np.ones((1, 2, 1), "float32")
    whole = x.astype("int32"), y.astype("int32")
    assert bind_max_pool(*whole, None, **HOW) is None
    assert bind_average_pool(x.astype("float64"), y, **HOW) is None
    assert bind_average_pool_gradient(y, x[:0], **HOW) is None
    # Places of another dtype than those that the library writes.
    assert bind_max_pool(x, y, np.ones(y.shape, "int32"), **HOW) is None
    assert bind_from_places(y, np.ones(y.shape, "int32"), x, **HOW) is None
    monkeypatch.setattr(loading, "library", lambda: None)
    assert bind_max_pool(x, y, None, **HOW) is None
