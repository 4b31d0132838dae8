import json

import pytest

from kerasish.core.errors import ArgumentError, ArgumentTypeError, SerializationError
from kerasish.tuner.errors import FatalValueError
from kerasish.tuner.hyperparameter import Fixed
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.numerical import Int


def branches():
    """`u` has one range where `m` is x and another where it is y."""
    hp = HyperParameters()
    hp.Choice("m", ["x", "y"])
    with hp.conditional_scope("m", "x"):
        hp.Int("u", 1, 3)
    with hp.conditional_scope("m", ["y"]):
        hp.Int("u", 5, 7)
    return hp


def test_space_is_found_by_asking():
    hp = HyperParameters()
    assert hp.Int("units", 1, 4) == 1
    assert hp.Boolean("drop") is False
    assert [item.name for item in hp.space] == ["units", "drop"]
    assert hp.values == {"units": 1, "drop": False}
    assert hp.used == {"units", "drop"}


def test_value_is_looked_up():
    hp = HyperParameters()
    hp.Int("units", 1, 4)
    assert hp.get("units") == hp["units"] == 1
    assert "units" in hp and "unit" not in hp and 3 not in hp
    with pytest.raises(KeyError, match="'unit' does not exist. Did you mean 'units'?"):
        hp.get("unit")


def test_conditional_scope_hides_what_is_not_in_use():
    hp = HyperParameters()
    hp.Choice("a", [1, 2])
    with hp.conditional_scope("a", [2]):
        assert hp.Int("b", 1, 5, default=3) == 3
    assert hp.values == {"a": 1}
    assert "b" not in hp and "b" not in hp.used
    assert hp.is_active("a") and not hp.is_active("b")
    with pytest.raises(ArgumentError, match="'b' is currently inactive"):
        hp.get("b")
    # The JSON that keras-tuner 1.4.8 writes for the same calls.
    assert json.dumps(hp.get_config()) == (
        '{"space": [{"class_name": "Choice", "config": {"name": "a", "default": 1, '
        '"conditions": [], "values": [1, 2], "ordered": true}}, {"class_name": "Int", '
        '"config": {"name": "b", "default": 3, "conditions": [{"class_name": "Parent", '
        '"config": {"name": "a", "values": [2]}}], "min_value": 1, "max_value": 5, '
        '"step": 1, "sampling": "linear"}}], "values": {"a": 1}}'
    )


def test_scopes_are_noted_by_whether_they_held():
    hp = branches()
    assert [[str(c.values) for c in s] for s in hp.active_scopes] == [["['x']"]]
    assert [[str(c.values) for c in s] for s in hp.inactive_scopes] == [["['y']"]]


def test_one_name_may_have_a_range_in_each_branch():
    hp = branches()
    assert hp.values == {"m": "x", "u": 1}
    other = hp.copy()
    other.values = {"m": "y"}
    other.ensure_active_values()
    assert other.values == {"m": "y", "u": 5}
    assert [other.is_active(item) for item in other.space] == [True, False, True]
    assert hp.values == {"m": "x", "u": 1}


def test_parent_can_be_named_with_the_scope_or_without():
    hp = HyperParameters()
    hp.Boolean("outer", default=True)
    with hp.name_scope("block"):
        hp.Boolean("inner", default=True)
        with hp.conditional_scope("inner", True):
            hp.Int("a", 1, 2)
        with hp.conditional_scope("outer", True):
            hp.Int("b", 1, 2)
    names = [item.name for item in hp.space]
    assert names == ["outer", "block/inner", "block/a", "block/b"]
    assert hp.space[2].conditions[0].name == "block/inner"
    assert hp.space[3].conditions[0].name == "outer"
    assert hp.get("block/a") == 1


