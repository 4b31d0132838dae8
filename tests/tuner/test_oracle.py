import math

import pytest

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.tuner.errors import FatalRuntimeError, FatalValueError
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.objective import Objective
from kerasish.tuner.oracle import Oracle
from kerasish.tuner.trial import TrialStatus


class Counting(Oracle):
    """Gives `x` the numbers from 0 to 5 in turn."""

    def populate_space(self, trial_id):
        place = self.place(trial_id)
        if place > 5:
            return {"status": TrialStatus.STOPPED}
        return {"status": TrialStatus.RUNNING, "values": {"x": place}}


def space():
    hp = HyperParameters()
    hp.Int("x", 0, 5)
    return hp


def oracle(**kwargs):
    kwargs = {"objective": Objective("score", "max"), "max_trials": 4, **kwargs}
    return Counting(hyperparameters=space(), **kwargs)


def run(made, *scores):
    for score in scores:
        made.tell(made.ask(), score=score)


def test_ask_and_tell_until_max_trials():
    made = oracle()
    assert made.remaining_trials() == 4
    run(made, 0.1, 0.4, 0.4, 0.2)
    assert made.remaining_trials() == 0
    assert made.ask().status == "STOPPED" and made.end_state == "max_trials"
    best = made.get_best_trials(3)
    assert [(t.trial_id, t.score) for t in best] == [("1", 0.4), ("2", 0.4), ("3", 0.2)]
    assert [t.hyperparameters.values for t in best] == [{"x": 1}, {"x": 2}, {"x": 3}]


def test_lowest_score_is_best_for_a_loss():
    made = oracle(objective="val_loss")
    run(made, 3.0, 1.0, 2.0)
    assert [t.score for t in made.get_best_trials(9)] == [1.0, 2.0, 3.0]


def test_exhausted_space_ends_the_search():
    made = oracle(max_trials=None)
    assert made.remaining_trials() is None
    run(made, *range(6))
    assert made.ask().status == TrialStatus.STOPPED
    assert made.end_state == "space_exhausted"
    # Ids have the width of a thousand trials.
    assert made.start_order == ["0000", "0001", "0002", "0003", "0004", "0005"]


def test_oracle_can_ask_to_be_asked_later():
    class Idle(Counting):
        def populate_space(self, trial_id):
            return {"status": TrialStatus.IDLE}

    made = Idle(hyperparameters=space())
    assert made.ask().status == "IDLE" and not made.trials


def test_metrics_are_kept_with_their_directions():
    made = oracle(objective=["val_loss", Objective("gain", "max")])
    trial = made.ask()
    made.tell(trial, metrics={"val_loss": [1.0, 2.0], "gain": 0.5, "other": 3.0})
    assert trial.score == 1.0 and trial.best_step == 0
    directions = {n: m.direction for n, m in trial.metrics.metrics.items()}
    assert directions == {"val_loss": "min", "gain": "max", "other": None}


def test_missing_objective_ends_the_search():
    made = oracle()
    with pytest.raises(FatalValueError, match="'score' is not among.*Available: scor"):
        made.tell(made.ask(), metrics={"scor": 1.0})


def test_a_trial_that_was_begun_is_given_again():
    made = oracle()
    first = made.ask("a")
    other = made.ask("b")
    assert made.ask("a") is first and made.ask("b") is other
    assert made.start_order == ["0", "1"]


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_score_that_is_no_number_fails_the_trial(score):
    made = oracle()
    run(made, score)
    trial = made.get_trial("0")
    assert trial.status == "FAILED" and trial.score is None
    assert trial.message == f"The objective 'score' is {score}."
    assert made.get_best_trials() == []


def test_broken_trial_is_run_again_at_once():
    made = oracle(max_retries_per_trial=2)
    first = made.ask()
    made.tell(first, failure="boom")
    assert first.status == "INVALID" and made.retry_queue == ["0"]
    assert made.ask() is first and first.message is None
    made.tell(first, failure="boom")
    assert made.ask() is first
    made.tell(first, score=0.5)
    assert first.status == "COMPLETED" and made.run_times == {"0": 3}
    assert made.end_order == ["0"]


def test_retries_end():
    made = oracle(max_retries_per_trial=1)
    for _ in range(2):
        made.tell(made.ask(), failure="boom")
    assert made.get_trial("0").status == "FAILED"
    assert made.ask().trial_id == "1"


def test_failures_in_a_row_end_the_search():
    made = oracle(max_consecutive_failed_trials=2)
    made.tell(made.ask(), failure="one")
    run(made, 0.5)
    made.tell(made.ask(), failure="two")
    with pytest.raises(
        FatalRuntimeError, match="2 trials in a row have failed(.|\n)*th"
    ):
        made.tell(made.ask(), failure="three")
    assert [made.trials[i].status for i in made.end_order] == [
        "FAILED",
        "COMPLETED",
        "FAILED",
        "FAILED",
    ]


def test_telling_needs_exactly_one_outcome():
    made = oracle()
    trial = made.ask()
    with pytest.raises(
        ArgumentError, match="exactly one of `score`, `metrics` and `fa"
    ):
        made.tell(trial)
    with pytest.raises(ArgumentError, match="exactly one"):
        made.tell(trial, score=1.0, failure="x")
    made.tell(trial, score=1.0)
    with pytest.raises(ArgumentError, match="Trial '0' is not running"):
        made.tell(trial, score=1.0)
    with pytest.raises(ArgumentError, match="Unknown trial: '7'"):
        made.get_trial("7")


def test_new_entries_are_added_or_refused_or_left_at_their_default():
    wider = space()
    wider.Int("y", 1, 9)
    made = oracle()
    made.update_space(wider)
    assert [hp.name for hp in made.get_space().space] == ["x", "y"]
    made = oracle(tune_new_entries=False)
    made.update_space(wider)
    assert [hp.name for hp in made.get_space().space] == ["x"]
    made = oracle(allow_new_entries=False)
    made.update_space(space())
    with pytest.raises(FatalRuntimeError, match="False, but the model builder asks fo"):
        made.update_space(wider)


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"max_trials": 0}, ArgumentError, "`max_trials` must be at least 1"),
        ({"max_trials": 1.5}, ArgumentTypeError, "`max_trials` must be an integer"),
        ({"seed": "x"}, ArgumentTypeError, "`seed` must be an integer"),
        ({"max_retries_per_trial": -1}, ArgumentError, "`max_retries_per_trial` must"),
        ({"max_consecutive_failed_trials": 0}, ArgumentError, "must be at least 1"),
        ({"tune_new_entries": False}, ArgumentError, "`tune_new_entries=False` needs"),
        ({"allow_new_entries": False}, ArgumentError, "`allow_new_entries=False` need"),
        ({"hyperparameters": 3}, ArgumentTypeError, "must be a `HyperParameters`"),
    ],
)
def test_wrong_arguments_are_named(kwargs, error, message):
    with pytest.raises(error, match=message):
        Counting(**kwargs)


def test_strategy_must_be_defined():
    with pytest.raises(NotImplementedError, match="must define `populate_space"):
        Oracle().ask()
