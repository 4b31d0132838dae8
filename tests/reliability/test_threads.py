"""Models in several threads: what one thread gives, eight give, bit for bit."""

import threading

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers

THREADS = 8
ROWS = np.random.default_rng(5).normal(size=(64, 6)).astype("float32")


def network(seed=0, rate=0.0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(16, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(rate, seed=seed),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def together(work, count=THREADS):
    """Runs `work(number)` in threads that start as one; returns their results."""
    found, failed = [None] * count, []
    gate = threading.Barrier(count)

    def run(number):
        try:
            gate.wait(10)
            found[number] = work(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return found


@pytest.mark.parametrize("eager", [False, True], ids=["recorded", "eager"])
def test_predict_gives_what_it_gives_alone(eager):
    model = network()
    model.run_eagerly = eager
    parts = [ROWS[8 * i : 8 * i + 5 + i % 2] for i in range(THREADS)]
    alone = [model.predict(part, verbose=0, batch_size=4) for part in parts]

    def work(number):
        return [
            model.predict(parts[(number + i) % THREADS], verbose=0, batch_size=4)
            for i in range(40)
        ]

    for number, results in enumerate(together(work)):
        for i, found in enumerate(results):
            np.testing.assert_array_equal(found, alone[(number + i) % THREADS])


def test_calls_and_evaluate_give_what_they_give_alone():
    model = network()
    labels = np.arange(64) % 3
    alone = model(ROWS).numpy()
    for results in together(lambda number: [model(ROWS) for _ in range(20)]):
        for found in results:
            np.testing.assert_array_equal(found, alone)
    # One model has one set of metrics: evaluations of it take turns.
    loss = model.evaluate(ROWS, labels, verbose=0)
    assert model.evaluate(ROWS, labels, verbose=0) == loss


def test_models_of_their_own_train_as_they_train_alone():
    labels = np.arange(64) % 3

    def work(number):
        model = models[number]
        model.fit(ROWS, labels, epochs=3, batch_size=16, shuffle=False, verbose=0)
        return model.get_weights()

    models = [network(seed, 0.3) for seed in range(4)]
    alone = [work(number) for number in range(4)]
    models = [network(seed, 0.3) for seed in range(4)]
    for found, expected in zip(together(work, 4), alone, strict=True):
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_array_equal(a, b)


def test_predict_beside_fit_uses_the_weights_of_some_step():
    labels = np.arange(64) % 3
    keras.utils.set_random_seed(1)
    inputs = keras.Input((1,))
    first, second = layers.Dense(1, use_bias=False), layers.Dense(1, use_bias=False)
    model = keras.Model(inputs, [first(inputs), second(inputs)])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    for layer in (first, second):
        layer.set_weights([np.ones((1, 1))])
    x, y = np.ones((64, 1)), labels[:, None] * 1.0
    done = threading.Event()
    torn = []

    def watch(number):
        while not done.is_set():
            a, b = model.predict(x[:2], verbose=0)
            torn.extend(v for v in (a - b).ravel() if v != 0)

    def train(number):
        try:
            model.fit(x, [y, y], epochs=30, batch_size=8, verbose=0)
        finally:
            done.set()

    together(lambda number: (watch if number else train)(number), 2)
    assert not torn


def test_models_built_beside_each_other_have_different_names():
    names = together(lambda number: [network().name for _ in range(10)])
    flat = [name for part in names for name in part]
    assert len(set(flat)) == len(flat)


def test_fit_waits_for_a_prediction_that_is_under_way():
    entered, leave = threading.Event(), threading.Event()

    class Slow(layers.Layer):
        def call(self, x):
            if slow:
                entered.set()
                leave.wait(10)
            return x

    slow = False
    model = keras.Sequential([layers.Input((6,)), Slow(), layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    model.predict(ROWS, verbose=0)
    slow = True
    predict = threading.Thread(target=lambda: model.predict(ROWS, verbose=0))
    predict.start()
    assert entered.wait(10)
    train = threading.Thread(target=lambda: model.fit(ROWS, ROWS[:, :1], verbose=0))
    train.start()
    train.join(0.05)
    assert train.is_alive()
    assert int(model.optimizer.iterations) == 0
    slow = False
    leave.set()
    predict.join()
    train.join()
    assert int(model.optimizer.iterations) == 2
