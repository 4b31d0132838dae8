"""Every hook exists, does nothing, and is known to be overridden or not."""

import pytest

from kerasish.callbacks import Callback
from kerasish.callbacks.callback import ALIASES, HOOKS, inherits


@pytest.mark.parametrize("name", [*HOOKS, *ALIASES.values()])
def test_hooks_do_nothing_by_default(name):
    callback = Callback()
    arguments = (0, {}) if "batch" in name or "epoch" in name else ({},)
    assert getattr(callback, name)(*arguments) is None
    assert getattr(callback, name)(*arguments[:-1]) is None


@pytest.mark.parametrize("name", HOOKS)
def test_overridden_hooks_are_known(name):
    kind = type("Own", (Callback,), {name: lambda self, *args: None})
    assert [hook for hook in HOOKS if kind().uses_hook(hook)] == [name]


def test_a_hook_set_on_the_instance_is_known():
    callback = Callback()
    callback.on_epoch_end = lambda epoch, logs: None
    assert callback.uses_hook("on_epoch_end")


def test_batch_hooks_call_the_shorter_names():
    class Own(Callback):
        calls = []

        def on_batch_begin(self, batch, logs=None):
            self.calls.append(("begin", batch, logs))

        def on_batch_end(self, batch, logs=None):
            self.calls.append(("end", batch, logs))

    callback = Own()
    assert callback.uses_hook("on_train_batch_begin")
    assert callback.uses_hook("on_train_batch_end")
    callback.on_train_batch_begin(1, {})
    callback.on_train_batch_end(1, {"loss": 2.0})
    assert callback.calls == [("begin", 1, {}), ("end", 1, {"loss": 2.0})]


def test_model_and_params_are_there_without_a_call_of_init():
    class Own(Callback):
        def __init__(self):
            pass

    callback = Own()
    assert callback.model is None
    assert callback.params is None
    callback.set_model("model")
    callback.set_params({"epochs": 2})
    assert callback.model == "model"
    assert callback.params == {"epochs": 2}
    assert callback.on_abort(ValueError()) is None


def test_inherits():
    class Own(Callback):
        def on_epoch_end(self, epoch, logs=None):
            pass

    callback = Own()
    assert inherits(callback, Own, "on_epoch_end")
    assert not inherits(callback, Callback, "on_epoch_end")
    callback.on_epoch_end = print
    assert not inherits(callback, Own, "on_epoch_end")
