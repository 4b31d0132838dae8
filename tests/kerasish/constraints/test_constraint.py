import numpy as np
import pytest

from kerasish import constraints
from kerasish.core.errors import ArgumentError

W = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]], "float32")
# What Keras 3.15.1 makes of W.
KERAS = [
    (
        constraints.MaxNorm(2.0),
        [[1.0, -1.1094, 0.5], [0.25, 1.664101, -1.5]],
    ),
    (
        constraints.MaxNorm(1.5, axis=1),
        [[0.654654, -1.309307, 0.327327], [0.111494, 1.33793, -0.668965]],
    ),
    (constraints.NonNeg(), [[1.0, 0.0, 0.5], [0.25, 3.0, 0.0]]),
    (
        constraints.UnitNorm(axis=1),
        [[0.436436, -0.872872, 0.218218], [0.074329, 0.891953, -0.445976]],
    ),
    (
        constraints.MinMaxNorm(1.5, 2.5, rate=0.5, axis=0),
        [[1.227607, -1.693375, 0.5], [0.306902, 2.540063, -1.5]],
    ),
]
every_constraint = pytest.mark.parametrize("constraint, expected", KERAS)


@every_constraint
def test_projection_is_that_of_keras(constraint, expected):
    np.testing.assert_allclose(constraint(W), expected, atol=1e-6)


@every_constraint
def test_round_trip(constraint, expected):
    written = constraints.serialize(constraint)
    assert written["module"] == "keras.constraints"
    again = constraints.deserialize(written)
    assert type(again) is type(constraint)
    assert again.get_config() == constraint.get_config()
    np.testing.assert_array_equal(again(W), constraint(W))


def test_defaults_are_those_of_keras():
    assert constraints.MaxNorm().get_config() == {"max_value": 2, "axis": 0}
    assert constraints.UnitNorm().get_config() == {"axis": 0}
    assert constraints.MinMaxNorm().get_config() == {
        "min_value": 0.0,
        "max_value": 1.0,
        "rate": 1.0,
        "axis": 0,
    }


@pytest.mark.parametrize(
    "identifier, expected",
    [
        ("max_norm", constraints.MaxNorm),
        ("UnitNorm", constraints.UnitNorm),
        (constraints.NonNeg, constraints.NonNeg),
    ],
)
def test_get(identifier, expected):
    assert type(constraints.get(identifier)) is expected


def test_get_passes_on_what_is_one():
    own = constraints.MaxNorm(3)
    assert constraints.get(None) is None
    assert constraints.get(own) is own
    assert constraints.get(abs) is abs


def test_unknown_name():
    message = "Unknown constraint: 'non_negg'. Did you mean 'non_neg'?"
    with pytest.raises(ValueError, match=message):
        constraints.get("non_negg")


@pytest.mark.parametrize(
    "make, message",
    [
        (
            lambda: constraints.MaxNorm(-1),
            "`max_value` must not be negative. Received: max_value=-1",
        ),
        (
            lambda: constraints.MinMaxNorm(float("nan")),
            "`min_value` must not be negative. Received: min_value=nan",
        ),
        (
            lambda: constraints.MinMaxNorm(rate=2),
            "`rate` must be from 0 to 1. Received: rate=2",
        ),
    ],
)
def test_wrong_argument(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_a_subclass_must_define_the_projection():
    class Empty(constraints.Constraint):
        pass

    with pytest.raises(NotImplementedError, match="Empty does not override `__call__`"):
        Empty()(W)
