"""Configs to objects: what is known is built, everything else is refused."""

import pytest

from kerasish.core import builtin_objects, custom_objects
from kerasish.core.deserialization import deserialize_keras_object
from kerasish.core.errors import SerializationError, UnsafeModelError
from kerasish.core.registry import in_safe_mode
from kerasish.core.serialization import serialize_keras_object, serialize_shared

LAMBDA = {"class_name": "__lambda__", "config": {"code": "", "defaults": None}}


class Thing:
    """An object with everything a config can carry."""

    def __init__(self, a=1):
        self.a = a
        self.built = False
        self.calls = []

    def get_config(self):
        return {"a": self.a}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def build_from_config(self, config):
        self.calls.append(("build", config))

    def compile_from_config(self, config):
        self.calls.append(("compile", config))

    def save_own_variables(self, store):
        """Marks the object as one with state."""


class Other(Thing):
    """Another class."""


class Stack:
    """A container that reads its parts itself."""

    def __init__(self, parts):
        self.parts = parts

    def get_config(self):
        return {"parts": serialize_keras_object(self.parts)}

    @classmethod
    def from_config(cls, config):
        return cls(deserialize_keras_object(config["parts"], safe_mode=False))


class NoMaker:
    """A class that cannot be built from a config."""


def function(x):
    return x


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    for name in ("_classes", "_functions", "_keys"):
        monkeypatch.setattr(builtin_objects, name, {})
    monkeypatch.setattr(builtin_objects, "_loader", [])
    for name in ("_by_name", "_name_of"):
        monkeypatch.setattr(custom_objects, name, {})
    builtin_objects.register_builtin_class(Thing, "keras.layers")
    builtin_objects.register_builtin_class(Stack, "keras.layers")
    builtin_objects.register_builtin_functions("keras.activations", {"relu": function})


def data(name="Thing", module="keras.layers", **more):
    return {"module": module, "class_name": name, "config": {}, **more}


@pytest.mark.parametrize(
    ("config", "value"),
    [
        (None, None),
        (3, 3),
        ("abc", "abc"),
        ((1, [2, (3,)]), [1, [2, [3]]]),
        ({"a": 1, "b": [slice(1).stop]}, {"a": 1, "b": [1]}),
        ({"class_name": "__ellipsis__", "config": {}}, ...),
    ],
)
def test_plain_values(config, value):
    assert deserialize_keras_object(config) == value


def test_object_is_built_and_compiled():
    thing = deserialize_keras_object(
        data(config={"a": 2}, build_config={"x": 1}, compile_config={"y": 2})
    )
    assert thing.a == 2
    assert thing.calls == [("build", {"x": 1}), ("compile", {"y": 2})]


def test_functions():
    config = {"module": "builtins", "class_name": "function", "config": "relu"}
    assert deserialize_keras_object(config) is function
    config = serialize_keras_object(len_of)
    assert deserialize_keras_object(config, {"len_of": len_of}) is len_of
    assert deserialize_keras_object("len_of", {"len_of": len_of}) is len_of


def len_of(x):
    return len(x)


def test_custom_classes_by_all_their_names():
    config = data("Other", "some.module", registered_name="Other")
    assert type(deserialize_keras_object(config, {"Other": Other})) is Other
    with custom_objects.CustomObjectScope({"Other": Other}):
        assert type(deserialize_keras_object(config)) is Other
    custom_objects.register_keras_serializable("p", "q")(Other)
    assert type(deserialize_keras_object(serialize_keras_object(Other()))) is Other
    moved = data("Other", None, registered_name="p>q")
    assert type(deserialize_keras_object(moved)) is Other


def test_a_custom_class_may_have_moved_to_another_package():
    custom_objects.register_keras_serializable("new")(Other)
    assert type(deserialize_keras_object(data("Other", None))) is Other


def test_a_builtin_class_may_come_without_a_module():
    assert type(deserialize_keras_object(data(module=None))) is Thing


def test_custom_objects_do_not_replace_builtin_classes():
    assert type(deserialize_keras_object(data(), {"Thing": Other})) is Thing


