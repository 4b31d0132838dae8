import gc
import json
import weakref

import pytest

from kerasish.callbacks import Callback
from kerasish.core.errors import ArgumentError, ArgumentTypeError, SerializationError
from kerasish.tuner.errors import FatalRuntimeError, FatalTypeError, FatalValueError
from kerasish.tuner.hypermodel import HyperModel
from kerasish.tuner.objective import Objective
from kerasish.tuner.searchers import GridSearch, GridSearchOracle
from kerasish.tuner.tuner import Tuner
from tests.tuner.fakes import FakeMetric, FakeModel, losses


def build(hp):
    """Best at its second epoch, and the better the greater `x` is."""
    x = hp.Int("x", 0, 2)
    return FakeModel(losses(4.0 - x, 3.0 - x, 5.0 - x))


@pytest.fixture
def make(tmp_path):
    def made(hypermodel=build, cls=GridSearch, objective="val_loss", **kwargs):
        kwargs = {"directory": tmp_path, "project_name": "p", **kwargs}
        return cls(hypermodel, objective, **kwargs)

    return made


def test_score_and_weights_are_those_of_the_best_epoch(make, tmp_path):
    tuner = make()
    tuner.search(1, 2, epochs=3, verbose=0)
    trial = tuner.oracle.get_best_trials()[0]
    assert trial.score == 1.0 and trial.best_step == 1
    assert trial.metrics.get_best_value("loss") == 0.5
    folder = tmp_path / "p" / "trial_0002"
    assert sorted(p.name for p in folder.iterdir()) == [
        "build_config.json",
        "checkpoint.weights.h5",
        "trial.json",
    ]
    config = json.loads((folder / "build_config.json").read_text())
    assert config == {"input_shape": [None, 4]}
    model = tuner.get_best_models()[0]
    # The fake's weights are the epoch.
    assert model.weights == 1 and model.logs[1]["val_loss"] == 1.0


def test_models_of_a_finished_search_are_loaded_in_another_process(make):
    make().search(epochs=3, verbose=0)
    best = make().get_best_models(2)
    assert [model.logs[1]["val_loss"] for model in best] == [1.0, 2.0]


def test_model_that_is_not_built_is_built_as_it_was(make):
    def unbuilt(hp):
        model = build(hp)
        model.built = False
        return model

    tuner = make(unbuilt, max_model_size=5)
    tuner.search(epochs=1, verbose=0)
    assert tuner.get_best_models()[0].built == {"input_shape": [None, 4]}


def test_score_is_the_mean_over_executions(make):
    runs = iter([0.0, 3.0, 1.0, 2.0, 2.0, 3.0, 4.0])

    def noisy(hp):
        hp.Int("x", 0, 2)
        return FakeModel(losses(9.0, next(runs)))

    tuner = make(noisy, executions_per_trial=2)
    tuner.search(epochs=2, verbose=0)
    scores = [trial.score for trial in tuner.oracle.trials.values()]
    assert scores == [2.0, 2.0, 3.5]
    metrics = tuner.oracle.trials["0000"].metrics
    assert metrics.get_history("val_loss")[0].value == [3.0, 1.0]


def test_weights_are_those_of_the_best_execution(make):
    runs = iter([losses(1.0), losses(1.0, 0.5), losses(9.0, 9.0, 0.7)])
    tuner = make(lambda hp: FakeModel(next(runs)), executions_per_trial=2)
    tuner.search(verbose=0)
    tuner._build_hypermodel = lambda hp: FakeModel([])
    assert tuner.get_best_models()[0].weights == 1
    assert tuner.oracle.trials["0000"].best_step == 1


def test_arguments_of_search_go_to_fit(make):
    seen = []

    class Seeing(HyperModel):
        def build(self, hp):
            return build(hp)

        def fit(self, hp, model, *args, **kwargs):
            result = model.fit(*args, epochs=hp.Int("epochs", 1, 2), **kwargs)
            seen.append(model.fit_arguments)
            return result

    tuner = make(Seeing())
    tuner.search("x", "y", validation_split=0.2, verbose=0)
    assert seen[0] == (("x", "y"), {"validation_split": 0.2})
    # `epochs` is asked for in `fit`, and searched.
    assert len(tuner.oracle.trials) == 6


