"""One trial: a set of values, what came of it, and its file."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from kerasish.core.errors import SerializationError
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.metrics_tracking import MetricsTracker
from kerasish.tuner.store import TRIAL_ID, read_json, write_json

__all__ = ["Trial", "TrialStatus"]


class TrialStatus:
    """The states of a trial.

    RUNNING, then COMPLETED with a score, or INVALID, to be tried again, or FAILED for
    good. The oracle answers STOPPED when the search is over and IDLE when it wants to
    be asked later.
    """

    RUNNING = "RUNNING"
    IDLE = "IDLE"
    INVALID = "INVALID"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"

    ALL = (RUNNING, IDLE, INVALID, STOPPED, COMPLETED, FAILED)


class Trial:
    """A set of values of the hyperparameters and what came of it.

    `metrics` has the metrics of its best epoch, `best_step`. Trials are compared by
    their `score`, which is None until they are completed.

    Args:
        hyperparameters: The `HyperParameters` with the values.
        trial_id: str, unique in the search.
        status: A state of `TrialStatus`.
        message: str, why it failed.

    Example:
        >>> hp = HyperParameters()
        >>> units = hp.Int("units", 32, 128)
        >>> Trial(hp, "0").summary()
        Trial 0 summary
        Hyperparameters:
        units: 32
    """

    def __init__(
        self,
        hyperparameters: HyperParameters,
        trial_id: str | None = None,
        status: str = TrialStatus.RUNNING,
        message: str | None = None,
    ) -> None:
        self.hyperparameters = hyperparameters
        self.trial_id = trial_id
        self.metrics = MetricsTracker()
        self.score: float | None = None
        self.best_step: int | None = None
        self.status = status
        self.message = message
        # Names that the builder asked for; None until it has run.
        self.used: list[str] | None = None

    def begin(self) -> None:
        """Forgets what an earlier run of the trial left, as it is run again."""
        self.metrics = MetricsTracker()
        self.score, self.best_step, self.message = None, None, None
        self.status = TrialStatus.RUNNING
        self.hyperparameters.used.clear()

    def summary(self) -> None:
        """Prints the values and the score."""
        print(f"Trial {self.trial_id} summary")
        print("Hyperparameters:")
        self.display_hyperparameters()
        if self.score is not None:
            print(f"Score: {self.score}")
        if self.message is not None:
            print(self.message)

    def display_hyperparameters(self) -> None:
        """Prints the values that are in use."""
        values = self.hyperparameters.values
        if not values:
            print("default configuration")
        for name in dict.fromkeys(hp.name for hp in self.hyperparameters.space):
            if name in values:
                print(f"{name}: {values[name]}")

    def get_state(self) -> dict[str, Any]:
        """Returns everything as JSON."""
        return {
            "trial_id": self.trial_id,
            "hyperparameters": self.hyperparameters.get_config(),
            "metrics": self.metrics.get_config(),
            "score": self.score,
            "best_step": self.best_step,
            "status": self.status,
            "message": self.message,
            "used": self.used,
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Takes everything from JSON.

        Args:
            state: What `get_state` returned.

        Raises:
            SerializationError: If it is damaged.
        """
        try:
            self.trial_id = str(state["trial_id"])
            self.hyperparameters = HyperParameters.from_config(state["hyperparameters"])
            self.metrics = MetricsTracker.from_config(state["metrics"])
            self.score = _number_or_none(state["score"])
            self.best_step = state["best_step"]
            self.status = state["status"]
            self.message = state.get("message")
            self.used = state.get("used")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SerializationError(
                f"The state of this trial is damaged: {error!r}"
            ) from error
        if self.status not in TrialStatus.ALL or not TRIAL_ID.fullmatch(self.trial_id):
            raise SerializationError(
                f"The state of this trial is damaged: status={self.status!r}, "
                f"trial_id={self.trial_id!r}"
            )
        if self.status == TrialStatus.COMPLETED and self.score is None:
            raise SerializationError(
                f"The state of trial {self.trial_id!r} is damaged: it is COMPLETED "
                "without a score."
            )

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Makes a trial from its state.

        Args:
            state: What `get_state` returned.

        Raises:
            SerializationError: If it is damaged.
        """
        made = cls(HyperParameters())
        made.set_state(state)
        return made

    def save(self, fname: str | Path) -> None:
        """Writes the state to a file.

        Args:
            fname: The file.
        """
        write_json(Path(fname), self.get_state())

    def reload(self, fname: str | Path) -> None:
        """Takes the state from a file.

        Args:
            fname: The file.
        """
        self.set_state(read_json(Path(fname)))

    @classmethod
    def load(cls, fname: str | Path) -> Self:
        """Makes a trial from its file.

        Args:
            fname: The file.

        Raises:
            SerializationError: If it is damaged.
        """
        return cls.from_state(read_json(Path(fname)))


def _number_or_none(score: Any) -> float | None:
    if score is None:
        return None
    return float(score) if math.isfinite(score) else None
