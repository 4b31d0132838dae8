import pytest

from kerasish.tuner.searchers import GridSearch
from kerasish.tuner.trial_callback import TrialCallback
from tests.tuner.fakes import FakeModel, losses


class Steps(GridSearch):
    """Keeps the epochs whose weights it was to save."""

    def save_model(self, trial_id, model, step=0):
        self.saved = [*getattr(self, "saved", []), step]


class Batches(Steps):
    def on_batch_end(self, trial, model, batch, logs=None):
        pass


@pytest.fixture
def make(tmp_path):
    def made(cls=Steps):
        tuner = cls(lambda hp: FakeModel([]), "val_loss", directory=tmp_path)
        return TrialCallback(tuner, tuner.oracle.ask())

    return made


def test_only_an_improvement_is_saved(make):
    callback = make()
    values = [3.0, float("nan"), 2.0, 2.0, 2.5, 1.0]
    for epoch, logs in enumerate(losses(*values)):
        callback.on_epoch_end(epoch, logs)
    assert callback.tuner.saved == [0, 2, 5]


def test_epoch_without_validation_is_passed_over(make):
    callback = make()
    callback.on_epoch_end(0, {"loss": 1.0})
    callback.on_epoch_end(1, None)
    assert not hasattr(callback.tuner, "saved")


def test_directions_are_registered(make):
    callback = make()
    callback.on_epoch_end(0, {"loss": 1.0, "gain": 1.0})
    metrics = callback.trial.metrics.metrics
    assert {n: m.direction for n, m in metrics.items()} == {"loss": "min", "gain": None}


def test_hooks_of_batches_cost_nothing_unless_overridden(make):
    assert not make().uses_hook("on_train_batch_end")
    assert make().uses_hook("on_epoch_end")
    assert not make().uses_hook("on_test_begin")
    watched = make(Batches)
    assert watched.uses_hook("on_train_batch_end")
    assert watched.uses_hook("on_batch_end")
    assert not watched.uses_hook("on_train_batch_begin")
