"""Numbers, one or several for each row."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from kerasish import layers, models
from kerasish.wrappers import KerasRegressor

X, Y = load_diabetes(return_X_y=True)
X, Y = X / X.std(), (Y - Y.mean()) / Y.std()


def linear(n_features_in_, n_outputs_expected_):
    return models.Sequential(
        [
            layers.Input((n_features_in_,), dtype="float64"),
            layers.Dense(n_outputs_expected_, dtype="float64"),
        ]
    )


def fast(**settings):
    settings = {"epochs": 20, "optimizer__learning_rate": 0.01} | settings
    return KerasRegressor(random_state=0, **settings)


def test_a_linear_model_finds_the_least_squares():
    found = fast(
        model=linear, epochs=800, optimizer__learning_rate=0.05, batch_size=442
    )
    expected = LinearRegression().fit(X, Y)
    assert found.fit(X, Y).score(X, Y) == pytest.approx(expected.score(X, Y), abs=2e-3)
    np.testing.assert_allclose(found.predict(X), expected.predict(X), atol=0.1)


def test_a_perceptron_learns_and_scores_r2():
    regressor = fast().fit(X, Y)
    predicted = regressor.predict(X)
    assert predicted.shape == (442,)
    assert regressor.score(X, Y) == r2_score(Y, predicted) > 0.5


def test_several_numbers_for_each_row():
    both = np.stack([Y, -2 * Y], axis=1)
    regressor = fast().fit(X, both)
    assert regressor.predict(X).shape == (442, 2)
    assert regressor.n_outputs_ == 2
    assert regressor.score(X, both) > 0.5


def test_a_column_of_numbers_is_predicted_as_a_column():
    regressor = fast(epochs=1).fit(X, Y[:, np.newaxis])
    assert regressor.predict(X).shape == (442, 1)


def test_whole_numbers_are_numbers():
    regressor = fast(epochs=1).fit(X, np.arange(442))
    np.testing.assert_array_equal(
        regressor.predict(X), fast(epochs=1).fit(X, np.arange(442.0)).predict(X)
    )


def test_the_loss_can_be_chosen_and_set():
    regressor = fast(loss="huber", loss__reduction="sum", epochs=1).fit(X, Y)
    assert regressor.model_.loss.reduction == "sum"


def test_partial_fit_goes_on():
    regressor = fast()
    for _ in range(40):
        regressor.partial_fit(X, Y, sample_weight=np.ones(442))
    assert len(regressor.history_["loss"]) == 40
    assert regressor.score(X, Y) > 0.5


def test_a_builder_is_told_the_outputs():
    def build(n_outputs_, target_type_, y):
        assert (n_outputs_, target_type_, y.shape) == (1, "continuous", (442, 1))
        return linear(10, 1)

    fast(model=build, epochs=1).fit(X, Y)
