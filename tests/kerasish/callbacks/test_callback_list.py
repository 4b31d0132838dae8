"""The list calls what is overridden, in order, and refuses what is no callback."""

import unittest.mock

import numpy as np
import pytest

from kerasish.callbacks import (
    Callback,
    CallbackList,
    EarlyStopping,
    History,
    LazyLogs,
    ProgbarLogger,
    TerminateOnNaN,
)
from kerasish.callbacks.callback import HOOKS
from kerasish.core.errors import ArgumentTypeError


class Recorder(Callback):
    """Writes down every call."""

    def __init__(self, calls, name="r"):
        self.calls, self.name = calls, name


def _record(hook):
    def call(self, *arguments):
        self.calls.append((self.name, hook, *arguments))

    return call


for _hook in HOOKS:
    setattr(Recorder, _hook, _record(_hook))


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_reaches_every_callback_in_order(name):
    calls = []
    callbacks = CallbackList([Recorder(calls, "a"), Recorder(calls, "b")])
    if "batch" in name or "epoch" in name:
        getattr(callbacks, name)(7, {"loss": 1.0})
        expected = (name, 7, {"loss": 1.0})
    else:
        getattr(callbacks, name)({"loss": 1.0})
        expected = (name, {"loss": 1.0})
    assert calls == [("a", *expected), ("b", *expected)]


@pytest.mark.parametrize("name", HOOKS)
def test_missing_logs_are_an_empty_dict(name):
    calls = []
    callbacks = CallbackList(Recorder(calls))
    getattr(callbacks, name)(*([7] if "batch" in name or "epoch" in name else []))
    assert calls[0][-1] == {}


def test_the_shorter_names_call_the_training_hooks():
    calls = []
    callbacks = CallbackList([Recorder(calls)])
    callbacks.on_batch_begin(1, {})
    callbacks.on_batch_end(2, {})
    assert calls == [
        ("r", "on_train_batch_begin", 1, {}),
        ("r", "on_train_batch_end", 2, {}),
    ]


def test_hooks_nobody_overrides_are_not_called():
    class Epochs(Callback):
        def on_epoch_end(self, epoch, logs=None):
            pass

    callbacks = CallbackList([Epochs(), History()])
    assert [name for name in HOOKS if callbacks.uses_hook(name)] == [
        "on_train_begin",
        "on_epoch_end",
    ]


def test_batch_logs_are_handed_on_unread():
    def source():
        raise AssertionError("read")

    seen = []

    class Ignores(Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs)

    logs = LazyLogs(source)
    callbacks = CallbackList([Ignores(), EarlyStopping()])
    callbacks.on_train_batch_end(0, logs)
    callbacks.on_test_batch_end(0, logs)
    assert seen[0] is logs


