"""Activations by name, and those with options."""

import numpy as np
import pytest
from scipy import special

from kerasish import activations

X = np.linspace(-3, 3, 13).astype("float32")


@pytest.mark.parametrize(
    "name, reference",
    [
        ("linear", lambda x: x),
        ("exponential", np.exp),
        ("relu", lambda x: np.maximum(x, 0)),
        ("sigmoid", special.expit),
        ("softmax", special.softmax),
        ("log_softmax", special.log_softmax),
        ("gelu", lambda x: x * special.ndtr(x)),
        ("silu", lambda x: x * special.expit(x)),
        ("tanh", np.tanh),
        ("softplus", lambda x: np.log1p(np.exp(x))),
        ("leaky_relu", lambda x: np.where(x > 0, x, 0.2 * x)),
    ],
)
def test_values(name, reference):
    found = activations.get(name)(X)
    np.testing.assert_allclose(found, reference(X.astype("float64")), atol=1e-6)


def test_options_of_relu():
    found = activations.relu(X, negative_slope=0.1, max_value=2.0, threshold=1.0)
    expected = np.minimum(np.where(X > 1, X, 0.1 * (X - 1)), 2.0)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("name", sorted(activations.activations.ACTIVATIONS))
def test_names_go_out_and_in(name):
    function = activations.get(name)
    assert activations.deserialize(activations.serialize(function)) is not None


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(ValueError, match="Did you mean 'relu'"):
        activations.get("relyu")
