"""The record of a search: its trials and space in memory and in files.

Each trial has a file that is written when it begins and when it ends; `oracle.json`
has what is about all of them. Every file is replaced in one step and the trials' come
first, so that a search which was killed anywhere is taken up again from what is there.
"""

import random
import warnings
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kerasish.core.errors import ArgumentError, KerasishWarning, SerializationError
from kerasish.tuner.combinations import values_hash
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.objective import Objective
from kerasish.tuner.store import TRIAL_ID, read_json, write_json
from kerasish.tuner.trial import Trial, TrialStatus

__all__ = ["Record"]

DONE = (TrialStatus.COMPLETED, TrialStatus.FAILED)


class Record:
    """The trials of a search, and the files they are kept in.

    `trials` has them by their id; `start_order` and `end_order` list the ids as the
    trials were begun and as they were completed or failed, `retry_queue` those to be
    run again, and `lost` those whose file is damaged or gone, to be set up anew.
    `ongoing_trials` says who runs which, `run_times` how often each was run. Files are
    kept in the folder `project_dir`, unless it is None.

    Args:
        objective: What is improved.
        hyperparameters: The search space so far.
        seed: int, or None for one of its own.
        tune_new_entries: bool, whether the space takes in what trials asked for.
    """

    def __init__(
        self,
        objective: Objective,
        hyperparameters: HyperParameters,
        seed: int | None,
        tune_new_entries: bool = True,
    ) -> None:
        self.objective = objective
        self.hyperparameters = hyperparameters
        self.seed = random.randrange(10_000) if seed is None else seed
        self._seed_given = seed is not None
        self.tune_new_entries = tune_new_entries
        self.project_dir: Path | None = None
        self.trials: dict[str, Trial] = {}
        self.ongoing_trials: dict[str, str] = {}
        self.start_order: list[str] = []
        self.end_order: list[str] = []
        self.run_times: dict[str, int] = {}
        self.retry_queue: list[str] = []
        self.lost: list[str] = []
        self.search_start: str | None = None
        self.trial_start: dict[str, str] = {}

    def place(self, trial_id: str) -> int:
        """Returns how many trials were begun before one that is new or lost.

        Args:
            trial_id: str, the trial.
        """
        order = self.start_order
        return order.index(trial_id) if trial_id in order else len(order)

    def mark_start(self, trial_id: str) -> None:
        """Notes the time at which a trial begins.

        Args:
            trial_id: str, the trial.
        """
        now = datetime.now().isoformat()
        self.search_start = self.search_start or now
        self.trial_start[trial_id] = now

    def get_state(self) -> dict[str, Any]:
        """Returns what is about all trials as JSON."""
        hashes = {
            trial_id: values_hash(trial.hyperparameters.values)
            for trial_id, trial in self.trials.items()
        }
        return {
            "ongoing_trials": dict(self.ongoing_trials),
            "hyperparameters": self.hyperparameters.get_config(),
            "start_order": list(self.start_order),
            "end_order": list(self.end_order),
            "run_times": dict(self.run_times),
            "retry_queue": list(self.retry_queue),
            "seed": self.seed,
            "seed_state": self.seed + len(self.start_order),
            "tried_so_far": sorted(set(hashes.values())),
            "id_to_hash": hashes,
            "display": {
                "search_start": self.search_start,
                "trial_start": dict(self.trial_start),
                "trial_number": {k: i + 1 for i, k in enumerate(self.start_order)},
            },
            "objective": self.objective.get_config(),
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Takes what is about all trials from JSON.

        Args:
            state: What `get_state` returned.

        Raises:
            ArgumentError: If it is of a search with another objective.
            SerializationError: If it is damaged.
        """
        try:
            space = HyperParameters.from_config(state["hyperparameters"])
            orders = {k: _ids(state[k]) for k in ("start_order", "end_order")}
            retries = _ids(state["retry_queue"])
            run_times = {str(k): int(v) for k, v in state["run_times"].items()}
            seed = int(state["seed"])
            search_start = state["display"]["search_start"]
            trial_start = dict(state["display"]["trial_start"])
            before = _directions(state.get("objective"))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SerializationError(
                f"The state of this search is damaged: {error!r}"
            ) from error
        self._check_objective(before)
        space.given = set(self.hyperparameters.given)
        space.merge(self.hyperparameters.space, overwrite=True)
        self.hyperparameters = space
        self.start_order, self.end_order = orders["start_order"], orders["end_order"]
        self.retry_queue, self.run_times = retries, run_times
        self.seed = self.seed if self._seed_given else seed
        self.search_start, self.trial_start = search_start, trial_start

    def _check_objective(self, before: dict[str, Any]) -> None:
        now = _directions(self.objective.get_config())
        # A direction that is not known yet is no other one.
        turned = [
            name
            for name in before.keys() & now.keys()
            if before[name] and now[name] and before[name] != now[name]
        ]
        if before and (before.keys() != now.keys() or turned):
            raise ArgumentError(
                f"The search in {self.project_dir} has the objective {before}, not "
                f"{now}. Pass `overwrite=True` to begin anew, or another "
                "`project_name`."
            )

    def save(self) -> None:
        """Writes what is about all trials to its file, if files are kept."""
        if self.project_dir is not None:
            write_json(self.project_dir / "oracle.json", self.get_state())

    def save_trial(self, trial: Trial) -> None:
        """Writes a trial to its file, if files are kept.

        Args:
            trial: The trial.
        """
        if self.project_dir is not None:
            trial.save(self.trial_dir(str(trial.trial_id)) / "trial.json")

    def trial_dir(self, trial_id: str) -> Path:
        """Returns the folder of a trial.

        Args:
            trial_id: str, the trial.

        Raises:
            SerializationError: If it is a link, which might lead anywhere.
        """
        folder = (self.project_dir or Path(".")) / f"trial_{trial_id}"
        if folder.is_symlink():
            raise SerializationError(
                f"{folder} is a symbolic link. The folder of a trial must be a real "
                "one."
            )
        return folder

    def reload(self) -> None:
        """Takes everything from the files.

        What is damaged is named in a warning and rebuilt from the rest: `oracle.json`
        from the trials, and a trial by running it again.

        Raises:
            ArgumentError: If they are of a search with another objective.
            SerializationError: If a trial's folder is a link.
        """
        if self.project_dir is None:
            raise ArgumentError("There are no files to reload: set `project_dir`.")
        path = self.project_dir / "oracle.json"
        try:
            self.set_state(read_json(path))
        except (FileNotFoundError, SerializationError) as error:
            _warn(path, error, "It is rebuilt from the trials.")
        self.ongoing_trials = {}
        self.trials = {}
        found = {p.parent.name[6:] for p in self.project_dir.glob("trial_*/trial.json")}
        more = sorted(found - set(self.start_order), key=lambda i: (len(i), i))
        self.start_order += [i for i in more if TRIAL_ID.fullmatch(i)]
        for trial_id in self.start_order:
            self._read_trial(trial_id)
        self._sort_out()

    def _read_trial(self, trial_id: str) -> None:
        path = self.trial_dir(trial_id) / "trial.json"
        try:
            trial = Trial.load(path)
            if trial.trial_id != trial_id:
                raise SerializationError(f"It is that of trial {trial.trial_id!r}.")
        except (FileNotFoundError, SerializationError) as error:
            _warn(path, error, f"Trial {trial_id!r} will be run again.")
            return
        trial.hyperparameters.given |= self.hyperparameters.given
        self.trials[trial_id] = trial
        if self.tune_new_entries:
            self.hyperparameters.merge(trial.hyperparameters.space, overwrite=False)

    def _sort_out(self) -> None:
        """Says of each trial whether it is done, to be run again, or lost."""
        done = {i for i, trial in self.trials.items() if trial.status in DONE}
        self.end_order = [i for i in self.end_order if i in done]
        self.end_order += [
            i for i in self.start_order if i in done - set(self.end_order)
        ]
        self.lost = [i for i in self.start_order if i not in self.trials]
        self.retry_queue = [i for i in self.trials if i not in done]


def _directions(objective: Any) -> dict[str, Any]:
    """Returns the names and directions of an objective's JSON."""
    # The files of KerasTuner do not say.
    parts = objective if isinstance(objective, list) else [objective]
    return {part["name"]: part["direction"] for part in parts if part is not None}


def _ids(items: Iterable[Any]) -> list[str]:
    ids = [str(item) for item in items]
    for trial_id in ids:
        if not TRIAL_ID.fullmatch(trial_id):
            raise SerializationError(f"A trial cannot have the id {trial_id!r}.")
    return ids


def _warn(path: Path, error: Exception, mend: str) -> None:
    warnings.warn(
        f"{path} cannot be used. {error} {mend}", KerasishWarning, stacklevel=4
    )
