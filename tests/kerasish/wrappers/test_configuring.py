"""Optimizers, losses, metrics and callbacks from names and routed settings."""

import pytest

from kerasish import callbacks, losses, metrics, optimizers
from kerasish.wrappers.configuring import (
    callback_list,
    loss_name,
    make_loss,
    make_metrics,
    make_optimizer,
)


@pytest.mark.parametrize(
    "optimizer", ["adam", "Adam", optimizers.Adam, optimizers.Adam(0.5)]
)
def test_an_optimizer_is_made_anew_with_the_settings(optimizer):
    made = make_optimizer(optimizer, {"learning_rate": 0.25})
    assert isinstance(made, optimizers.Adam)
    assert made is not optimizer
    assert float(made.learning_rate) == 0.25


def test_an_optimizer_keeps_its_settings_where_none_are_given():
    given = optimizers.SGD(0.5, momentum=0.75)
    made = make_optimizer(given, {"learning_rate": 0.25})
    assert made.momentum == 0.75
    assert float(given.learning_rate) == 0.5
    assert make_optimizer(given, {}) is not given


def test_an_unknown_setting_has_a_suggestion():
    with pytest.raises(ValueError, match="setting of Adam: 'learning_rat'. Did you"):
        make_optimizer("adam", {"learning_rat": 0.1})


@pytest.mark.parametrize("loss", ["mse", "mean_squared_error", "MeanSquaredError"])
def test_a_loss_by_name_becomes_an_object_with_the_defaults(loss):
    made = make_loss(loss, {}, {"reduction": "mean_with_sample_weight"})
    assert isinstance(made, losses.MeanSquaredError)
    assert made.reduction == "mean_with_sample_weight"


def test_settings_of_a_loss_go_over_the_defaults():
    made = make_loss(
        losses.CategoricalCrossentropy, {"label_smoothing": 0.5, "reduction": "sum"}, {}
    )
    assert made.reduction == "sum"
    assert made.label_smoothing == 0.5


def test_a_loss_object_keeps_its_reduction():
    given = losses.CategoricalCrossentropy(reduction="sum")
    assert make_loss(given, {}, {"reduction": "none"}) is given
    made = make_loss(given, {"label_smoothing": 0.5}, {"reduction": "none"})
    assert made.label_smoothing == 0.5
    assert made.reduction == "sum"


def test_a_loss_function_is_passed_on_and_takes_no_settings():
    def mine(y_true, y_pred):
        return y_pred - y_true

    assert make_loss(mine, {}, {"reduction": "sum"}) is mine
    with pytest.raises(TypeError, match="is a function and takes no settings"):
        make_loss(mine, {"delta": 1}, {})


def test_several_losses_are_passed_on():
    assert make_loss(["mse", "mae"], {}, {}) == ["mse", "mae"]


def test_an_unknown_loss_is_an_error():
    with pytest.raises(ValueError, match="meen_squared_error"):
        make_loss("meen_squared_error", {}, {})


@pytest.mark.parametrize(
    "loss",
    [
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
        losses.SparseCategoricalCrossentropy,
        losses.SparseCategoricalCrossentropy(name="other"),
        losses.sparse_categorical_crossentropy,
        {"class_name": "SparseCategoricalCrossentropy", "config": {}},
    ],
)
def test_the_name_of_a_loss_however_given(loss):
    assert loss_name(loss) == "sparse_categorical_crossentropy"


def test_the_name_of_a_loss_without_one_is_empty():
    assert loss_name(["mse"]) == ""


def test_metrics_by_name_stay_names_and_objects_are_made_anew():
    given = metrics.MeanAbsoluteError(name="error")
    made = make_metrics(["accuracy", given, metrics.MeanSquaredError], {})
    assert made[0] == "accuracy"
    assert made[1] is not given
    assert made[1].name == "error"
    assert isinstance(made[2], metrics.MeanSquaredError)


def test_settings_of_metrics_go_to_classes_or_to_the_one_that_is_named():
    kinds = [metrics.MeanAbsoluteError, metrics.MeanSquaredError]
    made = make_metrics(kinds, {"dtype": "float64", "1__name": "square"})
    assert [metric.name for metric in made] == ["mean_absolute_error", "square"]
    assert {metric.dtype for metric in made} == {"float64"}


def test_one_metric_and_a_dict_of_metrics_keep_their_form():
    assert make_metrics("mae", {}) == ["mae"]
    assert make_metrics({"out": "mae"}, {}) == {"out": "mae"}
    assert make_metrics(None, {}) is None


def test_callbacks_are_copies_of_instances_and_made_of_classes():
    given = callbacks.EarlyStopping(patience=5)
    made = callback_list([given, callbacks.EarlyStopping], {"patience": 2})
    assert made[0] is not given
    assert [callback.patience for callback in made] == [5, 2]


def test_a_named_callback_gets_its_own_settings():
    named = {
        "stop": callbacks.EarlyStopping(patience=5),
        "slow": callbacks.ReduceLROnPlateau,
    }
    made = callback_list(named, {"stop__patience": 7, "slow__patience": 9})
    assert [callback.patience for callback in made] == [7, 9]
    assert named["stop"].patience == 5


def test_no_callback_and_one_callback_become_a_list():
    assert callback_list(None, {}) == []
    assert len(callback_list(callbacks.TerminateOnNaN(), {})) == 1


def test_what_is_not_a_callback_is_refused():
    with pytest.raises(TypeError, match="Received: 'early_stopping' at '0'"):
        callback_list("early_stopping", {})
    with pytest.raises(ValueError, match="setting of EarlyStopping: 'patienc'"):
        callback_list([callbacks.EarlyStopping()], {"0__patienc": 1})
    with pytest.raises(ValueError, match="name in a routed parameter: '1'"):
        callback_list([callbacks.EarlyStopping()], {"1__patience": 1})
