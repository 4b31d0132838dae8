"""Gamma, beta and binomial numbers against SciPy's distributions."""

import numpy as np
import pytest
from scipy import stats

from kerasish import ops, random
from kerasish.autodiff import KerasTensor
from kerasish.backends import get_backend
from kerasish.backends.base.backend import Backend
from tests.backends.strict import StrictBackend

N = 20000


class Patient(Backend):
    """The base kernels over NumPy, which make every round."""

    name = "patient"
    xp = np

    def is_settled(self, waiting):
        return False


@pytest.mark.parametrize("alpha", [0.01, 0.3, 1.0, 1.5, 7.0, 1e4])
def test_gamma_numbers(alpha):
    x = random.gamma((N,), alpha, dtype="float64", seed=3).numpy()
    assert stats.kstest(x, stats.gamma(alpha).cdf).pvalue > 1e-3
    assert abs(x.mean() - alpha) < 5 * np.sqrt(alpha / N)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2, 3), (50, 0.7), (1, 1)])
def test_beta_numbers(a, b):
    x = random.beta((N,), a, b, dtype="float64", seed=3).numpy()
    assert stats.kstest(x, stats.beta(a, b).cdf).pvalue > 1e-3


def test_beta_numbers_of_tiny_parameters_are_nearly_a_coin():
    x = random.beta((N,), 1e-5, 3e-5, seed=3).numpy()
    ends = np.bincount(x.round().astype(int))
    assert np.isfinite(x).all()
    assert stats.chisquare(ends, [0.75 * N, 0.25 * N]).pvalue > 1e-3


@pytest.mark.parametrize(
    ("n", "p"),
    [
        (5, 0.3),
        (30, 0.1),
        (30, 0.5),
        (100, 0.97),
        (1000, 0.2),
        (10**6, 0.5),
        (10**9, 1e-9),
        (25, 0.4),
        (19, 0.6),
    ],
)
def test_binomial_numbers(n, p):
    x = random.binomial((N,), n, p, dtype="float64", seed=4).numpy()
    known = stats.binom(n, p)
    edges = np.unique(np.linspace(known.ppf(1e-3), known.ppf(0.999), 30).astype(int))
    edges = edges[edges < n]
    odds = np.diff(np.concatenate([[0], known.cdf(edges), [1]]))
    found = np.histogram(x, np.concatenate([[-0.5], edges + 0.5, [n + 0.5]]))[0]
    assert stats.chisquare(found, odds * N).pvalue > 1e-3
    assert np.array_equal(x, x.round())


def test_edges():
    x = random.gamma((5,), [0.0, 1e-6, -1.0, np.inf, np.nan], seed=1).numpy()
    np.testing.assert_array_equal(x, [0.0, 0.0, np.nan, np.inf, np.nan])
    x = random.binomial((4,), [0, 10, 10, 0], [0.5, 0.0, 1.0, 1.0], seed=1).numpy()
    np.testing.assert_array_equal(x, [0, 0, 10, 0])
    x = random.binomial((4,), [-1, 3, 3, 50], [0.5, 1.1, -0.1, np.nan], seed=1)
    assert np.isnan(x.numpy()).all()
    assert random.binomial((1,), 3.9, 1.0, seed=1).tolist() == [3.0]
    assert random.beta((0, 3), 1.0, 1.0).shape == (0, 3)
    assert random.gamma((), 2.0).shape == ()


def test_parameters_broadcast():
    x = random.gamma((N, 2), [1.0, 100.0], seed=1).numpy()
    assert abs(x.mean(0) - [1, 100]).max() < 0.5
    x = random.beta((3, 2), [[0.0], [1e6], [0.0]], [1.0, 2.0], seed=1).numpy()
    np.testing.assert_allclose(x, [[0, 0], [1, 1], [0, 0]], atol=1e-4)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_dtypes_are_roundings_of_the_same_numbers(dtype):
    for draw in (
        lambda dtype: random.gamma((50,), 2.5, dtype, 1),
        lambda dtype: random.beta((50,), 2.5, 0.5, dtype, 1),
        lambda dtype: random.binomial((50,), 40, 0.4, dtype, 1),
    ):
        x = draw(dtype)
        assert x.dtype == dtype
        assert x.tolist() == ops.cast(draw("float64"), dtype).tolist()
    assert random.gamma((2,), 1.0).dtype == "float32"


def test_seeds_are_those_of_the_other_draws():
    generator = random.SeedGenerator(5)
    first, second = (random.gamma((4,), 2.0, seed=generator) for _ in range(2))
    assert first.tolist() != second.tolist()
    assert first.tolist() == random.gamma((4,), 2.0, seed=5).tolist()
    random.set_random_seed(3)
    drawn = random.binomial((9,), 9, 0.5).tolist()
    random.set_random_seed(3)
    assert random.binomial((9,), 9, 0.5).tolist() == drawn


@pytest.mark.parametrize("backend", [StrictBackend(), Patient()], ids=repr)
def test_every_backend_draws_the_same(backend):
    key, alpha = np.array([7, 3], "uint32"), np.linspace(0.1, 20, 40)
    counts = np.linspace(0, 200, 40).round()
    plain = get_backend("numpy")

    def drawn(by, name, *parameters):
        made = getattr(by, name)(*map(by.from_numpy, (key, *parameters)))
        return by.to_numpy(made)

    for name, parameters in (
        ("random_log_gamma", (alpha,)),
        ("random_binomial", (counts, alpha / 21)),
    ):
        expected = drawn(plain, name, *parameters)
        found = drawn(backend, name, *parameters)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_symbolic_parameters_give_symbolic_numbers():
    x = random.gamma((3, 4), KerasTensor((4,)), seed=1)
    assert (x.shape, x.dtype) == ((3, 4), "float32")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: random.gamma((2,), 1.0, "int32"), "`dtype` of `gamma`"),
        (lambda: random.beta((2,), 1.0, 1.0, "int32"), "`dtype` of `beta`"),
        (lambda: random.binomial((2,), 1, 0.5, "int32"), "`dtype` of `binomial`"),
    ],
)
def test_only_floats_are_drawn(draw, message):
    with pytest.raises(TypeError, match=message):
        draw()


def test_parameters_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"`alpha` of `gamma`.*shape \(3,\), shape="):
        random.gamma((2,), [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="`probabilities` of `binomial` must be"):
        random.binomial((2,), 1, [0.1, 0.2, 0.3])
