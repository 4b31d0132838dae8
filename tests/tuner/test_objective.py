import math

import pytest

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.tuner.errors import FatalValueError
from kerasish.tuner.objective import (
    MultiObjective,
    Objective,
    create_objective,
    infer_direction,
)
from tests.tuner.fakes import FakeMetric, FakeModel


def model(**directions):
    return FakeModel([], metrics=[FakeMetric(n, d) for n, d in directions.items()])


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("loss", "min"),
        ("val_loss", "min"),
        ("val_out1_loss", "min"),
        ("val_accuracy", "max"),
        ("auc", "max"),
        ("val_mse", "min"),
        ("r2_score", "max"),
        ("f1_score", "max"),
        ("neg_mse", None),
        ("gain", None),
        ("mean", None),
    ],
)
def test_direction_is_known_by_the_name(name, direction):
    assert infer_direction(name) == direction


def test_model_knows_the_direction_of_its_metrics():
    fitted = model(gain="max", cost="min", dark=None)
    assert infer_direction("val_gain", fitted) == "max"
    assert infer_direction("val_out1_cost", fitted) == "min"
    assert infer_direction("dark", fitted) is None


def test_unknown_direction_is_found_or_asked_for():
    objective = create_objective("val_gain")
    with pytest.raises(
        FatalValueError, match="Objective\\('val_gain', direction='max'"
    ):
        objective.better_than(1.0, 0.0)
    objective.resolve(model(gain="max"))
    assert objective.better_than(1.0, 0.0)


def test_text_and_equality():
    made = create_objective("val_loss")
    assert repr(made) == 'Objective(name="val_loss", direction="min")'
    assert made == Objective("val_loss", "min") and made != Objective("val_loss", "max")
    assert hash(made) == hash(Objective("val_loss", "min"))
    assert create_objective(made) is made
    assert create_objective(None) == Objective("default_objective", "min")


def test_nan_is_worse_than_any_number():
    objective = Objective("x", "max")
    assert objective.better_than(-1.0, math.nan) and objective.better_than(-1.0, None)
    assert not objective.better_than(math.nan, None)


def test_missing_objective_lists_what_there_is():
    objective = Objective("val_acuracy", "max")
    logs = {"loss": 1.0, "val_accuracy": 0.5}
    assert not objective.has_value(logs)
    with pytest.raises(
        FatalValueError, match="Did you mean 'val_accuracy'.*loss, val_"
    ):
        objective.get_value(logs)
    with pytest.raises(FatalValueError, match="No validation data was given"):
        objective.get_value({"loss": 1.0})
    with pytest.raises(FatalValueError, match="Available: none."):
        Objective("x", "max").get_value({})


def test_several_objectives_are_summed():
    made = create_objective(["val_loss", Objective("acc", "max")])
    assert isinstance(made, MultiObjective)
    # The value and the text of keras-tuner 1.4.8.
    assert made.get_value({"val_loss": 1.0, "acc": 0.5}) == 0.5
    assert repr(made) == (
        'MultiObjective(name="multi_objective", direction="min"): [Objective('
        'name="val_loss", direction="min"), Objective(name="acc", direction="max")]'
    )
    assert made.has_value({"val_loss": 1, "acc": 2}) and not made.has_value({"acc": 1})
    assert made.better_than(0.1, 0.2)
    with pytest.raises(FatalValueError, match="'val_loss' is not among the metrics"):
        made.get_value({"acc": 1.0, "val_acc": 1.0})


def test_directions_of_several_are_found_in_the_model():
    made = create_objective(["gain", "cost"])
    made.resolve(model(gain="max", cost="min"))
    assert made.get_config() == [
        {"name": "gain", "direction": "max"},
        {"name": "cost", "direction": "min"},
    ]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Objective("x", "up"), ArgumentError, "must be 'min' or 'max'. Recei"),
        (
            lambda: Objective(3, "min"),
            ArgumentTypeError,
            "must be the name of a metric",
        ),
        (
            lambda: create_objective(3),
            ArgumentTypeError,
            "`objective` must be the name",
        ),
        (lambda: create_objective([]), ArgumentError, "list of metrics that differ"),
        (lambda: create_objective(["a", "a"]), ArgumentError, "metrics that differ"),
    ],
)
def test_wrong_objectives_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()
