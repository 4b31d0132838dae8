import pytest

from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.searchers.random_search import RandomSearch, RandomSearchOracle
from tests.tuner.fakes import FakeModel, losses


def run(hp, **kwargs):
    oracle = RandomSearchOracle(hyperparameters=hp, **{"seed": 0, **kwargs})
    found = []
    while (trial := oracle.ask()).status == "RUNNING":
        found.append(dict(trial.hyperparameters.values))
        oracle.tell(trial, score=0.0)
    return found, oracle


def test_first_trial_has_the_defaults():
    hp = HyperParameters()
    hp.Int("a", 1, 100, default=42)
    hp.Float("b", 0.0, 1.0, default=0.5)
    found, _ = run(hp, max_trials=3)
    assert found[0] == {"a": 42, "b": 0.5}
    assert len(found) == 3


def test_same_seed_same_search():
    hp = HyperParameters()
    hp.Float("a", 0.0, 1.0)
    assert run(hp)[0] == run(hp)[0]
    assert run(hp)[0] != run(hp, seed=1)[0]


def test_finite_space_is_run_through_without_repeats():
    hp = HyperParameters()
    hp.Choice("m", ["x", "y"])
    hp.Int("u", 1, 7, parent_name="m", parent_values="x")
    hp.Int("i", 1, 5, sampling="log")
    found, oracle = run(hp, max_trials=100)
    # 7 x 5 under x and 5 under y.
    assert len(found) == len({tuple(sorted(v.items())) for v in found}) == 40
    assert oracle.end_state == "space_exhausted"


def test_large_space_with_little_to_try_is_exhausted_too():
    hp = HyperParameters()
    hp.Choice("m", ["x", "y", "z"], default="z")
    hp.Float("u", 0.0, 1.0)
    oracle = RandomSearchOracle(hyperparameters=hp, max_trials=50, seed=0)
    seen = []
    while (trial := oracle.ask()).status == "RUNNING":
        # The builder asks for `u` under z alone, and there only at first.
        mode = trial.hyperparameters.Choice("m", ["x", "y", "z"])
        seen.append(mode)
        if mode == "z" and len(seen) < 4:
            trial.hyperparameters.Float("u", 0.0, 1.0)
        oracle.tell(trial, score=0.0)
    assert set(seen) == {"x", "y", "z"}
    assert seen.count("x") == seen.count("y") == 1
    assert oracle.end_state == "space_exhausted"


@pytest.mark.parametrize("count", [1, 5])
def test_fixed_values_alone_are_one_combination(count):
    hp = HyperParameters()
    hp.Fixed("a", 1)
    assert run(hp, max_trials=count)[0] == [{"a": 1}]


def test_tuner_finds_the_minimum(tmp_path):
    def build(hp):
        x = hp.Float("x", -1.0, 1.0)
        return FakeModel(losses(x**2))

    tuner = RandomSearch(
        build, "val_loss", max_trials=30, seed=2, directory=tmp_path, project_name="p"
    )
    tuner.search(epochs=1, verbose=0)
    # 29 draws miss a tenth of the range with probability 0.9^29 = 5 %.
    assert abs(tuner.get_best_hyperparameters()[0]["x"]) < 0.1
    assert sorted(p.name for p in (tmp_path / "p").glob("trial_*"))[-1] == "trial_29"
