"""The loops of fit, evaluate and predict."""

import threading

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.core.errors import DataWarning


def linear(**kw):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse", **kw)
    return model


@pytest.fixture
def data(rng):
    x = rng.normal(size=(64, 2)).astype("float32")
    return x, x @ np.array([[2.0], [-1.0]], "float32") + 0.5


def test_fit_finds_the_line(data):
    model = linear(metrics=["mae"])
    history = model.fit(*data, epochs=40, batch_size=16, verbose=0).history
    assert list(history) == ["loss", "mae"] and history["loss"][-1] < 1e-5
    np.testing.assert_allclose(model.get_weights()[0], [[2.0], [-1.0]], atol=0.01)


def test_one_step_is_gradient_descent(data):
    x, y = data
    model = linear()
    w, b = model.get_weights()
    model.train_on_batch(x, y)
    error = x @ w + b - y
    np.testing.assert_allclose(
        model.get_weights()[0], w - 0.1 * 2 * x.T @ error / 64, rtol=1e-4, atol=1e-5
    )


def test_evaluate_and_predict_agree_with_numpy(data):
    x, y = data
    model = linear(metrics=["mae"])
    p = model.predict(x, batch_size=10, verbose=0)
    w, b = model.get_weights()
    np.testing.assert_allclose(p, x @ w + b, rtol=1e-5, atol=1e-6)
    loss, mae = model.evaluate(x, y, batch_size=10, verbose=0)
    assert loss == pytest.approx(((p - y) ** 2).mean(), rel=1e-5)
    assert mae == pytest.approx(np.abs(p - y).mean(), rel=1e-5)


def test_weights_of_samples_and_classes(data):
    x, y = data
    weight = np.linspace(0, 2, 64)
    model = linear()
    p = model.predict(x, verbose=0)
    found = model.evaluate(x, y, sample_weight=weight, batch_size=64, verbose=0)
    assert found == pytest.approx((weight[:, None] * (p - y) ** 2).mean(), rel=1e-4)


def test_validation_and_frequency(data):
    model = linear()
    history = model.fit(
        *data, epochs=4, validation_split=0.25, validation_freq=2, verbose=0
    )
    assert len(history.history["val_loss"]) == 2 and history.epoch == [0, 1, 2, 3]
    history = model.fit(
        *data, validation_data=data, verbose=0, epochs=3, initial_epoch=1
    )
    assert history.epoch == [1, 2]


def test_generators_and_steps(data):
    def batches():
        while True:
            yield data

    model = linear()
    history = model.fit(batches(), steps_per_epoch=3, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert model.predict(iter([data[0]]), verbose=0).shape == (64, 1)


def stream(y, count):
    """Yields batches of (1, 2) ones, whose targets are those given, one by one."""
    for value in y[:count]:
        yield np.ones((1, 2), "float32"), np.full((1, 1), value, "float32")


def frozen():
    """A model that always predicts zero."""
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(1, kernel_initializer="zeros")]
    )
    model.compile(keras.optimizers.SGD(1e-30), "mse")
    return model


def test_validation_generators_go_on_from_epoch_to_epoch(data):
    history = frozen().fit(
        *data,
        epochs=3,
        verbose=0,
        validation_data=stream([1, 2, 3, 4, 5, 6, 7], 7),
        validation_steps=2,
    )
    # The means of 1 and 4, 9 and 16, 25 and 36.
    np.testing.assert_allclose(history.history["val_loss"], [2.5, 12.5, 30.5])


