"""History keeps the metrics of every epoch."""

import sys

import numpy as np
import pytest

from kerasish.callbacks import History


def test_records_epochs_and_metrics():
    history = History()
    history.on_train_begin()
    history.on_epoch_end(3, {"loss": 0.5})
    history.on_epoch_end(4, {"loss": 0.25, "learning_rate": 0.1})
    assert history.epoch == [3, 4]
    assert history.history == {"loss": [0.5, 0.25], "learning_rate": [0.1]}


def test_a_second_run_goes_on_with_the_values_and_not_with_the_epochs():
    # What Keras 3.15.1 does with an instance passed to two runs of 2 and 3 epochs.
    history = History()
    for epochs in (2, 3):
        history.on_train_begin()
        for epoch in range(epochs):
            history.on_epoch_end(epoch, {"loss": 1.0})
    assert history.epoch == [0, 1, 2]
    assert len(history.history["loss"]) == 5
    assert len(history.to_dataframe()) == 3


def test_without_logs():
    history = History()
    history.on_epoch_end(0)
    assert history.epoch == [0]
    assert history.history == {}


def test_dataframe_puts_values_beside_their_epoch():
    history = History()
    history.on_train_begin()
    history.on_epoch_end(2, {"loss": 0.5})
    history.on_epoch_end(3, {"loss": 0.4, "val_loss": 0.6})
    frame = history.to_dataframe()
    assert frame.index.tolist() == [2, 3]
    assert frame.index.name == "epoch"
    assert frame.columns.tolist() == ["loss", "val_loss"]
    assert np.isnan(frame.loc[2, "val_loss"])
    assert frame.loc[3, "val_loss"] == 0.6


def test_dataframe_of_nothing():
    assert len(History().to_dataframe()) == 0


def test_dataframe_needs_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="needs pandas: `pip install pandas`"):
        History().to_dataframe()
