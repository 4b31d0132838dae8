"""The averages are in the model when it is evaluated, and only then."""

from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.callbacks import Callback, CallbackList, SwapEMAWeights
from kerasish.core.errors import ArgumentError


class Variable:
    def __init__(self, value):
        self.value = np.float32(value)

    def assign(self, value):
        self.value = np.array(value, "float32")

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype)


class Descent:
    """Gradient descent on `(3 w - 1) ** 2` for three equal weights and a bias.

    That is what a `Dense(1)` on inputs and targets of one does, with `momentum=0.5` of
    the average, in the run of Keras 3.15.1 that the expected values come from.
    """

    use_ema = True

    def __init__(self):
        self.variable, self.average = Variable(0.0), Variable(0.0)
        self.bias, self.started = 0.0, False
        self._trainable_variables = [self.variable]
        self._averages = [self.average]

    def step(self):
        error = 3 * float(self.variable.value) + self.bias - 1
        self.variable.assign(self.variable.value - 0.1 * 2 * error)
        self.bias -= 0.1 * 2 * error
        before = self.average.value if self.started else self.variable.value
        self.average.assign(0.5 * before + 0.5 * self.variable.value)
        self.started = True

    def finalize(self):
        self.variable.assign(self.average.value)


def fit(swap_on_epoch, wrapped=False):
    """Runs two epochs of two steps with validation; returns the weight at each hook."""
    optimizer, seen = Descent(), []
    outer = SimpleNamespace(inner_optimizer=optimizer) if wrapped else optimizer

    class Look(Callback):
        def look(self, name):
            seen.append((name, round(float(optimizer.variable.value), 4)))

        def on_epoch_begin(self, epoch, logs=None):
            self.look("epoch")

        def on_test_begin(self, logs=None):
            self.look("test")

        def on_test_end(self, logs=None):
            self.look("tested")

        def on_epoch_end(self, epoch, logs=None):
            self.look("end")

        def on_train_end(self, logs=None):
            self.look("trained")

    callbacks = CallbackList(
        [SwapEMAWeights(swap_on_epoch), Look()], model=SimpleNamespace(optimizer=outer)
    )
    callbacks.on_train_begin()
    for epoch in range(2):
        callbacks.on_epoch_begin(epoch)
        optimizer.step()
        optimizer.step()
        callbacks.on_test_begin()
        callbacks.on_test_end()
        callbacks.on_epoch_end(epoch)
    optimizer.finalize()
    callbacks.on_train_end()
    return seen


@pytest.mark.parametrize("wrapped", [False, True])
def test_agrees_with_keras(wrapped):
    assert fit(False, wrapped) == [
        ("epoch", 0.0),
        ("test", 0.22),
        ("tested", 0.24),
        ("end", 0.24),
        ("epoch", 0.24),
        ("test", 0.2418),
        ("tested", 0.2496),
        ("end", 0.2496),
        ("trained", 0.2418),
    ]


def test_agrees_with_keras_with_averages_between_epochs():
    assert fit(True) == [
        ("epoch", 0.0),
        ("test", 0.22),
        ("tested", 0.24),
        ("end", 0.22),
        ("epoch", 0.24),
        ("test", 0.2418),
        ("tested", 0.2496),
        ("end", 0.2418),
        ("trained", 0.2418),
    ]


@pytest.fixture
def optimizer():
    made = Descent()
    made.variable.assign(1.0)
    made.average.assign(2.0)
    return made


def make(optimizer, **arguments):
    model = SimpleNamespace(optimizer=optimizer)
    return CallbackList([SwapEMAWeights(**arguments)], model=model)


def test_predict_sees_the_averages(optimizer):
    callbacks = make(optimizer)
    callbacks.on_predict_begin()
    assert optimizer.variable.value == 2.0
    callbacks.on_predict_end()
    assert optimizer.variable.value == 1.0
    assert optimizer.average.value == 2.0


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_an_exception_brings_the_trained_weights_back(optimizer, swap_on_epoch):
    with pytest.raises(KeyboardInterrupt):
        with make(optimizer, swap_on_epoch=swap_on_epoch) as callbacks:
            callbacks.on_train_begin()
            callbacks.on_epoch_end(0)
            callbacks.on_test_begin()
            raise KeyboardInterrupt
    assert optimizer.variable.value == 1.0


def test_a_run_that_stops_ends_with_the_averages(optimizer):
    callbacks = make(optimizer, swap_on_epoch=True)
    callbacks.on_train_begin()
    callbacks.on_epoch_end(0)
    optimizer.finalize()
    callbacks.on_train_end()
    assert optimizer.variable.value == 2.0


def test_an_optimizer_not_yet_built(optimizer):
    del optimizer._averages
    callbacks = make(optimizer)
    callbacks.on_test_begin()
    callbacks.on_test_end()
    assert optimizer.variable.value == 1.0


@pytest.mark.parametrize("hook", ["on_train_begin", "on_test_begin"])
@pytest.mark.parametrize("other", [None, SimpleNamespace(use_ema=False)])
def test_an_optimizer_without_averages_is_refused(hook, other):
    match = "`SwapEMAWeights` needs an optimizer made with `use_ema=True`. Received: op"
    with pytest.raises(ArgumentError, match=match):
        getattr(make(other), hook)()
