"""What fit, evaluate and predict show, on a terminal and off it."""

import re
import sys
import time

import pytest

from kerasish.callbacks import CallbackList, LazyLogs, ProgbarLogger
from kerasish.core.errors import ArgumentError

COLOUR = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


@pytest.fixture
def lines(capsys):
    return lambda: capsys.readouterr().out.splitlines()


def frames(terminal):
    """Returns what was drawn, oldest first, without colours."""
    text = COLOUR.sub("", terminal.getvalue())
    return [part.strip() for part in re.split("[\r\n]", text) if part.strip()]


def fit(clock, verbose, epochs=2, steps=3, known=True, validation=0, read=None):
    """Runs a training loop in which a step takes 0.04 s and a test batch 0.5 s."""
    params = {"verbose": verbose, "epochs": epochs, "steps": steps if known else None}
    callbacks = CallbackList(add_progbar=True, **params)
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        for batch in range(steps):
            callbacks.on_train_batch_begin(batch)
            clock[0] += 0.04
            callbacks.on_train_batch_end(batch, LazyLogs(read or (lambda: {"l": 2.0})))
        logs = {"loss": 0.5}
        if validation:
            callbacks.on_test_begin()
            for batch in range(validation):
                clock[0] += 0.5
                callbacks.on_test_batch_end(batch)
            callbacks.on_test_end()
            logs["val_loss"] = 0.25
        callbacks.on_epoch_end(epoch, logs)
    callbacks.on_train_end()
    return callbacks


def run_alone(kind, verbose, steps=3):
    callbacks = CallbackList(add_progbar=True, verbose=verbose, steps=steps)
    getattr(callbacks, f"on_{kind}_begin")()
    for batch in range(steps):
        logs = {"outputs": [1.0]} if kind == "predict" else {"loss": 0.75}
        getattr(callbacks, f"on_{kind}_batch_end")(batch, logs)
    getattr(callbacks, f"on_{kind}_end")({} if kind == "predict" else {"loss": 0.5})


def test_verbose_2_has_the_lines_of_keras(clock, lines):
    fit(clock, 2, validation=2)
    assert lines() == [
        "Epoch 1/2",
        "3/3 - 1s - 40ms/step - loss: 0.5000 - val_loss: 0.2500",
        "Epoch 2/2",
        "3/3 - 1s - 40ms/step - loss: 0.5000 - val_loss: 0.2500",
    ]


def test_auto_off_a_terminal_is_verbose_2(clock, lines):
    fit(clock, "auto", epochs=1)
    assert lines() == ["Epoch 1/1", "3/3 - 0s - 40ms/step - loss: 0.5000"]


def test_verbose_1_off_a_terminal_prints_each_epoch_once(clock, lines):
    def unread():
        raise AssertionError("read")

    fit(clock, 1, epochs=10, validation=1, read=unread)
    found = lines()
    bar = "3/3 ━━━━━━━━━━━━━━━━━━━━ 1s 40ms/step - loss: 0.5000 - val_loss: 0.2500"
    assert found[0] == f"Epoch  1/10 {bar}"
    assert found[9] == f"Epoch 10/10 {bar}"
    assert len(found) == 10


def test_silent_uses_no_hook(clock, lines):
    callbacks = fit(clock, 0)
    assert not callbacks.uses_hook("on_train_batch_end")
    assert not callbacks.uses_hook("on_epoch_end")
    assert lines() == []


def test_a_bar_on_a_terminal(clock, terminal):
    fit(clock, "auto", epochs=2, steps=6)
    found = frames(terminal)
    assert found[0] == "Epoch 1/2 0/6 ────────────────────"
    assert "Epoch 1/2 3/6 ━━━━━━━━━━────────── 0s left 40ms/step - l: 2.0000" in found
    last = "━━━━━━━━━━━━━━━━━━━━ 0s 40ms/step - loss: 0.5000"
    assert [text for text in found if "loss" in text] == [
        f"Epoch 1/2 6/6 {last}",
        f"Epoch 2/2 6/6 {last}",
    ]
    assert terminal.getvalue().count("\n") == 2


def test_logs_are_read_only_ten_times_a_second(clock, terminal):
    reads = []

    def read():
        reads.append(1)
        return {"l": 2.0}

    fit(clock, 1, epochs=5, steps=100, read=read)
    assert len(reads) == pytest.approx(5 * 100 * 0.04 * 10, rel=0.2)
    reads.clear()
    clock[0] = 0.0
    fit(clock, 2, steps=100, read=read)
    assert reads == []


