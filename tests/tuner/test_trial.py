import json

import pytest

from kerasish.core.errors import SerializationError
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.trial import Trial, TrialStatus

# A file that keras-tuner 1.4.8 wrote.
FOREIGN = json.loads("""
{"trial_id": "2", "hyperparameters": {"space": [{"class_name": "Int", "config": {"name":
"units", "default": null, "conditions": [], "min_value": 4, "max_value": 16, "step": 4,
"sampling": "linear"}}, {"class_name": "Float", "config": {"name": "extra", "default":
0.001, "conditions": [{"class_name": "Parent", "config": {"name": "units", "values": [4,
8]}}], "min_value": 0.001, "max_value": 1.0, "step": null, "sampling": "log"}},
{"class_name": "Choice", "config": {"name": "act", "default": "relu", "conditions": [],
"values": ["relu", "tanh"], "ordered": false}}, {"class_name": "Boolean", "config":
{"name": "drop", "default": false, "conditions": []}}], "values": {"units": 4, "extra":
0.024491877210610642, "act": "tanh", "drop": false}}, "metrics": {"metrics": {"loss":
{"direction": "min", "observations": [{"value": [0.9421974718570709], "step": 0}]},
"val_accuracy": {"direction": "max", "observations": [{"value": [0.2916666716337204],
"step": 0}]}}}, "score": 0.2916666716337204, "best_step": 0, "status": "COMPLETED",
"message": null}
""")


def trial():
    hp = HyperParameters()
    hp.Int("units", 1, 8)
    hp.Boolean("drop")
    return Trial(hp, "07")


def test_file_of_keras_tuner_is_read_and_written_alike(tmp_path):
    made = Trial.from_state(FOREIGN)
    assert made.score == 0.2916666716337204
    state = made.get_state()
    assert state.pop("used") is None
    assert json.dumps(state) == json.dumps(FOREIGN)


def test_file_round_trip(tmp_path):
    before = trial()
    before.used = ["units"]
    before.save(tmp_path / "trial.json")
    after = Trial.load(tmp_path / "trial.json")
    assert after.get_state() == before.get_state()
    other = Trial(HyperParameters())
    other.reload(tmp_path / "trial.json")
    assert other.trial_id == "07"


def test_summary_is_that_of_keras_tuner(capsys):
    Trial.from_state(FOREIGN).summary()
    assert capsys.readouterr().out == (
        "Trial 2 summary\nHyperparameters:\nunits: 4\nextra: 0.024491877210610642\n"
        "act: tanh\ndrop: False\nScore: 0.2916666716337204\n"
    )


def test_summary_of_a_failure_has_its_message(capsys):
    failed = Trial(HyperParameters(), "0", TrialStatus.FAILED, "It broke.")
    failed.summary()
    assert capsys.readouterr().out == (
        "Trial 0 summary\nHyperparameters:\ndefault configuration\nIt broke.\n"
    )


def test_beginning_again_forgets_the_last_run():
    again = trial()
    again.metrics.update("loss", 1.0)
    again.score, again.best_step, again.message = 1.0, 3, "x"
    again.status = TrialStatus.INVALID
    again.begin()
    assert again.get_state() == trial().get_state()
    assert not again.hyperparameters.used


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": "DONE"}, "status='DONE'"),
        ({"trial_id": "../x"}, r"trial_id='\.\./x'"),
        ({"score": None}, "COMPLETED without a score"),
        ({"score": float("nan")}, "COMPLETED without a score"),
        ({"score": "high"}, "damaged"),
        ({"metrics": []}, "damaged"),
        ({"hyperparameters": None}, "damaged"),
    ],
)
def test_damaged_state_is_refused(change, message):
    with pytest.raises(SerializationError, match=message):
        Trial.from_state({**FOREIGN, **change})


def test_missing_entry_is_refused():
    state = {k: v for k, v in FOREIGN.items() if k != "score"}
    with pytest.raises(SerializationError, match="damaged: KeyError\\('score'\\)"):
        Trial.from_state(state)
