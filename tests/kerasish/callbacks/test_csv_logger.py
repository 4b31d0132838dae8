"""The files of CSVLogger, in the form of Keras 3.15.1."""

import math

import numpy as np
import pytest

from kerasish.callbacks import CallbackList, CSVLogger
from kerasish.core.errors import ArgumentError, KerasishWarning


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


def run(path, rows, **arguments):
    callback = CSVLogger(path, **arguments)
    callback.on_train_begin()
    for epoch, row in enumerate(rows):
        callback.on_epoch_end(epoch, row)
    callback.on_train_end()
    return path.read_text()


def test_rows_sorted_by_metric(path):
    rows = [
        {"loss": 1.0, "acc": 0.5, "val_loss": 0.1},
        {"loss": 1e-9, "acc": 1, "val_loss": np.float32(0.5)},
    ]
    expected = "epoch,acc,loss,val_loss\n0,0.5,1.0,0.1\n1,1,1e-09,0.5\n"
    assert run(path, rows) == expected


def test_columns_for_a_validation_that_comes_later(path):
    rows = [
        {"loss": 1.0, "acc": 0.5},
        {"loss": 1.0, "acc": 1, "val_loss": 0.3},
        {"loss": 3.0},
    ]
    assert run(path, rows) == (
        "epoch,acc,loss,val_acc,val_loss\n0,0.5,1.0,NA,NA\n1,1,1.0,NA,0.3\n2,NA,3.0,NA,NA\n"
    )


def test_a_missing_validation(path):
    rows = [{"loss": 1.0, "val_loss": 0.3}, {"loss": 1.0}]
    assert run(path, rows) == "epoch,loss,val_loss\n0,1.0,0.3\n1,1.0,NA\n"


def test_the_learning_rate_has_no_column_of_the_validation(path):
    text = run(path, [{"loss": 1.0, "learning_rate": 0.1}])
    assert text.splitlines()[0] == "epoch,learning_rate,loss,val_loss"


def test_values_that_are_not_numbers(path):
    rows = [{"a": np.array([1.0, 2.0]), "n": math.nan, "s": "x,y", "val_a": [1, 2]}]
    assert run(path, rows).splitlines()[1] == '0,"[1.0, 2.0]",nan,"x,y","[1, 2]"'


def test_separator(path):
    assert (
        run(path, [{"loss": 1.0}], separator=";") == "epoch;loss;val_loss\n0;1.0;NA\n"
    )


def test_append(path):
    run(path, [{"loss": 1.0, "val_loss": 2.0}])
    text = run(path, [{"val_loss": 4.0, "loss": 3.0}], append=True)
    assert text == "epoch,loss,val_loss\n0,1.0,2.0\n0,3.0,4.0\n"


def test_append_keeps_the_columns_that_are_there(path):
    path.write_text("epoch,loss,acc\n0,1.0,0.5\n")
    with pytest.warns(
        KerasishWarning, match="`CSVLogger` does not write mae: the firs"
    ):
        text = run(path, [{"loss": 2.0, "mae": 1.0}] * 2, append=True)
    assert text == "epoch,loss,acc\n0,1.0,0.5\n0,2.0,NA\n1,2.0,NA\n"


def test_append_to_nothing(path):
    expected = "epoch,loss,val_loss\n0,1.0,NA\n"
    assert run(path, [{"loss": 1.0}], append=True) == expected
    path.write_text("")
    assert run(path, [{"loss": 1.0}], append=True) == expected


def test_append_to_another_kind_of_file(path):
    path.write_text("name,age\nx,3\n")
    match = (
        r"can only append to a file of its own, .* with the columns \['name', 'age'\]"
    )
    with pytest.raises(ArgumentError, match=match):
        run(path, [{"loss": 1.0}], append=True)


def test_a_second_run_replaces_the_file(path):
    callback = CSVLogger(path)
    for loss in (1.0, 2.0):
        callback.on_train_begin()
        callback.on_epoch_end(0, {"loss": loss, "val_loss": loss})
    callback.on_train_end()
    assert path.read_text() == "epoch,loss,val_loss\n0,2.0,2.0\n"


def test_rows_are_on_disk_at_once(path):
    callback = CSVLogger(path)
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 1.0})
    assert path.read_text() == "epoch,loss,val_loss\n0,1.0,NA\n"
    callback.on_train_end()
    callback.on_epoch_end(1, {"loss": 1.0})
    assert len(path.read_text().splitlines()) == 2


def test_an_exception_closes_the_file(path):
    callback = CSVLogger(path)
    with pytest.raises(KeyboardInterrupt):
        with CallbackList([callback]) as callbacks:
            callbacks.on_train_begin()
            callbacks.on_epoch_end(0, {"loss": 1.0})
            raise KeyboardInterrupt
    assert callback._file is None
    assert path.read_text().endswith("0,1.0,NA\n")


def test_without_logs(path):
    assert run(path, [None]) == "epoch\n0\n"


def test_a_missing_folder(tmp_path):
    callback = CSVLogger(tmp_path / "nowhere" / "log.csv")
    match = "the folder of `filename` of `CSVLogger` does not exist: '.*log.csv'"
    with pytest.raises(FileNotFoundError, match=match):
        callback.on_train_begin()


def test_bad_arguments():
    with pytest.raises(ArgumentError, match="`filename` of `CSVLogger` must be a path"):
        CSVLogger(3)
    for separator in ("", "ab", None):
        match = "`separator` of `CSVLogger` must be one character. Received: separator="
        with pytest.raises(ArgumentError, match=match):
            CSVLogger("log.csv", separator=separator)
