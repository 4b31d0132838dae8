import numpy as np
import pytest

from kerasish.core.errors import ArgumentError, ArgumentTypeError, SerializationError
from kerasish.tuner.conditions import Condition, Parent, as_value, as_values


def test_parent_holds_for_its_values_only():
    parent = Parent("mode", ["a", "b"])
    assert parent.is_active({"mode": "b"})
    assert not parent.is_active({"mode": "c"})
    assert not parent.is_active({})


def test_parent_is_enabled_by_its_first_value_unless_it_holds():
    parent = Parent("mode", ["a", "b"])
    values = {"mode": "c"}
    parent.enable(values)
    assert values == {"mode": "a"}
    values = {"mode": "b"}
    parent.enable(values)
    assert values == {"mode": "b"}


def test_json_is_that_of_keras_tuner():
    parent = Parent("units", (4, np.int64(8)))
    config = {"class_name": "Parent", "config": {"name": "units", "values": [4, 8]}}
    assert parent.serialize() == config
    made = Condition.deserialize(config)
    assert made == parent and hash(made) == hash(parent)
    assert made != Parent("units", [4])


def test_unknown_condition_is_refused():
    with pytest.raises(SerializationError, match="must be a `Parent`. .*'os.system'"):
        Condition.deserialize({"class_name": "os.system", "config": {}})


def test_values_are_python_numbers_or_strings():
    assert type(as_value(np.float32(0.5), "it")) is float
    assert as_values(3, "they") == [3]
    with pytest.raises(ArgumentTypeError, match="It must be a bool, int, float or str"):
        as_value([1], "It")
    with pytest.raises(ArgumentError, match="It must be finite. Received: inf"):
        as_value(np.inf, "It")
