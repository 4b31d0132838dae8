"""Write the metrics of every epoch to a CSV file."""

import csv
import errno
import os
import warnings
from collections.abc import Iterable
from typing import IO, Any

import numpy as np

from kerasish.callbacks.callback import Callback, Logs
from kerasish.core.errors import ArgumentError, KerasishWarning

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    """Writes a row for each epoch: its index, and the metrics sorted by name.

    The columns are those of the first epoch. If that had no validation there is a
    `val_` column for each metric too, with `NA` until a validation fills it. A file
    that is appended to keeps its own columns.

    Args:
        filename: str or path. Its folder must exist.
        separator: str of one character.
        append: bool, whether to go on with an existing file or to replace it.

    Raises:
        ArgumentError: If `filename` or `separator` is not of this form.
        FileNotFoundError: When training begins, if the folder does not exist.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/log.csv"
        >>> callback = CSVLogger(path)
        >>> callback.on_train_begin()
        >>> callback.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.6})
        >>> callback.on_train_end()
        >>> np.loadtxt(path, delimiter=",", skiprows=1).tolist()
        [0.0, 0.5, 0.6]
    """

    first_process_only = True

    def __init__(
        self,
        filename: str | os.PathLike[str],
        separator: str = ",",
        append: bool = False,
    ) -> None:
        if not isinstance(filename, str | os.PathLike):
            raise ArgumentError(
                "`filename` of `CSVLogger` must be a path. "
                f"Received: filename={filename!r}"
            )
        if not isinstance(separator, str) or len(separator) != 1:
            raise ArgumentError(
                "`separator` of `CSVLogger` must be one character. "
                f"Received: separator={separator!r}"
            )
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self._file: IO[str] | None = None
        self._warned = False

    def on_train_begin(self, logs: Logs = None) -> None:
        """Opens the file."""
        folder = os.path.dirname(self.filename) or "."
        if not os.path.isdir(folder):
            raise FileNotFoundError(
                errno.ENOENT,
                "the folder of `filename` of `CSVLogger` does not exist",
                self.filename,
            )
        self._close()
        self.keys = self._read_header() if self.append else None
        mode = "a" if self.append else "w"
        self._file = open(self.filename, mode, newline="", encoding="utf-8")
        self._warned = False

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Writes a row, and the header before the first."""
        if self._file is None:
            return
        logs = logs or {}
        writer = csv.writer(self._file, delimiter=self.sep, lineterminator="\n")
        if self.keys is None:
            self.keys = _columns(logs)
            writer.writerow(["epoch", *self.keys])
        self._warn_of_others(logs, self.keys)
        values = [_as_cell(logs[k]) if k in logs else "NA" for k in self.keys]
        writer.writerow([epoch, *values])
        self._file.flush()

    def on_train_end(self, logs: Logs = None) -> None:
        """Closes the file."""
        self._close()

    def on_abort(self, error: BaseException | None = None) -> None:
        """Closes the file."""
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read_header(self) -> list[str] | None:
        try:
            with open(self.filename, newline="", encoding="utf-8") as file:
                header = next(csv.reader(file, delimiter=self.sep), None)
        except FileNotFoundError:
            return None
        if header and header[0] != "epoch":
            raise ArgumentError(
                "`CSVLogger` can only append to a file of its own, whose first column "
                f"is 'epoch'. Received: filename={self.filename!r} with the columns "
                f"{header}"
            )
        return header[1:] if header else None

    def _warn_of_others(self, logs: dict[str, Any], keys: Iterable[str]) -> None:
        others = sorted(set(logs) - set(keys))
        if others and not self._warned:
            self._warned = True
            warnings.warn(
                f"`CSVLogger` does not write {', '.join(others)}: the first epoch in "
                f"{self.filename!r} had no such metric, so there is no column for it.",
                KerasishWarning,
                stacklevel=2,
            )


def _columns(logs: dict[str, Any]) -> list[str]:
    keys = sorted(logs)
    if not any(key.startswith("val_") for key in keys):
        # The learning rate is no metric and has no value of the validation.
        keys += [f"val_{key}" for key in keys if key != "learning_rate"]
    return keys


def _as_cell(value: Any) -> Any:
    if isinstance(value, str | float | int):
        return value
    array = np.asarray(value)
    if array.ndim == 0:
        return array.item()
    return "[" + ", ".join(map(str, array.tolist())) + "]"
