"""The search: asks the oracle for trials, runs them, tells it what came of them."""

import contextlib
import gc
import traceback
import warnings
import weakref
from typing import Any

from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    KerasishWarning,
    suggest,
)
from kerasish.tuner.conditions import Condition
from kerasish.tuner.errors import (
    FailedTrialError,
    FatalError,
    FatalRuntimeError,
    FatalValueError,
)
from kerasish.tuner.hypermodel import create_hypermodel
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.oracle import Oracle
from kerasish.tuner.reports import Reports
from kerasish.tuner.results import metrics_of
from kerasish.tuner.store import (
    has_project,
    project_folder,
    remove_project,
    write_json,
)
from kerasish.tuner.trial import Trial, TrialStatus

__all__ = ["BaseTuner"]


class BaseTuner(Reports):
    """Base of the tuners: the search over trials of anything at all.

    A subclass defines `run_trial`. Files are kept in `directory/project_name`, and a
    search that finds its own there goes on where that one ended.

    Args:
        oracle: An `Oracle`, which chooses the values.
        hypermodel: A function of `hp` that returns a model, or a `HyperModel`.
        directory: Where projects lie, the current folder by default.
        project_name: str, name of the project within, `"untitled_project"` by default.
        overwrite: bool, whether to begin anew where there are files of a search.
        **kwargs: `logger`, which must be None, and `tuner_id`, a str.

    Raises:
        ArgumentError: If an argument is unknown or out of range, or if the files are of
            a search with another objective.
        FatalValueError: If there is neither a `hypermodel` nor an own `run_trial`.
    """

    def __init__(
        self,
        oracle: Oracle,
        hypermodel: Any = None,
        directory: Any = None,
        project_name: str | None = None,
        overwrite: bool = False,
        **kwargs: Any,
    ) -> None:
        if not isinstance(oracle, Oracle):
            raise ArgumentTypeError(
                f"`oracle` of `{type(self).__name__}` must be an `Oracle`. "
                f"Received: {oracle!r} of type {type(oracle).__name__}"
            )
        if kwargs.pop("logger", None) is not None:
            raise ArgumentError(
                "`logger` is not supported: write a callback, or override the hooks "
                "of the tuner such as `on_trial_end`."
            )
        self.tuner_id = kwargs.pop("tuner_id", None) or "tuner0"
        for name in kwargs:
            known = ("directory", "project_name", "overwrite", "tuner_id", "hypermodel")
            raise ArgumentError(
                f"Unknown argument of `{type(self).__name__}`: {name!r}."
                f"{suggest(name, known)}"
            )
        super().__init__(oracle)
        self.hypermodel = create_hypermodel(hypermodel)
        if self.hypermodel is None and not self.overrides("run_trial"):
            raise FatalValueError(
                f"`hypermodel` of `{type(self).__name__}` must be given unless a "
                "subclass defines `run_trial`. Received: hypermodel=None"
            )
        self._models: list[weakref.ref[Any]] = []
        self._project_dir = project_folder(directory, project_name)
        oracle.project_dir = self._project_dir
        if overwrite:
            remove_project(self._project_dir)
        elif has_project(self._project_dir):
            self.reload()
        self._populate_initial_space()

    def overrides(self, name: str) -> bool:
        """Returns whether a subclass of the user defines a method.

        Args:
            name: str, the method.
        """
        return not getattr(type(self), name).__module__.startswith("kerasish.tuner")

    def _populate_initial_space(self) -> None:
        """Finds the search space by building models, in every conditional scope."""
        if self.hypermodel is None:
            return
        hp = self.oracle.get_space()
        self.hypermodel.declare_hyperparameters(hp)
        self.oracle.update_space(hp)
        seen: list[list[Condition]] = []
        pending: list[list[Condition]] = [[]]
        while pending:
            hp = self.oracle.get_space()
            for condition in pending.pop():
                condition.enable(hp.values)
                hp.ensure_active_values()
            self._explore(hp)
            self._drop_models()
            self.oracle.update_space(hp)
            for scope in hp.inactive_scopes:
                if scope not in seen:
                    seen.append(scope)
                    pending.append(scope)

    def _explore(self, hp: HyperParameters) -> None:
        """Builds a model, only to see what it asks for."""
        try:
            model = self._build_hypermodel(hp)
        except FailedTrialError:
            # A combination that the builder refuses; others will do.
            return
        self.oracle.objective.resolve(model)

    def _build_hypermodel(self, hp: HyperParameters) -> Any:
        hypermodel = self.hypermodel
        if hypermodel is None:
            raise FatalValueError("There is no `hypermodel` to build a model.")
        if not hypermodel.tunable:
            # What it asks of a copy does not reach the search space.
            hp = hp.copy()
        model = hypermodel.build(hp)
        with contextlib.suppress(TypeError):
            self._models.append(weakref.ref(model))
        return model

    def _drop_models(self) -> None:
        """Frees models that only hold themselves, in cycles, before the next one."""
        # Looking through all objects takes longer than a small trial.
        if any(model() is not None for model in self._models):
            gc.collect()
        self._models.clear()

    def search(self, *fit_args: Any, **fit_kwargs: Any) -> None:
        """Searches until `max_trials` were run or nothing is left to try.

        Args:
            *fit_args: Passed to `run_trial`, and by `Tuner` on to `model.fit`.
            **fit_kwargs: Passed to `run_trial`, and by `Tuner` on to `model.fit`.

        Raises:
            FatalError: If every trial would fail alike, too many failed in a row, or
                all did.
        """
        self.oracle.verbose = fit_kwargs.get("verbose", "auto")
        self.save()
        self.on_search_begin()
        while True:
            self.pre_create_trial()
            trial = self.oracle.create_trial(self.tuner_id)
            if trial.status == TrialStatus.STOPPED:
                break
            if trial.status == TrialStatus.IDLE:
                continue
            self.on_trial_begin(trial)
            self.display.on_trial_begin(trial)
            self._try_run(trial, *fit_args, **fit_kwargs)
            try:
                self.oracle.end_trial(trial)
            finally:
                self.display.on_trial_end(trial)
            self.on_trial_end(trial)
            self._drop_models()
        self.display.on_search_end()
        self.on_search_end()
        self._check_any_completed()

    def _try_run(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> None:
        try:
            results = self.run_trial(trial, *fit_args, **fit_kwargs)
            self.oracle.update_space(trial.hyperparameters)
            # One that returns nothing may have called `oracle.update_trial` itself.
            if results is not None or not self._is_updated(trial):
                metrics, step = metrics_of(results, self.oracle.objective)
                self.oracle.update_trial(str(trial.trial_id), metrics, step=step)
            trial.status = TrialStatus.COMPLETED
        except FatalError:
            raise
        except Exception as error:
            failed = isinstance(error, FailedTrialError)
            trial.status = TrialStatus.FAILED if failed else TrialStatus.INVALID
            trial.message = traceback.format_exc()
            self.oracle.update_space(trial.hyperparameters)
            if not failed and self.display.is_quiet:
                warnings.warn(
                    f"Trial {trial.trial_id!r} broke off: {error!r}. The traceback is "
                    f"in the `message` of `tuner.oracle.trials[{trial.trial_id!r}]`.",
                    KerasishWarning,
                    stacklevel=3,
                )

    def _check_any_completed(self) -> None:
        ended = self.oracle.end_order
        if ended and not self.oracle.get_best_trials():
            raise FatalRuntimeError(
                f"The search ends without a completed trial: all {len(ended)} have "
                f"failed. The last one:\n{self.oracle.trials[ended[-1]].message}"
            )

    def _is_updated(self, trial: Trial) -> bool:
        metrics = trial.metrics
        return all(
            metrics.exists(part.name) and metrics.get_history(part.name)
            for part in self.oracle.objective.parts
        )

    def run_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> Any:
        """Evaluates the values of a trial; a subclass defines it.

        Args:
            trial: The `Trial`, with its `hyperparameters`.
            *fit_args: Those of `search`.
            **fit_kwargs: Those of `search`.

        Returns:
            A `History`, a dict of metrics, the value of the objective, or a list of
            these, which is averaged.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `run_trial(trial, ...)`."
        )

    def load_model(self, trial: Trial) -> Any:
        """Returns the model of a trial; a subclass defines it.

        Args:
            trial: The `Trial`.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `load_model(trial)`."
        )

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Keeps the model of a trial; a subclass defines it.

        Args:
            trial_id: str, the trial.
            model: The model.
            step: int, the epoch.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `save_model(trial_id, model, step)`."
        )

    def pre_create_trial(self) -> None:
        """Called before a trial is asked for; override it as needed."""

    def on_search_begin(self) -> None:
        """Called when `search` begins; override it as needed."""

    def on_search_end(self) -> None:
        """Called when `search` ends; override it as needed."""

    def on_trial_begin(self, trial: Trial) -> None:
        """Called before a trial is run; override it as needed.

        Args:
            trial: The `Trial`.
        """

    def on_trial_end(self, trial: Trial) -> None:
        """Called after a trial, which has its score; override it as needed.

        Args:
            trial: The `Trial`.
        """

    def get_trial_dir(self, trial_id: str) -> str:
        """Returns the folder of a trial.

        Args:
            trial_id: str, the trial.
        """
        return str(self.oracle.trial_dir(trial_id))

    def save(self) -> None:
        """Writes the state of the tuner to its file."""
        write_json(self._project_dir / f"{self.tuner_id}.json", {})

    def reload(self) -> None:
        """Takes the search up from its files, and says so."""
        print(f"Reloading Tuner from {self._project_dir / self.tuner_id}.json")
        self.oracle.reload()
