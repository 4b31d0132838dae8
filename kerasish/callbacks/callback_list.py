"""A list of callbacks that calls only those hooks which do something."""

from collections.abc import Callable, Iterator
from typing import Any

from kerasish.backends.communication import is_first
from kerasish.callbacks.callback import HOOKS, Callback, Logs
from kerasish.callbacks.history import History
from kerasish.callbacks.logs import pythonify_logs
from kerasish.callbacks.progbar_logger import ProgbarLogger
from kerasish.core import tree
from kerasish.core.errors import ArgumentTypeError

__all__ = ["CallbackList"]

BEGINNINGS = ("on_train_begin", "on_test_begin", "on_predict_begin")


def _batch_hook(name: str) -> Any:
    def hook(self: "CallbackList", batch: int, logs: Logs = None) -> None:
        calls = self._calls[name]
        if calls:
            logs = {} if logs is None else logs
            for call in calls:
                call(batch, logs)

    hook.__name__, hook.__doc__ = name, f"Calls `{name}` of the callbacks."
    return hook


def _epoch_hook(name: str) -> Any:
    def hook(self: "CallbackList", epoch: int, logs: Logs = None) -> None:
        values = pythonify_logs(logs)
        for call in self._calls[name]:
            call(epoch, values)

    hook.__name__, hook.__doc__ = name, f"Calls `{name}` of the callbacks."
    return hook


def _run_hook(name: str) -> Any:
    def hook(self: "CallbackList", logs: Logs = None) -> None:
        if name in BEGINNINGS:
            self._aborted = False
            self._collect_calls()
        values = pythonify_logs(logs)
        for call in self._calls[name]:
            call(values)

    hook.__name__, hook.__doc__ = name, f"Calls `{name}` of the callbacks."
    return hook