def test_missing_parent_is_named():
    hp = HyperParameters()
    hp.Boolean("mode")
    with pytest.raises(ArgumentError, match="parent 'mod' is not defined.*mean 'mode'"):
        hp.Int("b", 1, 5, parent_name="mod", parent_values=[1])
    with pytest.raises(ArgumentError, match="`parent_values` must be given"):
        hp.Int("b", 1, 5, parent_name="mode")


def test_empty_scope_is_refused():
    with pytest.raises(ArgumentTypeError, match="`name` of `name_scope` must be"):
        with HyperParameters().name_scope(""):
            pass


def test_same_name_with_the_same_range_is_one_hyperparameter():
    hp = HyperParameters()
    assert hp.Int("a", 1, 5, default=2) == hp.Int("a", 1, 5, default=3) == 2
    assert len(hp.space) == 1


def test_same_name_with_another_range_is_refused():
    hp = HyperParameters()
    hp.Int("a", 1, 5)
    with pytest.raises(FatalValueError, match="'a' is defined twice with different"):
        hp.Int("a", 1, 9)
    with pytest.raises(FatalValueError, match="Give each its own name"):
        hp.Float("a", 1, 5)
    assert len(hp.space) == 1


def test_same_name_in_two_branches_that_hold_together_is_refused():
    hp = branches()
    with pytest.raises(FatalValueError, match="'u' is defined twice"):
        hp.Int("u", 1, 9)


def test_range_given_beforehand_rules():
    hp = HyperParameters()
    hp.Fixed("rate", 0.5)
    hp.given = {"rate"}
    hp.Choice("optimizer", ["adam", "sgd"])
    assert hp.Float("rate", 1e-4, 1e-2) == 0.5
    with hp.conditional_scope("optimizer", "sgd"):
        assert hp.Float("rate", 1e-4, 1e-2) == 0.5
    assert [type(item).__name__ for item in hp.space] == ["Fixed", "Choice"]
    assert "rate" in hp.used


def test_given_range_that_is_not_in_use_leaves_the_default():
    hp = HyperParameters()
    hp.Boolean("mode")
    hp.Int("a", 1, 5, parent_name="mode", parent_values=True)
    hp.given = {"a"}
    assert hp.Int("a", 3, 9) == 3
    assert "a" not in hp.used


def test_values_put_in_by_hand_are_kept():
    hp = HyperParameters()
    hp.values["epochs"] = 7
    hp.Int("units", 1, 3)
    hp.ensure_active_values()
    assert hp.values == {"units": 1, "epochs": 7}


def test_merge_adds_and_overwrites():
    ours, theirs = HyperParameters(), HyperParameters()
    ours.Int("a", 1, 5)
    ours.Int("b", 1, 5)
    theirs.Int("a", 3, 9, default=4)
    theirs.Int("c", 1, 5)
    kept = ours.copy()
    kept.merge(theirs, overwrite=False)
    assert kept.values == {"a": 1, "b": 1, "c": 1}
    assert kept.space[0].max_value == 5
    ours.merge(theirs)
    assert ours.values == {"a": 4, "b": 1, "c": 1}
    assert ours.space[0].max_value == 9
    ours.merge([Fixed("b", 2), Int("d", 1, 2)])
    assert ours.values == {"a": 4, "b": 2, "c": 1, "d": 1}


def test_config_round_trip():
    hp = branches()
    made = HyperParameters.from_config(json.loads(json.dumps(hp.get_config())))
    assert made.get_config() == hp.get_config()
    # A space that was read is not up to the builder any more.
    assert made.given == {"m", "u"}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"values": {}}, "damaged"),
        ({"space": [3], "values": {}}, "damaged"),
        ({"space": [{"class_name": "Int", "config": {}}], "values": {}}, "damaged"),
        (
            {"space": [{"class_name": "os.system", "config": {}}], "values": {}},
            "Unknown class of hyperparameter: 'os.system'",
        ),
    ],
)
def test_damaged_config_is_refused(config, message):
    with pytest.raises(SerializationError, match=message):
        HyperParameters.from_config(config)
