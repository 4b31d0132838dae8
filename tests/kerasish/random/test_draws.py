"""Moments and bounds of random tensors, and their independence of the backend."""

import numpy as np
import pytest
from scipy import stats

from kerasish import GradientTape, ops, random
from kerasish.backends.base.backend import Backend
from kerasish.backends.numpy_backend import NumpyBackend

N = 20000


class Plain(Backend):
    """The base kernels over NumPy, none overridden."""

    name = "plain"
    xp = np


@pytest.mark.parametrize("count", [1, 7, 1000])
def test_bits_are_those_of_philox_on_every_backend(count):
    key = np.array([7, 3], "uint32")
    expected = np.random.Philox(key=key.astype("uint64")).random_raw(count)
    for backend in (Plain(), NumpyBackend()):
        np.testing.assert_array_equal(backend.random_bits(key, count), expected)


@pytest.mark.parametrize(
    "draw, distribution",
    [
        (lambda: random.uniform((N,), -1.0, 3.0, seed=1), stats.uniform(-1, 4)),
        (lambda: random.normal((N,), 2.0, 3.0, seed=1), stats.norm(2, 3)),
        (lambda: random.truncated_normal((N,), seed=1), stats.truncnorm(-2, 2)),
        (lambda: random.normal((N,), seed=1, dtype="float64"), stats.norm()),
    ],
)
def test_distributions(draw, distribution):
    assert stats.kstest(draw().numpy(), distribution.cdf).pvalue > 1e-3


def test_dtypes_and_errors():
    for dtype in ("float16", "float32", "float64"):
        x = random.uniform((100,), dtype=dtype, seed=1)
        assert x.dtype == dtype and 0 <= float(x.min()) and float(x.max()) < 1
    with pytest.raises(TypeError, match="float dtype"):
        random.normal((2,), dtype="int32")
    with pytest.raises(TypeError, match="integer dtype"):
        random.randint((2,), 0, 2, dtype="float32")
    with pytest.raises(ValueError, match="larger than"):
        random.randint((2,), 3, 3)


def test_integers_are_uniform():
    x = random.randint((N,), -2, 3, seed=1).numpy()
    counts = np.unique(x, return_counts=True)
    assert counts[0].tolist() == [-2, -1, 0, 1, 2]
    assert stats.chisquare(counts[1]).pvalue > 1e-3


def test_categorical_has_the_probabilities_of_softmax():
    p = np.array([0.1, 0.2, 0.7])
    x = random.categorical(np.log(p)[None], N, seed=1).numpy()[0]
    assert stats.chisquare(np.bincount(x), p * N).pvalue > 1e-3


def test_shuffle_keeps_the_slices():
    x = random.shuffle(np.arange(20).reshape(10, 2), seed=3).numpy()
    assert sorted(x[:, 0].tolist()) == list(range(0, 20, 2))
    assert (x[:, 1] == x[:, 0] + 1).all() and x[:, 0].tolist() != sorted(x[:, 0])


def test_dropout_and_its_gradient():
    x = ops.ones((100, 100))
    with GradientTape() as tape:
        tape.watch(x)
        y = random.dropout(x, 0.3, seed=1)
    g = tape.gradient(y, x)
    np.testing.assert_array_equal(g, y)  # linear, with the same mask
    assert abs((y.numpy() == 0).mean() - 0.3) < 0.02
