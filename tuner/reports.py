"""What a search found: the best values and models, and summaries in print."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from kerasish.core.errors import StateError
from kerasish.tuner.display import Display
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.oracle import Oracle
from kerasish.tuner.trial import Trial

__all__ = ["Reports"]


class Reports(ABC):
    """Base of the tuners: what can be asked once trials were run.

    Args:
        oracle: The `Oracle`, which has the trials.
    """

    _project_dir: Path

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.display = Display(oracle)

    @property
    def project_dir(self) -> str:
        """The folder of the files."""
        return str(self._project_dir)

    @abstractmethod
    def load_model(self, trial: Trial) -> Any:
        """Returns the model of a trial.

        Args:
            trial: The `Trial`.
        """

    @property
    def remaining_trials(self) -> int | None:
        """The number of trials to come, or None if there is no limit."""
        return self.oracle.remaining_trials()

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[HyperParameters]:
        """Returns the values of the best trials, best first.

        Args:
            num_trials: int, how many at most.

        Raises:
            StateError: If no trial was completed.
        """
        return [trial.hyperparameters.copy() for trial in self._best_trials(num_trials)]

    def get_best_models(self, num_models: int = 1) -> list[Any]:
        """Returns the models of the best trials, best first, at their best epoch.

        To train one again on all data, build it from `get_best_hyperparameters`.

        Args:
            num_models: int, how many at most.

        Raises:
            StateError: If no trial was completed.
        """
        return [self.load_model(trial) for trial in self._best_trials(num_models)]

    def _best_trials(self, count: int) -> list[Trial]:
        best = self.oracle.get_best_trials(count)
        if not best:
            raise StateError(
                f"The search in {self.project_dir} has no completed trial. Call "
                "`search` first; `tuner.oracle.trials` has the messages of those that "
                "failed."
            )
        return best

    def search_space_summary(self, extended: bool = False) -> None:
        """Prints the search space.

        Args:
            extended: bool, has no effect.
        """
        space = self.oracle.get_space().space
        print("Search space summary")
        print(f"Default search space size: {len(space)}")
        for hp in space:
            config = hp.get_config()
            print(f"{config.pop('name')} ({type(hp).__name__})")
            print(config)

    def results_summary(self, num_trials: int = 10) -> None:
        """Prints the best trials.

        Args:
            num_trials: int, how many at most.
        """
        print("Results summary")
        print(f"Results in {self.project_dir}")
        print(f"Showing {num_trials} best trials")
        print(self.oracle.objective)
        for trial in self.oracle.get_best_trials(num_trials):
            print()
            trial.summary()
