"""Normalization beyond its samples: half precision, zeros, wrong arguments."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.core.errors import KerasishError, KerasishWarning
from tests.backends.communication.threads import as_group

X = np.array([[1.0, 2.0, 4.0], [-1.0, 0.5, 3.0]])


def test_integers_give_floats():
    whole = np.array([[1, 2, 3]])
    for y in (
        ops.layer_normalization(whole),
        ops.rms_normalization(whole),
        ops.normalize(whole),
        *ops.moments(whole, 1),
        ops.batch_normalization(whole, [1, 2, 3], [1, 1, 1], -1),
    ):
        assert y.dtype == "float32"


def test_half_precision_does_not_overflow():
    big = np.array([[300.0, -300.0, 400.0, -400.0]], "float16")
    y = ops.rms_normalization(big)
    expected = big.astype("float64") / np.sqrt(125000.0)
    assert y.dtype == "float16"
    np.testing.assert_allclose(np.asarray(y), expected, rtol=1e-3)
    assert np.isfinite(np.asarray(ops.layer_normalization(big))).all()


def test_old_scaling_divides_by_the_deviation_alone():
    with pytest.warns(KerasishWarning, match="use `ops.rms_normalization`"):
        y = ops.layer_normalization(X, 2 * np.ones(3), np.ones(3), rms_scaling=True)
    expected = 2 * X / np.sqrt(X.var(-1, keepdims=True) + 1e-7)
    np.testing.assert_allclose(np.asarray(y), expected, rtol=1e-6)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_zeros_are_normalized_to_zeros_with_a_gradient(order):
    x = ops.convert_to_tensor(np.zeros((1, 3)))
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.normalize(x, order=order)
    assert np.asarray(y).tolist() == [[0.0] * 3]
    assert np.isfinite(np.asarray(tape.gradient(y, x))).all()


@pytest.mark.parametrize("axes", [0, (0, 1), (0, 2), [1]])
@pytest.mark.parametrize("keepdims", [False, True])
def test_moments_of_all_processes(axes, keepdims):
    x = np.random.default_rng(0).normal(3, 2, (6, 3, 2)).astype("float32")

    def work(group):
        half = x[:, group.rank :][:, :1] if axes == [1] else x[group.rank :: 2]
        made = ops.moments(half, axes, keepdims, synchronized=True)
        return [np.asarray(y) for y in made]

    over = tuple(axes) if isinstance(axes, list) else axes
    given = x[:, :2] if axes == [1] else x
    expected = [f(over, keepdims=keepdims) for f in (given.mean, given.var)]
    for made in as_group(2, work):
        for y, wanted in zip(made, expected, strict=True):
            assert y.shape == wanted.shape
            np.testing.assert_allclose(y, wanted, rtol=1e-5)


def test_moments_of_a_single_process_are_its_own():
    for synchronized in (False, True):
        mean, variance = ops.moments(X, 0, synchronized=synchronized)
        np.testing.assert_allclose(mean, X.mean(0), rtol=1e-6)
        np.testing.assert_allclose(variance, X.var(0), rtol=1e-6)


REFUSED = [
    (lambda: ops.layer_normalization(X, rms=True), r"has no arguments \['rms'\]"),
    (lambda: ops.layer_normalization(X, np.ones(2)), r"`gamma` must have the shape"),
    (lambda: ops.layer_normalization(X, beta=np.ones(2)), r"`beta` must have the sha"),
    (lambda: ops.rms_normalization(X, np.ones((1, 3))), r"`scale` must have the shap"),
    (lambda: ops.normalize(X, order=0), "must be an integer from 1"),
    (lambda: ops.normalize(X, order=1.5), "must be an integer from 1"),
    (
        lambda: ops.batch_normalization(X, np.ones(2), np.ones(3), 1),
        r"`mean` of `batch_normalization` must have the shape \(3,\)",
    ),
    (lambda: ops.batch_normalization(X, X, np.ones(3), 1), "`mean` of `batch_norm"),
]


@pytest.mark.parametrize(("call", "match"), REFUSED)
def test_wrong_arguments_are_named(call, match):
    with pytest.raises(KerasishError, match=match):
        call()
