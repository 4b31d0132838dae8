"""Alone: what training does beside its steps, in a single process: nothing."""

from collections.abc import Callable
from typing import Any

from kerasish import data, random

__all__ = ["Alone"]


class Alone:
    """A single process; `Together` is a group of them.

    Example:
        >>> Alone().agree(True)
        True
    """

    is_alone = True

    def sharding(self) -> data.Sharding | None:
        """Returns which rows of a batch are this process', None for all."""
        return None

    def seed(self) -> int:
        """Returns a seed for the order of the data."""
        return random.make_default_seed()

    def begin(self, batch: Any, again: bool = False) -> None:
        """Makes variables equal before the first step.

        Args:
            batch: The first batch, for a model that is not built.
            again: Whether to do so where it was done before.
        """

    def runner(self, adapter: Any, run: Callable[..., Any]) -> Callable[..., Any]:
        """Returns what runs a step for a share of the batch.

        Args:
            adapter: Where batches come from, which knows the share.
            run: Runs a step, `(step, batch)`.
        """
        return run

    def logs(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Returns logs of all processes, and leaves the metrics so.

        Args:
            logs: Those of this process.
        """
        return logs

    def glance(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Returns logs of all processes; the metrics go on counting their own.

        Args:
            logs: Those of this process.
        """
        return logs

    def level(self) -> None:
        """Makes variables equal that each process has moved, such as averages."""

    def agree(self, stops: bool) -> bool:
        """Returns whether any process wants to stop.

        Args:
            stops: Whether this one does.
        """
        return stops

    def wait(self) -> None:
        """Waits for all processes, as for the files that the first writes."""
