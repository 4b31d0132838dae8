"""TimeDistributed: at once or step by step, with masks and several outputs."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from tests.golden.stored_recurrent import check, identify, rows

X = np.random.default_rng(6).normal(size=(4, 3, 5)).astype("float32")


class Seen(layers.Layer):
    """Notes what it is called with."""

    supports_masking = True

    def __init__(self):
        super().__init__()
        vars(self)["calls"] = []

    def call(self, inputs, mask=None):
        self.calls.append((inputs.shape, None if mask is None else mask.shape))
        return inputs


@pytest.mark.parametrize("row", rows("TimeDistributed"), ids=identify)
def test_values_are_those_of_keras(row):
    check(row)


def test_a_layer_of_ones_own_is_called_for_each_step():
    inner = Seen()
    layer = layers.TimeDistributed(inner)
    layer(X, mask=np.ones((4, 3), bool))
    assert inner.calls == [((4, 5), (4,))] * 3
    inner.calls.clear()
    layer(X, mask=np.ones((4, 3, 5), bool))
    layer(X)
    assert inner.calls == [((4, 5), (4, 5))] * 3 + [((4, 5), None)] * 3


def test_statistics_of_a_batch_are_those_of_one_step():
    layer = layers.TimeDistributed(layers.BatchNormalization(momentum=0.5))
    y = layer(X, training=True)
    expected = (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-3)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)
    mean = np.zeros(5)
    for t in range(3):
        mean = 0.5 * mean + 0.5 * X[:, t].mean(0)
    np.testing.assert_allclose(layer.layer.moving_mean.numpy(), mean, rtol=1e-5)


def functional(mixed):
    x = keras.Input((5,))
    y = layers.Dense(2)(x)
    return keras.Model(x, y - ops.mean(y, axis=0) if mixed else y)


@pytest.mark.parametrize(
    ("inner", "calls"),
    [
        (lambda: layers.Dense(2), 1),
        (lambda: keras.Sequential([layers.Dense(2), layers.LayerNormalization()]), 1),
        (lambda: functional(False), 1),
        (lambda: functional(True), 3),
        (lambda: layers.Lambda(lambda x: x - ops.mean(x, 0)), 3),
        (lambda: keras.Sequential([layers.BatchNormalization()]), 3),
    ],
    ids="dense sequential functional mixing lambda statistics".split(),
)
def test_samples_are_joined_only_where_they_do_not_meet(inner, calls, monkeypatch):
    inner = inner()
    layer = layers.TimeDistributed(inner)
    layer(X)
    expected = np.stack([np.asarray(inner(X[:, t])) for t in range(3)], 1)
    count = []
    call = type(inner).__call__
    monkeypatch.setattr(
        type(inner), "__call__", lambda s, *a, **k: count.append(s) or call(s, *a, **k)
    )
    y = layer(X)
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
    assert sum(x is inner for x in count) == calls


def test_a_stateful_layer_goes_from_step_to_step():
    x = np.ones((2, 3, 4, 1), "float32")
    layer = layers.TimeDistributed(layers.GRU(2, stateful=True))
    y = np.asarray(layer(x))
    assert np.abs(y[:, 0] - y[:, 1]).max() > 1e-3
    np.testing.assert_allclose(layer.layer.states[0].numpy(), y[:, -1], rtol=1e-6)


def test_sequences_in_sequences_with_masks():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 1)).astype("float32")
    mask = np.ones((2, 3, 4), bool)
    mask[:, 1, 2:] = False
    inner = layers.LSTM(2, return_state=True)
    layer = layers.TimeDistributed(inner)
    found = layer(x, mask=mask)
    assert [y.shape for y in found] == [(2, 3, 2)] * 3
    for t in range(3):
        expected = inner(x[:, t], mask=mask[:, t])
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a[:, t], b, rtol=1e-5, atol=1e-6)
    shapes = layer.compute_output_shape((None, None, 4, 1))
    assert list(shapes) == [(None, None, 2)] * 3


def test_dropout_differs_from_step_to_step():
    layer = layers.TimeDistributed(layers.Dropout(0.5, seed=1))
    y = np.asarray(layer(np.ones((2, 3, 40), "float32"), training=True))
    assert not (y[:, 0] == y[:, 1]).all()
    assert (np.asarray(layer(X)) == X).all()


def test_masks_are_handed_on():
    masked = layers.Masking()(np.array([[[1.0], [0.0]]], "float32"))
    y = layers.TimeDistributed(layers.Dense(2))(masked)
    assert y._keras_mask.tolist() == [[True, False]]


def test_sizes_may_be_unknown():
    layer = layers.TimeDistributed(layers.Conv1D(2, 3))
    assert layer(keras.Input((None, 8, 3))).shape == (None, None, 6, 2)
    model = keras.Sequential(
        [keras.Input((None, 5)), layers.TimeDistributed(layers.Dense(2))]
    )
    assert model.output_shape == (None, None, 2)
    assert model(X).shape == (4, 3, 2)


def test_config_weights_and_names():
    layer = layers.TimeDistributed(layers.Dense(2, name="d"), name="t")
    layer(X)
    assert [w.path for w in layer.weights] == ["t/d/kernel", "t/d/bias"]
    config = layer.get_config()
    assert sorted(config) == ["dtype", "layer", "name", "trainable"]
    assert layers.TimeDistributed.from_config(config).get_config() == config


DENSE = layers.TimeDistributed(layers.Dense(2), name="t")
WRONG = [
    (lambda: layers.TimeDistributed("dense"), "`layer` of `TimeDistributed` must be"),
    (lambda: DENSE(X[0]), r"'t' needs inputs of at least 3 axes.*\(3, 5\)"),
    (lambda: DENSE(X[:, :0]), r"'t' needs at least one time step.*\(4, 0, 5\)"),
    (
        lambda: DENSE(X, mask=np.ones((4, 2), bool)),
        r"`mask` of TimeDistributed 't' must begin with the axes \(4, 3\).*\(4, 2\)",
    ),
]


@pytest.mark.parametrize(("act", "match"), WRONG)
def test_wrong_inputs_are_named(act, match):
    with pytest.raises(ValueError, match=match):
        act()
