import gc
import weakref

import pytest

from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    KerasishWarning,
    StateError,
)
from kerasish.tuner.base_tuner import BaseTuner
from kerasish.tuner.errors import (
    FailedTrialError,
    FatalRuntimeError,
    FatalTypeError,
    FatalValueError,
)
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.searchers import GridSearchOracle, RandomSearchOracle


class Squares(BaseTuner):
    """Minimises a square without a model."""

    def run_trial(self, trial, scale=1.0, **kwargs):
        return scale * trial.hyperparameters.Int("x", -2, 2) ** 2

    def load_model(self, trial):
        return trial.hyperparameters["x"]


def oracle(kind=GridSearchOracle, **kwargs):
    return kind(**kwargs)


@pytest.fixture
def make(tmp_path):
    def made(cls=Squares, tuned=None, hypermodel=None, **kwargs):
        kwargs = {"directory": tmp_path, "project_name": "p", **kwargs}
        return cls(tuned or oracle(), hypermodel, **kwargs)

    return made


def test_search_over_what_run_trial_asks_for(make):
    tuner = make()
    tuner.search(scale=10.0, verbose=0)
    assert [t.score for t in tuner.oracle.trials.values()] == [40, 10, 0, 10, 40]
    assert tuner.get_best_hyperparameters()[0].values == {"x": 0}
    assert tuner.get_best_models(2) == [0, -1]
    assert tuner.oracle.end_state == "space_exhausted"


def test_files(make, tmp_path):
    tuner = make(tuner_id="mine")
    tuner.search(verbose=0)
    assert tuner.project_dir == str(tmp_path / "p")
    assert (tmp_path / "p" / "mine.json").read_text() == "{}"
    assert tuner.get_trial_dir("0000") == str(tmp_path / "p" / "trial_0000")


def test_search_goes_on_where_it_ended(make, capsys):
    tuner = make(tuned=oracle(max_trials=2))
    tuner.search(verbose=0)
    assert tuner.remaining_trials == 0 and capsys.readouterr().out == ""
    tuner = make(tuned=oracle(max_trials=4))
    path = f"{tuner.project_dir}/tuner0.json"
    assert capsys.readouterr().out == f"Reloading Tuner from {path}\n"
    assert tuner.remaining_trials == 2 and tuner.get_best_models() == [-1]
    tuner.search(verbose=0)
    assert [t.score for t in tuner.oracle.trials.values()] == [4, 1, 0, 1]


def test_overwrite_begins_anew_and_leaves_other_files(make, tmp_path):
    make().search(verbose=0)
    (tmp_path / "p" / "notes.txt").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "p" / "trial_link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "p" / "trial_file").write_text("mine")
    tuner = make(overwrite=True)
    assert tuner.oracle.trials == {}
    names = sorted(p.name for p in (tmp_path / "p").iterdir())
    assert names == ["notes.txt", "trial_file"]
    assert (tmp_path / "elsewhere").exists()


def test_interrupted_trial_is_run_again(make):
    class Stopped(Squares):
        def run_trial(self, trial, **kwargs):
            if len(self.oracle.trials) == 3:
                raise KeyboardInterrupt
            return super().run_trial(trial)

    tuner = make(Stopped)
    with pytest.raises(KeyboardInterrupt):
        tuner.search(verbose=0)
    tuner = make()
    assert tuner.oracle.retry_queue == ["0002"]
    tuner.search(verbose=0)
    assert [t.score for t in tuner.oracle.trials.values()] == [4, 1, 0, 1, 4]
    assert tuner.oracle.end_order == ["0000", "0001", "0002", "0003", "0004"]


def test_hooks_are_called_in_order(make):
    calls = []

    class Watched(Squares):
        def pre_create_trial(self):
            calls.append("pre")

        def on_search_begin(self):
            calls.append("search")

        def on_search_end(self):
            calls.append("end")

        def on_trial_begin(self, trial):
            calls.append(trial.status)

        def on_trial_end(self, trial):
            calls.append(trial.score)

    make(Watched, oracle(max_trials=1)).search(verbose=0)
    assert calls == ["search", "pre", "RUNNING", 4.0, "pre", "end"]