def test_validation_generators_may_run_dry(data):
    with pytest.warns(DataWarning) as told:
        history = frozen().fit(
            *data,
            epochs=4,
            verbose=0,
            validation_data=stream([1, 2, 3], 3),
            validation_steps=2,
        )
    np.testing.assert_allclose(history.history["val_loss"], [2.5, 9.0])
    assert len(history.history["loss"]) == 4
    short, over = [str(warning.message) for warning in told]
    assert "epoch 2 should have 2 batches (`validation_steps`), got 1" in short
    assert "`validation_data` ran out after 3 batches: epoch 3 of 4" in over
    with pytest.warns(DataWarning, match="after 3 batches: epoch 2 of 3"):
        history = frozen().fit(
            *data, epochs=3, verbose=0, validation_data=stream([1, 2, 3], 3)
        )
    np.testing.assert_allclose(history.history["val_loss"], [14 / 3], rtol=1e-6)
    with pytest.raises(ValueError, match="`validation_data` must yield at least one"):
        frozen().fit(*data, verbose=0, validation_data=iter([]))


def test_validation_steps_of_arrays_start_anew(data):
    y = np.arange(4.0)
    history = frozen().fit(
        *data,
        epochs=2,
        verbose=0,
        validation_data=(np.ones((4, 2)), y),
        validation_batch_size=1,
        validation_steps=2,
    )
    np.testing.assert_allclose(history.history["val_loss"], [0.5, 0.5])
    with pytest.raises(ValueError, match="`validation_steps` of `fit` must be a pos"):
        frozen().fit(*data, verbose=0, validation_data=data, validation_steps=0)


def test_the_same_seed_gives_the_same_weights(data):
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        model = linear()
        model.fit(*data, epochs=2, verbose=0)
        found.append(model.get_weights())
    np.testing.assert_array_equal(found[0][0], found[1][0])


def test_an_exception_leaves_the_model_as_after_the_last_step(data):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise KeyboardInterrupt

    model, other = linear(), linear()
    other.set_weights(model.get_weights())
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data, batch_size=16, shuffle=False, callbacks=[Stop()], verbose=0)
    for part in (slice(0, 16), slice(16, 32)):
        other.train_on_batch(data[0][part], data[1][part])
    np.testing.assert_allclose(model.get_weights()[0], other.get_weights()[0])
    model.fit(*data, verbose=0)


def test_predict_from_many_threads(data):
    model = linear()
    expected, found = model.predict(data[0], verbose=0), []

    def work():
        found.extend(model.predict(data[0], verbose=0) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 160 and all(np.array_equal(p, expected) for p in found)


def test_predict_of_no_rows_and_of_one_batch():
    model = linear()
    assert model.predict(np.ones((0, 2)), verbose=0).shape == (0, 1)
    assert model.predict_on_batch(np.ones((3, 2))).shape == (3, 1)
    assert (
        model.test_on_batch(np.ones((3, 2)), np.ones(3), return_dict=True)["loss"] >= 0
    )


def test_nan_data_are_told(data):
    x = data[0].copy()
    x[5, 0] = np.nan
    with pytest.warns(UserWarning, match="not finite after batch.*1 NaN"):
        linear().fit(x, data[1], verbose=0, batch_size=64)


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"epochs": -1}, "`epochs`"),
        ({"epochs": 1.5}, "`epochs`"),
        ({"batch_size": 0}, "batch_size"),
        ({"validation_split": 1.5}, "validation_split"),
        ({"validation_freq": 0}, "validation_freq"),
        ({"validation_batch_size": -1}, "validation_batch_size"),
        ({"steps_per_epoch": -1}, "steps_per_epoch"),
        ({"callbacks": ["x"]}, "callback"),
    ],
)
def test_arguments_out_of_range(data, kw, match):
    with pytest.raises((ValueError, TypeError), match=match):
        linear().fit(*data, verbose=0, **kw)


def test_wrong_labels_and_states():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="softmax")])
    with pytest.raises(RuntimeError, match="must call `compile"):
        model.fit(np.ones((2, 2)), np.ones(2))
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="7"):
        model.fit(np.ones((4, 2)), np.array([0, 1, 7, 2]), verbose=0)
    model.compile("sgd")
    with pytest.raises(ValueError, match="No loss to compute"):
        model.fit(np.ones((4, 2)), np.zeros(4), verbose=0)
