import numpy as np
import pytest
from scipy import stats

import kerasish as keras
from kerasish import random
from kerasish.core.errors import ArgumentError, DtypeError

N = 20_000
# With fixed seeds the probability is of a wrong test, not of a failing run.
LEVEL = 1e-3
DISTRIBUTIONS = {
    "uniform": (lambda: random.uniform((N,), -1, 3, seed=1), stats.uniform(-1, 4)),
    "normal": (lambda: random.normal((N,), 2, 3, seed=1), stats.norm(2, 3)),
    "normal64": (
        lambda: random.normal((N,), dtype="float64", seed=2),
        stats.norm(),
    ),
    "truncated_normal": (
        lambda: random.truncated_normal((N,), 1, 2, seed=1),
        stats.truncnorm(-2, 2, loc=1, scale=2),
    ),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_draws_have_the_distribution(name):
    draw, distribution = DISTRIBUTIONS[name]
    assert stats.kstest(draw().numpy(), distribution.cdf).pvalue > LEVEL


def test_integers_are_uniform():
    drawn = random.randint((N,), -3, 4, seed=1).numpy()
    assert drawn.dtype == np.int32
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == list(range(-3, 4))
    assert stats.chisquare(counts).pvalue > LEVEL


def test_categories_have_their_probabilities():
    p = np.array([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0]])
    with np.errstate(divide="ignore"):
        logits = np.log(p)
    drawn = random.categorical(logits, N, seed=1).numpy()
    assert drawn.shape == (2, N)
    assert drawn.dtype == np.int32
    counts = np.bincount(drawn[0], minlength=3)
    assert stats.chisquare(counts, N * p[0]).pvalue > LEVEL
    assert stats.binomtest(int((drawn[1] == 0).sum()), N).pvalue > LEVEL
    assert 2 not in drawn[1]


def test_dropout_keeps_the_mean():
    x = np.full((100, 200), 3.0, "float32")
    y = random.dropout(x, 0.3, seed=1).numpy()
    kept = y[y != 0]
    np.testing.assert_allclose(kept, 3 / 0.7, rtol=1e-6)
    assert stats.binomtest(len(kept), x.size, 0.7).pvalue > LEVEL


def test_dropout_of_whole_rows():
    y = random.dropout(np.ones((50, 4)), 0.5, noise_shape=(None, 1), seed=1).numpy()
    assert {len(set(row)) for row in y.tolist()} == {1}
    assert set(y[:, 0]) == {0, 2}


def test_gradient_of_dropout_has_the_same_mask():
    x = keras.Variable(np.ones(100))
    with keras.GradientTape() as tape:
        y = random.dropout(x, 0.5, seed=1)
    np.testing.assert_array_equal(tape.gradient(y, x), y)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_shuffle_moves_whole_slices(axis):
    x = np.arange(336).reshape(6, 7, 8)
    y = random.shuffle(x, axis=axis, seed=4).numpy()
    assert not np.array_equal(x, y)
    order = np.argsort(np.moveaxis(y, axis, 0)[:, 0, 0])
    np.testing.assert_array_equal(np.take(y, order, axis=axis), x)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", ["uniform", "normal", "truncated_normal"])
def test_dtypes(name, dtype):
    drawn = getattr(random, name)((1000,), dtype=dtype, seed=1)
    assert drawn.dtype == dtype
    values = drawn.numpy().astype("float64")
    assert np.isfinite(values).all()
    if name == "uniform":
        assert values.min() >= 0
        assert values.max() < 1


def test_a_seed_gives_the_same_numbers_and_a_generator_new_ones():
    first = random.normal((4,), seed=3).tolist()
    assert random.normal((4,), seed=3).tolist() == first
    assert random.normal((4,), seed=4).tolist() != first
    generator = random.SeedGenerator(3)
    assert random.normal((4,), seed=generator).tolist() == first
    assert random.normal((4,), seed=generator).tolist() != first


@pytest.mark.parametrize("shape", [3, (0,), (2, 0), ()], ids=repr)
def test_shapes(shape):
    expected = (shape,) if isinstance(shape, int) else shape
    for name in ("uniform", "normal", "truncated_normal"):
        assert getattr(random, name)(shape, seed=1).shape == expected


@pytest.mark.parametrize("name", ["uniform", "normal", "truncated_normal"])
def test_integers_are_no_dtype_of_real_draws(name):
    message = f"`dtype` of `{name}` must be a float dtype. Received: dtype='int32'"
    with pytest.raises(DtypeError, match=message):
        getattr(random, name)((2,), dtype="int32")


def test_wrong_arguments_of_randint():
    with pytest.raises(DtypeError, match="must be an integer dtype.*'float32'"):
        random.randint((2,), 0, 3, dtype="float32")
    with pytest.raises(ArgumentError, match="larger than `minval`.*minval=3, maxval=3"):
        random.randint((2,), 3, 3)
