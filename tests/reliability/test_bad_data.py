"""Wrong data for `fit`, `evaluate`, `predict`: each ends in an error that says so."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.core.errors import DataWarning
from tests.reliability.builders import (
    H,
    L,
    X,
    Y,
    case,
    classifier,
    fit,
    regressor,
    two,
)

RAGGED = [[1, 2, 3, 4], [1, 2]]


def batches(count, batch=(X, Y)):
    for _ in range(count):
        yield batch


def breaking():
    yield X, Y
    raise KeyError("disk gone")


class Breaking(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        if index == 1:
            raise KeyError("row lost")
        return X, Y


SHAPES = [
    case(
        "features",
        lambda: fit(regressor(), X[:, :3]),
        ValueError,
        r"layer 'sequential'.*expected shape=\(None, 4\).*\(8, 3\)",
    ),
    case(
        "lengths",
        lambda: fit(regressor(), y=Y[:5]),
        ValueError,
        "`x` has 8, `y` has 5",
    ),
    case(
        "width_of_targets",
        lambda: fit(regressor(2), y=np.ones((8, 3))),
        ValueError,
        r"`mean_squared_error`.*targets of shape \(8, 3\).*\(8, 2\)",
    ),
    case(
        "classes_for_mse",
        lambda: fit(regressor(3), y=L),
        ValueError,
        r"`mean_squared_error`.*targets of shape \(8,\).*\(8, 3\)",
    ),
    case(
        "one_hot_for_sparse",
        lambda: fit(classifier(metrics=["accuracy"]), y=H),
        ValueError,
        r"looks one-hot. Use 'categorical_crossentropy', or `np.argmax",
    ),
    case(
        "classes_for_categorical",
        lambda: fit(classifier("categorical_crossentropy"), y=L),
        ValueError,
        r"`categorical_crossentropy`.*targets of shape \(8,\).*\(8, 3\)",
    ),
    case(
        "rank",
        lambda: regressor().predict(np.ones((8, 2, 4)), verbose=0),
        ValueError,
        r"expected ndim=2, found ndim=3. Full shape received: \(8, 2, 4\)",
    ),
    case(
        "vector",
        lambda: regressor().predict(np.ones(4), verbose=0),
        ValueError,
        "expected ndim=2, found ndim=1",
    ),
    case(
        "number",
        lambda: regressor().predict(3.0, verbose=0),
        TypeError,
        "`x` of `predict`.*Received: the number 3.0",
    ),
    case(
        "scalar",
        lambda: regressor().predict(np.float32(3), verbose=0),
        ValueError,
        "`x` of `predict` must have a first axis.*scalar 3.0",
    ),
    case(
        "width_changes",
        lambda: fit(regressor(), iter([(X, Y), (X[:, :3], Y)]), None),
        ValueError,
        r"expected shape=\(None, 4\)",
    ),
    case(
        "lengths_of_a_batch",
        lambda: fit(regressor(), iter([(X, Y[:3])]), None),
        ValueError,
        "batch 0 of `fit`.*`x` has 8, `y` has 3",
    ),
    case(
        "train_on_batch",
        lambda: regressor().train_on_batch(X, Y[:2]),
        ValueError,
        "`train_on_batch`.*`x` has 8, `y` has 2",
    ),
    case(
        "validation_features",
        lambda: fit(regressor(), validation_data=(X[:, :3], Y)),
        ValueError,
        r"expected shape=\(None, 4\).*\(8, 3\)",
    ),
    case(
        "validation_lengths",
        lambda: fit(regressor(), validation_data=(X, Y[:3])),
        ValueError,
        "`x` has 8, `y` has 3",
    ),
    case(
        "missing_input",
        lambda: fit(two(), X, [Y, Y]),
        ValueError,
        r"'functional' expects 2 input\(s\), but it received 1",
    ),
    case(
        "lengths_of_inputs",
        lambda: fit(two(), [X, X[:3]], [Y, Y]),
        ValueError,
        r"`x\[0\]` has 8, `x\[1\]` has 3",
    ),
    case(
        "missing_output",
        lambda: fit(two(), [X, X]),
        ValueError,
        r"each of 2 outputs \(\['p', 'q'\]\).*a single array",
    ),
    case(
        "key_of_inputs",
        lambda: fit(two(), {"a": X, "z": X}, [Y, Y]),
        ValueError,
        r"Missing: \['b'\]. Received: \['a', 'z'\]",
    ),
    case(
        "key_of_targets",
        lambda: fit(two(), [X, X], {"p": Y, "z": Y}),
        ValueError,
        r"`y` names the outputs \['z'\].*\['p', 'q'\]",
    ),
]
KINDS = [
    case(
        "objects",
        lambda: fit(regressor(), np.array([[1, "a", None, 2]] * 8, dtype=object)),
        TypeError,
        "`x` of `fit` must hold numbers.*dtype object.*astype",
    ),
    case(
        "text",
        lambda: fit(regressor(), np.array([["1", "2", "3", "4"]] * 8)),
        TypeError,
        "Input '.*' of model .* takes numbers of dtype float32. .*astype",
    ),
    case(
        "complex",
        lambda: fit(regressor(), X.astype("complex64")),
        TypeError,
        "`x` of `fit`.*complex64",
    ),
    case(
        "times",
        lambda: fit(regressor(), X.astype("datetime64[s]")),
        TypeError,
        r"`x` of `fit`.*datetime64\[s\]",
    ),
    case(
        "ragged",
        lambda: fit(regressor(), RAGGED, Y[:2]),
        ValueError,
        "`x` of `fit`.*2 rows of lengths 2 to 4. Pad them",
    ),
    case(
        "list_of_lists",
        lambda: fit(regressor(), X.tolist()),
        TypeError,
        r"`x` of `fit`.*8 lists of 4 numbers. Make it one array",
    ),
    case("no_x", lambda: fit(regressor(), None, None), TypeError, "Received: x=None"),
    case("no_y", lambda: fit(regressor(), y=None), ValueError, "needs targets.*y=None"),
    case(
        "no_samples",
        lambda: fit(regressor(), X[:0], Y[:0]),
        ValueError,
        "`x` of `fit` must hold at least one sample. Received: 0",
    ),
    case(
        "evaluate_no_samples",
        lambda: regressor().evaluate(X[:0], Y[:0], verbose=0),
        ValueError,
        "`x` of `evaluate` must hold at least one sample",
    ),
    case("no_arrays", lambda: fit(regressor(), [], []), ValueError, "holds no array"),
]
WEIGHTS = [
    case(
        "class_names",
        lambda: fit(classifier(), y=L, class_weight={"a": 1.0}),
        TypeError,
        "`class_weight` of `fit` must be a dict from class number.*the key 'a'",
    ),
    case(
        "classes_of_regression",
        lambda: fit(regressor(), class_weight={0: 1.0, 1: 2.0}),
        ValueError,
        r"`class_weight` of `fit` needs class labels.*y\[0\] = 0.12.*sample_weight",
    ),
    case(
        "negative_class",
        lambda: fit(classifier(), y=L, class_weight={0: -1.0, 1: 1.0, 2: 1.0}),
        ValueError,
        "Received: -1.0 for class 0",
    ),
    case(
        "nan_class",
        lambda: fit(classifier(), y=L, class_weight={0: np.nan, 1: 1.0, 2: 1.0}),
        ValueError,
        "must be finite and not negative. Received: nan for class 0",
    ),
    case(
        "list_of_classes",
        lambda: fit(classifier(), y=L, class_weight=[1, 2, 3]),
        TypeError,
        r"Received: a list. Convert it with `dict\(enumerate",
    ),
    case(
        "nan",
        lambda: fit(regressor(), sample_weight=np.full(8, np.nan)),
        ValueError,
        "`sample_weight` of `fit` must be finite. Received: nan at row 0",
    ),
    case(
        "two_axes",
        lambda: fit(regressor(), sample_weight=np.ones((8, 4))),
        ValueError,
        r"one weight for each sample, shape \(8,\).*Received: shape \(8, 4\)",
    ),
    case(
        "length",
        lambda: fit(regressor(), sample_weight=np.ones(5)),
        ValueError,
        "`sample_weight` has 5",
    ),
    case(
        "text",
        lambda: fit(regressor(), sample_weight=np.array(["a"] * 8)),
        TypeError,
        "`sample_weight` of `fit` must hold real numbers",
    ),
]
STREAMS = [
    case(
        "empty", lambda: fit(regressor(), batches(0), None), ValueError, "at least on"
    ),
    case("raises", lambda: fit(regressor(), breaking(), None), KeyError, "disk gone"),
    case(
        "none",
        lambda: fit(regressor(), iter([None]), None),
        TypeError,
        r"Batch 0 of `fit` must be `x`, .*Received: None",
    ),
    case(
        "four",
        lambda: fit(regressor(), batches(1, (X, Y, Y, Y)), None),
        ValueError,
        "Batch 0 of `fit`.*a tuple of 4 entries",
    ),
    case(
        "y_beside",
        lambda: fit(regressor(), batches(3)),
        ValueError,
        "`y` of `fit` must not be given beside",
    ),
    case("dataset", lambda: fit(regressor(), Breaking(), None), KeyError, "row lost"),
    case(
        "workers",
        lambda: fit(regressor(), Breaking(workers=2), None),
        KeyError,
        "row lost",
    ),
    case(
        "evaluate_exhausted",
        lambda: regressor().evaluate(batches(0), verbose=0),
        ValueError,
        "The data given to `evaluate` must yield at least one batch",
    ),
    case(
        "predict_exhausted",
        lambda: regressor().predict(batches(0), verbose=0),
        ValueError,
        "The data given to `predict` must yield at least one batch",
    ),
]


@pytest.mark.parametrize(
    ("action", "error", "match"), [*SHAPES, *KINDS, *WEIGHTS, *STREAMS]
)
def test_wrong_data_are_refused(action, error, match):
    with pytest.raises(error, match=match):
        action()


def test_a_generator_that_runs_dry_is_counted():
    with pytest.warns(DataWarning) as told:
        fit(regressor(), batches(3), None, steps_per_epoch=4, epochs=2)
    first, second = (str(warning.message) for warning in told)
    assert "epoch 1 should have 4 batches (`steps_per_epoch`), got 3" in first
    assert "ran out after 3 batches: epoch 2 of 2" in second
