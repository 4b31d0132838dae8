"""Models on the fake device: the same numbers as with NumPy, and no wait inside."""

import gc

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends
from kerasish.backends.cupy_backend import lowering
from kerasish.core.errors import DataWarning, KerasishWarning


def fitted(backend, jit_compile="auto", steps_per_execution=1, **options):
    """Returns the history and the weights of a small model, trained."""
    backends.set_backend(backend)
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((48, 6)).astype("float32")
    y = rng.integers(0, 3, 48)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(3),
        ]
    )
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=jit_compile,
        steps_per_execution=steps_per_execution,
    )
    options = {"epochs": 4, "batch_size": 8, "verbose": 0, **options}
    history = model.fit(x, y, **options).history
    return history, model.get_weights(), model.predict(x, verbose=0)


def same(a, b):
    np.testing.assert_allclose(a[0]["loss"], b[0]["loss"], rtol=1e-5)
    np.testing.assert_allclose(a[0]["accuracy"], b[0]["accuracy"], rtol=1e-5)
    for x, y in zip((*a[1], a[2]), (*b[1], b[2]), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-5)


def test_fit_without_graphs(backend, cupy):
    same(fitted(backend, jit_compile=False), fitted("numpy"))
    assert not cupy.counts["graphs"]


def test_fit_with_graphs(backend, cupy):
    same(fitted(backend), fitted("numpy"))
    assert cupy.counts["graphs"] > 15


def test_what_refuses_is_named_once(backend, cupy, monkeypatch):
    monkeypatch.setattr(lowering, "FORMS", {})
    with pytest.warns(
        KerasishWarning, match="`matmul in .*dense.*` cannot be capt"
    ) as w:
        found = fitted(backend)
    assert len(w) == 1
    same(found, fitted("numpy"))
    assert not cupy.counts["graphs"]


class Counting(keras.callbacks.Callback):
    """Notes what the device has done at each step."""

    def __init__(self, cupy):
        super().__init__()
        self.cupy = cupy
        self.epochs = []

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append([dict(self.cupy.counts)])

    def on_train_batch_end(self, batch, logs=None):
        self.epochs[-1].append(dict(self.cupy.counts))


def counted(backend, cupy, name, **options):
    """Returns how often something happened in each step of a late epoch."""
    counting = Counting(cupy)
    fitted(backend, callbacks=[counting], **options)
    steps = [step.get(name, 0) for step in counting.epochs[-1]]
    return [b - a for a, b in zip(steps, steps[1:], strict=False)]


def test_nothing_waits_inside_an_epoch(backend, cupy):
    assert counted(backend, cupy, "waits") == [0] * 6


def test_data_that_fit_are_not_uploaded_again(backend, cupy):
    # The order of the epoch comes with its first step, and where it begins.
    assert counted(backend, cupy, "uploads") == [2, 0, 0, 0, 0, 0]
    assert counted(backend, cupy, "uploads", shuffle=False) == [1, 0, 0, 0, 0, 0]


def test_a_step_is_a_launch_of_a_graph_and_nothing_else(backend, cupy):
    assert counted(backend, cupy, "graphs") == [1] * 6
    assert counted(backend, cupy, "launches")[1:] == [0] * 5


def test_several_steps_are_one_launch(backend, cupy):
    counting = Counting(cupy)
    found = fitted(backend, callbacks=[counting], steps_per_execution=3, epochs=8)
    same(found, fitted("numpy", epochs=8))
    first, *steps = [step["graphs"] for step in counting.epochs[-1]]
    assert steps == [first + 1, first + 2]


@pytest.mark.parametrize("together", [4, 5, 7])
def test_steps_that_are_left_over_run_one_by_one(backend, cupy, together):
    options = {"epochs": 9, "validation_split": 0.1}
    found = fitted(backend, steps_per_execution=together, **options)
    same(found, fitted("numpy", **options))
    assert cupy.counts["graphs"] > 3


def test_stopping_in_between_runs_what_was_put_off(backend):
    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.stop_training = epoch == 7  # at its first step

    found = [
        fitted(each, callbacks=[Stop()], epochs=9, steps_per_execution=together)
        for each, together in ((backend, 3), ("numpy", 1))
    ]
    same(*found)


def test_data_that_do_not_fit_go_through_pinned_buffers(backend, cupy, monkeypatch):
    monkeypatch.setattr(backend.memory, "room", lambda: 100)
    same(fitted(backend), fitted("numpy"))
    assert counted(backend, cupy, "uploads") == [2] * 6  # x and y
    assert counted(backend, cupy, "waits") == [0] * 6


def test_validation_data_are_moved_once(backend, cupy):
    options = {"validation_split": 0.25, "epochs": 9}  # of five batches and two
    assert counted(backend, cupy, "uploads", **options)[1:] == [0] * 4
    counting = Counting(cupy)
    fitted(backend, callbacks=[counting], **options)
    (*_, a), (b, *_) = counting.epochs[-2:]
    assert b["graphs"] - a["graphs"] == 2  # one a batch
    assert b["uploads"] - a["uploads"] == 1  # where it begins


@pytest.mark.parametrize(
    "options",
    [{"shuffle": False}, {"shuffle": "batch"}, {"validation_split": 0.25}],
)
def test_other_ways_to_take_the_data(backend, options):
    same(fitted(backend, **options), fitted("numpy", **options))


def test_batches_of_a_generator(backend, cupy):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((5, 8, 3)), rng.standard_normal((5, 8, 1))
    found = []
    for each in (backend, "numpy"):
        backends.set_backend(each)
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        batches = (batch for _ in range(4) for batch in zip(x, y, strict=True))
        history = model.fit(batches, epochs=4, steps_per_epoch=5, verbose=0)
        found.append(history.history["loss"])
    assert found[0] == pytest.approx(found[1])
    assert cupy.counts["graphs"] > 10


