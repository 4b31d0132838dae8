from datetime import datetime, timedelta

from kerasish.tuner.display import Display, format_time
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.objective import Objective
from kerasish.tuner.searchers import GridSearchOracle


def oracle(**kwargs):
    hp = HyperParameters()
    hp.Int("units", 3, 4)
    hp.Float("rate", 0.1234567, 1.0, parent_name="units", parent_values=4)
    made = GridSearchOracle(
        Objective("score", "max"), max_trials=3, hyperparameters=hp, **kwargs
    )
    made.verbose = 1
    return made


def test_texts_are_those_of_keras_tuner(capsys):
    made = oracle()
    shown = Display(made)
    shown.on_trial_begin(made.ask())
    made.tell(made.get_trial("0"), score=0.5)
    # Time stands still for the test.
    made.trial_start["0"] = (datetime.now() - timedelta(seconds=3)).isoformat()
    made.search_start = (datetime.now() - timedelta(minutes=61)).isoformat()
    shown.on_trial_end(made.get_trial("0"))
    shown.on_trial_begin(made.ask())
    assert capsys.readouterr().out == (
        "\nSearch: Running Trial #1\n\n"
        "Value             |Best Value So Far |Hyperparameter\n"
        "3                 |3                 |units\n\n"
        "\nTrial 1 Complete [00h 00m 03s]\nscore: 0.5\n\n"
        "Best score So Far: 0.5\nTotal elapsed time: 01h 01m 00s\n"
        "\nSearch: Running Trial #2\n\n"
        "Value             |Best Value So Far |Hyperparameter\n"
        "4                 |3                 |units\n"
        "0.12346           |None              |rate\n\n"
    )


def test_failure_says_why_and_what_is_next(capsys):
    made = oracle(max_retries_per_trial=1)
    shown = Display(made)
    trial = made.ask()
    made.tell(trial, failure="It broke.")
    shown.on_trial_end(trial)
    text = capsys.readouterr().out
    assert "It broke.\nTrial 0 failed 1 times. 1 retries left.\n" in text
    assert "Best score So Far: None" in text
    made.tell(made.ask(), failure="It broke again.")
    made.search_start = None
    shown.on_trial_end(trial)
    text = capsys.readouterr().out
    assert "Trial 0 failed 2 times. 0 retries left." in text
    assert "Total elapsed time: 00h 00m 00s" in text


def test_empty_space(capsys):
    made = GridSearchOracle()
    made.verbose = "auto"
    Display(made).on_trial_begin(made.ask())
    assert "default hyperparameters" in capsys.readouterr().out


def test_end_of_the_space_is_told(capsys):
    made = GridSearchOracle()
    made.verbose = 2
    made.tell(made.ask(), score=1.0)
    made.ask()
    Display(made).on_search_end()
    assert "exhausted: all combinations were tried, in 1 trials" in (
        capsys.readouterr().out
    )


def test_long_values_are_cut(capsys):
    hp = HyperParameters()
    hp.Fixed("text", "a" * 100)
    made = GridSearchOracle(hyperparameters=hp)
    made.verbose = 1
    Display(made).on_trial_begin(made.ask())
    assert "a" * 57 + "..." in capsys.readouterr().out


def test_quiet(capsys):
    made = oracle()
    made.verbose = 0
    trial = made.ask()
    Display(made).on_trial_begin(trial)
    made.tell(trial, score=1.0)
    Display(made).on_trial_end(trial)
    assert capsys.readouterr().out == ""


def test_days():
    assert format_time(2 * 86400 + 3 * 3600 + 4 * 60 + 5.9) == "2d 03h 04m 05s"
