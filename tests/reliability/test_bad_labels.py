"""Targets that a loss cannot take, and numbers that are suspect."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import losses, ops
from kerasish.core.errors import DataWarning, KerasishWarning
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
    with_,
)

BINARY = {"loss": "binary_crossentropy", "activation": "sigmoid"}


LABELS = [
    case("too_large", lambda: fit(classifier(), y=with_(L, 7)), ValueError, "7 at row"),
    case("negative", lambda: fit(classifier(), y=with_(L, -1)), ValueError, "-1 at ro"),
    case(
        "beyond_32_bits",
        lambda: fit(classifier(), y=with_(L, 2**32 + 1)),
        ValueError,
        "at most 2, as there are 3 classes. Received: label 4294967297 at row 5",
    ),
    case(
        "fraction",
        lambda: fit(classifier(), y=with_(L.astype("float32"), 0.5)),
        ValueError,
        "whole numbers.*label 0.5 at row 5",
    ),
    case(
        "in_a_later_batch",
        lambda: fit(classifier(), y=with_(L, 7), batch_size=2, shuffle=False),
        ValueError,
        "label 7 at row 5",
    ),
    case(
        "shuffled",
        lambda: fit(classifier(), y=with_(L, 7), batch_size=2),
        ValueError,
        "label 7 at row 5",
    ),
    case(
        "evaluate",
        lambda: classifier().evaluate(X, with_(L, 7), verbose=0),
        ValueError,
        "label 7 at row 5",
    ),
    case(
        "train_on_batch",
        lambda: classifier().train_on_batch(X, with_(L, 7)),
        ValueError,
        "label 7 at row 5",
    ),
    case(
        "loss_object",
        lambda: fit(classifier(losses.SparseCategoricalCrossentropy()), y=with_(L, 7)),
        ValueError,
        "label 7 at row 5",
    ),
    case(
        "binary",
        lambda: fit(regressor(**BINARY), y=with_(Y * 0, 3)),
        ValueError,
        "binary cross-entropy must be from 0 to 1. Received: label 3.0 at row 5",
    ),
    case(
        "binary_classes",
        lambda: fit(regressor(**BINARY), y=L),
        ValueError,
        "'sparse_categorical_crossentropy' with one output for each",
    ),
    case(
        "binary_signs",
        lambda: fit(regressor(**BINARY), y=np.sign(Y)),
        ValueError,
        r"look like -1 and \+1: use `\(y \+ 1\) / 2`",
    ),
    case(
        "binary_signs_for_an_object",
        lambda: fit(regressor(1, losses.BinaryCrossentropy()), y=np.sign(Y)),
        ValueError,
        r"look like -1 and \+1",
    ),
    case(
        "binary_of_one_output_of_two",
        lambda: _two_with({"p": "mse", "q": "binary_crossentropy"}, {"p": Y, "q": -H}),
        ValueError,
        "from 0 to 1. Received: label -1.0 at row",
    ),
]


def _two_with(loss, y):
    model = two()
    model.compile("sgd", loss)
    fit(model, [X, X], y)


@pytest.mark.parametrize(("action", "error", "match"), LABELS)
def test_wrong_targets_are_refused(action, error, match):
    with pytest.raises(error, match=match):
        action()


SUSPECT = [
    case(
        "nan_input",
        lambda: fit(regressor(), with_(X, np.nan)),
        DataWarning,
        r"after batch 0 of epoch 1: `x` holds 1 NaN .* at row 5 \[0\]: nan",
    ),
    case(
        "infinite_input",
        lambda: fit(regressor(), with_(X, np.inf)),
        DataWarning,
        "`x` holds 0 NaN and 1 infinite entries of 32",
    ),
    case(
        "nan_target",
        lambda: fit(regressor(), y=with_(Y, np.nan)),
        DataWarning,
        "`y` holds 1 NaN .* the first at row 5: nan",
    ),
    case(
        "nan_input_in_evaluate",
        lambda: regressor().evaluate(with_(X, np.nan), Y, verbose=0),
        DataWarning,
        "after batch 0 of `evaluate`: `x` holds 1 NaN",
    ),
    case(
        "rows_of_categorical",
        lambda: fit(classifier("categorical_crossentropy"), y=H * 2),
        DataWarning,
        r"should sum to 1. The worst is row \d: \[.*2.*\], with sum 2",
    ),
    case(
        "rows_of_categorical_for_an_object",
        lambda: fit(classifier(losses.CategoricalCrossentropy()), y=H * 2),
        DataWarning,
        "should sum to 1",
    ),
    case(
        "negative_weight",
        lambda: fit(regressor(), sample_weight=np.full(8, -1.0)),
        DataWarning,
        "negative weights, which reward errors. Received: -1.0 at row 0",
    ),
    case(
        "diverged",
        lambda: fit(regressor(), y=np.full((8, 1), 1e30, "float32"), epochs=3),
        KerasishWarning,
        "though the data are: training has diverged",
    ),
    case(
        "softmax_and_logits",
        lambda: fit(classifier(losses.CategoricalCrossentropy(from_logits=True)), y=H),
        KerasishWarning,
        "'categorical_crossentropy' takes logits.*layer 'out'.*by 'softmax'. Leave one",
    ),
    case(
        "softmax_and_sparse_logits",
        lambda: fit(
            classifier(losses.SparseCategoricalCrossentropy(from_logits=True)), y=L
        ),
        KerasishWarning,
        "'sparse_categorical_crossentropy' takes logits",
    ),
    case(
        "sigmoid_and_logits",
        lambda: fit(
            regressor(1, losses.BinaryCrossentropy(from_logits=True), "sigmoid"),
            y=(Y > 0) * 1.0,
        ),
        KerasishWarning,
        "'binary_crossentropy' takes logits.*by 'sigmoid'",
    ),
    case(
        "softmax_of_one_unit",
        lambda: fit(regressor(1, "binary_crossentropy", "softmax"), y=(Y > 0) * 1),
        KerasishWarning,
        "'out' applies a softmax to one unit, which is always 1. Use 'sigmoid'",
    ),
]


@pytest.mark.parametrize(("action", "error", "match"), SUSPECT)
def test_suspect_data_are_named(action, error, match):
    with pytest.warns(error, match=match):
        action()


def test_a_softmax_layer_and_logits():
    inputs = keras.Input((4,))
    x = keras.layers.Dense(3)(inputs)
    model = keras.Model(inputs, [keras.layers.Softmax(name="s")(x), x])
    logits = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", [logits, logits])
    with pytest.warns(KerasishWarning, match="output layer 's'") as told:
        fit(model, y=[L, L])
    assert len(told) == 1
    names = dict.fromkeys(model.output_names, logits)
    model.compile("sgd", names)
    with pytest.warns(KerasishWarning, match="output layer 's'"):
        fit(model, y=[L, L])


def test_nan_predictions_are_never_right():
    nan = np.full((8, 3), np.nan, "float32")
    metrics = keras.metrics
    assert float(metrics.SparseCategoricalAccuracy()(L, nan)) == 0.0
    assert float(metrics.CategoricalAccuracy()(H, nan)) == 0.0
    assert float(metrics.BinaryAccuracy()(H * 0, nan)) == 0.0
    assert np.isnan(float(losses.MeanSquaredError()(H, nan)))


def test_classes_out_of_range_are_no_class_of_one_hot():
    assert ops.one_hot([1, 9, -1], 3).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_the_last_layer_is_found_before_a_model_is_built():
    model = keras.Sequential([keras.layers.Dense(3), keras.layers.Softmax(name="s")])
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    with pytest.warns(KerasishWarning, match="output layer 's'"):
        fit(model, y=L)