class Remembering(Callback):
    def __init__(self):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(logs["val_loss"])
        everything.append(list(self.seen))


everything = []


@pytest.mark.parametrize("wrap", [lambda c: [c], lambda c: c])
def test_each_execution_has_its_own_callbacks(make, wrap):
    everything.clear()
    callback = Remembering()
    make(max_trials=1, executions_per_trial=2).search(
        epochs=1, callbacks=wrap(callback), verbose=0
    )
    assert everything == [[4.0], [4.0]] and callback.seen == []


def test_callback_that_cannot_be_copied_is_named(make):
    class Stuck(Callback):
        def __deepcopy__(self, memo):
            raise RuntimeError("no copies")

    with pytest.raises(FatalTypeError, match="copied for every trial.*no copies"):
        make().search(callbacks=[Stuck()], verbose=0)


def test_direction_is_read_from_the_metrics_of_the_model(make):
    def gaining(hp):
        x = hp.Int("x", 0, 2)
        return FakeModel([{"val_gain": x}], metrics=[FakeMetric("gain", "max")])

    tuner = make(gaining, objective="val_gain")
    tuner.search(verbose=0)
    assert tuner.get_best_hyperparameters()[0]["x"] == 2
    state = tuner.oracle.get_best_trials()[0].metrics.get_config()["metrics"]
    assert state["val_gain"]["direction"] == "max"


def test_direction_may_be_known_only_after_an_epoch(make):
    class Late(FakeModel):
        def fit(self, *args, **kwargs):
            self.metrics = [FakeMetric("gain", "max")]
            return super().fit(*args, **kwargs)

    tuner = make(
        lambda hp: Late([{"val_gain": hp.Int("x", 0, 2)}]), objective="val_gain"
    )
    tuner.search(verbose=0)
    assert tuner.get_best_hyperparameters()[0]["x"] == 2


def test_unknown_direction_ends_the_search(make):
    tuner = make(lambda hp: FakeModel([{"val_gain": 1.0}]), objective="val_gain")
    with pytest.raises(FatalValueError, match="Objective\\('val_gain', direction='max"):
        tuner.search(verbose=0)


def test_missing_objective_ends_the_search(make):
    tuner = make(lambda hp: FakeModel([{"loss": 1.0}]))
    with pytest.raises(FatalValueError, match="No validation data.*Available: loss"):
        tuner.search(verbose=0)


def test_validation_every_other_epoch(make):
    logs = [{"loss": 1.0}, {"loss": 1.0, "val_loss": 2.0}]
    tuner = make(lambda hp: FakeModel(logs))
    tuner.search(verbose=0)
    assert tuner.oracle.trials["0000"].best_step == 1
    assert tuner.get_best_models()[0].weights == 1


def test_several_objectives(make):
    def both(hp):
        x = hp.Int("x", 0, 2)
        return FakeModel([{"val_loss": (x - 1) ** 2, "gain": 0.1 * x}])

    tuner = make(both, objective=["val_loss", Objective("gain", "max")])
    tuner.search(verbose=0)
    assert tuner.oracle.get_best_trials()[0].score == pytest.approx(-0.1)


def test_diverged_trial_fails(make):
    def diverging(hp):
        x = hp.Int("x", 0, 2)
        return FakeModel(losses(float("nan") if x == 1 else x))

    tuner = make(diverging)
    tuner.search(verbose=0)
    trials = tuner.oracle.trials
    assert [t.status for t in trials.values()] == ["COMPLETED", "FAILED", "COMPLETED"]
    assert trials["0001"].message == "The objective 'val_loss' is nan."
    assert make().oracle.get_best_trials(9)[0].score == 0.0


def test_model_that_is_too_large_fails_its_trial(make):
    def sized(hp):
        x = hp.Int("x", 0, 2)
        model = FakeModel(losses(1.0), size=10 * x)
        model.built = x == 1
        return model

    class Building(FakeModel):
        pass

    tuner = make(sized, max_model_size=9)
    tuner.search(verbose=0)
    trials = list(tuner.oracle.trials.values())
    assert [t.status for t in trials] == ["COMPLETED", "FAILED", "COMPLETED"]
    assert "has 10 parameters, more than `max_model_size=9`" in trials[1].message


