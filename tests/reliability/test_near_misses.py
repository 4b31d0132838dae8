"""What looks wrong and is right: it works, and gives what the usual form gives."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import kerasish as keras
from kerasish import layers, metrics, ops
from tests.reliability.builders import H, L, X, Y, classifier, fit, regressor, two

BITS = (X > 0).astype("float32")
FRAME = pd.DataFrame(X, columns=list("abcd"))


def loss_of(model, x, y, **kwargs):
    """Returns what an epoch of training from fixed weights comes to."""
    for v in model.weights:
        v.assign(np.full(v.shape, 0.1))
    return fit(model, x, y, shuffle=False, **kwargs).history["loss"][0]


@pytest.mark.parametrize(
    ("x", "y", "usual"),
    [
        (X, Y[:, 0], (X, Y)),
        (X, Y[:, 0].tolist(), (X, Y)),
        (X.astype("float64"), Y.astype("float64"), (X, Y)),
        (X.astype("float16"), Y, (X.astype("float16").astype("float32"), Y)),
        (X > 0, Y > 0, (BITS, (Y > 0) * 1.0)),
        (X.astype("int64"), Y.astype("int8"), (np.trunc(X), np.trunc(Y))),
        (BITS.astype("uint8"), Y, (BITS, Y)),
        (np.asfortranarray(X), Y[::-1], (X, Y[::-1].copy())),
        (FRAME, pd.Series(Y[:, 0]), (X, Y)),
        (FRAME.astype("float64"), pd.DataFrame(Y), (X, Y)),
        (FRAME > 0, pd.Series(Y[:, 0], index=list("hgfedcba")), (BITS, Y)),
        (scipy.sparse.csr_matrix(X), Y, (X, Y)),
        (ops.convert_to_tensor(X), ops.convert_to_tensor(Y), (X, Y)),
        ([X], [Y], (X, Y)),
        ((X,), Y, (X, Y)),
        (np.broadcast_to(X[:1], X.shape), Y, (np.repeat(X[:1], 8, 0), Y)),
        (memoryview(X), Y, (X, Y)),
        (X.astype(">f4"), Y, (X, Y)),
    ],
    ids="vector flat double half bool int uint8 fortran pandas frames index "
    "sparse tensors lists tuple broadcast memory bytes".split(),
)
def test_other_forms_of_the_same_data(x, y, usual):
    found = loss_of(regressor(), x, y)
    assert found == pytest.approx(loss_of(regressor(), *usual), rel=1e-5)


@pytest.mark.parametrize(
    "y", [L.astype("int8"), L.astype("uint64"), L.astype("float32"), L[:, None], [*L]]
)
def test_other_forms_of_the_same_classes(y):
    model = classifier(metrics=["accuracy"])
    found = loss_of(model, X, y)
    assert found == pytest.approx(loss_of(model, X, L), rel=1e-6)
    categorical = classifier("categorical_crossentropy")
    assert found == pytest.approx(loss_of(categorical, X, H), rel=1e-5)
    as_booleans = loss_of(categorical, X, H.astype("bool"))
    assert found == pytest.approx(as_booleans, rel=1e-5)


def test_data_by_name_in_any_order():
    plain = loss_of(two(), [X, X + 1], [Y, Y - 1])
    named = loss_of(two(), {"b": X + 1, "a": X}, {"q": Y - 1, "p": Y})
    assert named == pytest.approx(plain, rel=1e-6)
    # A frame's columns are the inputs of a model that names them.
    inputs = {name: layers.Input((1,), name=name) for name in "ab"}
    model = keras.Model(inputs, layers.Dense(1)(layers.Add()(list(inputs.values()))))
    model.compile("sgd", "mse")
    assert np.isfinite(loss_of(model, {n: FRAME[n] for n in "ab"}, Y))


def test_nothing_to_do_is_done():
    model = regressor(2)
    before = model.get_weights()
    assert model.predict(X[:0], verbose=0).shape == (0, 2)
    assert fit(model, y=np.ones((8, 2)), epochs=0).history == {}
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_weights_of_zero_are_weights():
    model = regressor()
    before = model.get_weights()
    history = fit(model, sample_weight=np.zeros(8))
    assert history.history["loss"] == [0.0]
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


@pytest.mark.parametrize(
    "weight",
    [np.ones((8, 1)), [1] * 8, pd.Series(np.ones(8)), np.ones(8, "int32"), None],
    ids=["column", "list", "series", "int", "none"],
)
def test_other_forms_of_weights(weight):
    found = loss_of(regressor(), X, Y, sample_weight=weight)
    assert found == pytest.approx(loss_of(regressor(), X, Y), rel=1e-6)


def test_classes_without_a_weight_count_once():
    model = classifier()
    found = loss_of(model, X, L, class_weight={1: 1})
    assert found == pytest.approx(loss_of(model, X, L), rel=1e-6)
    doubled = loss_of(model, X, L, class_weight={k: 2.0 for k in range(3)})
    assert doubled == pytest.approx(2 * found, rel=1e-6)
    numpy_keys = loss_of(model, X, L, class_weight={np.int64(1): np.float32(1)})
    assert numpy_keys == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("size", [1, 3, 8, 100, np.int64(4)])
def test_batches_of_any_size(size):
    assert np.isfinite(loss_of(regressor(), X, Y, batch_size=size))


def test_samples_of_weight_zero_may_hold_any_label():
    weight = np.ones(8)
    weight[5] = 0
    labels = L.copy()
    labels[5] = 77
    with_hole = classifier()
    found = loss_of(with_hole, X, labels, sample_weight=weight)
    assert np.isfinite(found)


def test_numpy_numbers_as_arguments():
    layer = layers.Dense(np.int64(3))
    assert layer(X).shape == (8, 3)
    assert isinstance(layer.get_config()["units"], int)
    optimizer = keras.optimizers.SGD(np.float64(0.5), momentum=0.5)
    assert float(optimizer.learning_rate) == 0.5
    model = regressor()
    assert len(fit(model, epochs=np.int32(2)).history["loss"]) == 2


def test_strings_for_parts_in_any_case():
    for name in ("Adam", "adam", "ADAM"):
        assert type(keras.optimizers.get(name)) is keras.optimizers.Adam
    assert metrics.get("MeanSquaredError").name == "mean_squared_error"


def test_a_generator_for_one_epoch_needs_no_steps():
    model = regressor()
    history = fit(model, ((X, Y) for _ in range(3)), None)
    assert int(model.optimizer.iterations) == 3
    assert len(history.history["loss"]) == 1


def test_the_last_batch_may_be_short_and_steps_may_be_fewer():
    model = regressor()
    fit(model, batch_size=3, steps_per_epoch=2)
    assert int(model.optimizer.iterations) == 2
    assert model.predict(X, batch_size=3, verbose=0).shape == (8, 1)


def test_read_only_data_are_left_alone():
    x, y = X.copy(), Y.copy()
    x.flags.writeable = y.flags.writeable = False
    fit(regressor(), x, y, epochs=2)
    np.testing.assert_array_equal(x, X)


def test_one_sample_is_enough():
    model = regressor()
    assert np.isfinite(loss_of(model, X[:1], Y[:1]))
    assert np.isfinite(model.train_on_batch(X[:1], Y[:1]))
    assert model.predict(X[:1], verbose=0).shape == (1, 1)
