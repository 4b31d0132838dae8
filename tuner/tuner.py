"""The tuner of models: builds, fits and keeps one for each trial."""

import copy
from collections.abc import Sequence
from typing import Any

from kerasish.core.errors import ArgumentError, SerializationError
from kerasish.core.naming import reset_uids
from kerasish.tuner.base_tuner import BaseTuner
from kerasish.tuner.checks import check_int
from kerasish.tuner.compile_arguments import override_compile
from kerasish.tuner.errors import FailedTrialError, FatalTypeError, FatalValueError
from kerasish.tuner.hypermodel import HyperModel
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.oracle import Oracle
from kerasish.tuner.store import read_json, write_json
from kerasish.tuner.trial import Trial
from kerasish.tuner.trial_callback import TrialCallback

__all__ = ["Tuner"]


class Tuner(BaseTuner):
    """Searches for the hyperparameters of a model with any oracle.

    Args:
        oracle: An `Oracle`, which chooses the values.
        hypermodel: A function of `hp` that returns a compiled model, or a `HyperModel`.
        max_model_size: int, the most parameters that a model may have; the trial of a
            larger one fails.
        optimizer: Compiles every model with this optimizer instead of the builder's.
        loss: Compiles every model with this loss instead of the builder's.
        metrics: Compiles every model with these metrics instead of the builder's.
        distribution_strategy: Must be None.
        directory: Where projects lie, the current folder by default.
        project_name: str, name of the project within, `"untitled_project"` by default.
        logger: Must be None.
        tuner_id: str, name of the tuner's file, `"tuner0"` by default.
        overwrite: bool, whether to begin anew where there are files of a search.
        executions_per_trial: int, how often a model is built and fitted in a trial;
            the score is the mean of their best epochs.
        **kwargs: None are known.

    Raises:
        ArgumentError: If an argument is unknown or out of range, or if the files are of
            a search with another objective.
        FatalTypeError: If a builder returns no model.
    """

    def __init__(
        self,
        oracle: Oracle,
        hypermodel: Any = None,
        max_model_size: int | None = None,
        optimizer: Any = None,
        loss: Any = None,
        metrics: Any = None,
        distribution_strategy: Any = None,
        directory: Any = None,
        project_name: str | None = None,
        logger: Any = None,
        tuner_id: str | None = None,
        overwrite: bool = False,
        executions_per_trial: int = 1,
        **kwargs: Any,
    ) -> None:
        if distribution_strategy is not None:
            raise ArgumentError(
                "`distribution_strategy` is not supported: a model runs on one device. "
                f"Received: distribution_strategy={distribution_strategy!r}"
            )
        self.max_model_size = max_model_size
        if max_model_size is not None:
            self.max_model_size = check_int("max_model_size", max_model_size, least=1)
        self.executions_per_trial = check_int(
            "executions_per_trial", executions_per_trial, least=1
        )
        self.optimizer, self.loss, self.metrics = optimizer, loss, metrics
        super().__init__(
            oracle,
            hypermodel,
            directory=directory,
            project_name=project_name,
            overwrite=overwrite,
            logger=logger,
            tuner_id=tuner_id,
            **kwargs,
        )

    def run_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> Any:
        """Builds and fits a model with the values of a trial.

        Args:
            trial: The `Trial`, with its `hyperparameters`.
            *fit_args: Passed to `model.fit`.
            **fit_kwargs: Passed to `model.fit`; each execution gets its own copy of
                the `callbacks`.

        Returns:
            A list of what `fit` returned, one for each execution.
        """
        own = TrialCallback(self, trial)
        callbacks = fit_kwargs.pop("callbacks", None)
        results = []
        for _ in range(self.executions_per_trial):
            fit_kwargs["callbacks"] = [*_copies(callbacks), own]
            results.append(self._build_and_fit_model(trial, *fit_args, **fit_kwargs))
            own.model = None
        return results

    def _build_and_fit_model(
        self, trial: Trial, *fit_args: Any, **fit_kwargs: Any
    ) -> Any:
        hypermodel = self.hypermodel or HyperModel()
        hp = trial.hyperparameters
        model = self._build_hypermodel(hp)
        result = hypermodel.fit(hp, model, *fit_args, **fit_kwargs)
        # A `History` knows its model, which would live as long as the trial.
        if getattr(result, "model", None) is model:
            result.model = None
        return result

    def _build_hypermodel(self, hp: HyperParameters) -> Any:
        # So that the metrics of every model have the same names.
        reset_uids()
        model = super()._build_hypermodel(hp)
        own_fit = getattr(type(self.hypermodel), "fit", None) is not HyperModel.fit
        if model is None or not (own_fit or callable(getattr(model, "fit", None))):
            raise FatalTypeError(
                "The model builder, or `HyperModel.build`, must return a compiled "
                f"model; is a `return` missing? Received: {model!r} of type "
                f"{type(model).__name__}"
            )
        self.check_size(model)
        override_compile(model, self.optimizer, self.loss, self.metrics)
        if not own_fit and not getattr(model, "compiled", True):
            raise FatalValueError(
                "The model that the model builder returned is not compiled. Call "
                "`model.compile(...)` in it, or pass `loss` and `optimizer` to the "
                f"tuner. Received: {model!r}"
            )
        return model

    def check_size(self, model: Any) -> None:
        """Refuses a model with more parameters than `max_model_size`.

        Args:
            model: The model; one that is not built yet is let pass.

        Raises:
            FailedTrialError: If it is too large.
        """
        if self.max_model_size is None or not model.built:
            return
        size = model.count_params()
        if size > self.max_model_size:
            raise FailedTrialError(
                f"The model has {size:,} parameters, more than "
                f"`max_model_size={self.max_model_size}`."
            )

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Keeps the weights of a trial's model.

        Args:
            trial_id: str, the trial.
            model: The model.
            step: int, the epoch.
        """
        folder = self.oracle.trial_dir(trial_id)
        folder.mkdir(parents=True, exist_ok=True)
        model.save_weights(str(folder / "checkpoint.weights.h5"))
        write_json(folder / "build_config.json", model.get_build_config() or {})

    def load_model(self, trial: Trial) -> Any:
        """Builds the model of a trial and gives it the weights of its best epoch.

        Args:
            trial: The `Trial`.

        Raises:
            SerializationError: If there are no weights.
        """
        folder = self.oracle.trial_dir(str(trial.trial_id))
        path = folder / "checkpoint.weights.h5"
        if not path.exists():
            raise SerializationError(
                f"There are no weights of trial {trial.trial_id!r} in {folder}. A "
                "`HyperModel.fit` must pass the `callbacks` that it gets on to "
                "`model.fit`, or the tuner define `load_model`."
            )
        model = self._build_hypermodel(trial.hyperparameters.copy())
        if not model.built:
            model.build_from_config(read_json(folder / "build_config.json"))
        model.load_weights(str(path))
        return model

    def on_epoch_begin(
        self, trial: Trial, model: Any, epoch: int, logs: Any = None
    ) -> None:
        """Called when an epoch begins; override it as needed.

        Args:
            trial: The `Trial`.
            model: The model.
            epoch: int, the epoch.
            logs: An empty dict.
        """

    def on_epoch_end(
        self, trial: Trial, model: Any, epoch: int, logs: Any = None
    ) -> None:
        """Called when an epoch ends; override it as needed.

        Args:
            trial: The `Trial`.
            model: The model.
            epoch: int, the epoch.
            logs: The metrics of the epoch.
        """

    def on_batch_begin(
        self, trial: Trial, model: Any, batch: int, logs: Any = None
    ) -> None:
        """Called when a batch begins; override it as needed.

        Args:
            trial: The `Trial`.
            model: The model.
            batch: int, the batch.
            logs: An empty dict.
        """

    def on_batch_end(
        self, trial: Trial, model: Any, batch: int, logs: Any = None
    ) -> None:
        """Called when a batch ends; override it as needed.

        Args:
            trial: The `Trial`.
            model: The model.
            batch: int, the batch.
            logs: The metrics of the epoch so far.
        """


def _copies(callbacks: Any) -> list[Any]:
    several = callbacks if isinstance(callbacks, Sequence) else [callbacks]
    try:
        return [copy.deepcopy(callback) for callback in several if callback is not None]
    except Exception as error:
        raise FatalTypeError(
            "The callbacks of a search are copied for every trial, and one of these "
            f"cannot be: {callbacks!r} ({error!r})."
        ) from error
