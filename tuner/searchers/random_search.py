"""Random search: the defaults first, then random values that were not tried yet."""

import random
from typing import Any

from kerasish.tuner.combinations import (
    Tried,
    Values,
    all_combinations,
    default_values,
    most_combinations,
    random_values,
)
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.objective import ObjectiveLike
from kerasish.tuner.oracle import Oracle
from kerasish.tuner.trial import TrialStatus
from kerasish.tuner.tuner import Tuner

__all__ = ["RandomSearch", "RandomSearchOracle"]

# Draws before what is left is listed, where the space is small enough to be listed;
# and before the space counts as exhausted where it is not.
DRAWS = 100
LISTED = 20_000
MORE_DRAWS = 2_000


class RandomSearchOracle(Oracle):
    """Chooses random values, never the same combination twice.

    The first trial has the defaults. When all combinations of a finite space were
    tried, the search is over.

    Args:
        objective: The name of a metric, an `Objective`, a list of these, which are
            summed, or None for the one number, to be minimised, that is told.
        max_trials: int, the number of trials.
        seed: int, makes the search repeatable.
        hyperparameters: `HyperParameters` whose ranges rule over a builder's.
        allow_new_entries: bool, whether a builder may ask for others than those.
        tune_new_entries: bool, whether those others are searched.
        max_retries_per_trial: int, how often a trial that broke off is run again.
        max_consecutive_failed_trials: int, failures in a row that end the search.

    Example:
        >>> hp = HyperParameters()
        >>> x = hp.Float("x", -1.0, 1.0)
        >>> oracle = RandomSearchOracle(max_trials=3, hyperparameters=hp, seed=0)
        >>> for _ in range(3):
        ...     trial = oracle.ask()
        ...     oracle.tell(trial, score=trial.hyperparameters["x"] ** 2)
        >>> oracle.ask().status, oracle.get_best_trials()[0].score < 1
        ('STOPPED', True)
    """

    def __init__(
        self,
        objective: ObjectiveLike = None,
        max_trials: int | None = 10,
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
        values = self._untried(self.place(trial_id))
        if values is None:
            return {"status": TrialStatus.STOPPED}
        return {"status": TrialStatus.RUNNING, "values": values}

    def _untried(self, place: int) -> Values | None:
        space = self.hyperparameters.space
        tried = Tried(self.trials.values(), space)
        if place == 0:
            return default_values(space)
        # The numbers depend on nothing but the seed and the place of the trial, so
        # that a search which is taken up again draws what it would have drawn.
        generator = random.Random(f"{self.seed}-{place}")
        for _ in range(DRAWS):
            values = random_values(space, generator)
            if values not in tried:
                return values
        most = most_combinations(space)
        if most is not None and most <= LISTED:
            every = all_combinations(space, every=True)
            left = [values for values in every if values not in tried]
            return generator.choice(left) if left else None
        for _ in range(MORE_DRAWS):
            values = random_values(space, generator)
            if values not in tried:
                return values
        return None


class RandomSearch(Tuner):
    """Searches for the hyperparameters of a model at random.

    Args:
        hypermodel: A function of `hp` that returns a compiled model, or a `HyperModel`.
        objective: The name of a metric, as in `"val_accuracy"`, an `Objective`, or a
            list of these, which are summed. None is the one number, to be minimised,
            that `run_trial` or `HyperModel.fit` returns.
        max_trials: int, the number of trials.
        seed: int, makes the choice of the values repeatable.
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

    Example:
        >>> def build(hp):
        ...     model = keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 8))])
        ...     model.compile(hp.Choice("optimizer", ["adam", "sgd"]), "mse")
        ...     return model
        >>> tuner = RandomSearch(build, "val_loss", max_trials=5)  # doctest: +SKIP
        >>> tuner.search(x, y, epochs=3, validation_split=0.2)  # doctest: +SKIP
        >>> model = tuner.get_best_models()[0]  # doctest: +SKIP
    """

    def __init__(
        self,
        hypermodel: Any = None,
        objective: ObjectiveLike = None,
        max_trials: int = 10,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = RandomSearchOracle(
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
