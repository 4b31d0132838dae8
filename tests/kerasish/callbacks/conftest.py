"""A model without numbers, a loop over given metrics and a pretended terminal."""

import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.callbacks import terminal as terminal_module


class Optimizer:
    """Keeps its learning rate in float32, as a real one does."""

    def __init__(self, learning_rate=0.1):
        self.learning_rate = learning_rate

    @property
    def learning_rate(self):
        return self._rate

    @learning_rate.setter
    def learning_rate(self, value):
        self._rate = np.float32(value)


class Metric:
    def __init__(self, name, direction=None, metrics=()):
        self.name, self.direction, self.metrics = name, direction, metrics


class Model:
    """Has what the callbacks touch; a saved file holds the weights as text."""

    def __init__(self):
        self.stop_training = False
        self.optimizer = Optimizer()
        self.weights = [np.zeros(2)]
        self.metrics = []
        self.saved = []

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = [np.array(w) for w in weights]

    def save(self, path):
        self.saved.append(path)
        with open(path, "w") as file:
            file.write(str(self.weights))

    def save_weights(self, path):
        self.save(path)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def metric():
    return Metric


@pytest.fixture
def drive(model):
    """Runs the epochs that have the given values; the weights are the epoch's index."""

    def run(callback, values, key="val_loss"):
        rates = []
        callback.set_model(model)
        callback.on_train_begin({})
        for epoch, value in enumerate(values):
            callback.on_epoch_begin(epoch, {})
            model.weights[0][:] = epoch  # in place, as a fast model may train
            callback.on_epoch_end(epoch, {} if value is None else {key: value})
            rates.append(float(model.optimizer.learning_rate))
            if model.stop_training:
                break
        callback.on_train_end({})
        return rates

    return run


@pytest.fixture
def output(monkeypatch):
    """Gives the callbacks a standard output; pytest sets that of `sys` itself."""

    def use(stream):
        own = SimpleNamespace(stdout=stream, modules=sys.modules)
        monkeypatch.setattr(terminal_module, "sys", own)
        return stream

    return use


@pytest.fixture
def terminal(monkeypatch, output):
    """Makes the output a terminal that remembers what was written to it."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    return output(Terminal())
