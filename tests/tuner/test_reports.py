import pytest

from kerasish.core.errors import StateError
from kerasish.tuner.objective import Objective
from kerasish.tuner.reports import Reports
from kerasish.tuner.searchers import GridSearchOracle


class Found(Reports):
    def __init__(self, *scores):
        super().__init__(GridSearchOracle(Objective("score", "max")))
        self._project_dir = "some/project"
        hp = self.oracle.hyperparameters
        hp.Int("x", 1, 5)
        for score in scores:
            self.oracle.tell(self.oracle.ask(), score=score)

    def load_model(self, trial):
        return f"model {trial.trial_id}"


def test_best_come_first():
    found = Found(0.1, 0.9, 0.5)
    assert [hp["x"] for hp in found.get_best_hyperparameters(2)] == [2, 3]
    assert found.get_best_models(9) == ["model 0001", "model 0002", "model 0000"]
    assert found.remaining_trials is None


def test_values_are_copies():
    found = Found(0.1)
    found.get_best_hyperparameters()[0].values["x"] = 99
    assert found.get_best_hyperparameters()[0]["x"] == 1


def test_nothing_found_yet(capsys):
    found = Found()
    for ask in (found.get_best_hyperparameters, found.get_best_models):
        with pytest.raises(StateError, match="in some/project has no completed trial"):
            ask()
    found.results_summary()
    assert capsys.readouterr().out == (
        "Results summary\nResults in some/project\nShowing 10 best trials\n"
        'Objective(name="score", direction="max")\n'
    )


def test_texts_are_those_of_keras_tuner(capsys):
    found = Found(0.1, 0.9)
    found.search_space_summary()
    found.results_summary(1)
    assert capsys.readouterr().out == (
        "Search space summary\nDefault search space size: 1\nx (Int)\n"
        "{'default': None, 'conditions': [], 'min_value': 1, 'max_value': 5, "
        "'step': 1, 'sampling': 'linear'}\n"
        "Results summary\nResults in some/project\nShowing 1 best trials\n"
        'Objective(name="score", direction="max")\n\n'
        "Trial 0001 summary\nHyperparameters:\nx: 2\nScore: 0.9\n"
    )
