"""Grid search: every combination in turn."""

from typing import Any

from kerasish.tuner.combinations import (
    Tried,
    Values,
    default_values,
    next_combination,
)
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.objective import ObjectiveLike
from kerasish.tuner.oracle import Oracle
from kerasish.tuner.trial import TrialStatus
from kerasish.tuner.tuner import Tuner

__all__ = ["GridSearch", "GridSearchOracle"]


class GridSearchOracle(Oracle):
    """Runs through all combinations, the defaults first, the last value fastest.

    A range without steps counts as its default and ten values spread over it.

    Args:
        objective: The name of a metric, an `Objective`, a list of these, which are
            summed, or None for the one number, to be minimised, that is told.
        max_trials: int, the most trials, or None for all combinations.
        seed: int, has no effect.
        hyperparameters: `HyperParameters` whose ranges rule over a builder's.
        allow_new_entries: bool, whether a builder may ask for others than those.
        tune_new_entries: bool, whether those others are searched.
        max_retries_per_trial: int, how often a trial that broke off is run again.
        max_consecutive_failed_trials: int, failures in a row that end the search.

    Example:
        >>> hp = HyperParameters()
        >>> x, y = hp.Choice("x", [1, 2]), hp.Boolean("y")
        >>> oracle = GridSearchOracle(hyperparameters=hp)
        >>> while (trial := oracle.ask()).status == "RUNNING":
        ...     print(*trial.hyperparameters.values.values())
        ...     oracle.tell(trial, score=0.0)
        1 False
        1 True
        2 False
        2 True
    """

    def __init__(
        self,
        objective: ObjectiveLike = None,
        max_trials: int | None = None,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        allow_new_entries: bool = True,
        tune_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
    ) -> None:
        super().__init__(
            objective,
            max_trials,
            hyperparameters,
            allow_new_entries,
            tune_new_entries,
            seed,
            max_retries_per_trial,
            max_consecutive_failed_trials,
        )

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Chooses the values of the next trial.

        Args:
            trial_id: str, the trial they are for.
        """
        values = self._following(self.place(trial_id))
        if values is None:
            return {"status": TrialStatus.STOPPED}
        return {"status": TrialStatus.RUNNING, "values": values}

    def _following(self, place: int) -> Values | None:
        """Returns the first combination after the trial before that was not tried."""
        space = self.hyperparameters.space
        tried = Tried(self.trials.values(), space)
        # The trial before is the cursor, so that nothing else need be kept in files.
        before = [i for i in self.start_order[:place] if i in self.trials]
        values: Values | None = None
        if before:
            cursor = self.trials[before[-1]].hyperparameters.values
            values = next_combination(space, cursor)
        while values is not None:
            if values not in tried:
                return values
            values = next_combination(space, values)
        # Once more from the start, as the space may have grown on the way.
        values = default_values(space)
        while values is not None and values in tried:
            values = next_combination(space, values)
        return values


class GridSearch(Tuner):
    """Searches for the hyperparameters of a model in all combinations.

    Args:
        hypermodel: A function of `hp` that returns a compiled model, or a `HyperModel`.
        objective: The name of a metric, as in `"val_accuracy"`, an `Objective`, or a
            list of these, which are summed. None is the one number, to be minimised,
            that `run_trial` or `HyperModel.fit` returns.
        max_trials: int, the most trials, or None for all combinations.
        seed: int, has no effect.
        hyperparameters: `HyperParameters` whose ranges rule over the builder's.
        tune_new_entries: bool, whether what the builder asks for beyond these is
            searched too.
        allow_new_entries: bool, whether it may ask for more.
        max_retries_per_trial: int, how often a trial that broke off is run again.
        max_consecutive_failed_trials: int, failures in a row that end the search.
        **kwargs: Those of `Tuner`, such as `directory`, `project_name`, `overwrite` and
            `executions_per_trial`.

    Raises:
        ArgumentError: If an argument is unknown or out of range.
    """

    def __init__(
        self,
        hypermodel: Any = None,
        objective: ObjectiveLike = None,
        max_trials: int | None = None,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = GridSearchOracle(
            objective,
            max_trials,
            seed,
            hyperparameters,
            allow_new_entries,
            tune_new_entries,
            max_retries_per_trial,
            max_consecutive_failed_trials,
        )
        super().__init__(oracle, hypermodel, **kwargs)
