"""Which files ModelCheckpoint writes; the lists were compared with Keras 3.15.1."""

import math
import os

import numpy as np
import pytest

from kerasish.callbacks import CallbackList, ModelCheckpoint
from kerasish.core.errors import ArgumentError, KerasishWarning

LOSSES = [1.0, 0.9, 0.95, math.nan, 0.8]


@pytest.fixture
def files(tmp_path, model):
    """Trains epochs of three batches and lists the files that were written."""

    def run(name, losses=LOSSES, **arguments):
        callback = ModelCheckpoint(tmp_path / name, **arguments)
        callback.set_model(model)
        callback.on_train_begin()
        for epoch, loss in enumerate(losses):
            callback.on_epoch_begin(epoch)
            for batch in range(3):
                logs = {"loss": 1.0 - batch / 10 - epoch}
                callback.on_train_batch_end(batch, logs)
            logs = {} if loss is None else {"val_loss": loss}
            callback.on_epoch_end(epoch, {"loss": 0.5, **logs})
        callback.on_train_end()
        return sorted(os.listdir(tmp_path))

    return run


def test_every_epoch(files):
    expected = [f"m{epoch}.keras" for epoch in range(1, 6)]
    assert files("m{epoch}.keras") == expected


def test_only_the_best(files):
    expected = ["m1.keras", "m2.keras", "m5.keras"]
    assert files("m{epoch}.keras", save_best_only=True) == expected


def test_a_threshold_to_beat(files):
    arguments = {"save_best_only": True, "initial_value_threshold": 0.93}
    assert files("m{epoch}.keras", **arguments) == ["m2.keras", "m5.keras"]


def test_a_threshold_does_not_matter_where_all_are_saved(files):
    assert len(files("m{epoch}.keras", initial_value_threshold=0.93)) == 5


def test_nan_in_the_first_epoch_is_not_the_best(files):
    found = files("m{epoch}.keras", [math.nan, *LOSSES], save_best_only=True)
    assert found == ["m2.keras", "m3.keras", "m6.keras"]


def test_every_few_batches(files):
    found = files("m{epoch}-{batch}.keras", save_freq=2)
    expected = "m1-2 m2-1 m2-3 m3-2 m4-1 m4-3 m5-2"
    assert found == [f"{name}.keras" for name in expected.split()]


def test_every_few_batches_with_a_metric_in_the_name(files):
    found = files("m{epoch}-{batch}-{loss:.2f}.keras", save_freq=np.int64(4))
    assert found == ["m2-1-0.00.keras", "m3-2--1.10.keras", "m4-3--2.20.keras"]


def test_the_best_of_every_few_batches(files):
    found = files(
        "m{epoch}-{batch}.keras", save_freq=2, save_best_only=True, monitor="loss"
    )
    assert len(found) == 7


def test_only_weights(files, model):
    name = "m{epoch:02d}-{val_loss:.3f}.weights.h5"
    model.save_weights, model.save = model.save, None
    assert files(name, save_weights_only=True) == [
        "m01-1.000.weights.h5",
        "m02-0.900.weights.h5",
        "m03-0.950.weights.h5",
        "m04-nan.weights.h5",
        "m05-0.800.weights.h5",
    ]


def test_missing_folders_are_made(files, tmp_path):
    files("a/b/m.keras", [1.0])
    assert (tmp_path / "a" / "b" / "m.keras").exists()


