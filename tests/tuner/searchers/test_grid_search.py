from itertools import product

from sklearn.model_selection import ParameterGrid

from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.searchers.grid_search import GridSearch, GridSearchOracle
from tests.tuner.fakes import FakeModel, losses


def run(hp, visit=None, **kwargs):
    oracle = GridSearchOracle(hyperparameters=hp, **kwargs)
    while (trial := oracle.ask()).status == "RUNNING":
        if visit is not None:
            visit(trial.hyperparameters)
            oracle.update_space(trial.hyperparameters)
        oracle.tell(trial, score=0.0)
    trials = [oracle.trials[i] for i in oracle.start_order]
    return [dict(trial.hyperparameters.values) for trial in trials], oracle


def key(values):
    return tuple(sorted(values.items(), key=str))


def test_all_combinations_are_run_the_defaults_first():
    hp = HyperParameters()
    hp.Int("a", 0, 2, default=1)
    hp.Choice("b", ["x", "y", "z"], default="z")
    found, oracle = run(hp)
    reference = ParameterGrid({"a": [0, 1, 2], "b": ["x", "y", "z"]})
    assert sorted(map(key, found)) == sorted(map(key, reference))
    # The order of keras-tuner 1.4.8.
    expected = list(product([1, 0, 2], "zxy"))
    assert [tuple(values.values()) for values in found] == expected
    assert oracle.end_state == "space_exhausted"


def test_conditions_leave_out_what_is_not_in_use():
    hp = HyperParameters()
    hp.Int("a", 0, 2, default=1)
    hp.Choice("b", ["x", "y", "z"], default="z")
    hp.Float("f", 0.0, 1.0)
    hp.Boolean("g", parent_name="b", parent_values=["x"])
    # The number of trials of keras-tuner 1.4.8.
    assert len(run(hp)[0]) == 132


def test_max_trials_ends_it():
    hp = HyperParameters()
    hp.Int("a", 0, 9)
    found, oracle = run(hp, max_trials=4)
    assert [values["a"] for values in found] == [0, 1, 2, 3]
    assert oracle.end_state == "max_trials"


def test_what_is_found_on_the_way_is_run_through_too():
    hp = HyperParameters()
    hp.Int("a", 1, 3)

    def visit(hp):
        if hp.Int("a", 1, 3) == 2:
            hp.Boolean("late")

    found, _ = run(hp, visit)
    assert [v.get("late") for v in found if v["a"] == 2] == [False, True]
    # Under others nobody asks for it, so it makes no further trial.
    assert len(found) == 4


def test_what_is_found_late_is_run_through_for_what_came_before():
    hp = HyperParameters()
    hp.Int("a", 1, 2)
    count = 0

    def visit(hp):
        nonlocal count
        count += 1
        hp.Int("a", 1, 2)
        if count > 1:
            hp.Boolean("late")

    found, _ = run(hp, visit)
    assert found[0] == {"a": 1}
    asked = sorted(map(key, found[1:]))
    assert asked == sorted(
        key({"a": a, "late": late}) for a, late in [(2, False), (2, True)]
    )


def test_tuner_finds_the_best(tmp_path):
    def build(hp):
        x, y = hp.Int("x", -2, 2), hp.Choice("y", [0.0, 0.5])
        return FakeModel(losses((x - 1) ** 2 + y))

    tuner = GridSearch(build, "val_loss", directory=tmp_path, project_name="p")
    tuner.search(epochs=1, verbose=0)
    assert tuner.get_best_hyperparameters()[0].values == {"x": 1, "y": 0.0}
    assert len(tuner.oracle.trials) == 10 and tuner.remaining_trials is None
