"""The callbacks in a real `fit`, `evaluate` and `predict`."""

import math

import numpy as np
import pytest

import kerasish as keras
from kerasish import callbacks as cb
from kerasish.models import trainer


@pytest.fixture
def data(rng):
    x = rng.normal(size=(64, 3)).astype("float32")
    return x, (x @ np.array([[1.0], [-2.0], [0.5]], "float32"))


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return made


def fit(model, data, *callbacks, **arguments):
    settings = {"epochs": 3, "batch_size": 16, "verbose": 0, **arguments}
    return model.fit(*data, callbacks=list(callbacks), **settings)


def test_fit_returns_its_history(model, data):
    history = fit(model, data, validation_data=data)
    assert history.epoch == [0, 1, 2]
    assert sorted(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert all(type(v) is float for v in history.history["loss"])
    assert model.history is history
    frame = history.to_dataframe()
    assert frame["loss"].tolist() == history.history["loss"]


def test_validation_every_second_epoch(model, data):
    history = fit(model, data, validation_data=data, validation_freq=2, epochs=4)
    frame = history.to_dataframe()
    assert frame["val_loss"].isna().tolist() == [True, False, True, False]


def test_hooks_come_in_the_order_of_keras(model, data):
    calls = []

    class Record(cb.Callback):
        pass

    for name in cb.callback.HOOKS:

        def call(self, *arguments, name=name):
            calls.append(name.removeprefix("on_"))

        setattr(Record, name, call)

    fit(model, data, Record(), epochs=1, batch_size=32, validation_data=data)
    train = ["train_batch_begin", "train_batch_end"] * 2
    test = ["test_begin", *["test_batch_begin", "test_batch_end"] * 2, "test_end"]
    expected = ["train_begin", "epoch_begin", *train, *test, "epoch_end", "train_end"]
    assert calls == expected
    calls.clear()
    model.predict(data[0], batch_size=64, verbose=0, callbacks=[Record()])
    assert calls == [
        f"predict_{name}" for name in ("begin", "batch_begin", "batch_end", "end")
    ]


def test_early_stopping_restores_the_best_epoch(model, data):
    keep = []
    model.optimizer.learning_rate = 0.1
    callbacks = [
        cb.LearningRateScheduler(lambda epoch: 0.1 if epoch < 2 else 1.2),
        cb.EarlyStopping("val_loss", patience=2, restore_best_weights=True),
        cb.LambdaCallback(
            on_epoch_end=lambda e, logs: keep.append(model.get_weights())
        ),
    ]
    history = fit(model, data, *callbacks, epochs=10, validation_data=data)
    best = int(np.argmin(history.history["val_loss"]))
    assert len(history.epoch) == best + 3
    for weight, kept in zip(model.get_weights(), keep[best], strict=True):
        np.testing.assert_array_equal(weight, kept)
    assert history.history["learning_rate"][:2] == pytest.approx([0.1, 0.1])


def test_the_direction_of_metrics_is_known(model, data):
    callback = cb.EarlyStopping("val_mae", patience=3)
    fit(model, data, callback, validation_data=data)
    assert callback.monitor_op(1.0, 2.0)


def test_checkpoints_can_be_loaded(model, data, tmp_path):
    callbacks = [
        cb.ModelCheckpoint(
            tmp_path / "best.keras", save_best_only=True, monitor="loss"
        ),
        cb.ModelCheckpoint(tmp_path / "{epoch}.weights.h5", save_weights_only=True),
    ]
    fit(model, data, *callbacks)
    again = keras.models.load_model(tmp_path / "best.keras")
    np.testing.assert_array_equal(
        again.predict(data[0], verbose=0), model.predict(data[0], verbose=0)
    )
    assert len(list(tmp_path.glob("*.weights.h5"))) == 3
    model.load_weights(tmp_path / "3.weights.h5")


def test_reduce_on_plateau_changes_the_optimizer(model, data):
    callback = cb.ReduceLROnPlateau("loss", factor=0.5, patience=0, min_delta=1e9)
    history = fit(model, data, callback)
    expected = [0.1, 0.1, 0.05]
    assert history.history["learning_rate"] == pytest.approx(expected)
    assert float(np.asarray(model.optimizer.learning_rate)) == pytest.approx(0.025)


@pytest.mark.parametrize(
    "callback",
    [cb.LearningRateScheduler(lambda epoch: 0.1), cb.ReduceLROnPlateau("loss")],
)
def test_a_schedule_in_the_optimizer_is_refused(model, data, callback):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(keras.optimizers.SGD(schedule), "mse")
    with pytest.raises(TypeError, match="learning.rate"):
        fit(model, data, callback)


def test_csv_logger(model, data, tmp_path):
    history = fit(model, data, cb.CSVLogger(tmp_path / "log.csv"), validation_data=data)
    rows = np.genfromtxt(tmp_path / "log.csv", delimiter=",", names=True)
    assert rows["loss"].tolist() == history.history["loss"]


def test_terminate_on_nan(model, data):
    x, y = data
    model.optimizer.learning_rate = 1e30
    with pytest.warns(keras.core.errors.KerasishWarning, match="not finite"):
        history = fit(model, (x, y), cb.TerminateOnNaN(), epochs=50)
    assert len(history.epoch) < 50
    assert not math.isfinite(history.history["loss"][-1])


def test_swap_ema_weights(data):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    model.compile(optimizer, "mse")
    model.set_weights([np.zeros((3, 1)), np.zeros(1)])
    x, y = np.ones((64, 3), "float32"), np.ones((64, 1), "float32")
    seen = []

    class Look(cb.Callback):
        def look(self, *arguments):
            seen.append(float(self.model.get_weights()[0][0, 0]))

        on_test_begin = on_test_end = on_epoch_end = on_train_end = look

    callbacks = [cb.SwapEMAWeights(), Look()]
    fit(model, (x, y), *callbacks, epochs=2, batch_size=32, validation_data=(x, y))
    # Keras 3.15.1.
    expected = [0.22, 0.24, 0.24, 0.2418, 0.2496, 0.2496, 0.2418]
    assert seen == pytest.approx(expected, abs=1e-6)


def test_lines_of_fit_and_evaluate(model, data, capsys):
    fit(model, data, verbose=2, epochs=1, validation_data=data)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Epoch 1/1"
    assert second.startswith("4/4 - 0s - ")
    names = [part.split(":")[0] for part in second.split(" - ")[3:]]
    assert names == ["loss", "mae", "val_loss", "val_mae"]
    model.evaluate(*data, verbose=1, batch_size=32)
    assert capsys.readouterr().out.startswith("2/2 ━━━━━━━━━━━━━━━━━━━━ 0s ")
    model.predict(data[0], verbose="auto")
    assert capsys.readouterr().out == ""


def test_logs_are_not_read_without_need(model, data, monkeypatch):
    reads = []

    def counted(logs):
        reads.append(1)
        return cb.pythonify_logs(logs)

    monkeypatch.setattr(trainer, "pythonify_logs", counted)
    fit(model, data, epochs=1)
    assert len(reads) == 1
    fit(model, data, cb.TerminateOnNaN(), epochs=1)
    assert len(reads) == 1 + 4 + 1


def test_an_exception_leaves_the_model_usable(model, data, tmp_path):
    log = cb.CSVLogger(tmp_path / "log.csv")

    class Fails(cb.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(model, data, log, Fails())
    assert log._file is None
    assert np.isfinite(model.predict(data[0], verbose=0)).all()
    assert len(fit(model, data).epoch) == 3


@pytest.mark.parametrize("callback", ["early", cb.EarlyStopping, 3])
def test_what_is_no_callback_is_refused(model, data, callback):
    with pytest.raises(TypeError, match="`callbacks` must hold instances of"):
        fit(model, data, callback)


def test_an_unknown_metric_is_refused(model, data):
    with pytest.raises(ValueError, match="Did you mean 'mae'"):
        fit(model, data, cb.EarlyStopping("mai"))
