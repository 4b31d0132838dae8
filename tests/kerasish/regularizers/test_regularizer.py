import numpy as np
import pytest

import kerasish as keras
from kerasish import regularizers
from kerasish.core.errors import ArgumentError

X = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]], "float32")
# Penalties and configs of Keras 3.15.1 for X.
KERAS = [
    (regularizers.L1(0.1), 0.825, {"l1": 0.1}),
    (regularizers.L2(0.1), 1.65625, {"l2": 0.1}),
    (regularizers.L1L2(0.1, 0.2), 4.1375, {"l1": 0.1, "l2": 0.2}),
    (
        regularizers.OrthogonalRegularizer(0.5, "rows"),
        0.4217202,
        {"factor": 0.5, "mode": "rows"},
    ),
    (
        regularizers.OrthogonalRegularizer(0.5, "columns"),
        0.2296328,
        {"factor": 0.5, "mode": "columns"},
    ),
]


@pytest.mark.parametrize("regularizer, penalty, config", KERAS)
def test_penalty_and_config_are_those_of_keras(regularizer, penalty, config):
    np.testing.assert_allclose(regularizer(X), penalty, rtol=1e-6)
    assert regularizer.get_config() == config


@pytest.mark.parametrize("regularizer, penalty, config", KERAS)
def test_round_trip(regularizer, penalty, config):
    written = regularizers.serialize(regularizer)
    assert written["module"] == "keras.regularizers"
    again = regularizers.deserialize(written)
    assert type(again) is type(regularizer)
    assert again.get_config() == config


def test_defaults_are_those_of_keras():
    assert regularizers.L1().get_config() == {"l1": 0.01}
    assert regularizers.L2(None).get_config() == {"l2": 0.01}
    assert regularizers.L1L2().get_config() == {"l1": 0.0, "l2": 0.0}
    assert float(regularizers.L1L2(None, None)(X)) == 0.0


@pytest.mark.parametrize(
    "identifier, expected",
    [
        ("l1", regularizers.L1),
        ("L2", regularizers.L2),
        ("l1_l2", regularizers.L1L2),
        (regularizers.L2, regularizers.L2),
        ({"class_name": "L2", "config": {"l2": 0.5}}, regularizers.L2),
    ],
)
def test_get(identifier, expected):
    assert type(regularizers.get(identifier)) is expected


def test_get_passes_on_what_is_one():
    def mean(x):
        return keras.ops.mean(x)

    own = regularizers.L1(0.3)
    assert regularizers.get(None) is None
    assert regularizers.get(own) is own
    assert regularizers.get(mean) is mean


def test_unknown_name():
    with pytest.raises(
        ValueError, match="Unknown regularizer: 'l1_l3'. Did you mean 'l1_l2'"
    ):
        regularizers.get("l1_l3")


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), "0.1", True])
def test_wrong_factor(value):
    message = f"non-negative finite number. Received: l2={value!r}"
    with pytest.raises(ArgumentError, match=message):
        regularizers.L2(value)


def test_wrong_arguments_of_orthogonal():
    with pytest.raises(
        ArgumentError, match="'rows' or 'columns'. Received: mode='row'"
    ):
        regularizers.OrthogonalRegularizer(mode="row")
    with pytest.raises(ArgumentError, match=r"two axes. Received: shape=\(3,\)"):
        regularizers.OrthogonalRegularizer()(np.ones(3))


def test_a_subclass_must_define_the_penalty():
    class Empty(regularizers.Regularizer):
        pass

    with pytest.raises(NotImplementedError, match="Empty does not override `__call__`"):
        Empty()(X)
