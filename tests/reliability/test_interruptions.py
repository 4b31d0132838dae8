"""What breaks training off leaves the model with its last completed step, usable."""

import os
import signal
import sys

import numpy as np
import pytest

import kerasish as keras
from kerasish import callbacks, layers, optimizers
from tests.reliability.builders import X, Y

EPOCHS, SIZE = 4, 2  # of four batches each
PER_EPOCH = len(X) // SIZE


class Stop(Exception):
    """What the tests raise."""


def model(eager, extra=()):
    keras.utils.set_random_seed(1)
    made = keras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(5, activation="tanh"),
            *extra,
            layers.Dense(1),
        ]
    )
    made.compile(optimizers.Adam(0.01), "mse", metrics=["mae"], run_eagerly=eager)
    return made


def state(of):
    """Returns everything that training changes, in one vector."""
    parts = [*of.weights, *of.optimizer.variables]
    return np.concatenate([np.asarray(v, "float64").ravel() for v in parts])


def fit(of, x=X, y=Y, **kwargs):
    if isinstance(x, np.ndarray):
        kwargs.setdefault("batch_size", SIZE)
    return of.fit(x, y, shuffle=False, verbose=0, **kwargs)


@pytest.fixture(autouse=True)
def ctrl_c():
    """Python's own handler, also where a shell starts the tests with Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(params=[False, True], ids=["recorded", "eager"], name="eager")
def choose(request):
    return request.param


@pytest.fixture(scope="module", name="path_of")
def make_paths():
    """Returns the states after each step of a run that nothing disturbs."""
    paths = {}
    for eager in (False, True):
        states = paths[eager] = []
        made = model(eager)
        seen = callbacks.LambdaCallback(
            on_train_batch_end=lambda step, logs, m=made, s=states: s.append(state(m))
        )
        fit(made, epochs=EPOCHS, callbacks=[seen])
    return paths


class Raising(callbacks.Callback):
    """Raises at the n-th call of a hook."""

    def __init__(self, hook, count, error):
        super().__init__()
        self.left = count
        setattr(self, hook, lambda *args, **kwargs: self.count(error))

    def count(self, error):
        self.left -= 1
        if self.left < 0:
            raise error("enough")


HOOKS = [
    ("on_train_begin", 0, 0),
    ("on_epoch_begin", 2, 2 * PER_EPOCH),
    ("on_train_batch_begin", 9, 9),
    ("on_train_batch_end", 9, 10),
    ("on_test_begin", 1, 2 * PER_EPOCH),
    ("on_test_batch_begin", 0, PER_EPOCH),
    ("on_test_batch_end", 0, PER_EPOCH),
    ("on_test_end", 1, 2 * PER_EPOCH),
    ("on_epoch_end", 2, 3 * PER_EPOCH),
    ("on_train_end", 0, EPOCHS * PER_EPOCH),
]


def goes_on(made, path, steps):
    """Checks that a model has done a number of steps, and can go on from there."""
    assert int(made.optimizer.iterations) == steps
    if steps:
        np.testing.assert_allclose(state(made), path[steps - 1], rtol=0, atol=1e-6)
    assert np.isfinite(made.predict(X, verbose=0)).all()
    assert np.isfinite(made.evaluate(X, Y, verbose=0)).all()
    if steps % PER_EPOCH == 0 and steps < len(path):
        fit(made, epochs=EPOCHS, initial_epoch=steps // PER_EPOCH)
        np.testing.assert_allclose(state(made), path[-1], rtol=0, atol=1e-6)
    else:
        history = fit(made, epochs=3).history["loss"]
        assert history[-1] < history[0]
    assert made.stop_training is False


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt])
@pytest.mark.parametrize(("hook", "count", "steps"), HOOKS, ids=[h[0] for h in HOOKS])
def test_in_a_callback(eager, path_of, hook, count, steps, error):
    made = model(eager)
    with pytest.raises(error, match="enough"):
        fit(
            made,
            epochs=EPOCHS,
            validation_data=(X, Y),
            callbacks=[Raising(hook, count, error)],
        )
    goes_on(made, path_of[eager], steps)


class Breaking(keras.utils.PyDataset):
    """Raises at one of its batches, in the main thread or in a worker."""

    def __len__(self):
        return 10

    def __getitem__(self, index):
        if index == 6:
            raise Stop("enough")
        rows = slice(SIZE * (index % PER_EPOCH), SIZE * (index % PER_EPOCH + 1))
        return X[rows], Y[rows]


@pytest.mark.parametrize("workers", [1, 2])
def test_in_the_data(eager, path_of, workers):
    made = model(eager)
    with pytest.raises(Stop, match="enough"):
        fit(made, Breaking(workers=workers), None)
    goes_on(made, path_of[eager], 6)


def test_in_a_generator(eager, path_of):
    def batches():
        dataset = Breaking()
        for i in range(10):
            yield dataset[i]

    made = model(eager)
    with pytest.raises(Stop, match="enough"):
        fit(made, batches(), None)
    goes_on(made, path_of[eager], 6)


def test_by_a_batch_of_another_width(eager, path_of):
    made = model(eager)
    batches = [(X[i : i + SIZE], Y[i : i + SIZE]) for i in range(0, 6, SIZE)]
    with pytest.raises(ValueError, match="expected shape"):
        fit(made, iter([*batches, (X[:SIZE, :3], Y[:SIZE])]), None)
    goes_on(made, path_of[eager], 3)


def test_in_a_layer(path_of):
    class Fragile(layers.Layer):
        calls = 0

        def call(self, x):
            Fragile.calls += 1
            if Fragile.calls == 8:
                raise Stop("enough")
            return x

    made = model(True, [Fragile()])
    Fragile.calls = 1
    with pytest.raises(Stop, match="enough"):
        fit(made, epochs=EPOCHS)
    Fragile.calls = 100
    goes_on(made, path_of[True], 6)


@pytest.mark.parametrize("what", ["evaluate", "predict"])
def test_in_evaluate_and_predict(eager, what):
    made = model(eager)
    fit(made)
    before, expected = state(made), made.predict(X, verbose=0)
    hook = {"evaluate": "on_test_batch_end", "predict": "on_predict_batch_end"}[what]
    with pytest.raises(KeyboardInterrupt):
        getattr(made, what)(
            X,
            *([Y] if what == "evaluate" else []),
            batch_size=SIZE,
            verbose=0,
            callbacks=[Raising(hook, 1, KeyboardInterrupt)],
        )
    np.testing.assert_array_equal(state(made), before)
    np.testing.assert_array_equal(made.predict(X, verbose=0), expected)


@pytest.fixture
def untraced():
    """Stops a tracer that measures coverage, whose own locks Ctrl-C may leave held."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)


