"""Edges of the regression losses: zero vectors, overflow, wrong arguments."""

import numpy as np
import pytest

from kerasish import GradientTape, losses, ops


def test_cosine_similarity_of_a_zero_vector_is_zero_with_a_finite_gradient():
    x = ops.zeros((1, 3))
    with GradientTape() as tape:
        tape.watch(x)
        y = losses.cosine_similarity(np.ones((1, 3)), x)
    assert y.tolist() == [0.0]
    assert np.isfinite(tape.gradient(y, x).numpy()).all()


def test_log_cosh_does_not_overflow():
    assert losses.log_cosh([[0.0]], [[1e4]]).item() == pytest.approx(1e4 - np.log(2))


def test_poisson_of_negative_predictions_is_finite():
    assert np.isfinite(losses.poisson([[1.0]], [[-2.0]]).item())


def test_huber_refuses_a_negative_limit():
    with pytest.raises(ValueError, match="`delta` must be positive"):
        losses.huber([[0.0]], [[0.0]], delta=-1.0)


def test_a_hinge_takes_0_for_minus_1():
    zero, minus = (losses.hinge([[t, 1.0]], [[0.3, 0.2]]).item() for t in (0.0, -1.0))
    assert zero == minus


def test_percentage_error_of_zero_targets_is_finite():
    found = losses.mean_absolute_percentage_error([[0.0]], [[1.0]]).item()
    assert found == pytest.approx(100 / 1e-7, rel=1e-3)