def test_a_name_without_a_folder(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    callback = ModelCheckpoint("m.keras")
    callback.set_model(model)
    callback.on_epoch_end(0)
    assert model.saved == ["m.keras"]


def test_without_the_metric_all_are_saved_with_a_warning(files):
    with pytest.warns(
        KerasishWarning, match="`monitor` of `ModelCheckpoint` is not am"
    ):
        found = files("m{epoch}.keras", [None, None], save_best_only=True)
    assert found == ["m1.keras", "m2.keras"]


def test_an_epoch_without_the_metric_does_not_replace_the_best(files):
    with pytest.warns(KerasishWarning, match="not among the metrics: 'val_loss'"):
        found = files("m{epoch}.keras", [1.0, None, 0.9], save_best_only=True)
    assert found == ["m1.keras", "m3.keras"]


def test_an_unknown_metric_is_refused(files):
    match = "`monitor` of `ModelCheckpoint` is not among the metrics: 'nope'"
    with pytest.raises(ArgumentError, match=match):
        files("m.keras", save_best_only=True, monitor="nope")


def test_says_what_it_does(files, tmp_path, capsys):
    losses = [math.nan, 1.0, 0.9, 1.1]
    files("m.keras", losses, save_best_only=True, verbose=1)
    path = tmp_path / "m.keras"
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: val_loss did not improve: nan",
        f"Epoch 2: val_loss improved to 1.00000, saving model to {path}",
        f"Epoch 3: val_loss improved from 1.00000 to 0.90000, saving model to {path}",
        "Epoch 4: val_loss did not improve from 0.90000: 1.10000",
    ]
    files("m.keras", [1.0], verbose=1)
    assert capsys.readouterr().out == f"Epoch 1: saving model to {path}\n"


def test_an_existing_directory_is_refused_before_training(files, tmp_path, model):
    (tmp_path / "m.keras").mkdir()
    match = "`filepath` of `ModelCheckpoint` must be a file, but it is an existing dir"
    with pytest.raises(IsADirectoryError, match=match):
        files("m.keras")
    (tmp_path / "m2.keras").mkdir()
    with pytest.raises(OSError, match="an existing directory"):
        files("m{epoch}.keras")
    assert len(model.saved) == 1


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("m{los}.keras", "names 'los', which is not in the logs. Did you mean 'loss'"),
        ("m{batch}.keras", "It is known only where `save_freq` is a number of batches"),
        (
            "m{epoch:q}.keras",
            "`filepath` of `ModelCheckpoint` cannot be formatted: Unk",
        ),
        ("m{}.keras", "cannot be formatted"),
        ("m{epoch.x}.keras", "cannot be formatted"),
    ],
)
def test_names_that_cannot_be_filled_in(files, name, match):
    with pytest.raises(ArgumentError, match=match):
        files(name)


@pytest.mark.parametrize(
    ("path", "weights", "match"),
    [
        (
            "m.foo",
            False,
            "must be a path that ends in '.keras' or '.h5'. Received: fil",
        ),
        (
            "m.h5",
            True,
            "with `save_weights_only=True` must be a path that ends in '.we",
        ),
        ("m", True, "`filepath` of `ModelCheckpoint`"),
        (3, False, "Received: filepath=3"),
        (b"m.keras", False, "Received: filepath=b'm.keras'"),
    ],
)
def test_bad_paths(path, weights, match):
    with pytest.raises(ArgumentError, match=match):
        ModelCheckpoint(path, save_weights_only=weights)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (
            {"save_freq": 0},
            "`save_freq` of `ModelCheckpoint` must be a positive integer",
        ),
        ({"save_freq": -1}, "Received: save_freq=-1"),
        ({"save_freq": 1.5}, "Received: save_freq=1.5"),
        (
            {"save_freq": "batch"},
            "`save_freq` of `ModelCheckpoint` must be one of 'epoch",
        ),
        ({"mode": "least"}, "`mode` of `ModelCheckpoint` must be one of"),
        ({"verbose": 2}, "`verbose` of `ModelCheckpoint` must be one of 0, 1"),
        (
            {"initial_value_threshold": math.nan},
            "`initial_value_threshold` of `ModelCheckpoint` must be a number",
        ),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ArgumentError, match=match):
        ModelCheckpoint("m.keras", **arguments)


def test_batches_are_counted_only_where_that_is_asked_for():
    by_epoch = CallbackList([ModelCheckpoint("m.keras")])
    assert not by_epoch.uses_hook("on_train_batch_end")
    assert by_epoch.uses_hook("on_epoch_end")
    by_batch = CallbackList([ModelCheckpoint("m.keras", save_freq=3)])
    assert by_batch.uses_hook("on_train_batch_end")


def test_a_subclass_may_count_batches_of_its_own():
    class Own(ModelCheckpoint):
        batches = 0

        def on_train_batch_end(self, batch, logs=None):
            self.batches += 1

    own = Own("m.keras")
    CallbackList([own]).on_train_batch_end(0)
    assert own.batches == 1
