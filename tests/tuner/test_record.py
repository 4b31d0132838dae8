import json
import warnings

import pytest

from kerasish.core.errors import ArgumentError, KerasishWarning, SerializationError
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.objective import Objective
from kerasish.tuner.record import Record
from kerasish.tuner.searchers import GridSearchOracle, RandomSearchOracle


def make(folder, kind=RandomSearchOracle, objective="val_loss", **kwargs):
    hp = HyperParameters()
    hp.Int("x", 0, 9)
    hp.Boolean("b")
    kwargs = {"max_trials": 6, "seed": 3, **kwargs}
    made = kind(objective, hyperparameters=hp, **kwargs)
    made.project_dir = folder
    return made


def resume(folder, *args, **kwargs):
    made = make(folder, *args, **kwargs)
    made.reload()
    return made


def step(oracle):
    """Runs one trial, which finds another hyperparameter if `b` is true."""
    trial = oracle.ask()
    if trial.status == "STOPPED":
        return False
    hp = trial.hyperparameters
    score = hp.Int("x", 0, 9)
    if hp.Boolean("b"):
        score += hp.Choice("late", [0.1, 0.2])
    oracle.update_space(hp)
    oracle.tell(trial, score=score)
    return True


def outcome(oracle):
    """Returns the values that each trial used, and its score."""
    found = []
    for trial in (oracle.trials[trial_id] for trial_id in oracle.start_order):
        values = trial.hyperparameters.values
        used = values if trial.used is None else trial.used
        found.append((trial.trial_id, {k: values[k] for k in used}, trial.score))
    return found


def run(oracle):
    while step(oracle):
        pass
    return outcome(oracle)


KINDS = [RandomSearchOracle, GridSearchOracle]


def test_files_have_the_names_and_keys_of_keras_tuner(tmp_path):
    oracle = make(tmp_path, max_trials=2)
    run(oracle)
    names = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.json"))
    assert names == ["oracle.json", "trial_0/trial.json", "trial_1/trial.json"]
    state = json.loads((tmp_path / "oracle.json").read_text())
    # The keys of keras-tuner 1.4.8, and one more.
    assert list(state) == [
        "ongoing_trials",
        "hyperparameters",
        "start_order",
        "end_order",
        "run_times",
        "retry_queue",
        "seed",
        "seed_state",
        "tried_so_far",
        "id_to_hash",
        "display",
        "objective",
    ]
    assert state["run_times"] == {"0": 1, "1": 1}
    assert sorted(state["id_to_hash"].values()) == state["tried_so_far"]
    assert state["display"]["trial_number"] == {"0": 1, "1": 2}


def test_oracle_without_a_folder_keeps_no_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    oracle = make(None)
    run(oracle)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ArgumentError, match="no files to reload: set `project_dir`"):
        oracle.reload()


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [False, True])
def test_search_killed_at_any_write_goes_on_as_if_it_were_not(
    tmp_path, monkeypatch, kind, after
):
    expected = run(make(tmp_path / "whole", kind))
    assert len(expected) == 6
    for point in range(50):
        folder = tmp_path / str(point)
        if not killed_at(folder, monkeypatch, kind, point, after):
            break
        with warnings.catch_warnings():
            # Killed before the first `oracle.json`.
            warnings.simplefilter("ignore", KerasishWarning)
            oracle = resume(folder, kind)
        assert run(oracle) == expected
        assert len(oracle.end_order) == 6
    # Two files when a trial begins and two when it ends.
    assert point == 24


def killed_at(folder, monkeypatch, kind, point, after):
    from kerasish.saving import files

    count = 0
    replace = files.replace_file

    def dying(path, data):
        nonlocal count
        count += 1
        if count == point + 1 and not after:
            raise Killed
        replace(path, data)
        if count == point + 1:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace_file", dying)
        try:
            run(make(folder, kind))
        except Killed:
            return True
    return False


@pytest.mark.parametrize("kind", KINDS)
def test_completed_trials_are_not_run_again(tmp_path, kind):
    oracle = make(tmp_path, kind)
    for _ in range(3):
        step(oracle)
    running = oracle.ask().trial_id
    again = resume(tmp_path, kind)
    assert again.retry_queue == [running] and again.ongoing_trials == {}
    assert again.ask().trial_id == running
    assert outcome(again)[:3] == outcome(oracle)[:3]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"hyperparameters": 3}'])
