"""Copies and pickles of models, with code of users that nothing registers."""

import copy
import pickle

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops

X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def pickled(x):
    return pickle.loads(pickle.dumps(x))


again = pytest.mark.parametrize("again", [pickled, copy.deepcopy, copy.copy])


def own_loss(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred))


def own_metric(y_true, y_pred):
    return ops.mean(ops.absolute(y_true - y_pred))


def own_activation(x):
    return ops.maximum(x, 0.1 * x)


class OwnMetric(keras.metrics.Metric):
    """Adds up the targets."""

    def __init__(self):
        super().__init__(name="own")
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(ops.sum(y_true))

    def result(self):
        return self.total


class OwnLayer(layers.Layer):
    """Cannot be made from a config: takes no name, and a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.inner = layers.Dense(2)

    def call(self, x):
        return self.function(self.inner(x))


class OwnModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = OwnLayer(own_activation)
        self.last = layers.Dense(1)

    def call(self, x):
        return self.last(self.first(x))


def sequential():
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation=own_activation),
            layers.BatchNormalization(),
            layers.Dropout(0.3, seed=3),
            layers.Dense(1),
        ]
    )


def functional():
    x = keras.Input((3,))
    shared = OwnLayer(own_activation)
    one = shared(x)
    two = shared(ops.flip(x, axis=-1))
    return keras.Model(x, layers.Dense(1)(ops.concatenate([one, two], axis=-1)))


def nested():
    x = keras.Input((3,))
    return keras.Model(x, layers.Dense(1)(layers.Flatten()(functional()(x))))


def compiled(make):
    model = make()
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, 10, 0.9)
    model.compile(
        keras.optimizers.Adam(rate), own_loss, metrics=[own_metric, OwnMetric(), "mae"]
    )
    return model


makers = pytest.mark.parametrize("make", [sequential, functional, nested, OwnModel])


@again
@makers
def test_copies_of_trained_models_train_on_alike(make, again):
    model = compiled(make)
    model.fit(X, Y, batch_size=8, epochs=2, verbose=0)
    other = again(model)
    np.testing.assert_array_equal(
        model.predict(X, verbose=0), other.predict(X, verbose=0)
    )
    assert len(other.optimizer.variables) == len(model.optimizer.variables)
    for _ in range(2):
        for m in (model, other):
            m.fit(X, Y, batch_size=8, shuffle=False, verbose=0)
    for a, b in zip(model.variables, other.variables, strict=True):
        assert a is not b
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)
    for a, b in zip(model.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


@again
@makers
def test_copies_leave_their_models_alone(make, again):
    model = compiled(make)
    model(X)
    before = model.get_weights()
    other = again(model)
    other.fit(X, Y, verbose=0)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(model.optimizer.iterations) == 0


@again
def test_copies_are_graphs_of_their_own(again):
    model = functional()
    other = again(model)
    assert [o.name for o in other.operations] == [o.name for o in model.operations]
    assert other.input_names == model.input_names
    assert [w.path for w in other.weights] == [w.path for w in model.weights]
    longer = keras.Model(other.input, other.output * 2)
    np.testing.assert_allclose(longer(X), model(X) * 2, rtol=1e-6)
    f = again(keras.Function(model.input, model.output))
    np.testing.assert_array_equal(f(X), model(X))
    layer = again(model.layers[1])
    assert layer._inbound_nodes == [] and len(model.layers[1]._inbound_nodes) == 2


@again
def test_deep_models_do_not_exceed_the_stack(again):
    x = start = keras.Input((1,))
    for _ in range(400):
        x = layers.Identity()(x)
    assert len(again(keras.Model(start, x)).layers) == 401


@again
def test_optimizers_go_on(again):
    weights = [keras.Variable(np.ones(3, "float32"), name=n) for n in "ab"]
    optimizer = keras.optimizers.Adam(0.1, weight_decay=0.5, use_ema=True)
    optimizer.exclude_from_weight_decay(weights[:1])
    optimizer.apply([np.ones(3), np.ones(3)], weights)
    held = {"optimizer": optimizer, "weights": weights}
    # Together, as a model holds them: they are the same variables still.
    other = again(held) if again is not copy.copy else copy.deepcopy(held)
    for given in (held, other):
        given["optimizer"].apply([np.ones(3), np.ones(3)], given["weights"])
    for a, b in zip(weights, other["weights"], strict=True):
        assert a is not b
        np.testing.assert_array_equal(a, b)


@again
@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.losses.Huber(0.3),
        lambda: keras.losses.LossFunctionWrapper(own_loss, name="own"),
    ],
)
def test_losses(make, again):
    loss = make()
    assert float(again(loss)(Y, Y + 0.5)) == float(loss(Y, Y + 0.5))


@again
@pytest.mark.parametrize(
    "make",
    [keras.metrics.AUC, lambda: keras.metrics.MeanMetricWrapper(own_metric), OwnMetric],
)
def test_metrics_keep_their_state(make, again):
    metric = make()
    metric.update_state(np.array([0.0, 1.0]), np.array([0.2, 0.9]))
    other = again(metric)
    assert float(other.result()) == float(metric.result())


def test_functions_without_a_name_cannot_be_pickled_but_copied():
    model = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x * 2)])
    model.compile("sgd", lambda y, p: ops.mean(y - p))
    np.testing.assert_array_equal(copy.deepcopy(model)(X), X * 2)
    assert copy.deepcopy(model).evaluate(X, X * 3, verbose=0) is not None
    with pytest.raises((pickle.PicklingError, AttributeError), match="<lambda>"):
        pickle.dumps(model)


def test_operations_are_pickled_by_name():
    for operation in (ops.relu, ops.gelu, keras.ops.image.resize):
        assert pickled(operation) is operation
        assert copy.deepcopy(operation) is operation