def test_older_form_with_a_table():
    read = deserialize_keras_object
    table = {"thing": Thing, "relu": function}
    assert type(read("thing", module_objects=table)) is Thing
    assert read("relu", module_objects=table) is function
    old = {"class_name": "thing", "config": {"a": 5}}
    assert read(old, module_objects=table).a == 5
    assert type(read(data(), module_objects={})) is Thing
    assert read({"class_name": "__ellipsis__", "config": {}}, module_objects={}) is ...
    with pytest.raises(SerializationError, match="Unknown shape: 'thng'. Did you mean"):
        read("thng", module_objects=table, printable_module_name="shape")


def test_shared_objects_are_one_object_again():
    one, two = Thing(1), Thing(2)
    config = serialize_shared(Stack([one, two, one]))
    parts = deserialize_keras_object(config).parts
    assert parts[0] is parts[2]
    assert parts[0] is not parts[1]
    again = deserialize_keras_object(config).parts
    assert again[0] is not parts[0]


def test_a_shared_id_must_be_that_of_the_same_class():
    custom_objects.register_keras_serializable("p")(Other)
    config = [
        data(shared_object_id=1),
        data("Other", None, registered_name="p>Other", shared_object_id=1),
    ]
    with pytest.raises(SerializationError, match="`shared_object_id` of a config"):
        deserialize_keras_object(config)


def test_the_outermost_call_decides_on_safe_mode():
    seen = []

    class Probe(Thing):
        @classmethod
        def from_config(cls, config):
            seen.append(in_safe_mode())
            return cls()

    config = {"parts": [data("Probe", None)]}
    scope = {"Probe": Probe}
    deserialize_keras_object(data("Stack", config=config), scope)
    deserialize_keras_object(data("Stack", config=config), scope, safe_mode=False)
    assert seen == [True, False]
    with pytest.raises(UnsafeModelError, match="Python lambda"):
        deserialize_keras_object(data("Stack", config={"parts": [LAMBDA]}))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (data("Thng"), "Unknown class of `keras.layers`: 'Thng'. Did you mean 'Thing'"),
        (data("Foo", "foo.bar"), "Could not locate class 'Foo' of module 'foo.bar'"),
        (data("Foo", None), "custom_objects={'Foo': ...}"),
        (data("Popen", "subprocess"), "Could not locate class 'Popen'"),
        (data("function", "os", config="system"), "locate function 'system' of module"),
        (data("function", "builtins", config="exec"), "Could not locate function"),
        (data("function", config=["relu"]), "`config` of a config must be the name"),
        (data(["Thing"]), "`class_name` of a config must be a string"),
        (data(module=["keras"]), "`module` of a config must be a string or null"),
        (data(registered_name=3), "`registered_name` of a config must be a string"),
        (data(config=[1]), "must be a dict, for `Thing`. Received"),
        (data(config={"zz": 4}), "`Thing` could not be built from its config: .*zz"),
        (data("__typespec__"), "unknown kind"),
        ({"x": {1}}, "must be made of dicts, lists"),
        (LAMBDA, "Python lambda"),
    ],
)
def test_refused(config, message):
    with pytest.raises(SerializationError, match=message):
        deserialize_keras_object(config)


def test_a_name_registered_for_another_class_is_refused():
    custom_objects.register_keras_serializable("p")(Other)
    config = data("Thing", None, registered_name="p>Other")
    with pytest.raises(SerializationError, match="names class 'Thing' but is regist"):
        deserialize_keras_object(config)


def test_errors_while_building(monkeypatch):
    with pytest.raises(SerializationError, match=r"has no `from_config\(\)`"):
        deserialize_keras_object(data("NoMaker", None), {"NoMaker": NoMaker})

    def fail(self, config):
        raise RuntimeError("bad shape")

    monkeypatch.setattr(Thing, "build_from_config", fail)
    with pytest.raises(
        SerializationError, match="`build_from_config` of `Thing` '' failed: bad shape"
    ):
        deserialize_keras_object(data(build_config={"x": 1}))
    monkeypatch.delattr(Thing, "build_from_config")
    assert deserialize_keras_object(data(build_config={"x": 1})).calls == []


def test_errors_of_parts_pass_unchanged(monkeypatch):
    inner = data("Stack", config={"parts": [data("Thng")]})
    with pytest.raises(SerializationError, match="^Unknown class"):
        deserialize_keras_object(inner)

    def unsafe(self, config):
        raise UnsafeModelError("no")

    monkeypatch.setattr(Thing, "compile_from_config", unsafe)
    with pytest.raises(UnsafeModelError, match="^no$"):
        deserialize_keras_object(data(compile_config={"x": 1}))
