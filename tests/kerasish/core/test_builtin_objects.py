"""What configs may name of kerasish's own, in the words of all versions of Keras."""

import pytest

from kerasish.core import builtin_objects as builtins


def make(name, module, **members):
    return type(name, (), {"__module__": module, **members})


Dense = make("Dense", "kerasish.layers.core.dense")
AddLayer = make("Add", "kerasish.layers.merging.add")
Sequential = make("Sequential", "kerasish.models.sequential")
Functional = make("Functional", "kerasish.models.functional")
Adam = make("Adam", "kerasish.optimizers.adam")
Cosine = make("CosineDecay", "kerasish.optimizers.schedules")
LossMSE = make("MeanSquaredError", "kerasish.losses.regression")
MetricMSE = make("MeanSquaredError", "kerasish.metrics.regression")
AddOp = make("Add", "kerasish.ops.numpy", _public_module="keras.src.ops.numpy")
CLASSES = [
    Dense,
    AddLayer,
    Sequential,
    Functional,
    Adam,
    Cosine,
    LossMSE,
    MetricMSE,
    AddOp,
]


def relu(x):
    """Stands for an activation."""


def relu_op(x):
    """Stands for an op."""


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    for name in ("_classes", "_functions", "_keys"):
        monkeypatch.setattr(builtins, name, {})
    monkeypatch.setattr(builtins, "_loader", [])
    for cls in CLASSES:
        builtins.register_builtin_class(cls)
    builtins.register_builtin_functions("keras.activations", {"relu": relu})
    builtins.register_builtin_functions("keras.ops", {"relu": relu_op, "dot": print})


@pytest.mark.parametrize(
    ("cls", "key"),
    [
        (Dense, ("keras.layers", "Dense")),
        (Sequential, ("keras", "Sequential")),
        (Functional, ("keras.src.models.functional", "Functional")),
        (Cosine, ("keras.optimizers.schedules", "CosineDecay")),
        (AddOp, ("keras.src.ops.numpy", "Add")),
        (make("Nothing", "kerasish"), None),
    ],
)
def test_key_that_is_written(cls, key):
    assert builtins.builtin_key(cls) == key


def test_public_module_of_a_class_in_no_room():
    assert builtins.public_module(make("Helper", "kerasish.helper")) == "keras"


@pytest.mark.parametrize(
    ("module", "name", "cls"),
    [
        ("keras.layers", "Dense", Dense),
        ("keras", "Dense", Dense),
        ("keras.src.layers.core.dense", "Dense", Dense),
        ("keras.src.backend.torch.optimizers.torch_adam", "Adam", Adam),
        ("keras.optimizers", "Adam", Adam),
        ("keras.optimizers", "CosineDecay", Cosine),
        ("keras.models", "Sequential", Sequential),
        ("keras.src.models.sequential", "Sequential", Sequential),
        ("keras.engine.functional", "Functional", Functional),
        ("keras.src.engine.functional", "Functional", Functional),
        ("keras", "Functional", Functional),
        ("keras.losses", "MeanSquaredError", LossMSE),
        ("keras.metrics", "MeanSquaredError", MetricMSE),
        ("keras", "MeanSquaredError", None),
        ("keras.layers", "Add", AddLayer),
        ("keras.src.ops.numpy", "Add", AddOp),
        (None, "Dense", Dense),
        (None, "Add", AddLayer),
        (None, "MeanSquaredError", None),
        ("keras.layers", "Densee", None),
        ("os", "Dense", None),
    ],
)
def test_find_class(module, name, cls):
    assert builtins.find_class(module, name) is cls


@pytest.mark.parametrize(
    "module",
    [
        "keras.evil",
        "kerasevil",
        "keras..layers",
        ".keras",
        "keras.layers.os",
        "kеras.layers",  # noqa: RUF001  (a Cyrillic letter)
        "keras.src",
        "keras.src.Layers",
        "keras.src.layers\n",
        "",
        None,
        3,
        ["keras"],
    ],
)
def test_other_modules_are_not_ours(module):
    assert not builtins.is_builtin_module(module)


@pytest.mark.parametrize(
    ("module", "name", "function"),
    [
        ("builtins", "relu", relu),
        (None, "relu", relu),
        ("keras.activations", "relu", relu),
        ("keras.src.activations.activations", "relu", relu),
        ("keras.ops", "relu", relu_op),
        ("builtins", "dot", print),
        ("builtins", "system", None),
        ("keras.activations", "system", None),
        ("os", "relu", None),
    ],
)
def test_find_function(module, name, function):
    assert builtins.find_function(module, name) is function


def test_rooms_are_imported_at_the_first_look_up_that_finds_nothing():
    late = make("Late", "kerasish.layers.late")
    calls = []

    def load():
        calls.append(1)
        builtins.register_builtin_class(late)

    builtins.set_builtin_loader(load)
    assert builtins.find_class("keras.layers", "Dense") is Dense
    assert not calls
    assert builtins.find_class("keras.layers", "Late") is late
    assert builtins.find_class("keras.layers", "Later") is None
    assert calls == [1]


def test_names_and_identity():
    assert builtins.builtin_names()[:2] == ["Adam", "Add"]
    assert "relu" in builtins.builtin_names()
    assert builtins.is_builtin_function(relu)
    assert not builtins.is_builtin_function(len)


def test_a_class_may_have_further_names():
    builtins.register_builtin_class(Dense, name="FullyConnected")
    assert builtins.find_class("keras.layers", "FullyConnected") is Dense
    assert builtins.builtin_key(Dense) == ("keras.layers", "Dense")
