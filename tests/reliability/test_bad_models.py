"""Layers, graphs and tapes that cannot be, and user code that goes wrong."""

import operator

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, metrics, ops, optimizers
from kerasish.core.errors import KerasishWarning
from tests.reliability.builders import X, Y, case, fit, regressor


def called(function, *args, **kwargs):
    return lambda: function(*args, **kwargs)


def on(layer, *shapes):
    """Returns a call of a layer, when it is made, on inputs of these shapes."""

    def action():
        inputs = [layers.Input(shape) for shape in shapes]
        layer()(inputs[0] if len(inputs) == 1 else inputs)

    return action


def embedded(value):
    model = keras.Sequential([layers.Input((2,)), layers.Embedding(5, 2, name="e")])
    return lambda: model.predict(np.array([[1, value]]), verbose=0)


class Nothing(layers.Layer):
    def call(self, x):
        return None


class Late(layers.Layer):
    def call(self, x):
        return x * self.add_weight((4,))


class Selfish(keras.Model):
    def __init__(self):
        super().__init__()
        self.me = self


class Broken(metrics.Metric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        raise KeyError("broken")

    def result(self):
        return 0.0


def reused():
    layer = layers.Dense(1)
    layer(layers.Input((4,)))
    layer(layers.Input((3,)))


def same_names():
    inputs = layers.Input((4,))
    keras.Model(inputs, layers.Dense(1, name="d")(layers.Dense(2, name="d")(inputs)))


def same_inputs():
    a, b = (layers.Input((4,), name="i") for _ in range(2))
    keras.Model([a, b], layers.Add()([a, b]))


def disconnected():
    keras.Model(layers.Input((4,)), layers.Dense(1)(layers.Input((4,), name="other")))


def added_to_itself():
    model = keras.Sequential([layers.Dense(1)])
    model.add(model)


def used_twice():
    x = ops.ones(3)
    with keras.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    tape.gradient(y, x)


def source_that_is_no_tensor():
    x = keras.Variable([1.0])
    with keras.GradientTape() as tape:
        y = x * 2
    tape.gradient(y, 2.0)


def of_other_variables():
    optimizer = optimizers.Adam()
    optimizer.build([keras.Variable([1.0, 2.0])])
    optimizer.apply([np.ones(2, "float32")], [keras.Variable([1.0, 2.0], name="new")])


LAYERS = [
    case(
        f"units={v!r}", called(layers.Dense, v), ValueError, f"`units` of `Dense`.*{v}"
    )
    for v in (-3, 0, 2.5, "3", None, True)
] + [
    case(f"rate={v!r}", called(layers.Dropout, v), ValueError, f"`rate` of `Drop.*{v}")
    for v in (float("nan"), -0.1, 1.5, "a", None)
]
LAYERS += [
    case(name, called(make, *args, **kwargs), error, match)
    for name, make, args, kwargs, error, match in [
        ("vocabulary", layers.Embedding, (0, 2), {}, ValueError, "`input_dim` of .*=0"),
        ("vector", layers.Embedding, (3, -2), {}, ValueError, "`output_dim` of.*=-2"),
        ("repeat", layers.RepeatVector, (0,), {}, ValueError, "`n` of `Repeat.*n=0"),
        ("axes", layers.Permute, ((1, 1),), {}, ValueError, r"`dims` of `Perm.*\(1, 1"),
        ("filters", layers.Conv2D, (0, 3), {}, ValueError, "`filters` of .*=0"),
        ("kernel", layers.Conv2D, (4, 0), {}, ValueError, "`kernel_size` of .*=0"),
        ("noise", layers.GaussianNoise, (-1,), {}, ValueError, "`stddev` of .*=-1"),
        ("slope", layers.LeakyReLU, (-1,), {}, ValueError, "`negative_slope` of.*=-1"),
        ("function", layers.Lambda, (None,), {}, TypeError, "`function` of.*None"),
        ("two_free", layers.Reshape, ((-1, -1),), {}, ValueError, "may hold -1 once"),
        ("size", layers.Input, (("a",),), {}, ValueError, r"`shape` of `Input.*'a'"),
        ("negative", layers.Input, ((-1,),), {}, ValueError, "`shape` of `Input"),
        (
            "layer_epsilon",
            layers.LayerNormalization,
            (),
            {"epsilon": -1},
            ValueError,
            "`epsilon` of `LayerNormalization`.*=-1",
        ),
        (
            "batch_epsilon",
            layers.BatchNormalization,
            (),
            {"epsilon": -1},
            ValueError,
            "`epsilon` of `BatchNormalization`.*=-1",
        ),
        (
            "batch_momentum",
            layers.BatchNormalization,
            (),
            {"momentum": 2},
            ValueError,
            "`momentum` of `BatchNormalization`.*=2",
        ),
        (
            "groups",
            layers.Conv2D,
            (4, 2),
            {"groups": 3},
            ValueError,
            "`filters` of `Conv2D` must be a multiple of `groups`.*=4, groups=3",
        ),
        (
            "padding",
            layers.Conv2D,
            (4, 2),
            {"padding": "sam"},
            ValueError,
            "`padding` of `Conv2D` must be one of .*'sam'",
        ),
        (
            "strides",
            layers.Conv2D,
            (4, 3),
            {"strides": 2, "dilation_rate": 2},
            ValueError,
            "`strides > 1` of `Conv2D`.*dilation_rate=2",
        ),
        (
            "variance",
            layers.Normalization,
            (),
            {"mean": 0.0},
            ValueError,
            "both `mean` and `variance`",
        ),
    ]
]
SHAPES = [
    case(name, on(make, *shapes), ValueError, match)
    for name, make, shapes, match in [
        (
            "concatenate",
            layers.Concatenate,
            ((4, 3), (5, 3)),
            r"matching shapes except .* axis -1.*\(None, 4, 3\), \(None, 5, 3\)",
        ),
        (
            "concatenation_axis",
            lambda: layers.Concatenate(axis=5, name="c"),
            ((4,), (3,)),
            "`axis` of `Concatenate` 'c' must be from -2 to 1.*axis=5",
        ),
        ("add", layers.Add, ((4,), (3,)), r"Inputs of `Add` 'add'.*4\), \(None, 3\)"),
        ("add_one", layers.Add, ((4,),), "`Add` layer should be called on a list"),
        (
            "pool",
            lambda: layers.MaxPooling2D(5),
            ((3, 3, 1),),
            r"MaxPooling2D 'max_pooling2d': the window \(5, 5\).*\(None, 3, 3, 1\)",
        ),
        (
            "window",
            lambda: layers.Conv2D(4, 5),
            ((3, 3, 1),),
            r"Conv2D 'conv2d': the window \(5, 5\).*\(None, 3, 3, 1\)",
        ),
        (
            "rank",
            lambda: layers.Conv2D(4, 5),
            ((8, 8),),
            "'conv2d'.*expected ndim=4, found ndim=3",
        ),
        (
            "group_of_channels",
            lambda: layers.Conv2D(3, 2, groups=3),
            ((8, 8, 4),),
            "groups=3",
        ),
        (
            "reshape",
            lambda: layers.Reshape((3,)),
            ((4,),),
            r"`Reshape` 'reshape' cannot make \(3,\) of samples of shape \(4,\)",
        ),
        (
            "unknown_features",
            lambda: layers.Dense(1),
            ((None,),),
            r"last axis of the inputs of `Dense` 'dense' must be known.*\(None, None\)",
        ),
    ]
]
IDS = [
    case(f"id={value}", embedded(value), ValueError, f"`Embedding` 'e' must be {match}")
    for value, match in [
        (9, "from 0 to 4. Received: 9"),
        (-1, "from 0 to 4. Received: -1"),
        (2**32, "from 0 to 4. Received: 4294967296"),
        (0.5, "integers. Received: .*fractions"),
        (np.nan, "integers"),
        (np.inf, "integers"),
    ]
]
GRAPHS = [
    case("same_names", same_names, ValueError, "The name 'd' is used twice"),
    case("same_inputs", same_inputs, ValueError, "The name 'i' is used twice"),
    case(
        "same_names_in_a_row",
        lambda: keras.Sequential(
            [layers.Dense(1, name="d"), layers.Dense(1, name="d")]
        ),
        ValueError,
        "different names; 'd' is taken",
    ),
    case("disconnected", disconnected, ValueError, "not connected.*input 'other'"),
    case(
        "output_is_an_array",
        lambda: keras.Model(layers.Input((4,)), np.ones(3)),
        TypeError,
        "All `outputs` values.*of type ndarray",
    ),
    case("reused", reused, ValueError, r"'dense'.*axis -1.*size 4.*\(None, 3\)"),
    case("selfish", Selfish, ValueError, "'selfish' cannot hold itself as .*'me'"),
    case(
        "added_to_itself", added_to_itself, ValueError, "'sequential' cannot hold its"
    ),
    case(
        "no_layer",
        lambda: keras.Sequential([layers.Dense(1), "relu"]),
        TypeError,
        "Only layers can be added.*'relu' of type str",
    ),
    case(
        "second_input",
        lambda: keras.Sequential([layers.Input((4,)), layers.Input((4,))]),
        ValueError,
        "'sequential' has an input already",
    ),
    case("get_layer", lambda: regressor().get_layer("ot"), ValueError, r"'ot'.*'out'"),
    case("clone", called(keras.models.clone_model, "a"), TypeError, "a model.*str"),
]
CODE = [
    case("returns_none", on(Nothing, (4,)), ValueError, r"layer 'nothing' \(Nothing\)"),
    case("state_in_call", on(Late, (4,)), ValueError, "in `__init__` or `build`, not"),
    case("no_inputs", lambda: layers.Dense(1)(), ValueError, "'dense'.*without inputs"),
    case(
        "metric_raises",
        lambda: fit(regressor(metrics=[Broken()])),
        KeyError,
        "broken",
    ),
    case(
        "initializer",
        lambda: layers.Layer().add_weight((2,), initializer="zeroz"),
        ValueError,
        "Unknown initializer: 'zeroz'. Did you mean 'zero'",
    ),
    case("used_twice", used_twice, RuntimeError, "used once.*`persistent=True`"),
    case("other_variables", of_other_variables, ValueError, "does not know .*'new'"),
    case(
        "no_gradients",
        lambda: optimizers.SGD().apply([None], [keras.Variable([1.0], name="v")]),
        ValueError,
        r"No gradients provided.*\['v'\]",
    ),
    case(
        "count_of_gradients",
        lambda: optimizers.SGD().apply([1.0], [keras.Variable(1.0) for _ in range(2)]),
        ValueError,
        "a gradient for each of 2 variables. Received: 1",
    ),
    case(
        "shape_of_a_gradient",
        lambda: optimizers.SGD().apply([ops.ones(2)], [keras.Variable([1.0] * 3)]),
        ValueError,
        r"The gradient of 'variable' .* shape \(3,\). .* shape \(2,\); are",
    ),
    case(
        "not_built",
        lambda: optimizers.SGD().apply([ops.ones(2)]),
        ValueError,
        "`SGD` is not built.*`build.variables.` first",
    ),
    case(
        "no_pairs",
        lambda: optimizers.SGD().apply_gradients([]),
        ValueError,
        "needs pairs of gradients and variables. Received none",
    ),
    case(
        "rescaling",
        called(layers.Rescaling, "a"),
        TypeError,
        "`scale` of `Rescaling` must be a number .* Received: scale='a'",
    ),
    case("shift", called(layers.Rescaling, 1, None), TypeError, "`offset` of .*=None"),
    case(
        "assigned_item",
        lambda: operator.setitem(ops.ones(3), 0, 2.0),
        TypeError,
        "Tensors do not change: .*`ops.slice_update",
    ),
    case("source", source_that_is_no_tensor, TypeError, "`sources` .* type float"),
    case(
        "shape_of_a_weight",
        lambda: layers.Layer().add_weight(("a",), name="w"),
        ValueError,
        r"`shape` of variable 'w' must be a tuple.*Received: shape=\('a',\)",
    ),
]


@pytest.mark.parametrize(
    ("action", "error", "match"), [*LAYERS, *SHAPES, *IDS, *GRAPHS, *CODE]
)
def test_wrong_models_are_refused(action, error, match):
    with pytest.raises(error, match=match):
        action()


def test_gradients_that_are_not_there():
    count = keras.Variable(np.array([1, 2]), dtype="int32")
    with keras.GradientTape() as tape:
        y = count * 2
    with pytest.warns(KerasishWarning, match="dtype int32 has no gradient"):
        assert tape.gradient(y, count) is None
    x = ops.ones(3)
    with keras.GradientTape() as tape:
        y = x * x
    with pytest.warns(KerasishWarning, match="not watched: call `tape.watch`"):
        assert tape.gradient(y, x) is None


def test_a_variable_without_a_gradient_is_named():
    used, spare = keras.Variable([1.0]), keras.Variable([1.0], name="spare")
    with pytest.warns(KerasishWarning, match=r"do not exist for variables \['spare'\]"):
        optimizers.SGD(1.0).apply([np.ones(1, "float32"), None], [used, spare])
    assert (used.numpy()[0], spare.numpy()[0]) == (0.0, 1.0)


def test_freezing_after_compile_takes_effect():
    model = regressor()
    fit(model)
    model.layers[0].trainable = False
    before = model.get_weights()
    with pytest.warns(KerasishWarning, match="'sequential' has no trainable weights"):
        fit(model)
    assert np.array_equal(model.get_weights()[0], before[0])
    model.layers[0].trainable = True
    fit(model, X, Y)
    assert not np.array_equal(model.get_weights()[0], before[0])
