"""The watch: when it looks at losses, and at which data."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends, data
from kerasish.core.errors import DataWarning, KerasishWarning
from kerasish.models.watch import Watch


class Result:
    """What a step returns.

    Args:
        loss: Its loss.
    """

    def __init__(self, loss):
        self.loss = loss
        self.reads = 0

    def number(self, name):
        self.reads += 1
        return self.loss


@pytest.fixture
def model():
    made = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
    made.compile("sgd", "sparse_categorical_crossentropy")
    return made


@pytest.fixture
def waiting(monkeypatch):
    """Lets the backend seem to be a device."""
    monkeypatch.setattr(type(backends.current()), "is_asynchronous", True)


X, Y = np.zeros((4, 1)), np.zeros(4, int)
BAD = np.array([[0.0], [np.nan], [0.0], [0.0]])


def source(x=X, y=Y):
    return data.EpochIterator(data.make_adapter(x, y, batch_size=2))


def test_each_step_is_looked_at_until_one_is_wrong(model):
    watch, last = Watch(model, source(BAD)), Result(np.nan)
    watch.step(Result(1.0), (BAD[:2], Y[:2], None), "0")
    with pytest.warns(DataWarning, match="after batch 1: `x` holds 1 NaN"):
        watch.step(last, (BAD[:2], Y[:2], None), "1")
    watch.step(last, (BAD[:2], Y[:2], None), "2")
    watch.end(last, (BAD[:2], Y[:2], None), "2")
    assert last.reads == 1


def test_a_device_is_asked_at_the_end(model, waiting):
    watch, last = Watch(model, source(BAD)), Result(np.inf)
    batch = (BAD[2:], Y[2:], None)  # an earlier one is wrong
    watch.step(last, batch, "1")
    assert not last.reads
    with pytest.warns(DataWarning, match="after batch 1: `x` holds 1 NaN.* at row 1"):
        watch.end(last, batch, "1")
    Watch(model, source()).end(None, None, "")


def test_without_the_whole_data_the_last_batch_must_do(model, waiting):
    batches = data.EpochIterator(data.make_adapter(iter([(X, Y)])), 1)
    with pytest.warns(KerasishWarning, match="training has diverged"):
        Watch(model, batches, trains=True).end(Result(np.nan), (X, Y, None), "0")


def test_targets_are_checked_batch_by_batch_or_at_once(model):
    wrong = np.array([0, 0, 0, 5])
    watch = Watch(model, source(y=wrong))
    watch.targets((X[:2], wrong[:2], None))
    with pytest.raises(ValueError, match="label"):
        watch.targets((X[2:], wrong[2:], None))
    batches = source(y=wrong)
    batches.adapter.moved = True
    with pytest.raises(ValueError, match="row 3"):
        Watch(model, batches).targets("what is on the device")
    batches = source()
    batches.adapter.moved = True
    watch = Watch(model, batches)
    watch.targets("what is on the device")
    watch.targets("the next one, which needs no check")
