"""Single batches give the numbers that `fit` does; recorded steps can be looked at."""

import numpy as np
import pytest

import kerasish as keras

X = np.linspace(-1, 1, 16).reshape(8, 2)
Y = X @ [[1.0], [-2.0]]


def model(**kwargs):
    made = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")]
    )
    made.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"], **kwargs)
    return made


@pytest.mark.parametrize("eager", [False, True])
def test_batch_by_batch_is_what_fit_does(eager):
    one, other = model(run_eagerly=eager), model(run_eagerly=eager)
    one.fit(X, Y, batch_size=4, epochs=10, shuffle=False, verbose=0)
    for _ in range(10):
        for rows in (slice(0, 4), slice(4, 8)):
            other.train_on_batch(X[rows], Y[rows])
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_values_are_those_of_the_formulas():
    made = model()
    error = X.sum(1, keepdims=True) - Y
    loss, mae = made.test_on_batch(X, Y)
    assert loss == pytest.approx((error**2).mean(), rel=1e-5)
    assert mae == pytest.approx(abs(error).mean(), rel=1e-5)
    np.testing.assert_allclose(made.predict_on_batch(X), X.sum(1, keepdims=True), 1e-5)
    weights = np.arange(8.0)
    made.reset_metrics()
    told = made.test_on_batch(X, Y, sample_weight=weights, return_dict=True)
    expected = (weights[:, None] * error**2).sum() / 8
    assert told["loss"] == pytest.approx(expected, rel=1e-5)


def test_class_weights_scale_the_loss():
    classes = np.array([[0], [1], [1], [0]])
    once, twice = model(), model()
    x = X[:4]
    first = once.train_on_batch(x, classes, class_weight={0: 1.0, 1: 1.0})[0]
    other = twice.train_on_batch(x, classes, class_weight={0: 2.0, 1: 2.0})[0]
    assert other == pytest.approx(2 * first, rel=1e-5)


def test_metrics_go_on_accumulating():
    made = model()
    first = made.test_on_batch(X[:4], Y[:4])[0]
    both = made.test_on_batch(X[4:], Y[4:])[0]
    made.reset_metrics()
    second = made.test_on_batch(X[4:], Y[4:])[0]
    assert both == pytest.approx((first + second) / 2, rel=1e-5)


def test_recorded_steps_can_be_looked_at():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="only")])
    assert model.train_function is None and model.test_function is None
    x, y = np.ones((80, 2)), np.ones((80, 1))
    assert model.predict(x, verbose=0).shape == (80, 1)
    assert "matmul" in model.predict_function.graph()
    model.compile("sgd", "mse")
    model.fit(x, y, batch_size=8, verbose=0)
    for _ in range(3):
        model.evaluate(x, y, batch_size=8, verbose=0)
    assert "only" in model.train_function.plan()
    assert "loss" in model.test_function.plan()
    model.compile("sgd", "mse", run_eagerly=True)
    assert model.train_function is model.predict_function is None
