"""The record of a training run, which `fit` returns."""

from typing import Any

from kerasish.callbacks.callback import Callback, Logs

__all__ = ["History"]


class History(Callback):
    """Records the metrics of every epoch; `fit` adds one and returns it.

    `history` maps each metric to the list of its values and `epoch` lists the indices
    of the epochs. With `validation_freq` above 1 the lists of the `val_` metrics are
    shorter; `to_dataframe` puts their values beside the right epoch.

    Example:
        >>> history = History()
        >>> history.on_train_begin()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.on_epoch_end(1, {"loss": 0.4, "val_loss": 0.6})
        >>> history.history, history.epoch
        ({'loss': [0.5, 0.4], 'val_loss': [0.6]}, [0, 1])
    """

    def __init__(self) -> None:
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self._rows: list[dict[str, Any]] = []

    def on_train_begin(self, logs: Logs = None) -> None:
        """Starts a new list of epochs; the values in `history` stay, as in Keras."""
        self.epoch = []
        self._rows = []

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Records the metrics of an epoch."""
        row = dict(logs or {})
        self.epoch.append(epoch)
        self._rows.append(row)
        for name, value in row.items():
            self.history.setdefault(name, []).append(value)

    def to_dataframe(self) -> Any:
        """Returns the last run as a pandas `DataFrame`, a row for each epoch.

        Returns:
            A table whose index is the epoch, from 0, and whose columns are the metrics;
            NaN where a metric was not computed.

        Raises:
            ImportError: If pandas is not installed.

        Example:
            >>> history = History()
            >>> history.on_epoch_end(0, {"loss": 0.5})
            >>> history.on_epoch_end(1, {"loss": 0.4, "val_loss": 0.6})
            >>> history.to_dataframe()["val_loss"].tolist()
            [nan, 0.6]
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "`History.to_dataframe` needs pandas: `pip install pandas`."
            ) from error
        names = list(dict.fromkeys(name for row in self._rows for name in row))
        index = pandas.Index(self.epoch, name="epoch")
        return pandas.DataFrame(self._rows, index=index, columns=names)
