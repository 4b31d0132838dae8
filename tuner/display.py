"""What a search prints: the table of a trial's values, its score, the best so far."""

from datetime import datetime
from typing import Any

from kerasish.tuner.oracle import Oracle
from kerasish.tuner.trial import Trial, TrialStatus

__all__ = ["Display", "format_time"]

WIDTH = 18
LONGEST = 60


class Display:
    """Prints the progress of a search, in the words of KerasTuner.

    Args:
        oracle: The oracle of the search; nothing is printed while its `verbose` is 0.
    """

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is printed."""
        return self.oracle.verbose in (0, "0", False)

    def on_trial_begin(self, trial: Trial) -> None:
        """Prints the values of a trial beside the best so far.

        Args:
            trial: The trial.
        """
        number = self.oracle.start_order.index(str(trial.trial_id)) + 1
        self._print(f"\nSearch: Running Trial #{number}\n")
        values = trial.hyperparameters.values
        if not values:
            self._print("default hyperparameters\n")
            return
        best = self.oracle.get_best_trials()
        best_values = best[0].hyperparameters.values if best else values
        self._print(_row("Value", "Best Value So Far", "Hyperparameter"))
        for name, value in values.items():
            shown = _short(best_values[name]) if name in best_values else "None"
            self._print(_row(_short(value), shown, name))
        self._print("")

    def on_trial_end(self, trial: Trial) -> None:
        """Prints what came of a trial, the best score and the time.

        Args:
            trial: The trial.
        """
        oracle, trial_id = self.oracle, str(trial.trial_id)
        number = oracle.start_order.index(trial_id) + 1
        if trial.status != TrialStatus.COMPLETED:
            self._print(f"\n{trial.message}")
            self._print(self._what_next(trial))
        taken = _seconds_since(oracle.trial_start[trial_id])
        self._print(f"\nTrial {number} Complete [{format_time(taken)}]")
        if trial.score is not None:
            self._print(f"{oracle.objective.name}: {trial.score}")
        best = oracle.get_best_trials()
        score = best[0].score if best else None
        self._print(f"\nBest {oracle.objective.name} So Far: {score}")
        taken = _seconds_since(oracle.search_start)
        self._print(f"Total elapsed time: {format_time(taken)}")

    def on_search_end(self) -> None:
        """Prints that the space is exhausted, where this ended the search."""
        if self.oracle.end_state == "space_exhausted":
            self._print(
                f"\nSearch space exhausted: all combinations were tried, in "
                f"{len(self.oracle.start_order)} trials."
            )

    def _what_next(self, trial: Trial) -> str:
        times = self.oracle.run_times[str(trial.trial_id)]
        left = max(0, self.oracle.max_retries_per_trial + 1 - times)
        if trial.status == TrialStatus.FAILED:
            left = 0
        return f"Trial {trial.trial_id} failed {times} times. {left} retries left."

    def _print(self, text: str) -> None:
        if not self.is_quiet:
            print(text)


def format_time(seconds: float) -> str:
    """Returns a time as in `01h 02m 03s`, with days before it if there are any.

    Args:
        seconds: float, the time.

    Example:
        >>> format_time(3723), format_time(90000)
        ('01h 02m 03s', '1d 01h 00m 00s')
    """
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    text = f"{hour:02d}h {minute:02d}m {second:02d}s"
    return f"{days}d {text}" if days else text


def _seconds_since(start: str | None) -> float:
    if start is None:
        return 0.0
    return (datetime.now() - datetime.fromisoformat(start)).total_seconds()


def _row(*cells: Any) -> str:
    return "|".join(str(cell).ljust(WIDTH) for cell in cells).rstrip()


def _short(value: Any) -> str:
    text = f"{value:.5g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
