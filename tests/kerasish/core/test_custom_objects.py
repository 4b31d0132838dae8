"""Scopes and registration of the user's classes and functions."""

import threading

import pytest

from kerasish.core import custom_objects as custom
from kerasish.core.errors import ArgumentError, ArgumentTypeError


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    monkeypatch.setattr(custom, "_by_name", {})
    monkeypatch.setattr(custom, "_name_of", {})


def test_scopes_nest_and_end():
    with custom.CustomObjectScope({"a": 1, "b": 2}) as outer:
        assert outer.custom_objects == {"a": 1, "b": 2}
        with custom.custom_object_scope({"b": 3}):
            assert custom.get_registered_object("a") == 1
            assert custom.get_registered_object("b") == 3
        assert custom.get_registered_object("b") == 2
    assert custom.get_registered_object("a") is None
    assert dict(custom.custom_objects_in_scope()) == {}


def test_a_scope_ends_when_an_error_passes():
    with pytest.raises(KeyError), custom.CustomObjectScope({"a": 1}):
        raise KeyError("a")
    assert custom.get_registered_object("a") is None


def test_a_scope_can_be_entered_twice_and_be_empty():
    scope = custom.CustomObjectScope({"a": 1})
    with scope, scope, custom.CustomObjectScope(None):
        assert custom.get_registered_object("a") == 1
    assert custom.get_registered_object("a") is None


def test_a_scope_holds_for_its_thread_only():
    seen = []
    with custom.CustomObjectScope({"a": 1}):
        thread = threading.Thread(
            target=lambda: seen.append(custom.get_registered_object("a"))
        )
        thread.start()
        thread.join()
    assert seen == [None]


def test_a_scope_wants_a_dict():
    with pytest.raises(ArgumentTypeError, match="`custom_objects` must be a dict"):
        custom.CustomObjectScope([float])


def test_register_as_keras_does():
    @custom.register_keras_serializable()
    class Layer:
        def get_config(self):
            return {}

    @custom.register_keras_serializable("p", "n")
    def function(x):
        return x

    assert custom.get_registered_name(Layer) == "Custom>Layer"
    assert custom.get_registered_name(function) == "p>n"
    assert custom.get_custom_objects() == {"Custom>Layer": Layer, "p>n": function}
    assert custom.get_registered_object("Custom>Layer") is Layer


def test_order_of_the_places():
    custom.get_custom_objects()["x"] = "global"
    found = custom.get_registered_object
    assert found("x", None, {"x": "module"}) == "global"
    assert found("y", None, {"y": "module"}) == "module"
    with custom.CustomObjectScope({"x": "scope"}):
        assert found("x") == "scope"
        assert found("x", {"x": "given"}) == "given"


def test_names_of_what_is_not_registered():
    assert custom.get_registered_name(len) == "len"
    assert custom.get_registered_name([]) == "list"


@pytest.mark.parametrize("target", [float, 3])
def test_what_cannot_be_registered(target):
    with pytest.raises(ArgumentError, match=r"must have a `get_config\(\)` method"):
        custom.register_keras_serializable()(target)


def test_decorating_without_parentheses():
    with pytest.raises(ArgumentError, match="decorate with parentheses"):
        custom.register_keras_serializable(len)