class CallbackList(Callback):
    """Calls the hooks of several callbacks, in their order.

    `fit`, `evaluate` and `predict` make one; it is needed by hand only in training
    loops of one's own. Which callbacks override which hook is looked up when a run
    begins, so a hook that none of them uses costs one method call. Batch logs are
    handed on as they are and may be lazy; those of epochs become Python floats.

    Whoever runs the loop calls `abort` when an exception ends it, or uses the list as a
    context manager, which does that: progress bars and files are then closed.

    Args:
        callbacks: A callback, or a list of callbacks; nested lists and other
            instances of `CallbackList` are spread out.
        add_history: bool, whether to add a `History` if there is none.
        add_progbar: bool, whether to add a `ProgbarLogger` if there is none.
        model: The model, given to every callback.
        **params: `verbose`, `epochs` and `steps` of the run, given to every callback.

    Raises:
        ArgumentTypeError: If something in `callbacks` is not a callback.

    Example:
        >>> callbacks = CallbackList(add_history=True, epochs=2)
        >>> callbacks.on_train_begin()
        >>> for epoch in range(2):
        ...     callbacks.on_epoch_end(epoch, {"loss": 1 / (epoch + 1)})
        >>> callbacks.history.history
        {'loss': [1.0, 0.5]}
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks: list[Any] = _flatten(callbacks)
        self._calls: dict[str, list[Callable[..., None]]] = {}
        self._aborted = False
        if add_history and self.history is None:
            self.callbacks.append(History())
        # Last, so that it shows what the others put in the logs.
        if add_progbar and self._find(ProgbarLogger) is None:
            self.callbacks.append(ProgbarLogger())
        self._collect_calls()
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    @property
    def history(self) -> History | None:
        """The `History` in the list, or None."""
        found: History | None = self._find(History)
        return found

    def append(self, callback: Any) -> None:
        """Adds a callback at the end and gives it the model and the parameters.

        Args:
            callback: A callback.

        Raises:
            ArgumentTypeError: If it is not a callback.
        """
        for one in _flatten(callback):
            self.callbacks.append(one)
            if self.model is not None:
                one.set_model(self.model)
            if self.params is not None:
                one.set_params(self.params)
        self._collect_calls()

    def set_params(self, params: dict[str, Any]) -> None:
        """Gives every callback the parameters of the run.

        Args:
            params: A dict with `verbose`, `epochs` and `steps`.
        """
        super().set_params(params)
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Gives every callback the model, and the model its `history`.

        Args:
            model: The model.
        """
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def uses_hook(self, name: str) -> bool:
        """Returns whether any callback overrides a hook.

        A training loop may ask, to leave out what nobody looks at.

        Args:
            name: Name of a hook, as in `"on_train_batch_end"`.

        Example:
            >>> CallbackList().uses_hook("on_train_batch_end")
            False
        """
        return bool(self._calls[name])

    def abort(self, error: BaseException | None = None) -> None:
        """Calls `on_abort` of every callback, once, after an exception.

        A second call before the next run begins does nothing. Should `on_abort` itself
        fail, this is added as a note to `error`, which stays the one that is raised.

        Args:
            error: The exception that ended the run.
        """
        if self._aborted:
            return
        self._aborted = True
        for callback in self.callbacks:
            try:
                getattr(callback, "on_abort", _nothing)(error)
            except Exception as failure:
                if error is None:
                    raise
                name = type(callback).__name__
                error.add_note(f"`on_abort` of `{name}` failed too: {failure!r}")

    def on_abort(self, error: BaseException | None = None) -> None:
        """Calls `abort`.

        Args:
            error: The exception that ended the run.
        """
        self.abort(error)

    def __enter__(self) -> "CallbackList":
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is not None:
            self.abort(error)

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Calls `on_train_batch_begin` of the callbacks."""
        self.on_train_batch_begin(batch, logs)

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Calls `on_train_batch_end` of the callbacks."""
        self.on_train_batch_end(batch, logs)

    on_train_begin = _run_hook("on_train_begin")
    on_train_end = _run_hook("on_train_end")
    on_test_begin = _run_hook("on_test_begin")
    on_test_end = _run_hook("on_test_end")
    on_predict_begin = _run_hook("on_predict_begin")
    on_predict_end = _run_hook("on_predict_end")
    on_epoch_begin = _epoch_hook("on_epoch_begin")
    on_epoch_end = _epoch_hook("on_epoch_end")
    on_train_batch_begin = _batch_hook("on_train_batch_begin")
    on_train_batch_end = _batch_hook("on_train_batch_end")
    on_test_batch_begin = _batch_hook("on_test_batch_begin")
    on_test_batch_end = _batch_hook("on_test_batch_end")
    on_predict_batch_begin = _batch_hook("on_predict_batch_begin")
    on_predict_batch_end = _batch_hook("on_predict_batch_end")

    def _find(self, kind: type[Any]) -> Any:
        found = [callback for callback in self.callbacks if isinstance(callback, kind)]
        return found[0] if found else None

    def _collect_calls(self) -> None:
        self._calls = {
            name: [
                getattr(callback, name)
                for callback in self.callbacks
                if _uses_hook(callback, name)
            ]
            for name in HOOKS
        }


def _nothing(error: BaseException | None) -> None:
    """Stands for the `on_abort` of an object that has none."""


def _uses_hook(callback: Any, name: str) -> bool:
    if getattr(callback, "first_process_only", False) and not is_first():
        return False
    return not isinstance(callback, Callback) or callback.uses_hook(name)


def _flatten(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if isinstance(callbacks, Iterator):
        callbacks = list(callbacks)
    flat: list[Any] = []
    for leaf in tree.flatten(callbacks):
        if isinstance(leaf, CallbackList):
            flat.extend(leaf.callbacks)
        else:
            flat.append(_check_callback(leaf))
    return flat


def _check_callback(value: Any) -> Any:
    if isinstance(value, type):
        raise ArgumentTypeError(
            "`callbacks` must hold instances of callbacks, not classes: write "
            f"`{value.__name__}(...)`. Received: {value!r}"
        )
    # Objects that only behave like a callback, such as one written for Keras itself,
    # are as good as ours.
    needed = ("set_model", "set_params", *HOOKS)
    if all(callable(getattr(value, name, None)) for name in needed):
        return value
    hint = "; wrap it as in `LambdaCallback(on_epoch_end=...)`"
    raise ArgumentTypeError(
        "`callbacks` must hold instances of `keras.callbacks.Callback`"
        f"{hint if callable(value) else ''}. "
        f"Received: {value!r} (of type {type(value).__name__})"
    )
