"""Moments and bounds of what initializers draw."""

import numpy as np
import pytest

from kerasish import initializers
from kerasish.initializers.random_initializers import compute_fans

SHAPE = (300, 200)


@pytest.mark.parametrize(
    "name, stddev, bound",
    [
        ("RandomNormal", 0.05, None),
        ("TruncatedNormal", 0.05 * 0.87962566, 0.1),
        ("RandomUniform", 0.1 / np.sqrt(12), 0.05),
        ("GlorotUniform", np.sqrt(2 / 500), np.sqrt(6 / 500)),
        ("GlorotNormal", np.sqrt(2 / 500), None),
        ("HeNormal", np.sqrt(2 / 300), None),
        ("HeUniform", np.sqrt(2 / 300), np.sqrt(6 / 300)),
        ("LecunNormal", np.sqrt(1 / 300), None),
        ("LecunUniform", np.sqrt(1 / 300), np.sqrt(3 / 300)),
    ],
)
def test_moments(name, stddev, bound):
    initializer = getattr(initializers, name)(seed=3)
    x = initializer(SHAPE).numpy()
    assert abs(x.mean()) < 5 * stddev / np.sqrt(x.size)
    assert x.std() == pytest.approx(stddev, rel=0.02)
    assert bound is None or np.abs(x).max() <= bound * 1.0001
    np.testing.assert_array_equal(x, initializer(SHAPE))
    again = initializers.deserialize(initializers.serialize(initializer))
    np.testing.assert_array_equal(x, again(SHAPE))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 3, 4)])
def test_orthogonal(shape):
    q = initializers.Orthogonal(2.0, seed=1)(shape).numpy().reshape(-1, shape[-1])
    small = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-5)
    with pytest.raises(ValueError, match="at least two axes"):
        initializers.Orthogonal()((3,))


def test_variance_scaling():
    x = initializers.VarianceScaling(3.0, "fan_out", "untruncated_normal", 1)(SHAPE)
    assert x.numpy().std() == pytest.approx(np.sqrt(3 / 200), rel=0.02)
    for kw in ({"scale": 0}, {"mode": "x"}, {"distribution": "x"}, {"input_axes": 0}):
        with pytest.raises(ValueError, match=next(iter(kw))):
            initializers.VarianceScaling(**kw)


def test_fans():
    assert compute_fans(()) == (1, 1)
    assert compute_fans((7,)) == (7, 7)
    assert compute_fans((3, 3, 2, 5)) == (18, 45)
    assert compute_fans((4, 2, 3), input_axes=0, output_axes=[1]) == (12, 6)
