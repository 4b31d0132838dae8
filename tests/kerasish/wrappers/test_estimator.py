"""What the estimators share: fitting, seeding, routing, pipelines, checks."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from kerasish import callbacks, layers, models, optimizers
from kerasish.wrappers import KerasClassifier, KerasRegressor

X, Y = load_iris(return_X_y=True)


def build(n_features_in_, units=4):
    return models.Sequential(
        [
            layers.Input((n_features_in_,)),
            layers.Dense(units, "relu"),
            layers.Dense(3, "softmax"),
        ]
    )


def small(kind=KerasClassifier, **settings):
    settings = {"epochs": 2, "hidden_layer_sizes": (4,), "random_state": 0} | settings
    return kind(**settings)


def outputs_of(estimator):
    return estimator.predict_outputs(X)


CHECKED = [
    KerasClassifier(hidden_layer_sizes=(32,), epochs=30, optimizer__learning_rate=0.02),
    KerasClassifier(
        hidden_layer_sizes=(32,),
        epochs=30,
        optimizer__learning_rate=0.02,
        class_weight="balanced",
    ),
    KerasRegressor(hidden_layer_sizes=(32,), epochs=30, optimizer__learning_rate=0.02),
]


@pytest.mark.parametrize("estimator", CHECKED, ids=["class", "balanced", "number"])
def test_scikit_learn_finds_nothing_wrong(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # checks provoke scikit-learn's own warnings
        results = check_estimator(estimator, on_fail=None, on_skip=None)
    failed = {r["check_name"] for r in results if r["status"] == "failed"}
    # `fit` takes its data, and so the weights of balanced classes, as float32.
    rounded = {
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weight_equivalence_on_sparse_data",
    }
    assert failed <= (rounded if estimator.get_params().get("class_weight") else set())
    assert sum(r["status"] == "passed" for r in results) > 55


def test_importing_kerasish_does_not_import_scikit_learn():
    code = "import kerasish, sys; print('sklearn' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


def test_one_seed_gives_one_model_whatever_the_global_seed():
    first = outputs_of(small().fit(X, Y))
    np.random.seed(5)
    np.testing.assert_array_equal(first, outputs_of(small().fit(X, Y)))
    other = outputs_of(small(random_state=1).fit(X, Y))
    assert not np.array_equal(first, other)


def test_a_seed_governs_builders_dropout_and_shuffling_too():
    def dropping(n_features_in_):
        return models.Sequential(
            [layers.Input((4,)), layers.Dropout(0.5), layers.Dense(3, "softmax")]
        )

    runs = [
        small(model=dropping, batch_size=16).fit(X, Y).history_["loss"]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_fit_touches_no_global_seed():
    np.random.seed(3)
    expected = np.random.rand()
    np.random.seed(3)
    small().fit(X, Y)
    assert np.random.rand() == expected


def test_a_random_state_object_gives_another_model_each_time():
    estimator = small(random_state=np.random.RandomState(0))
    first = outputs_of(estimator.fit(X, Y))
    assert not np.array_equal(first, outputs_of(estimator.fit(X, Y)))


def test_the_history_has_the_losses_and_metrics_of_each_epoch():
    estimator = small(metrics=["accuracy"]).fit(X, Y)
    assert {name: len(values) for name, values in estimator.history_.items()} == {
        "accuracy": 2,
        "loss": 2,
    }


def test_arguments_of_fit_go_before_routed_ones_and_those_before_parameters():
    assert len(small(epochs=2).fit(X, Y).history_["loss"]) == 2
    assert len(small(epochs=2, fit__epochs=3).fit(X, Y).history_["loss"]) == 3
    fitted = small(epochs=2, fit__epochs=3).fit(X, Y, epochs=4)
    assert len(fitted.history_["loss"]) == 4


def test_routed_settings_arrive():
    estimator = small(
        model=build,
        model__units=7,
        optimizer="sgd",
        optimizer__learning_rate=0.25,
        optimizer__momentum=0.5,
        compile__run_eagerly=True,
        fit__validation_split=0.25,
        predict__batch_size=7,
    ).fit(X, Y)
    assert estimator.model_.layers[0].units == 7
    assert estimator.model_.optimizer.momentum == 0.5
    assert float(estimator.model_.optimizer.learning_rate) == 0.25
    assert estimator.model_.run_eagerly
    assert "val_loss" in estimator.history_
    assert estimator.predict(X).shape == (150,)


def test_an_unknown_argument_of_fit_is_an_error():
    with pytest.raises(ValueError, match=r"`KerasClassifier.fit`: 'epoch'\. Did you"):
        small().fit(X, Y, epoch=3)
    with pytest.raises(ValueError, match="argument of `KerasClassifier.fit`: 'speed'"):
        small(fit__speed=3).fit(X, Y)
    with pytest.raises(ValueError, match="`batch_size` must be 'auto' or a positive"):
        small(batch_size="all").fit(X, Y)


def test_the_automatic_batch_size_is_200_or_all_rows():
    class Count(callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.batches = 0

        def on_train_batch_end(self, batch, logs=None):
            self.batches += 1

    def batches(rows, **settings):
        fitted = small(epochs=1, callbacks=Count, **settings)
        fitted.fit(np.tile(X, (3, 1))[:rows], np.tile(Y, 3)[:rows])
        return fitted.callbacks_[0].batches

    assert batches(150) == 1
    assert batches(401) == 3
    assert batches(150, batch_size=50) == 3


def test_callbacks_given_are_not_touched():
    given = callbacks.EarlyStopping(monitor="loss", patience=0, min_delta=10.0)
    estimator = small(epochs=20, callbacks=[given]).fit(X, Y)
    assert len(estimator.history_["loss"]) == 2
    assert estimator.callbacks_[0].stopped_epoch == 1
    assert given.stopped_epoch == 0
    clone(estimator).fit(X, Y)


def test_validation_data_are_read_as_the_training_data():
    names = np.array(["setosa", "versicolor", "virginica"])[Y]
    estimator = small().fit(X, names, validation_data=(X[::5], names[::5]))
    plain = small().fit(X, Y, validation_data=(X[::5], Y[::5], np.ones(30)))
    np.testing.assert_allclose(
        estimator.history_["val_loss"], plain.history_["val_loss"]
    )
    with pytest.raises(ValueError, match="`validation_data` must be .* Received: int"):
        small().fit(X, Y, validation_data=3)


def test_a_compiled_model_is_trained_as_it_was_compiled():
    model = build(4)
    model.compile(
        optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    before = [w.copy() for w in model.get_weights()]
    estimator = small(model=model).fit(X, Y)
    assert type(estimator.model_.optimizer).__name__ == "SGD"
    assert "accuracy" in estimator.history_
    for ours, theirs in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_is_given_goes_over_what_was_compiled():
    model = build(4)
    model.compile(
        optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    estimator = small(model=model, optimizer__learning_rate=0.25).fit(X, Y)
    assert type(estimator.model_.optimizer).__name__ == "SGD"
    assert float(estimator.model_.optimizer.learning_rate) == 0.25
    assert "accuracy" in estimator.history_
    estimator = small(model=model, optimizer="adam", metrics=[]).fit(X, Y)
    assert type(estimator.model_.optimizer).__name__ == "Adam"


def test_warm_start_goes_on_with_the_same_model_and_optimizer():
    estimator = small(warm_start=True).fit(X, Y)
    model = estimator.model_
    estimator.fit(X, Y)
    assert estimator.model_ is model
    assert int(model.optimizer.iterations) == 4
    assert len(estimator.history_["loss"]) == 4
    assert small().fit(X, Y).fit(X, Y).model_.optimizer.iterations == 2


def test_partial_fit_is_one_more_epoch():
    estimator = small(epochs=9)
    for _ in range(3):
        estimator.partial_fit(X, Y)
    assert len(estimator.history_["loss"]) == 3
    assert int(estimator.model_.optimizer.iterations) == 3


@pytest.mark.parametrize("kind", [KerasClassifier, KerasRegressor])
def test_weights_equal_repeated_rows(kind):
    weights = np.random.default_rng(0).integers(0, 4, len(X[::3]))
    weighted = small(kind).fit(X[::3], Y[::3], sample_weight=weights)
    rows = np.arange(0, len(X), 3).repeat(weights)
    repeated = small(kind).fit(X[rows], Y[rows])
    np.testing.assert_allclose(
        outputs_of(weighted), outputs_of(repeated), rtol=1e-7, atol=1e-9
    )


def test_sparse_rows_give_the_same_as_dense_ones():
    dense, thin = small().fit(X, Y), small().fit(sparse.csr_matrix(X), Y)
    np.testing.assert_allclose(outputs_of(dense), outputs_of(thin), rtol=1e-9)
    np.testing.assert_allclose(
        dense.predict_outputs(sparse.csc_array(X)), outputs_of(dense), rtol=1e-9
    )


def test_the_perceptron_has_the_dtype_of_its_data_or_the_one_given():
    assert outputs_of(small().fit(X, Y)).dtype == np.float64
    assert outputs_of(small().fit(X.astype("float32"), Y)).dtype == np.float32
    assert outputs_of(small(dtype="float32").fit(X, Y)).dtype == np.float32


def test_images_and_whole_numbers_reach_a_model_as_they_are():
    def of_images(X_shape_, X_dtype_):
        assert (X_shape_, X_dtype_) == ((150, 2, 2), np.dtype("int64"))
        return models.Sequential(
            [layers.Input((2, 2)), layers.Flatten(), layers.Dense(3, "softmax")]
        )

    images = X.reshape((-1, 2, 2)).astype("int64")
    assert small(model=of_images).fit(images, Y).predict(images).shape == (150,)


def test_predicting_needs_a_fit():
    with pytest.raises(NotFittedError, match="not fitted yet"):
        small().predict(X)


def test_several_outputs_are_refused():
    def two():
        inputs = layers.Input((4,))
        return models.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])

    with pytest.raises(ValueError, match="must have one output. Received: list of 2"):
        small(model=two).fit(X, Y)


def test_an_interrupted_fit_keeps_what_was_learned():
    class Interrupt(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    estimator = small(callbacks=Interrupt)
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(X, Y)
    assert estimator.predict(X).shape == (150,)
    estimator.set_params(callbacks=None).partial_fit(X, Y)
    assert int(estimator.model_.optimizer.iterations) == 2


def test_a_fitted_estimator_survives_a_pickle_with_its_optimizer():
    estimator = small(warm_start=True, callbacks=[callbacks.EarlyStopping("loss")])
    estimator.fit(X, Y)
    again = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(outputs_of(again), outputs_of(estimator))
    np.testing.assert_allclose(
        outputs_of(again.fit(X, Y)), outputs_of(estimator.fit(X, Y)), rtol=1e-9
    )


class Doubled(layers.Layer):
    """A layer that nobody registered."""

    def call(self, inputs):
        return inputs * 2


def test_a_layer_of_the_user_survives_too():
    model = models.Sequential(
        [layers.Input((4,)), Doubled(), layers.Dense(3, "softmax")]
    )
    estimator = small(model=model).fit(X, Y)
    again = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(outputs_of(again), outputs_of(estimator))


def test_a_model_that_is_a_parameter_survives_pickle_and_clone():
    estimator = small(model=build(4))
    pickle.loads(pickle.dumps(estimator)).fit(X, Y)
    clone(estimator).fit(X, Y)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_grid_search_over_a_pipeline(jobs):
    pipeline = Pipeline(
        [
            ("scale", StandardScaler()),
            ("net", KerasClassifier(build, epochs=20, random_state=0)),
        ]
    )
    grid = {
        "net__model__units": [2, 16],
        "net__optimizer__learning_rate": [0.0001, 0.03],
    }
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=jobs).fit(X, Y)
    assert search.best_params_["net__optimizer__learning_rate"] == 0.03
    assert search.best_score_ > 0.85
    assert len(set(search.cv_results_["mean_test_score"])) > 1
    assert search.predict(X).shape == (150,)
