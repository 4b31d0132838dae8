"""Whatever is deleted is freed, and loops do not grow."""

import gc
import os
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import kerasish as keras
from kerasish import callbacks, layers, ops
from tests.reliability.builders import H, X, Y, classifier, fit, regressor


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = keras.Sequential([layers.Dense(4), layers.Dropout(0.5)])
        self.out = layers.Dense(1)

    def call(self, x, training=False):
        return self.out(self.inner(x, training=training))


def subclassed():
    model = Net()
    model.compile("adam", "mse", metrics=["mae"])
    return model


def functional():
    inputs = keras.Input((4,))
    x = layers.Dense(4, activation="relu")(inputs)
    model = keras.Model(inputs, layers.Dense(1)(layers.Add()([x, inputs])))
    model.compile("rmsprop", "mse")
    return model


def freed(thing, *others):
    """Returns whether things are gone once nobody holds them."""
    alive = [weakref.ref(thing), *map(weakref.ref, others)]
    return lambda: [gc.collect(), [ref() for ref in alive] == [None] * len(alive)][1]


@pytest.mark.parametrize("make", [regressor, subclassed, functional])
@pytest.mark.parametrize("eager", [False, True], ids=["recorded", "eager"])
def test_a_model_is_freed_after_use(make, eager):
    model = make()
    model.run_eagerly = eager
    stop = callbacks.EarlyStopping("loss", restore_best_weights=True)
    fit(model, epochs=4, batch_size=2, validation_data=(X, Y), callbacks=[stop])
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)
    model(X)
    weight = model.weights[0]
    is_freed = freed(model, weight, model.optimizer, model.layers[0])
    del model, weight, stop
    assert is_freed()


def test_a_history_does_not_hold_the_data():
    x, y = X.copy(), Y.copy()
    model = regressor()
    history = fit(model, x, y, epochs=4)
    is_freed = freed(x, y)
    del x, y
    assert is_freed()
    assert len(history.history["loss"]) == 4


def test_a_tape_does_not_outlive_its_use():
    x = ops.convert_to_tensor(X)
    with keras.GradientTape() as tape:
        tape.watch(x)
        y = ops.tanh(x)
    is_freed = freed(y)
    tape.gradient(ops.sum(y), x)
    del y, tape
    assert is_freed()


def test_a_model_whose_training_failed_is_freed():
    model = classifier()
    with pytest.raises(ValueError, match="looks one-hot"):
        fit(model, y=H)
    is_freed = freed(model)
    del model
    assert is_freed()


def grown(action, times):
    """Returns by how many bytes a loop grows per round, after a warm-up.

    Python keeps some freed objects for reuse, which counts here, a few dozen in all.
    """
    for _ in range(10):
        action()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(times):
            action()
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / times
    finally:
        tracemalloc.stop()


def test_loops_do_not_grow():
    model = regressor()
    fit(model)
    rows = iter(range(10**6))
    assert grown(lambda: model.predict(X, verbose=0), 100) < 100
    assert grown(lambda: model.predict(X[: next(rows) % 8 + 1], verbose=0), 100) < 100
    assert grown(lambda: fit(model), 40) < 400
    assert grown(lambda: model(X), 100) < 100


def test_models_in_a_loop_do_not_grow(tmp_path):
    path = tmp_path / "m.keras"

    def work():
        model = regressor()
        fit(model)
        model.save(path)
        keras.models.load_model(path)

    # A model that stayed would be 20,000 and more.
    assert grown(work, 15) < 5000
    assert os.listdir(tmp_path) == ["m.keras"]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open files")
def test_threads_and_files_are_closed(tmp_path):
    class Rows(keras.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return X, Y

    def work():
        model = regressor()
        model.fit(Rows(workers=2), verbose=0)
        model.save_weights(tmp_path / "m.weights.h5")
        log = callbacks.CSVLogger(tmp_path / "log.csv")
        with pytest.raises(ValueError, match="expected shape"):
            fit(model, np.ones((8, 3)), callbacks=[log])

    work()
    files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(5):
        work()
    assert len(os.listdir("/proc/self/fd")) <= files
    assert threading.active_count() <= threads