def test_broken_trial_keeps_its_traceback_and_the_search_goes_on(make):
    class Broken(Squares):
        def run_trial(self, trial, **kwargs):
            if trial.hyperparameters.Int("x", -2, 2) == 0:
                raise ValueError("zero is bad")
            return super().run_trial(trial)

    tuner = make(Broken, oracle(max_retries_per_trial=1))
    with pytest.warns(KerasishWarning, match="'0002' broke off: .*'zero is bad'"):
        tuner.search(verbose=0)
    trial = tuner.oracle.get_trial("0002")
    assert trial.status == "FAILED" and tuner.oracle.run_times["0002"] == 2
    assert "in run_trial" in trial.message and "ValueError: zero is bad" in (
        trial.message
    )
    assert [t.score for t in tuner.oracle.get_best_trials(9)] == [1, 1, 4, 4]


def test_failed_trial_is_not_run_again(make):
    class Refused(Squares):
        def run_trial(self, trial, **kwargs):
            trial.hyperparameters.Int("x", -2, 2)
            raise FailedTrialError("no")

    tuner = make(
        Refused, oracle(max_retries_per_trial=5, max_consecutive_failed_trials=2)
    )
    with pytest.raises(FatalRuntimeError, match="2 trials in a row(.|\n)*Error: no"):
        tuner.search(verbose=0)
    assert tuner.oracle.run_times == {"0000": 1, "0001": 1}
    with pytest.raises(StateError, match="has no completed trial. Call `search` first"):
        tuner.get_best_hyperparameters()


def test_search_in_which_every_trial_failed_says_so(make, capsys):
    class Refused(Squares):
        def run_trial(self, trial, **kwargs):
            raise ValueError("no data")

    tuner = make(Refused)
    with pytest.raises(FatalRuntimeError, match="all 1 have failed(.|\n)*no data"):
        tuner.search(verbose=1)
    assert "ValueError: no data" in capsys.readouterr().out


def test_fatal_error_ends_the_search(make):
    class Nothing(Squares):
        def run_trial(self, trial, **kwargs):
            trial.hyperparameters.Int("x", 0, 9)

    with pytest.raises(FatalTypeError, match="The trial returned None"):
        make(Nothing).search(verbose=0)


def test_run_trial_may_update_the_oracle_itself(make):
    class Old(Squares):
        def run_trial(self, trial, **kwargs):
            value = super().run_trial(trial)
            self.oracle.update_trial(trial.trial_id, {"default_objective": value})

    tuner = make(Old)
    tuner.search(verbose=0)
    assert tuner.get_best_models() == [0]


def test_progress_is_printed(make, capsys):
    make().search()
    text = capsys.readouterr().out
    assert "Search: Running Trial #5" in text and "Search space exhausted" in text


def test_oracle_that_wants_to_be_asked_later_is(make):
    class Lazy(GridSearchOracle):
        idle = 0

        def populate_space(self, trial_id):
            self.idle += 1
            if self.idle % 2:
                return {"status": "IDLE"}
            return super().populate_space(trial_id)

    tuner = make(tuned=Lazy())
    tuner.search(verbose=0)
    assert len(tuner.oracle.trials) == 5


def branching(hp):
    """Asks for `b` in one branch and for `c` in a branch of this one."""
    hp.Choice("a", ["x", "y"])
    with hp.conditional_scope("a", "y"):
        b = hp.Choice("b", [1, 2])
        with hp.conditional_scope("b", 2):
            c = hp.Int("c", 1, 3)
    hp.Boolean("d", parent_name="b", parent_values=[1])
    return {"sum": b + c}


def test_space_in_all_conditional_scopes_is_found_beforehand(make):
    built = []

    def build(hp):
        built.append(dict(hp.values))
        return branching(hp)

    tuner = make(hypermodel=build)
    assert [hp.name for hp in tuner.oracle.get_space().space] == ["a", "b", "c", "d"]
    assert {"a": "y", "b": 2, "c": 1} in built and len(built) == 3


