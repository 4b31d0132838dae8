import math

import numpy as np
import pytest
from scipy import stats

from kerasish import initializers
from kerasish.core.errors import ArgumentError
from kerasish.initializers.random_initializers import compute_fans

IN, OUT = 150, 100
LEVEL = 1e-3


def uniform(variance):
    limit = math.sqrt(3 * variance)
    return stats.uniform(-limit, 2 * limit)


def truncated(variance):
    # The variance of a standard normal within two deviations is 0.7737.
    scale = math.sqrt(variance / stats.truncnorm.var(-2, 2))
    return stats.truncnorm(-2, 2, scale=scale)


# Glorot & Bengio 2010, He et al. 2015, LeCun et al. 1998.
DISTRIBUTIONS = {
    "RandomNormal": stats.norm(scale=0.05),
    "RandomUniform": stats.uniform(-0.05, 0.1),
    "TruncatedNormal": stats.truncnorm(-2, 2, scale=0.05),
    "VarianceScaling": truncated(1 / IN),
    "GlorotUniform": uniform(2 / (IN + OUT)),
    "GlorotNormal": truncated(2 / (IN + OUT)),
    "HeUniform": uniform(2 / IN),
    "HeNormal": truncated(2 / IN),
    "LecunUniform": uniform(1 / IN),
    "LecunNormal": truncated(1 / IN),
}
every_name = pytest.mark.parametrize("name", [*DISTRIBUTIONS, "Orthogonal"])


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distribution(name):
    made = getattr(initializers, name)(seed=1)((IN, OUT)).numpy().ravel()
    assert stats.kstest(made, DISTRIBUTIONS[name].cdf).pvalue > LEVEL


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (("fan_out", "untruncated_normal"), stats.norm(scale=math.sqrt(3 / OUT))),
        (("fan_avg", "normal"), truncated(6 / (IN + OUT))),
        (("fan_in", "Uniform"), uniform(3 / IN)),
    ],
)
def test_variance_scaling(arguments, expected):
    made = initializers.VarianceScaling(3.0, *arguments, seed=1)((IN, OUT))
    assert stats.kstest(made.numpy().ravel(), expected.cdf).pvalue > LEVEL


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 3, 4), (4, 4)])
def test_orthogonal(shape):
    made = initializers.Orthogonal(2.0, seed=1)(shape, "float64")
    assert made.shape == shape
    matrix = made.numpy().reshape(-1, shape[-1]) / 2.0
    if matrix.shape[0] < matrix.shape[1]:
        matrix = matrix.T
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(matrix.shape[1]), atol=1e-12)


@every_name
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_dtype(name, dtype):
    assert getattr(initializers, name)(seed=1)((4, 3), dtype).dtype == dtype


@every_name
def test_round_trip(name):
    initializer = getattr(initializers, name)(seed=5)
    again = initializers.deserialize(initializers.serialize(initializer))
    assert again.get_config() == initializer.get_config()
    np.testing.assert_array_equal(again((4, 3)), initializer((4, 3)))


@pytest.mark.parametrize(
    "shape, fans",
    # Worked out by hand: window * inputs, window * outputs.
    [
        ((), (1, 1)),
        ((5,), (5, 5)),
        ((3, 4), (3, 4)),
        ((3, 3, 8, 16), (72, 144)),
    ],
)
def test_fans(shape, fans):
    assert compute_fans(shape) == fans


def test_fans_of_named_axes():
    assert compute_fans((8, 2, 4), input_axes=0, output_axes=(1, 2)) == (8, 8)
    assert compute_fans((3, 8, 2), input_axes=-1, output_axes=[1]) == (6, 24)


def test_named_axes_are_kept_in_the_config():
    initializer = initializers.HeNormal(input_axes=[0], output_axes=[1])
    config = initializer.get_config()
    assert config["input_axes"] == [0]
    assert config["output_axes"] == [1]


@pytest.mark.parametrize(
    "make, message",
    [
        (
            lambda: initializers.VarianceScaling(0.0),
            "`scale` must be positive. Received: scale=0.0",
        ),
        (
            lambda: initializers.VarianceScaling(mode="in"),
            "`mode` must be one of .* Received: 'in'",
        ),
        (
            lambda: initializers.VarianceScaling(distribution="cauchy"),
            "`distribution` must be one of .* Received: 'cauchy'",
        ),
        (
            lambda: initializers.HeNormal(input_axes=[0]),
            r"given together. Received: input_axes=\[0\], output_axes=None",
        ),
        (
            lambda: initializers.Orthogonal()((3,)),
            r"at least two axes. Received: shape=\(3,\)",
        ),
    ],
)
def test_wrong_argument(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()
