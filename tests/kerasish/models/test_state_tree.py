"""The state of a model as nested dicts."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers


@pytest.fixture
def model():
    made = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(1, name="d"),
            layers.BatchNormalization(name="bn"),
        ],
        name="seq",
    )
    made.compile(keras.optimizers.Adam(name="adam"), "mse", metrics=["mae"])
    made.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    return made


def keys(nested):
    """The names in a tree, in order; None for a value."""
    if not isinstance(nested, dict):
        return None
    return {name: keys(value) for name, value in nested.items()}


def test_names_are_those_of_keras(model):
    # As Keras 3.15.1 (PyTorch) prints them for this model.
    found = keys(model.get_state_tree())
    assert found == {
        "trainable_variables": {
            "seq": {
                "d": {"kernel": None, "bias": None},
                "bn": {"gamma": None, "beta": None},
            }
        },
        "non_trainable_variables": {
            "seq": {"bn": {"moving_mean": None, "moving_variance": None}}
        },
        "optimizer_variables": {
            "adam": dict.fromkeys(
                [
                    "iteration",
                    "learning_rate",
                    "seq_d_kernel_momentum",
                    "seq_d_kernel_velocity",
                    "seq_d_bias_momentum",
                    "seq_d_bias_velocity",
                    "seq_bn_gamma_momentum",
                    "seq_bn_gamma_velocity",
                    "seq_bn_beta_momentum",
                    "seq_bn_beta_velocity",
                ]
            )
        },
        "metrics_variables": {
            "loss": {"total": None, "count": None},
            "mean_absolute_error": {"total": None, "count": None},
        },
    }


def test_a_state_comes_back(model):
    x, y = np.ones((4, 3)), np.ones((4, 1))
    state = model.get_state_tree("numpy_array")
    before = [np.array(v) for v in (*model.weights, *model.optimizer.variables)]
    model.fit(x, y, verbose=0)
    model.set_state_tree(state)
    after = [np.array(v) for v in (*model.weights, *model.optimizer.variables)]
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)
    assert isinstance(state["trainable_variables"]["seq"]["d"]["kernel"], np.ndarray)
    model.set_state_tree({"trainable_variables": {"seq": {"d": {"bias": [7.0]}}}})
    assert float(model.layers[0].bias[0]) == 7.0


def test_models_that_are_not_compiled(model):
    plain = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    assert plain.get_state_tree()["optimizer_variables"] == {}


def test_wrong_states_change_nothing(model):
    before = model.get_weights()
    good = {"seq": {"d": {"bias": [7.0]}}}
    with pytest.raises(ValueError, match="`value_format` of `get_state_tree`"):
        model.get_state_tree("torch")
    with pytest.raises(ValueError, match="must have the entries .* Did you mean"):
        model.set_state_tree({"trainable_variables": good, "trainable": {}})
    with pytest.raises(ValueError, match="no variable 'seq/d/biass' .* Did you mean"):
        model.set_state_tree({"trainable_variables": {"seq": {"d": {"biass": 1.0}}}})
    with pytest.raises(ValueError, match="must have its shape"):
        model.set_state_tree(
            {"trainable_variables": {"seq": {"d": {"bias": [7.0, 8.0]}}}}
        )
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_two_variables_of_one_path_are_told():
    class Twins(keras.Model):
        def __init__(self):
            super().__init__()
            self.a = layers.Dense(1, name="same")
            self.b = layers.Dense(1, name="same")

    twins = Twins()
    twins.a.build((None, 2))
    twins.b.build((None, 2))
    with pytest.raises(ValueError, match="have the path 'same/kernel'"):
        twins.get_state_tree()
