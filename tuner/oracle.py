"""The oracle: decides which values are tried next and keeps what came of them."""

import math
import threading
from collections.abc import Mapping
from typing import Any

from kerasish.core.errors import ArgumentError, ArgumentTypeError, unknown
from kerasish.tuner.checks import check_int
from kerasish.tuner.errors import FatalRuntimeError
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.objective import ObjectiveLike, create_objective, infer_direction
from kerasish.tuner.record import Record
from kerasish.tuner.trial import Trial, TrialStatus

__all__ = ["Oracle"]


class Oracle(Record):
    """Base of the search strategies, at once the record of a search.

    A subclass defines `populate_space`. A search is a loop of `ask` and `tell`:

        trial = oracle.ask()
        while trial.status != "STOPPED":
            oracle.tell(trial, score=evaluate(trial.hyperparameters))
            trial = oracle.ask()

    Args:
        objective: The name of a metric, an `Objective`, a list of these, which are
            summed, or None for the one number, to be minimised, that is told.
        max_trials: int, the number of trials, or None for no limit.
        hyperparameters: `HyperParameters` whose ranges rule over a builder's.
        allow_new_entries: bool, whether a builder may ask for others than those.
        tune_new_entries: bool, whether those others are searched; else they keep
            their defaults.
        seed: int, makes the search repeatable.
        max_retries_per_trial: int, how often a trial that broke off is run again.
        max_consecutive_failed_trials: int, failures in a row that end the search.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        objective: ObjectiveLike = None,
        max_trials: int | None = None,
        hyperparameters: HyperParameters | None = None,
        allow_new_entries: bool = True,
        tune_new_entries: bool = True,
        seed: int | None = None,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
    ) -> None:
        self.allow_new_entries = allow_new_entries
        self.tune_new_entries = tune_new_entries
        space = self._given_space(hyperparameters)
        if seed is not None:
            seed = check_int("seed", seed)
        super().__init__(create_objective(objective), space, seed, tune_new_entries)
        self.max_trials = max_trials
        if max_trials is not None:
            self.max_trials = check_int("max_trials", max_trials, least=1)
        self.max_retries_per_trial = check_int(
            "max_retries_per_trial", max_retries_per_trial, least=0
        )
        self.max_consecutive_failed_trials = check_int(
            "max_consecutive_failed_trials", max_consecutive_failed_trials, least=1
        )
        # Why the search is over: "max_trials", "space_exhausted" or None.
        self.end_state: str | None = None
        self.verbose: Any = 0
        self._lock = threading.RLock()

    def _given_space(self, given: HyperParameters | None) -> HyperParameters:
        if given is None:
            for name in ("tune_new_entries", "allow_new_entries"):
                if not getattr(self, name):
                    raise ArgumentError(
                        f"`{name}=False` needs the search space in `hyperparameters`."
                    )
            return HyperParameters()
        if not isinstance(given, HyperParameters):
            raise ArgumentTypeError(
                "`hyperparameters` must be a `HyperParameters`. "
                f"Received: {given!r} of type {type(given).__name__}"
            )
        space = given.copy()
        space.given = {hp.name for hp in space.space}
        return space

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Chooses the values of the next trial; a subclass defines it.

        Args:
            trial_id: str, the trial they are for.

        Returns:
            A dict with `"status"`, `TrialStatus.RUNNING` and then `"values"`, a dict by
            name, or `TrialStatus.STOPPED` if there is nothing left to try.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `populate_space(trial_id)`."
        )

    def score_trial(self, trial: Trial) -> None:
        """Gives a completed trial its `score` and `best_step`.

        Args:
            trial: The trial, with its metrics.
        """
        metrics = trial.metrics
        values = {name: metrics.get_best_value(name) for name in metrics.metrics}
        known = {name: value for name, value in values.items() if value is not None}
        broken = self.objective.has_value(values) > self.objective.has_value(known)
        trial.score = math.nan if broken else self.objective.get_value(known)
        trial.best_step = metrics.get_best_step(self.objective.parts[0].name)

    def ask(self, tuner_id: str = "tuner0") -> Trial:
        """Returns the next trial, which is STOPPED when the search is over.

        Args:
            tuner_id: str, who asks: a trial that it began is given again.
        """
        return self.create_trial(tuner_id)

    def tell(
        self,
        trial: Trial,
        score: float | None = None,
        metrics: Mapping[str, float] | None = None,
        failure: str | None = None,
    ) -> None:
        """Ends a trial with what came of it.

        Args:
            trial: What `ask` returned.
            score: float, the value of the objective.
            metrics: A dict of metrics, the objective among them.
            failure: str, why the trial broke off.

        Raises:
            ArgumentError: If not exactly one of the three is given.
        """
        given = [name for name in (score, metrics, failure) if name is not None]
        if len(given) != 1:
            raise ArgumentError(
                "`tell` needs exactly one of `score`, `metrics` and `failure`. "
                f"Received: score={score}, metrics={metrics}, failure={failure!r}"
            )
        if failure is not None:
            trial.status, trial.message = TrialStatus.INVALID, failure
        else:
            told = {self.objective.name: score} if metrics is None else metrics
            self.update_trial(str(trial.trial_id), told)
            trial.status = TrialStatus.COMPLETED
        self.end_trial(trial)

    def create_trial(self, tuner_id: str) -> Trial:
        """Returns the next trial, which is STOPPED when the search is over.

        Args:
            tuner_id: str, who asks: a trial that it began is given again.
        """
        with self._lock:
            if tuner_id in self.ongoing_trials:
                return self._begin(self.trials[self.ongoing_trials[tuner_id]], tuner_id)
            if self.retry_queue:
                return self._begin(self.trials[self.retry_queue.pop(0)], tuner_id)
            if self.lost:
                return self._set_up(self.lost.pop(0), tuner_id)
            if self.remaining_trials() == 0:
                self.end_state = "max_trials"
                return Trial(self.hyperparameters.copy(), None, TrialStatus.STOPPED)
            width = len(str(self.max_trials or 1000))
            return self._set_up(f"{len(self.start_order):0{width}d}", tuner_id)

    def _set_up(self, trial_id: str, tuner_id: str) -> Trial:
        answer = self.populate_space(trial_id)
        hyperparameters = self.hyperparameters.copy()
        trial = Trial(hyperparameters, trial_id, answer["status"])
        if trial.status == TrialStatus.STOPPED:
            self.end_state = "space_exhausted"
        if trial.status != TrialStatus.RUNNING:
            return trial
        hyperparameters.values = dict(answer["values"])
        hyperparameters.ensure_active_values()
        self.trials[trial_id] = trial
        if trial_id not in self.start_order:
            self.start_order.append(trial_id)
        return self._begin(trial, tuner_id)

    def _begin(self, trial: Trial, tuner_id: str) -> Trial:
        trial.begin()
        self.mark_start(str(trial.trial_id))
        self.end_state = None
        self.ongoing_trials[tuner_id] = str(trial.trial_id)
        self.save_trial(trial)
        self.save()
        return trial

    def update_trial(
        self, trial_id: str, metrics: Mapping[str, Any], step: int = 0
    ) -> str:
        """Records metrics of a trial.

        Args:
            trial_id: str, the trial.
            metrics: A dict by name of floats, or of lists with one for each execution.
            step: int, the epoch.

        Returns:
            The status of the trial.

        Raises:
            FatalValueError: If the objective is not among the metrics.
        """
        with self._lock:
            trial = self.get_trial(trial_id)
            if not self.objective.has_value(metrics):
                self.objective.get_value(metrics)
            for name, value in metrics.items():
                if not trial.metrics.exists(name):
                    trial.metrics.register(name, self._direction_of(name))
                trial.metrics.update(name, value, step)
            return trial.status

    def _direction_of(self, name: str) -> str | None:
        for objective in self.objective.parts:
            if objective.name == name:
                return objective.known_direction()
        return infer_direction(name)

    def end_trial(self, trial: Trial) -> None:
        """Ends a trial: scores it, or has it run again, or marks it as FAILED.

        Args:
            trial: The trial, with its status COMPLETED, INVALID or FAILED.

        Raises:
            ArgumentError: If the trial was not running.
            FatalRuntimeError: If too many trials in a row have failed.
        """
        with self._lock:
            trial_id = str(trial.trial_id)
            mine = [k for k, v in self.ongoing_trials.items() if v == trial_id]
            if not mine:
                raise ArgumentError(f"Trial {trial_id!r} is not running.")
            if trial.status == TrialStatus.COMPLETED:
                self._score(trial)
            trial.used = sorted(trial.hyperparameters.used)
            self.run_times[trial_id] = self.run_times.get(trial_id, 0) + 1
            if trial.status == TrialStatus.INVALID:
                self._retry(trial)
            if trial.status != TrialStatus.INVALID:
                self.end_order.append(trial_id)
            self.trials[trial_id] = trial
            for tuner_id in mine:
                del self.ongoing_trials[tuner_id]
            self.save_trial(trial)
            self.save()
            self._check_consecutive_failures()

    def _score(self, trial: Trial) -> None:
        self.score_trial(trial)
        if trial.score is None or not math.isfinite(trial.score):
            trial.status = TrialStatus.INVALID
            trial.message = f"The objective {self.objective.name!r} is {trial.score}."
            trial.score, trial.best_step = None, None

    def _retry(self, trial: Trial) -> None:
        trial_id = str(trial.trial_id)
        left = self.max_retries_per_trial + 1 - self.run_times[trial_id]
        if left > 0:
            self.retry_queue.append(trial_id)
        else:
            trial.status = TrialStatus.FAILED

    def _check_consecutive_failures(self) -> None:
        count = 0
        for trial_id in reversed(self.end_order):
            if self.trials[trial_id].status != TrialStatus.FAILED:
                break
            count += 1
        if count >= self.max_consecutive_failed_trials:
            raise FatalRuntimeError(
                f"The search ends: {count} trials in a row have failed, which is the "
                f"limit, `max_consecutive_failed_trials`. The last one:\n"
                f"{self.trials[self.end_order[-1]].message}"
            )

    def get_space(self) -> HyperParameters:
        """Returns a copy of the search space."""
        return self.hyperparameters.copy()

    def update_space(self, hyperparameters: HyperParameters) -> None:
        """Adds what a builder asked for to the search space.

        Args:
            hyperparameters: The container that it was asked of.

        Raises:
            FatalRuntimeError: If something new was asked for that may not be.
        """
        with self._lock:
            known = {hp.name for hp in self.hyperparameters.space}
            new = [hp for hp in hyperparameters.space if hp.name not in known]
            if new and not self.allow_new_entries:
                raise FatalRuntimeError(
                    "`allow_new_entries` is False, but the model builder asks for "
                    f"{', '.join(hp.name for hp in new)}. Add it to `hyperparameters`."
                )
            if self.tune_new_entries:
                self.hyperparameters.merge(hyperparameters.space, overwrite=False)

    def get_trial(self, trial_id: str) -> Trial:
        """Returns a trial.

        Args:
            trial_id: str, the trial.
        """
        if trial_id not in self.trials:
            raise unknown("trial", trial_id, self.trials)
        return self.trials[trial_id]

    def get_best_trials(self, num_trials: int = 1) -> list[Trial]:
        """Returns the completed trials with the best scores, best first.

        Args:
            num_trials: int, how many at most.
        """
        done = [self.trials[i] for i in self.start_order if i in self.trials]
        scored = [t for t in done if t.status == TrialStatus.COMPLETED]
        if not scored:
            return []
        highest = self.objective.known_direction() == "max"
        scored.sort(key=lambda trial: trial.score or 0.0, reverse=highest)
        return scored[: check_int("num_trials", num_trials, least=1)]

    def remaining_trials(self) -> int | None:
        """Returns the number of trials to come, or None if there is no limit."""
        if self.max_trials is None:
            return None
        return max(0, self.max_trials - len(self.start_order))