def dense(backend, units=1, loss="mse", **options):
    backends.set_backend(backend)
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])
    model.compile(keras.optimizers.SGD(0.1), loss, **options)
    return model


X = np.random.default_rng(0).standard_normal((40, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def test_what_changes_between_steps_reaches_the_graph(backend, cupy):
    found = []
    for each in (backend, "numpy"):
        model = dense(each)
        model.fit(X, Y, 8, epochs=3, verbose=0, shuffle=False)
        model.optimizer.learning_rate = 0.01
        model.fit(X, Y, 8, epochs=3, verbose=0, shuffle=False)
        weights = model.get_weights()
        model.set_weights([np.zeros_like(w) for w in weights])
        model.fit(X, Y, 8, epochs=1, verbose=0, shuffle=False)
        found.append([*weights, *model.get_weights()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    assert cupy.counts["graphs"] > 5


def test_schedules_and_scaled_losses(backend, cupy):
    found = []
    for each in (backend, "numpy"):
        model = dense(each)
        schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.9)
        inner = keras.optimizers.Adam(schedule)
        optimizer = keras.optimizers.LossScaleOptimizer(inner)
        model.compile(optimizer, "mse")
        history = model.fit(X, Y, epochs=6, batch_size=8, verbose=0)
        found.append(history.history["loss"])
    assert found[0] == pytest.approx(found[1], rel=1e-5)
    assert cupy.counts["graphs"] > 15


def test_a_rate_that_is_asked_at_every_step_is_not_frozen_in_a_graph(backend, cupy):
    found = []
    for each in (backend, "numpy"):
        model = dense(each)
        asked = []
        model.compile(keras.optimizers.SGD(lambda n=asked: rate(n)), "mse")
        model.fit(X, Y, 8, epochs=4, verbose=0, shuffle=False)
        found.append([len(asked), *model.get_weights()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    assert not cupy.counts["graphs"]


def rate(asked):
    """Returns the same number several times, then a smaller one."""
    asked.append(1)
    return 0.1 / (1 + len(asked) // 7)


def test_predict_waits_for_batches_that_came_before(backend, cupy):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    x = np.arange(120.0, dtype="float32").reshape(40, 3)
    expected = x @ model.get_weights()[0]
    seen = []
    batch_end = keras.callbacks.LambdaCallback(
        on_predict_batch_end=lambda batch, logs: seen.append(logs["outputs"][0])
    )
    for callbacks in (None, [batch_end]):
        y = model.predict(x, batch_size=4, verbose=0, callbacks=callbacks)
        np.testing.assert_allclose(y, expected, rtol=1e-5)
    np.testing.assert_allclose(seen, expected[::4], rtol=1e-5)
    before = cupy.counts["fetches"]
    model.predict(x, batch_size=4, verbose=0)
    assert cupy.counts["fetches"] == before + 10


def test_evaluate_and_predict(backend):
    found = []
    for each in (backend, "numpy"):
        model = dense(each)
        found.append(
            [model.evaluate(X, Y, batch_size=8, verbose=0), model.predict(X, verbose=0)]
        )
        assert type(found[-1][1]) is np.ndarray
        found[-1].append(model.predict(X, batch_size=16, verbose=0))
        found[-1].append(model.predict_on_batch(X))
    assert found[0][0] == pytest.approx(found[1][0])
    for made in found[0][1:]:
        np.testing.assert_allclose(made, found[1][1], rtol=1e-5)


def test_a_loss_that_is_not_finite_is_told_after_the_epoch(backend):
    bad = X.copy()
    bad[17, 1] = np.nan
    model = dense(backend)
    with pytest.warns(DataWarning, match="batch 4 of epoch 1: `x` holds 1 NaN.*row 17"):
        model.fit(bad, Y, batch_size=8, verbose=0)
    with pytest.warns(DataWarning, match="4 of `evaluate`"):
        model.evaluate(bad, Y, batch_size=8, verbose=0)


def test_labels_are_checked_before_the_first_step(backend):
    labels = np.zeros(40, int)
    labels[30] = 7
    model = dense(backend, 3, "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="row 30"):
        model.fit(X, labels, batch_size=8, verbose=0)


def test_wrong_indices_are_told_when_results_are_read(backend, cupy):
    backends.set_backend(backend)
    model = keras.Sequential([keras.layers.Embedding(5, 2), keras.layers.Flatten()])
    model.compile("sgd", "mse")
    ids, y = np.zeros((40, 3), int), np.zeros((40, 6))
    model.fit(ids, y, batch_size=8, epochs=4, verbose=0)
    assert cupy.counts["graphs"] > 10
    ids[20, 1] = 9
    with pytest.raises(ValueError, match="from 0 to 4. Received: 9"):
        model.fit(ids, y, batch_size=8, verbose=0)


def test_eagerly_nothing_is_captured(backend, cupy):
    model = dense(backend, run_eagerly=True)
    model.fit(X, Y, epochs=4, verbose=0)
    assert not cupy.counts["graphs"]


def test_graphs_go_with_their_model(backend, cupy):
    used, graphs = [], []
    for _ in range(8):
        model = dense(backend)
        model.fit(X, Y, epochs=6, verbose=0)
        graphs.append(cupy.counts["graphs"])
        del model
        gc.collect()
        used.append(backend.memory.info().used)
    assert graphs[-1] > graphs[-2]
    assert used[-1] == used[-3]  # when all buffers for uploads are there