@pytest.mark.parametrize("delay", [0.001, 0.003, 0.005, 0.008, 0.012, 0.02, 0.03])
def test_by_ctrl_c_at_any_moment(eager, path_of, delay, untraced):
    def press(number, frame):
        os.kill(os.getpid(), signal.SIGINT)

    made = model(eager)
    before = signal.signal(signal.SIGALRM, press)
    try:
        with pytest.raises(KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, delay)
            while True:
                fit(made, epochs=1000)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    steps, other = int(made.optimizer.iterations), model(eager)
    for _ in range(0, steps, 1000):
        rest = steps - int(other.optimizer.iterations)
        epochs, more = divmod(min(rest, 1000), PER_EPOCH)
        fit(other, epochs=epochs)
        if more:
            fit(other, X[: more * SIZE], Y[: more * SIZE])
    np.testing.assert_allclose(state(made), state(other), rtol=0, atol=1e-5)
    assert np.isfinite(fit(made).history["loss"]).all()


def test_a_fit_within_a_fit():
    inner, outer = model(False), model(False)
    nested = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: fit(inner))
    fit(outer, epochs=2, callbacks=[nested])
    assert int(inner.optimizer.iterations) == int(outer.optimizer.iterations) == 8
    np.testing.assert_allclose(state(inner), state(outer), rtol=0, atol=1e-6)


class Pressing(optimizers.SGD):
    """Presses Ctrl-C after the update of the first weight."""

    pressed = True

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate)
        if not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_waits_for_the_end_of_a_batch():
    made, other = model(True), model(True)
    for each in (made, other):
        each.compile(Pressing(0.1), "mse", run_eagerly=True)
        each.train_on_batch(X, Y)
    made.optimizer.pressed = False
    with pytest.raises(KeyboardInterrupt):
        made.train_on_batch(X, Y)
    other.train_on_batch(X, Y)
    np.testing.assert_array_equal(state(made), state(other))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