def test_validation_is_seen_in_the_bar(clock, terminal):
    fit(clock, 1, epochs=1, steps=6, validation=2)
    found = [text for text in frames(terminal) if "validating" in text]
    bar = "Epoch 1/1 6/6 ━━━━━━━━━━━━━━━━━━━━ validating"
    assert found[0] == f"{bar} - l: 2.0000"
    assert found[-1] == f"{bar}, batch 2 - l: 2.0000"
    last = (
        "Epoch 1/1 6/6 ━━━━━━━━━━━━━━━━━━━━ 1s 40ms/step - loss: 0.5000 - val_loss: 0"
    )
    assert frames(terminal)[-1].startswith(last)


def test_validation_batches_are_not_counted_off_a_terminal(
    clock, terminal, monkeypatch
):
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    callbacks = fit(clock, 1, validation=1)
    callbacks.on_train_begin()
    callbacks.on_test_begin()
    assert not callbacks.uses_hook("on_test_batch_end")


def test_an_unknown_number_of_steps_is_known_after_an_epoch(clock, terminal):
    fit(clock, 1, known=False, steps=6, validation=1)
    found = frames(terminal)
    assert "Epoch 1/2 3/? 0s 40ms/step - l: 2.0000" in found
    assert "Epoch 2/2 3/6 ━━━━━━━━━━────────── 0s left 40ms/step - l: 2.0000" in found


def test_an_epoch_that_stops_early_says_so(clock, lines):
    callbacks = CallbackList(add_progbar=True, verbose=2, epochs=1, steps=45)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    clock[0] += 1
    callbacks.on_train_batch_end(9, {})
    callbacks.on_epoch_end(0, {})
    assert lines()[1] == "10/45 - 1s - 100ms/step"


@pytest.mark.parametrize("kind", ["test", "predict"])
def test_evaluate_and_predict(kind, clock, lines):
    metrics = " - loss: 0.5000" if kind == "test" else ""
    run_alone(kind, 2)
    assert lines() == [f"3/3 - 0s - 0us/step{metrics}"]
    run_alone(kind, 1)
    assert lines() == [f"3/3 ━━━━━━━━━━━━━━━━━━━━ 0s 0us/step{metrics}"]
    run_alone(kind, "auto")
    run_alone(kind, 0)
    assert lines() == []


@pytest.mark.parametrize("kind", ["test", "predict"])
def test_evaluate_and_predict_on_a_terminal(kind, clock, terminal):
    run_alone(kind, "auto")
    first, last = frames(terminal)[0], frames(terminal)[-1]
    assert first.startswith("1/3 ━━━━━━─────")
    assert "outputs" not in first
    assert last.startswith("3/3 ━━━━━━━━━━━━━━━━━━━━ 0s")


def test_evaluate_after_fit_has_its_own_line(clock, lines):
    callbacks = fit(clock, 2, epochs=1)
    lines()
    callbacks.on_test_begin()
    callbacks.on_test_batch_end(0)
    callbacks.on_test_end({"loss": 0.5})
    assert lines() == ["1/3 - 0s - 0us/step - loss: 0.5000"]


def test_an_exception_leaves_the_bar_and_a_clean_line(clock, terminal):
    with pytest.raises(KeyboardInterrupt):
        with CallbackList(add_progbar=True, verbose=1, steps=4) as callbacks:
            callbacks.on_train_begin()
            callbacks.on_epoch_begin(0)
            clock[0] += 1
            callbacks.on_train_batch_end(0, {"l": 2.0})
            raise KeyboardInterrupt
    assert frames(terminal)[-1].startswith("Epoch 1/1 1/4 ━━━━━────")
    assert terminal.getvalue().endswith("\n")
    assert not sys.modules["tqdm"].tqdm._instances


def test_a_callback_that_prints_is_shown_above_the_bar(clock, terminal):
    callback = ProgbarLogger()
    callback.set_params({"verbose": 1, "steps": 4})
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    callback.on_epoch_end(0, {})
    callback.on_epoch_end(1, {})  # no epoch is open: nothing is shown
    assert frames(terminal)[-1].startswith("Epoch 1/1 0/4 ─────")


def test_a_subclass_is_called_even_where_it_is_silent():
    class Own(ProgbarLogger):
        epochs_begun = 0

        def on_epoch_begin(self, epoch, logs=None):
            self.epochs_begun += 1

    own = Own()
    callbacks = CallbackList([own], verbose=0)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    assert own.epochs_begun == 1


def test_bad_verbose():
    with pytest.raises(ArgumentError, match="`verbose` must be 0, 1, 2 or 'auto'"):
        ProgbarLogger().set_params({"verbose": "loud"})
