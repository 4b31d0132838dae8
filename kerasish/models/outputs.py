"""Outputs: what `predict` gathers from its batches.

A GPU is still computing when a step has returned. So results are fetched while the next
batches are launched, and waited for some batches later.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.core import tree
from kerasish.core.errors import ShapeError
from kerasish.tracing.results import Result

__all__ = ["Outputs"]

AHEAD = 4  # batches that a device may be behind


class Outputs:
    """The outputs of batches, each written to its place in the whole.

    Args:
        rows: How many rows there will be, None where that is not known.
        is_asynchronous: Whether results arrive later than the calls that made them.
        kept: How many batches `recent` may ask for.

    Example:
        >>> outputs = Outputs(3)
        >>> for batch in ([1, 2], [3]):
        ...     part = outputs.add({"y": np.array(batch)})
        >>> outputs.joined()
        {'y': array([1, 2, 3])}
    """

    def __init__(
        self, rows: int | None, is_asynchronous: bool = False, kept: int = 1
    ) -> None:
        self._rows = rows
        self._ahead = AHEAD if is_asynchronous else 0
        self._coming: deque[tuple[Callable[[], Any], Any]] = deque()
        self._recent: deque[Any] = deque(maxlen=kept)
        self._order: list[Any] = []
        self._structure: Any = None
        self._gathered: list[_Whole | _Parts] = []

    def take(self, result: Result, rows: Any = None) -> None:
        """Takes the result of a batch, which the next may write over.

        Args:
            result: Of the call.
            rows: As of `add`.
        """
        read = result.fetched() if self._ahead else result.arrays
        self._coming.append((read, rows))
        self._arrive(self._ahead)

    def recent(self, count: int) -> Any:
        """Returns the outputs of the last batches, joined.

        Args:
            count: How many, up to those that are kept.
        """
        self._arrive(0)
        parts = list(self._recent)[-count:]
        if len(parts) == 1:
            return parts[0]
        return tree.map_structure(lambda *x: np.concatenate(x), *parts)

    def _arrive(self, ahead: int) -> None:
        """Waits for results until no more than some are missing."""
        while len(self._coming) > ahead:
            read, rows = self._coming.popleft()
            self._recent.append(self.add(read(), rows))

    def add(self, outputs: Any, rows: Any = None) -> Any:
        """Copies the outputs of a batch and returns the copy.

        Args:
            outputs: Structure of arrays, which may be written again afterwards.
            rows: Array of the numbers of the batch's rows in the whole data, where
                they come in another order.
        """
        if isinstance(rows, np.ndarray):
            self._order.append(rows)
        leaves = [np.asarray(x) for x in tree.flatten(outputs)]
        if not self._gathered:
            self._structure = outputs
            self._gathered = [_gathering(self._rows, x) for x in leaves]
        made = []
        for i, x in enumerate(leaves):
            held = self._gathered[i]
            if not held.takes(x):
                held = self._gathered[i] = _Parts(held.parts())
            made.append(held.add(x))
        return tree.pack_sequence_as(outputs, made)

    def joined(self) -> Any:
        """Returns the outputs of all batches, by row; None if there was none.

        Raises:
            ShapeError: If batches have outputs of different shapes.
        """
        self._arrive(0)
        if not self._gathered:
            return None
        made = [held.joined() for held in self._gathered]
        if self._order:
            places = np.argsort(np.concatenate(self._order), kind="stable")
            made = [x[places] for x in made]
        return tree.pack_sequence_as(self._structure, made)


def _gathering(rows: int | None, first: np.ndarray) -> "_Whole | _Parts":
    if rows is None or not first.ndim:
        return _Parts([])
    return _Whole(np.empty((rows, *first.shape[1:]), first.dtype))


class _Whole:
    """An array that is filled from its beginning."""

    def __init__(self, whole: np.ndarray) -> None:
        self._whole = whole
        self._end = 0

    def takes(self, x: np.ndarray) -> bool:
        whole = self._whole
        alike = x.shape[1:] == whole.shape[1:] and x.dtype == whole.dtype
        return bool(x.ndim) and alike and self._end + len(x) <= len(whole)

    def add(self, x: np.ndarray) -> np.ndarray:
        part = self._whole[self._end : self._end + len(x)]
        part[...] = x
        self._end += len(x)
        return part

    def parts(self) -> list[np.ndarray]:
        return [self._whole[: self._end]] if self._end else []

    def joined(self) -> np.ndarray:
        return self._whole[: self._end]


class _Parts:
    """Arrays whose sum of rows is not known before."""

    def __init__(self, parts: list[np.ndarray]) -> None:
        self._parts = parts

    def takes(self, x: np.ndarray) -> bool:
        return True

    def add(self, x: np.ndarray) -> np.ndarray:
        self._parts.append(np.array(x))
        return self._parts[-1]

    def parts(self) -> list[np.ndarray]:
        return self._parts

    def joined(self) -> np.ndarray:
        parts = self._parts
        shapes = {part.shape[1:] for part in parts}
        if len(shapes) > 1:
            raise ShapeError(
                "`predict` joins the outputs of batches, so they must have one shape. "
                f"Received: rows of the shapes {sorted(shapes)}. Give batches of one "
                "length, or `predict_on_batch` one after the other"
            )
        return np.concatenate(parts) if len(parts) > 1 else np.array(parts[0])
