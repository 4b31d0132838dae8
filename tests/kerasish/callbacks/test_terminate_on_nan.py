"""Training stops at the first loss that is not finite."""

import math

import pytest

from kerasish.callbacks import TerminateOnNaN
from kerasish.core.errors import StateError


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_stops(model, capsys, loss):
    callback = TerminateOnNaN()
    callback.set_model(model)
    callback.on_train_batch_end(4, {"loss": loss})
    assert model.stop_training
    expected = f"Batch 4: the loss is {loss}, terminating training\n"
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("logs", [None, {}, {"loss": 1e30}, {"mae": math.nan}])
def test_goes_on(model, logs):
    callback = TerminateOnNaN(raise_error=True)
    callback.set_model(model)
    callback.on_train_batch_end(4, logs)
    assert not model.stop_training


def test_raises(model):
    callback = TerminateOnNaN(raise_error=True)
    callback.set_model(model)
    with pytest.raises(StateError, match="The loss is nan at batch 4"):
        callback.on_train_batch_end(4, {"loss": math.nan})
