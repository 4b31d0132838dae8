"""The base class of callbacks: one method for each moment of a run."""

from typing import Any, TypeAlias

__all__ = ["ALIASES", "HOOKS", "Callback", "Logs", "inherits"]

Logs: TypeAlias = dict[str, Any] | None

HOOKS = (
    "on_train_begin",
    "on_train_end",
    "on_epoch_begin",
    "on_epoch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
    "on_test_batch_begin",
    "on_test_batch_end",
    "on_predict_begin",
    "on_predict_end",
    "on_predict_batch_begin",
    "on_predict_batch_end",
)

# A hook of the training loop, and the shorter name it calls.
ALIASES = {
    "on_train_batch_begin": "on_batch_begin",
    "on_train_batch_end": "on_batch_end",
}


class Callback:
    """Does something at given moments of `fit`, `evaluate` and `predict`.

    Derive from it, override the hooks that are needed and pass an instance in
    `callbacks`. Within a hook `self.model` is the model and `self.params` a dict with
    `verbose`, `epochs` and `steps`. Setting `self.model.stop_training = True` ends
    `fit` after the current batch.

    `logs` holds the metrics as Python floats: those of the batches so far in an epoch,
    and at the end of an epoch those of the validation too, with the prefix `val_`. In
    a batch hook the numbers are fetched from the device only when `logs` is read, and
    then are those of that moment; a hook that does not look at them costs no wait.
    What an `on_epoch_end` puts in `logs` is seen by the callbacks after it.

    An exception in a hook ends the run and reaches the caller unchanged. `on_train_end`
    is then not called, `on_abort` is, on every callback.

    Example:
        >>> class Best(Callback):
        ...     loss = float("inf")
        ...
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         self.loss = min(self.loss, logs["loss"])
        >>> best = Best()
        >>> for epoch, loss in enumerate([0.5, 0.2, 0.3]):
        ...     best.on_epoch_end(epoch, {"loss": loss})
        >>> best.loss
        0.2
    """

    model: Any = None
    params: dict[str, Any] | None = None
    # Whether it writes or prints: of several processes that train together only the
    # first calls its hooks.
    first_process_only = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Receives the parameters of the run.

        Args:
            params: A dict with `verbose`, `epochs` and `steps`.
        """
        self.params = params

    def set_model(self, model: Any) -> None:
        """Receives the model that is run.

        Args:
            model: The model.
        """
        self.model = model

    def uses_hook(self, name: str) -> bool:
        """Returns whether calling a hook has an effect; others are never called.

        Args:
            name: Name of a hook, as in `"on_train_batch_end"`.

        Example:
            >>> Callback().uses_hook("on_epoch_end")
            False
        """
        names = (name, ALIASES[name]) if name in ALIASES else (name,)
        return not all(inherits(self, Callback, hook) for hook in names)

    def on_abort(self, error: BaseException | None = None) -> None:
        """Called when a run ends by an exception: close what is open.

        Args:
            error: The exception, which goes on to the caller afterwards.
        """

    def on_train_begin(self, logs: Logs = None) -> None:
        """Called at the beginning of `fit`.

        Args:
            logs: An empty dict.
        """

    def on_train_end(self, logs: Logs = None) -> None:
        """Called at the end of `fit`, unless it ended by an exception.

        Args:
            logs: The metrics of the last epoch.
        """

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Called at the beginning of an epoch.

        Args:
            epoch: Index of the epoch, from 0.
            logs: An empty dict.
        """

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Called at the end of an epoch, after its validation.

        Args:
            epoch: Index of the epoch, from 0.
            logs: The metrics of the epoch and of its validation.
        """

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Another name of `on_train_batch_begin`.

        Args:
            batch: Index of the batch within the epoch.
            logs: An empty dict.
        """

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Another name of `on_train_batch_end`.

        Args:
            batch: Index of the batch within the epoch.
            logs: The metrics of the epoch so far.
        """

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a training step.

        Args:
            batch: Index of the batch within the epoch.
            logs: An empty dict.
        """
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a training step.

        Args:
            batch: Index of the batch within the epoch.
            logs: The metrics of the epoch so far.
        """
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs = None) -> None:
        """Called at the beginning of `evaluate` and of a validation in `fit`.

        Args:
            logs: An empty dict.
        """

    def on_test_end(self, logs: Logs = None) -> None:
        """Called at the end of `evaluate` and of a validation in `fit`.

        Args:
            logs: The metrics.
        """

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a batch of `evaluate` or of a validation in `fit`.

        Args:
            batch: Index of the batch.
            logs: An empty dict.
        """

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a batch of `evaluate` or of a validation in `fit`.

        Args:
            batch: Index of the batch.
            logs: The metrics so far.
        """

    def on_predict_begin(self, logs: Logs = None) -> None:
        """Called at the beginning of `predict`.

        Args:
            logs: An empty dict.
        """

    def on_predict_end(self, logs: Logs = None) -> None:
        """Called at the end of `predict`.

        Args:
            logs: An empty dict.
        """

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a batch of `predict`.

        Args:
            batch: Index of the batch.
            logs: An empty dict.
        """

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a batch of `predict`.

        Args:
            batch: Index of the batch.
            logs: A dict whose `outputs` are the predictions of the batch.
        """


def inherits(callback: Callback, kind: type[Callback], name: str) -> bool:
    """Returns whether a hook is that of a class, not overridden or set since.

    Args:
        callback: A callback.
        kind: A class that it derives from.
        name: Name of the hook.

    Example:
        >>> inherits(Callback(), Callback, "on_epoch_end")
        True
    """
    method = getattr(callback, name)
    return getattr(method, "__func__", method) is getattr(kind, name)
