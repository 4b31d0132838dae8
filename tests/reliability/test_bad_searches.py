"""Wrong data for scikit-learn's side of a model, and searches that cannot be."""

import numpy as np
import pytest
import scipy.sparse
from sklearn.exceptions import NotFittedError

import kerasish as keras
from kerasish import layers
from kerasish import tuner as search
from kerasish.wrappers import KerasClassifier, KerasRegressor
from tests.reliability.builders import L, X, Y, case, classifier, regressor, with_


def of_three():
    return classifier()


def estimator(build=of_three):
    return KerasClassifier(build, verbose=0)


def varied(hp):
    hp.Int("units", 1, 3)
    return regressor()


def of_two(hp):
    hp.Boolean("choice")
    return regressor()


def hp(kind, *args, **kwargs):
    return lambda: getattr(search.HyperParameters(), kind)("a", *args, **kwargs)


def twice(kind):
    def action():
        values = search.HyperParameters()
        values.Int("a", 1, 2)
        getattr(values, kind)("a", 1, 9)

    return action


ESTIMATORS = [
    case(
        "nan",
        lambda: estimator().fit(with_(X, np.nan), L),
        ValueError,
        "Input X contains NaN",
    ),
    case(
        "nan_target",
        lambda: KerasRegressor(regressor, verbose=0).fit(X, with_(Y[:, 0], np.nan)),
        ValueError,
        "Input y contains NaN",
    ),
    case(
        "features",
        lambda: estimator().fit(X, L).predict(X[:, :3]),
        ValueError,
        "X has 3 features, but KerasClassifier is expecting 4",
    ),
    case("unfitted", lambda: estimator().predict(X), NotFittedError, "not fitted yet"),
    case(
        "one_class",
        lambda: estimator().fit(X, L * 0),
        ValueError,
        "must have 1 outputs, one for each class. Received: 3 outputs",
    ),
    case(
        "continuous",
        lambda: estimator().fit(X, Y[:, 0]),
        ValueError,
        "Unknown label type: continuous",
    ),
    case("lengths", lambda: estimator().fit(X, L[:3]), ValueError, r"\[8, 3\]"),
    case("empty", lambda: estimator().fit(X[:0], L[:0]), ValueError, r"0 sample\(s\)"),
    case(
        "returns_none",
        lambda: estimator(lambda: None).fit(X, L),
        TypeError,
        "The builder `<lambda>` must return a `Model`. Received: NoneType",
    ),
    case("model", lambda: estimator(3).fit(X, L), TypeError, "`model` must be .*: 3"),
    case(
        "parameter",
        lambda: estimator().set_params(unitz=3),
        ValueError,
        "Invalid parameter 'unitz'",
    ),
]
RANGES = [
    case("no_values", hp("Choice", []), ValueError, r"`values` of `Choice` 'a'.*\[\]"),
    case("types", hp("Choice", [1, "b"]), TypeError, "`values` .* found int and str"),
    case("default", hp("Choice", [1, 2], default=5), ValueError, r"\[1, 2\].*t=5"),
    case("order", hp("Int", 5, 1), ValueError, "`min_value` of `Int` 'a'.*max_value=1"),
    case("step", hp("Int", 1, 2, step=0), ValueError, "`step` of `Int` 'a'.*step=0"),
    case("log", hp("Float", 0, 1, sampling="log"), ValueError, "be positive.*0.0"),
    case("sampling", hp("Int", 1, 2, sampling="lin"), ValueError, "mean 'linear'"),
    case("other_range", twice("Int"), ValueError, "'a' is defined twice"),
    case("other_kind", twice("Float"), ValueError, "'a' is defined twice"),
    case(
        "unknown", lambda: search.HyperParameters().get("z"), KeyError, "'z' does not"
    ),
]


@pytest.mark.parametrize(("action", "error", "match"), [*ESTIMATORS, *RANGES])
def test_wrong_estimators_and_ranges_are_refused(action, error, match):
    with pytest.raises(error, match=match):
        action()


@pytest.fixture(name="searched")
def make_searched(tmp_path):
    """Returns a function that searches in a folder of its own."""

    def run(build=varied, objective="val_loss", max_trials=1):
        found = search.RandomSearch(
            build, objective=objective, max_trials=max_trials, directory=tmp_path
        )
        found.search(X, Y, epochs=1, validation_data=(X, Y), verbose=0)
        return found

    return run


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        (
            {"objective": "val_acc"},
            ValueError,
            "'val_acc' is not among.*loss, val_loss",
        ),
        ({"objective": 3}, TypeError, "`objective` must be .*objective=3"),
        ({"max_trials": 0}, ValueError, "`max_trials` must be at least 1.*=0"),
        ({"build": 5}, TypeError, "`hypermodel` must be a function.*: 5"),
        ({"build": lambda hp: None}, TypeError, "is a `return` missing.*None"),
        (
            {"build": lambda hp: keras.Sequential([layers.Dense(1)])},
            ValueError,
            "is not compiled",
        ),
    ],
    ids=["objective", "kind", "trials", "build", "none", "uncompiled"],
)
def test_wrong_searches_are_refused(searched, given, error, match):
    with pytest.raises(error, match=match):
        searched(**given)


def test_an_exhausted_search_ends(searched):
    assert len(searched(of_two, max_trials=9).oracle.trials) == 2


def test_sparse_rows_are_those_of_the_dense_ones():
    keras.utils.set_random_seed(1)
    dense = estimator().fit(X, L).predict_proba(X)
    keras.utils.set_random_seed(1)
    sparse = estimator().fit(scipy.sparse.csr_matrix(X), L)
    found = sparse.predict_proba(scipy.sparse.csr_matrix(X))
    np.testing.assert_allclose(found, dense, rtol=1e-5)