def test_model_built_by_fit_is_measured_then(make):
    class Late(FakeModel):
        built = False

        def fit(self, *args, **kwargs):
            self.built = True
            return super().fit(*args, **kwargs)

    tuner = make(lambda hp: Late(losses(1.0)), max_model_size=9)
    with pytest.raises(FatalRuntimeError, match="10 parameters, more than `max_model"):
        tuner.search(verbose=0)


def test_hooks_of_epochs_and_batches(make):
    calls = []

    class Watched(GridSearch):
        def on_epoch_begin(self, trial, model, epoch, logs=None):
            calls.append(("epoch", trial.trial_id, epoch))

        def on_epoch_end(self, trial, model, epoch, logs=None):
            calls.append(("end", logs["val_loss"], model.weights))

        def on_batch_begin(self, trial, model, batch, logs=None):
            calls.append(("batch", batch))

        def on_batch_end(self, trial, model, batch, logs=None):
            calls.append(("done", batch, logs["val_loss"]))

    make(cls=Watched, max_trials=1).search(epochs=1, verbose=0)
    assert calls == [
        ("epoch", "0", 0),
        ("batch", 0),
        ("done", 0, 4.0),
        ("batch", 1),
        ("done", 1, 4.0),
        ("end", 4.0, 0),
    ]


def test_hooks_do_nothing_by_default(make):
    tuner = make()
    trial = tuner.oracle.ask()
    for hook in ("on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end"):
        assert getattr(tuner, hook)(trial, None, 0) is None


def test_model_is_dropped_before_the_next_is_built(make):
    alive = []

    class Cyclic(FakeModel):
        def __init__(self, *args):
            assert sum(ref() is not None for ref in alive) == 0
            super().__init__(*args)
            self.me = self
            alive.append(weakref.ref(self))

    def cyclic(hp):
        return Cyclic(losses(1.0 * hp.Int("x", 0, 2)))

    gc.disable()
    try:
        make(cyclic).search(verbose=0)
    finally:
        gc.enable()
    assert len(alive) == 4


def test_hypermodel_may_return_its_score(make):
    class Scored(HyperModel):
        def build(self, hp):
            return object()

        def fit(self, hp, model, *args, **kwargs):
            return hp.Float("x", 0.0, 1.0) ** 2

    tuner = make(Scored(), objective=None, max_trials=3)
    tuner.search(verbose=0)
    assert tuner.oracle.get_best_trials()[0].score == 0.0
    with pytest.raises(SerializationError, match="no weights of trial '0'.*callbacks"):
        tuner.get_best_models()


def test_subclass_may_run_trials_without_a_model(make):
    class Own(GridSearch):
        def run_trial(self, trial, *args, **kwargs):
            return {"score": trial.hyperparameters.Int("x", 0, 3)}

    tuner = make(None, Own, objective=Objective("score", "max"))
    tuner.search(verbose=0)
    assert tuner.get_best_hyperparameters()[0]["x"] == 3


@pytest.mark.parametrize("result", [None, 3])
def test_builder_must_return_a_model(make, result):
    with pytest.raises(FatalTypeError, match="must return a compiled model; is a `ret"):
        make(lambda hp: result)


def test_directly_with_an_oracle(tmp_path):
    tuner = Tuner(GridSearchOracle("val_loss"), build, directory=tmp_path)
    tuner.search(epochs=1, verbose=0)
    assert tuner.project_dir == str(tmp_path / "untitled_project")
    assert tuner.get_best_hyperparameters()[0]["x"] == 2


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"distribution_strategy": 1}, ArgumentError, "runs on one device"),
        ({"max_model_size": 0}, ArgumentError, "`max_model_size` must be at least 1"),
        ({"executions_per_trial": 0}, ArgumentError, "`executions_per_trial` must be"),
        ({"executions_per_trial": 1.5}, ArgumentTypeError, "must be an integer"),
        ({"project_name": "../p"}, ArgumentError, "folder within `directory`"),
        ({"bogus": 1}, ArgumentError, "Unknown argument of `GridSearch`: 'bogus'"),
    ],
)
def test_wrong_arguments_are_named(make, kwargs, error, message):
    with pytest.raises(error, match=message):
        make(**kwargs)
