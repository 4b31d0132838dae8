"""Models out of nothing, out of builders and out of patterns."""

from functools import partial

import numpy as np
import pytest

from kerasish import layers, losses, models, optimizers
from kerasish.wrappers.building import (
    build_model,
    compile_arguments,
    fresh_copy,
    multilayer_perceptron,
)

FACTS = {"n_features_in_": 4, "n_outputs_expected_": 3, "output_activation": "softmax"}


def pattern(compiled=True):
    model = models.Sequential([layers.Input((4,)), layers.Dense(3)])
    if compiled:
        model.compile(
            optimizers.SGD(0.5),
            losses.MeanSquaredError(reduction="sum"),
            metrics=["mae"],
        )
    return model


def test_a_perceptron_has_the_layers_asked_for():
    model = multilayer_perceptron(4, 3, "softmax", (5, 6), "tanh", dropout=0.5)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert model.count_params() == (4 * 5 + 5) + (5 * 6 + 6) + (6 * 3 + 3)


def test_a_perceptron_without_hidden_layers_is_a_linear_model():
    assert multilayer_perceptron(4, 3, "softmax", ()).count_params() == 15


def test_one_number_is_one_hidden_layer_and_a_dtype_holds_throughout():
    model = multilayer_perceptron(4, 3, "softmax", 5, dtype="float64")
    assert len(model.layers) == 2
    assert {np.dtype(w.dtype).name for w in model.weights} == {"float64"}


def test_no_model_is_a_perceptron():
    model = build_model(None, {"hidden_layer_sizes": (7,)}, FACTS)
    assert model.count_params() == 4 * 7 + 7 + 7 * 3 + 3


def test_a_builder_gets_the_facts_that_it_names_and_its_arguments():
    seen = {}

    def build(units, n_features_in_, n_outputs_expected, meta, *, rate=0.5, **more):
        seen.update(locals())
        return pattern()

    build_model(build, {"units": 8, "extra": 9}, FACTS)
    assert (seen["units"], seen["rate"], seen["more"]) == (8, 0.5, {"extra": 9})
    assert (seen["n_features_in_"], seen["n_outputs_expected"]) == (4, 3)
    assert seen["meta"] == FACTS


def test_arguments_go_over_facts():
    def build(n_features_in_):
        return models.Sequential([layers.Input((n_features_in_,)), layers.Dense(1)])

    model = build_model(partial(build), {"n_features_in_": 9}, FACTS)
    assert model.input_shape == (None, 9)


def test_a_class_of_models_is_a_builder():
    class Mine(models.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.dense = layers.Dense(units)

        def call(self, inputs):
            return self.dense(inputs)

    model = build_model(Mine, {"units": 2}, FACTS)
    assert model(np.ones((1, 4))).shape == (1, 2)


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match="builder `list` must return a `Model`"):
        build_model(list, {}, {})
    with pytest.raises(TypeError, match="or a callable that returns one. Received: 3"):
        build_model(3, {}, {})
    with pytest.raises(TypeError, match="already built. Received: units"):
        build_model(pattern(), {"units": 3}, {})


def test_a_pattern_is_copied_with_new_weights_and_compiled_alike():
    given = pattern()
    copy = build_model(given, {}, {})
    assert copy is not given
    assert copy.get_weights()[0].shape == (4, 3)
    assert not np.array_equal(copy.get_weights()[0], given.get_weights()[0])
    assert copy.optimizer is not given.optimizer
    assert float(copy.optimizer.learning_rate) == 0.5
    copy.fit(np.ones((2, 4)), np.ones((2, 3)), verbose=0)
    assert copy.get_metrics_result().keys() == {"loss", "mae"}


def test_an_uncompiled_pattern_gives_an_uncompiled_copy():
    assert not fresh_copy(pattern(compiled=False)).compiled


def test_the_arguments_of_compile_are_new_objects():
    given = pattern()
    found = compile_arguments(given)
    assert found["loss"] is not given.loss
    assert found["loss"].reduction == "sum"
    assert found["metrics"] == ["mae"]
    assert compile_arguments(pattern(compiled=False)) == {}
