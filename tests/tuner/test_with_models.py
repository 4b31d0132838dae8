"""Searches with real models on real data."""

import weakref

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

import kerasish as keras
from kerasish.tuner import FatalValueError, GridSearch, HyperModel, RandomSearch


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="module")
def data():
    x, y = load_breast_cancer(return_X_y=True)
    x = StandardScaler().fit_transform(x).astype("float32")
    return {
        "x": x[:300],
        "y": y[:300],
        "validation_data": (x[300:], y[300:]),
        "epochs": 2,
        "batch_size": 64,
        "verbose": 0,
    }


def build(hp):
    model = keras.Sequential()
    model.add(keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu"))
    if hp.Boolean("dropout"):
        model.add(keras.layers.Dropout(0.1))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    rate = hp.Float("learning_rate", 1e-3, 1e-1, sampling="log")
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC()],
    )
    return model


def search(data, folder, hypermodel=build, objective="val_auc", cls=RandomSearch, **kw):
    kw = {"max_trials": 3, "seed": 0, "directory": folder, "project_name": "p", **kw}
    tuner = cls(hypermodel, objective, **kw)
    tuner.search(**data)
    return tuner


def test_best_model_scores_what_its_trial_did(data, tmp_path):
    tuner = search(data, tmp_path)
    trial = tuner.oracle.get_best_trials()[0]
    model = tuner.get_best_models()[0]
    x, y = data["validation_data"]
    result = model.evaluate(x, y, batch_size=64, verbose=0, return_dict=True)
    assert result["auc"] == pytest.approx(trial.score, abs=1e-6)
    assert result["loss"] == pytest.approx(
        trial.metrics.get_best_value("val_loss"), rel=1e-5
    )
    # The defaults of every trial's metrics have the same names.
    names = {frozenset(t.metrics.metrics) for t in tuner.oracle.trials.values()}
    assert len(names) == 1
    directions = {n: m.direction for n, m in trial.metrics.metrics.items()}
    assert directions["val_auc"] == directions["accuracy"] == "max"
    assert directions["loss"] == "min"
    assert trial.score > 0.9


def test_another_process_loads_the_same_model(data, tmp_path):
    tuner = search(data, tmp_path)
    before = tuner.get_best_models()[0]
    after = RandomSearch(
        build, "val_auc", max_trials=3, directory=tmp_path, project_name="p"
    ).get_best_models()[0]
    for ours, theirs in zip(before.get_weights(), after.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_models_are_dropped(data, tmp_path):
    alive = []

    def watched(hp):
        assert sum(ref() is not None for ref in alive) == 0
        model = build(hp)
        alive.append(weakref.ref(model))
        return model

    search(data, tmp_path, watched)
    assert len(alive) == 4 and all(ref() is None for ref in alive)


def test_compile_is_overridden(data, tmp_path):
    given = keras.optimizers.SGD(0.5)
    tuner = search(
        data,
        tmp_path,
        objective="val_mae",
        optimizer=given,
        loss="mse",
        metrics=["mae"],
        max_trials=1,
    )
    model = tuner.get_best_models()[0]
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    assert model.optimizer is not given and model.loss == "mse"
    assert set(tuner.oracle.trials["0"].metrics.metrics) == {
        "loss",
        "mae",
        "val_loss",
        "val_mae",
    }


def test_large_models_are_refused_at_their_first_batch(data, tmp_path):
    # 30 inputs: 4 units make 129 parameters, 8 make 257.
    tuner = search(
        data,
        tmp_path,
        cls=GridSearch,
        max_trials=None,
        max_model_size=200,
        hypermodel=lambda hp: sized(hp),
    )
    statuses = [trial.status for trial in tuner.oracle.trials.values()]
    assert statuses == ["COMPLETED", "FAILED"]
    assert "has 257 parameters" in tuner.oracle.trials["0001"].message


def sized(hp):
    model = keras.Sequential(
        [
            keras.layers.Dense(hp.Choice("units", [4, 8])),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("sgd", "binary_crossentropy", metrics=[keras.metrics.AUC()])
    return model


def test_batch_size_and_callbacks(data, tmp_path):
    class Sized(HyperModel):
        def build(self, hp):
            return build(hp)

        def fit(self, hp, model, *args, **kwargs):
            return model.fit(*args, batch_size=hp.Choice("size", [32, 64]), **kwargs)

    data = {k: v for k, v in data.items() if k != "batch_size"} | {"epochs": 6}
    stopping = keras.callbacks.EarlyStopping("val_auc", patience=0, mode="max")
    tuner = search({**data, "callbacks": [stopping]}, tmp_path, Sized())
    assert {t.hyperparameters["size"] for t in tuner.oracle.trials.values()} <= {32, 64}
    assert tuner.oracle.get_best_trials()[0].score > 0.9


def test_metric_of_one_output(data, tmp_path):
    def two_outputs(hp):
        inputs = keras.Input((30,))
        hidden = keras.layers.Dense(hp.Int("units", 2, 8))(inputs)
        first = keras.layers.Dense(1, activation="sigmoid", name="first")(hidden)
        second = keras.layers.Dense(1, name="second")(hidden)
        model = keras.Model(inputs, {"first": first, "second": second})
        model.compile(
            "adam",
            {"first": "binary_crossentropy", "second": "mse"},
            metrics={"first": ["accuracy"]},
        )
        return model

    x, y = data["x"], data["y"]
    data = {**data, "y": {"first": y, "second": y}, "validation_data": None}
    data["validation_split"] = 0.2
    tuner = search(data, tmp_path, two_outputs, "val_first_accuracy", max_trials=2)
    assert tuner.oracle.objective.direction == "max"
    assert 0 <= tuner.oracle.get_best_trials()[0].score <= 1
    assert tuner.get_best_models()[0].predict(x[:2], verbose=0)["first"].shape == (2, 1)


def test_uncompiled_model_is_told_at_once(data, tmp_path):
    def uncompiled(hp):
        return keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])

    with pytest.raises(FatalValueError, match="is not compiled. Call `model.compile"):
        RandomSearch(uncompiled, "val_loss", directory=tmp_path)
    given = {"optimizer": "sgd", "loss": "binary_crossentropy"}
    tuner = search(data, tmp_path, uncompiled, "val_loss", **given)
    assert tuner.oracle.get_best_trials()[0].score < 1
