"""The JSON form of objects: expected forms are those of Keras 3."""

from fractions import Fraction

import numpy as np
import pytest

from kerasish.core import builtin_objects, custom_objects
from kerasish.core.errors import SerializationError
from kerasish.core.serialization import serialize_keras_object, serialize_shared


class Thing:
    """An object of the user with state, as a layer has it."""

    name = "thing"

    def __init__(self, a=1, build_config=None):
        self.a = a
        self.build_config = build_config

    def get_config(self):
        return {"a": self.a}

    def get_build_config(self):
        return self.build_config

    def save_own_variables(self, store):
        """Marks the object as one with state."""


class Plain:
    """An object without state."""

    def get_config(self):
        return {}


def function(x):
    return x


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    for name in ("_classes", "_functions", "_keys"):
        monkeypatch.setattr(builtin_objects, name, {})
    monkeypatch.setattr(builtin_objects, "_loader", [])
    for name in ("_by_name", "_name_of"):
        monkeypatch.setattr(custom_objects, name, {})


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (None, None),
        ([1, "a", 2.5, True, (1, 2), {"b": 3}], [1, "a", 2.5, True, (1, 2), {"b": 3}]),
        (np.float32(2), 2.0),
        (np.int64(2), 2),
        (Fraction(1, 2), 0.5),
        (slice(1), {"class_name": "__slice__", "config": {
            "start": None, "stop": 1, "step": None}}),
        (function, {"module": "builtins", "class_name": "function",
            "config": "function", "registered_name": "function"}),
    ],
)  # fmt: skip
def test_values(value, data):
    assert serialize_keras_object(value) == data


def test_object_of_the_user():
    assert serialize_keras_object(Thing(build_config={"input_shape": (None, 2)})) == {
        "module": __name__,
        "class_name": "Thing",
        "config": {"a": 1},
        "registered_name": "Thing",
        "build_config": {"input_shape": (None, 2)},
    }


def test_registered_objects(monkeypatch):
    custom_objects.register_keras_serializable("p")(Thing)
    custom_objects.register_keras_serializable("p", "f")(function)
    monkeypatch.setattr(Thing, "__module__", "__main__")
    data = serialize_keras_object(Thing())
    assert (data["module"], data["registered_name"]) == (None, "p>Thing")
    assert serialize_keras_object(function)["config"] == "p>f"


def test_builtin_objects():
    builtin_objects.register_builtin_class(Plain, "keras.layers", "Dense")
    data = serialize_keras_object(Plain())
    assert data == {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {},
        "registered_name": None,
    }
    builtin_objects._keys.clear()
    builtin_objects.register_builtin_class(Plain, "keras.src.models.functional")
    assert serialize_keras_object(Plain())["registered_name"] == "Plain"
    builtin_objects.register_builtin_functions("keras.ops", {"len": len})
    assert serialize_keras_object(len)["config"] == "len"


@pytest.mark.parametrize("value", [object(), {1, 2}, Plain, Plain().get_config, len])
def test_what_has_no_form(value):
    with pytest.raises(SerializationError, match="cannot be saved: it is neither"):
        serialize_keras_object(value)


def test_an_error_names_the_innermost_owner():
    inner = Thing(a=Thing(a=[object()]))
    with pytest.raises(
        SerializationError, match="^`a` in the config of `Thing` 'thing': <object"
    ):
        serialize_keras_object({"layers": [inner]})


def test_get_config_must_return_a_dict(monkeypatch):
    monkeypatch.setattr(Plain, "get_config", lambda self: None)
    with pytest.raises(SerializationError, match="`Plain` must return a dict"):
        serialize_keras_object(Plain())


def test_objects_with_state_that_occur_twice_share_an_id():
    one, two, plain = Thing(), Thing(), Plain()
    holder = Thing(a=(one, {"x": [two]}))
    data = serialize_shared([one, two, holder, plain, plain])
    ids = [part.get("shared_object_id") for part in data]
    assert ids == [1, 2, None, None, None]
    inside = data[2]["config"]["a"]
    assert inside[0]["shared_object_id"] == 1
    assert inside[1]["x"][0]["shared_object_id"] == 2
    assert "shared_object_id" not in serialize_keras_object([one, one])[1]


def test_the_form_of_a_layer_that_serialises_its_parts_itself():
    class Stack(Thing):
        def get_config(self):
            return {"parts": [serialize_keras_object(part) for part in self.a]}

    one = Thing()
    data = serialize_shared([Stack([one]), Stack([one])])
    ids = [part["config"]["parts"][0]["shared_object_id"] for part in data]
    assert ids[0] == ids[1]
