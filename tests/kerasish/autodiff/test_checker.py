"""The gradient checker: it must catch a derivative that is 0.1 % wrong."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import check_gradients, custom_gradient
from kerasish.core.errors import ArgumentError, GradientError

X = np.array([[0.5, -1.0], [2.0, 0.25]])


def wrong_by(factor):
    @custom_gradient
    def function(x):
        return ops.tanh(x), lambda g: g * (1 - ops.square(ops.tanh(x))) * factor

    return function


def test_right_derivatives_pass():
    check_gradients(wrong_by(1.0), X, order=2)
    check_gradients(lambda a, b: {"x": a * b, "y": [ops.exp(a)]}, X, 2.0, order=2)
    check_gradients(ops.take, X, np.array([1, 0]))


def test_a_gradient_that_is_a_thousandth_wrong_is_caught():
    message = (
        r"The gradient at input 0, element \(0, 0\), is .*central differences give"
    )
    with pytest.raises(GradientError, match=message):
        check_gradients(wrong_by(1.001), X)
    with pytest.raises(GradientError, match=message):
        check_gradients(wrong_by(0.999), X)


def test_one_wrong_element_is_named():
    spot = np.array([[0.0, 0.0], [0.0, 0.001]])

    @custom_gradient
    def function(x):
        return x * x, lambda g: g * 2 * x * (1 + spot)

    with pytest.raises(GradientError, match=r"input 0, element \(1, 1\), is"):
        check_gradients(function, X)


def test_a_wrong_second_derivative_is_caught():
    @custom_gradient
    def function(x):
        held = ops.stop_gradient(x)  # right in value, constant to an outer tape
        return x * x * x, lambda g: g * 3 * held * held

    check_gradients(function, X)
    with pytest.raises(GradientError, match="The second derivative at input 0"):
        check_gradients(function, X, order=2)


def test_a_missing_gradient_is_caught():
    with pytest.raises(
        GradientError, match="The gradient at input 0, .* is 0; central"
    ):
        check_gradients(lambda x: ops.stop_gradient(x) * 2, X)


def test_a_gradient_that_is_not_finite_is_caught():
    with pytest.raises(GradientError, match="is nan; central differences give"):
        check_gradients(lambda x: ops.where(x > 0, ops.sqrt(x * 0), x), np.array([0.5]))


def test_a_gradient_of_another_shape_is_caught():
    @custom_gradient
    def function(x):
        return x * 2, lambda g: ops.sum(g)

    with pytest.raises(GradientError, match=r"must have its shape \(2, 2\). Received"):
        check_gradients(function, X)


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(
        ArgumentError, match="`order` must be 1 or 2. Received: order=3"
    ):
        check_gradients(ops.exp, X, order=3)
    with pytest.raises(ArgumentError, match="needs an input of a float dtype"):
        check_gradients(ops.exp, np.array([1, 2]))
    with pytest.raises(GradientError, match="returned no float64 tensor to check"):
        check_gradients(lambda x: x > 0, X)