def test_damaged_oracle_file_is_rebuilt_from_the_trials(tmp_path, kind, text):
    expected = run(make(tmp_path / "whole", kind))
    oracle = make(tmp_path, kind)
    for _ in range(4):
        step(oracle)
    (tmp_path / "oracle.json").write_text(text)
    with pytest.warns(KerasishWarning, match="oracle.json cannot be used.*rebuilt fro"):
        again = resume(tmp_path, kind)
    assert run(again) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "{}", None])
def test_damaged_trial_is_set_up_anew(tmp_path, kind, text):
    expected = run(make(tmp_path / "whole", kind))
    oracle = make(tmp_path, kind)
    for _ in range(4):
        step(oracle)
    file = tmp_path / "trial_1" / "trial.json"
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    with pytest.warns(KerasishWarning, match="Trial '1' will be run again"):
        again = resume(tmp_path, kind)
    assert again.lost == ["1"]
    assert run(again) == expected


def test_trial_in_the_folder_of_another_is_not_believed(tmp_path):
    oracle = make(tmp_path)
    step(oracle), step(oracle)
    text = (tmp_path / "trial_0" / "trial.json").read_text()
    (tmp_path / "trial_1" / "trial.json").write_text(text)
    with pytest.warns(KerasishWarning, match="It is that of trial '0'"):
        assert resume(tmp_path).lost == ["1"]


@pytest.mark.parametrize("key", ["start_order", "end_order", "retry_queue"])
def test_ids_cannot_lead_out_of_the_folder(tmp_path, key):
    step(make(tmp_path))
    path = tmp_path / "oracle.json"
    state = json.loads(path.read_text())
    path.write_text(json.dumps({**state, key: ["../../x"]}))
    with pytest.warns(KerasishWarning, match="cannot have the id '../../x'"):
        assert resume(tmp_path).start_order == ["0"]


def test_folder_with_another_name_is_let_be(tmp_path):
    oracle = make(tmp_path)
    step(oracle)
    (tmp_path / "trial_a b").mkdir()
    (tmp_path / "trial_a b" / "trial.json").write_text("{}")
    assert resume(tmp_path).start_order == ["0"]


def test_linked_trial_folder_is_refused(tmp_path):
    oracle = make(tmp_path / "project")
    step(oracle)
    (tmp_path / "project" / "trial_0").rename(tmp_path / "elsewhere")
    (tmp_path / "project" / "trial_0").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SerializationError, match="trial_0 is a symbolic link"):
        resume(tmp_path / "project")


def test_another_objective_is_refused(tmp_path):
    step(make(tmp_path))
    with pytest.raises(
        ArgumentError, match="has the objective {'val_loss': 'min'}, no"
    ):
        resume(tmp_path, objective="val_mse")
    with pytest.raises(ArgumentError, match="`overwrite=True` to begin anew"):
        resume(tmp_path, objective=Objective("val_loss", "max"))
    assert resume(tmp_path, objective=Objective("val_loss")).end_order == ["0"]


def test_more_trials_can_be_asked_for(tmp_path):
    run(make(tmp_path, max_trials=3))
    oracle = resume(tmp_path, max_trials=12)
    assert len(run(oracle)) == 12
    assert oracle.start_order[2:5] == ["2", "03", "04"]


def test_seed_of_the_search_is_kept(tmp_path):
    first = make(tmp_path, seed=None)
    step(first)
    assert resume(tmp_path, seed=None).seed == first.seed
    assert resume(tmp_path, seed=99).seed == 99


def test_project_of_keras_tuner_is_taken_up(tmp_path):
    step(make(tmp_path))
    path = tmp_path / "oracle.json"
    state = json.loads(path.read_text())
    del state["objective"]
    path.write_text(json.dumps(state))
    path = tmp_path / "trial_0" / "trial.json"
    trial = json.loads(path.read_text())
    del trial["used"]
    path.write_text(json.dumps(trial))
    assert len(run(resume(tmp_path))) == 6


def test_range_given_beforehand_still_rules(tmp_path):
    step(make(tmp_path))
    hp = HyperParameters()
    hp.Fixed("x", 4)
    oracle = RandomSearchOracle("val_loss", hyperparameters=hp, max_trials=6, seed=3)
    oracle.project_dir = tmp_path
    oracle.reload()
    assert [repr(item) for item in oracle.hyperparameters.space][0] == (
        "Fixed(name: 'x', value: 4)"
    )
    assert oracle.hyperparameters.given == {"x"}


def test_record_alone():
    record = Record(Objective("x", "min"), HyperParameters(), None)
    record.save()
    assert record.place("0") == 0
    assert record.get_state()["start_order"] == []
