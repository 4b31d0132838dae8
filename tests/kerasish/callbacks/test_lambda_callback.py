"""Functions as hooks."""

import pytest

from kerasish.callbacks import CallbackList, LambdaCallback
from kerasish.callbacks.callback import ALIASES, HOOKS
from kerasish.core.errors import ArgumentTypeError


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_can_be_given(name):
    calls = []
    callback = LambdaCallback(**{name: lambda *args: calls.append(args)})
    callbacks = CallbackList([callback])
    assert [hook for hook in HOOKS if callbacks.uses_hook(hook)] == [name]
    arguments = (1, {}) if "batch" in name or "epoch" in name else ({},)
    getattr(callbacks, name)(*arguments)
    assert calls == [arguments]


@pytest.mark.parametrize("name", ALIASES.values())
def test_the_shorter_names_can_be_given(name):
    calls = []
    callback = LambdaCallback(**{name: lambda batch, logs: calls.append(batch)})
    getattr(CallbackList([callback]), name.replace("on_", "on_train_"))(4, {})
    assert calls == [4]


def test_on_abort_can_be_given():
    errors, error = [], ValueError()
    CallbackList([LambdaCallback(on_abort=errors.append)]).abort(error)
    assert errors == [error]


def test_unknown_hooks_are_refused():
    match = "has no hook 'on_epoch_ends'. Did you mean 'on_epoch_end'?"
    with pytest.raises(ArgumentTypeError, match=match):
        LambdaCallback(on_epoch_ends=print)


def test_what_is_no_function_is_refused():
    match = "`on_epoch_end` of `LambdaCallback` must be a function. Received: on_ep"
    with pytest.raises(ArgumentTypeError, match=match):
        LambdaCallback(on_epoch_end=3)