def test_epoch_logs_become_floats_shared_by_the_callbacks():
    class Adds(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["extra"] = 1.0

    given = {"mae": np.float32(2.0), "loss": np.array(0.5)}
    history = History()
    CallbackList([Adds(), history]).on_epoch_end(0, given)
    assert history.history == {"loss": [0.5], "mae": [2.0], "extra": [1.0]}
    assert list(history.history) == ["loss", "mae", "extra"]
    assert type(history.history["mae"][0]) is float
    assert "extra" not in given


def test_defaults_are_added_once_and_the_bar_comes_last(model):
    callbacks = CallbackList(
        [TerminateOnNaN()], add_history=True, add_progbar=True, model=model, epochs=2
    )
    kinds = [type(callback) for callback in callbacks.callbacks]
    assert kinds == [TerminateOnNaN, History, ProgbarLogger]
    assert model.history is callbacks.history
    assert all(one.model is model for one in callbacks.callbacks)
    assert all(one.params == {"epochs": 2} for one in callbacks.callbacks)
    own = History()
    again = CallbackList([own, ProgbarLogger()], add_history=True, add_progbar=True)
    assert len(again.callbacks) == 2
    assert again.history is own


@pytest.mark.parametrize(
    "form",
    [
        lambda a, b: [a, b],
        lambda a, b: (a, b),
        lambda a, b: [[a], [b]],
        lambda a, b: {"x": a, "y": b},
        lambda a, b: iter([a, b]),
        lambda a, b: CallbackList([a, b]),
        lambda a, b: [CallbackList([a]), b],
    ],
)
def test_forms_of_the_argument(form):
    one, two = History(), TerminateOnNaN()
    assert CallbackList(form(one, two)).callbacks == [one, two]


def test_nothing_and_a_single_callback():
    one = History()
    assert CallbackList(one).callbacks == [one]
    assert CallbackList(None).callbacks == []
    assert CallbackList([]).callbacks == []


def test_append_gives_model_and_params(model):
    callbacks = CallbackList(model=model, epochs=2)
    one = EarlyStopping()
    callbacks.append(one)
    assert one.model is model
    assert one.params == {"epochs": 2}
    assert callbacks.uses_hook("on_epoch_end")
    bare = CallbackList()
    bare.append(History())
    assert bare.callbacks[0].model is None


def test_a_hook_patched_in_before_the_run_is_called():
    callback = Callback()
    callbacks = CallbackList([callback])
    calls = []
    callback.on_epoch_end = lambda epoch, logs: calls.append(epoch)
    callbacks.on_train_begin()
    callbacks.on_epoch_end(3)
    assert calls == [3]


def test_objects_that_behave_like_a_callback_are_accepted(model):
    class Foreign:
        def __init__(self):
            self.calls = []

        def __getattr__(self, name):
            if name.startswith(("on_", "set_")) and name != "on_abort":
                return lambda *args: self.calls.append(name)
            raise AttributeError(name)

    foreign = Foreign()
    callbacks = CallbackList([foreign], model=model)
    callbacks.on_train_begin()
    callbacks.abort(ValueError())
    assert foreign.calls == ["set_model", "on_train_begin"]
    mock = unittest.mock.MagicMock(spec=Callback)
    CallbackList([mock]).on_epoch_end(0, {"loss": 1.0})
    mock.on_epoch_end.assert_called_once_with(0, {"loss": 1.0})


def test_what_is_no_callback_is_refused():
    match = r"instances of `keras.callbacks.Callback`\. Received: 'early' \(of type str"
    with pytest.raises(ArgumentTypeError, match=match):
        CallbackList(["early"])
    with pytest.raises(TypeError, match=r"Received: 3 \(of type int\)"):
        CallbackList(3)
    with pytest.raises(TypeError, match=r"wrap it as in `LambdaCallback\("):
        CallbackList([lambda epoch, logs: None])
    with pytest.raises(TypeError, match="Received: None"):
        CallbackList([None])
    with pytest.raises(TypeError, match="Received: 'early'"):
        CallbackList().append("early")


def test_a_class_is_refused():
    match = r"instances of callbacks, not classes: write `EarlyStopping\(\.\.\.\)`"
    with pytest.raises(ArgumentTypeError, match=match):
        CallbackList([EarlyStopping])


class Closes(Callback):
    def __init__(self, failure=None):
        self.errors, self.failure = [], failure

    def on_train_begin(self, logs=None):
        pass

    def on_abort(self, error=None):
        self.errors.append(error)
        if self.failure:
            raise self.failure


def test_an_exception_in_a_hook_passes_unchanged_and_aborts_all():
    class Fails(Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyError("mine")

    closes, ends = Closes(), []
    closes.on_train_end = ends.append
    with pytest.raises(KeyError, match="mine") as caught:
        with CallbackList([Fails(), closes]) as callbacks:
            callbacks.on_train_begin()
            callbacks.on_epoch_end(0, {})
    assert closes.errors == [caught.value]
    assert ends == []


def test_abort_is_done_once_a_run():
    closes = Closes()
    callbacks = CallbackList([closes])
    callbacks.on_train_begin()
    callbacks.abort(ValueError(1))
    callbacks.on_abort(ValueError(2))
    assert len(closes.errors) == 1
    callbacks.on_train_begin()
    callbacks.abort()
    assert closes.errors[1] is None


def test_no_abort_without_an_exception():
    closes = Closes()
    with CallbackList([closes]):
        pass
    assert closes.errors == []


def test_a_failing_abort_does_not_hide_the_error():
    error, last = ValueError("first"), Closes()
    callbacks = CallbackList([Closes(OSError("disk")), last])
    callbacks.abort(error)
    assert last.errors == [error]
    match = "`on_abort` of `Closes` failed too: OSError('disk')"
    assert error.__notes__ == [match]
    with pytest.raises(OSError, match="disk"):
        CallbackList([Closes(OSError("disk"))]).abort()


def test_a_callback_that_stops_is_seen_by_the_model(model):
    callbacks = CallbackList([TerminateOnNaN()], model=model)
    callbacks.on_train_batch_end(0, LazyLogs(lambda: {"loss": float("inf")}))
    assert model.stop_training