def test_builder_may_declare_more(make):
    from kerasish.tuner.hypermodel import HyperModel

    class Declared(HyperModel):
        def declare_hyperparameters(self, hp):
            hp.Int("early", 1, 2)

        def build(self, hp):
            hp.Int("late", 1, 2)

    names = [hp.name for hp in make(hypermodel=Declared()).oracle.get_space().space]
    assert names == ["early", "late"]
    fixed = make(hypermodel=Declared(tunable=False))
    assert [hp.name for hp in fixed.oracle.get_space().space] == ["early"]


def test_refused_combination_does_not_end_the_exploration(make):
    def build(hp):
        hp.Int("a", 1, 2)
        raise FailedTrialError("the defaults are no good")

    assert len(make(hypermodel=build).oracle.get_space().space) == 1


def test_broken_builder_is_told_at_once(make):
    def build(hp):
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        make(hypermodel=build)


def test_changed_range_is_refused_when_a_search_is_taken_up(make):
    make(hypermodel=lambda hp: hp.Int("x", -2, 2)).search(verbose=0)
    with pytest.raises(FatalValueError, match="'x' is defined twice.*overwrite=True"):
        make(hypermodel=lambda hp: hp.Int("x", -2, 5))


def test_range_given_beforehand_rules(make):
    given = HyperParameters()
    given.Fixed("x", 2)
    tuner = make(tuned=oracle(hyperparameters=given))
    tuner.search(verbose=0)
    assert [t.score for t in tuner.oracle.trials.values()] == [4.0]


def test_new_entries_may_be_left_at_their_default(make):
    given = HyperParameters()
    given.Int("y", 1, 2)
    tuned = oracle(hyperparameters=given, tune_new_entries=False)
    tuner = make(tuned=tuned)
    tuner.search(verbose=0)
    values = [t.hyperparameters.values for t in tuner.oracle.trials.values()]
    assert values == [{"y": 1, "x": -2}, {"y": 2, "x": -2}]
    tuned = oracle(hyperparameters=given, allow_new_entries=False)
    with pytest.raises(FatalRuntimeError, match="`allow_new_entries` is False"):
        make(tuned=tuned, overwrite=True).search(verbose=0)


def test_models_that_hold_themselves_are_dropped_before_the_next(make):
    alive = []

    class Cyclic:
        def __init__(self):
            self.me = self
            alive.append(weakref.ref(self))

    class Building(Squares):
        def run_trial(self, trial, **kwargs):
            assert sum(ref() is not None for ref in alive) == 0
            self._build_hypermodel(trial.hyperparameters)
            return super().run_trial(trial)

    gc.disable()
    try:
        make(Building, hypermodel=lambda hp: Cyclic()).search(verbose=0)
    finally:
        gc.enable()
    assert len(alive) == 6


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"tuned": 3}, ArgumentTypeError, "`oracle` of `Squares` must be an `Oracle`"),
        ({"overwrit": True}, ArgumentError, "'overwrit'. Did you mean 'overwrite'?"),
        ({"logger": 3}, ArgumentError, "`logger` is not supported"),
        ({"cls": BaseTuner}, FatalValueError, "`hypermodel` of `BaseTuner` must be gi"),
    ],
)
def test_wrong_arguments_are_named(make, kwargs, error, message):
    with pytest.raises(error, match=message):
        make(**kwargs)


def test_what_a_subclass_must_define(make):
    tuner = make(BaseTuner, hypermodel=lambda hp: None)
    trial = tuner.oracle.ask()
    with pytest.raises(NotImplementedError, match="must define `run_trial"):
        tuner.run_trial(trial)
    with pytest.raises(NotImplementedError, match="must define `load_model"):
        tuner.load_model(trial)
    with pytest.raises(NotImplementedError, match="must define `save_model"):
        tuner.save_model("0", None)
    with pytest.raises(FatalValueError, match="There is no `hypermodel`"):
        make(overwrite=True)._build_hypermodel(HyperParameters())


def test_random_search_is_repeatable_over_a_resume(make, tmp_path):
    def values(name, *counts):
        for count in counts:
            tuned = oracle(RandomSearchOracle, max_trials=count, seed=5)
            tuner = make(tuned=tuned, project_name=name)
            tuner.search(verbose=0)
        return [t.hyperparameters.values for t in tuner.oracle.trials.values()]

    assert values("a", 5) == values("b", 2, 5)
