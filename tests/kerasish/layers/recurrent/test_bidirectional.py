"""Bidirectional: merging, masks, states, its two layers, wrong inputs."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from tests.golden.stored_recurrent import check, identify, rows

X = np.random.default_rng(5).normal(size=(3, 4, 2)).astype("float32")
MASK = np.array([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]], bool)


@pytest.mark.parametrize("row", rows("Bidirectional"), ids=identify)
def test_values_are_those_of_keras(row):
    check(row)


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_padding_changes_no_result(kind):
    layer = layers.Bidirectional(kind(3, return_sequences=True, return_state=True))
    y, *states = layer(X)
    wide = np.concatenate([X, np.full((3, 2, 2), 8.0, "float32")], 1)
    mask = np.ones((3, 6), bool)
    mask[:, 4:] = False
    padded, *ends = layer(wide, mask=mask)
    np.testing.assert_allclose(padded[:, :4], y, rtol=1e-5, atol=1e-6)
    assert not np.any(padded[:, 4:])
    for a, b in zip(ends, states, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_states_are_those_forwards_and_then_those_backwards():
    layer = layers.Bidirectional(layers.LSTM(2, return_state=True))
    h = [np.full((3, 2), v, "float32") for v in (0.1, 0.2, 0.3, 0.4)]
    y, *states = layer(X, initial_state=h)
    there, *one = layer.forward_layer(X, initial_state=h[:2])
    back, *two = layer.backward_layer(X, initial_state=h[2:])
    np.testing.assert_allclose(y, np.concatenate([there, back], 1), rtol=1e-6)
    for a, b in zip(states, [*one, *two], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    symbolic = layer(keras.Input((None, 2)), initial_state=[keras.Input((2,))] * 4)
    assert [s.shape for s in symbolic] == [(None, 4)] + [(None, 2)] * 4


def test_masks_are_handed_on():
    masked = layers.Masking()(np.array([[[1.0], [2.0], [0.0]]], "float32"))
    expected = [[True, True, False]]
    concat = layers.Bidirectional(layers.GRU(2, return_sequences=True))
    assert concat(masked)._keras_mask.tolist() == expected
    both = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode=None)
    assert [y._keras_mask.tolist() for y in both(masked)] == [expected] * 2
    last = layers.Bidirectional(layers.GRU(2))(masked)
    assert getattr(last, "_keras_mask", None) is None


def test_the_layer_is_copied_and_the_way_back_may_be_another():
    own, back = layers.GRU(2, name="own"), layers.LSTM(3, go_backwards=True, name="b")
    layer = layers.Bidirectional(own)
    assert layer.forward_layer is not own
    names = [layer.forward_layer.name, layer.backward_layer.name]
    assert names == ["forward_own", "backward_own"]
    layer = layers.Bidirectional(own, backward_layer=back, name="two")
    assert layer.backward_layer is back
    layer(X)
    assert [w.path for w in layer.weights[::3]] == [
        "two/forward_own/gru_cell/kernel",
        "two/b/lstm_cell/kernel",
    ]


def test_config_makes_the_same_layer():
    layer = layers.Bidirectional(layers.GRU(2, name="own"), merge_mode="sum")
    config = layer.get_config()
    assert sorted(config) == (
        "backward_layer dtype layer merge_mode name trainable".split()
    )
    again = layers.Bidirectional.from_config(config)
    assert again.get_config() == config
    del config["backward_layer"]
    assert layers.Bidirectional.from_config(config).backward_layer.go_backwards


def test_first_weights():
    values = layers.Bidirectional(layers.GRU(2))
    values(X)
    layer = layers.Bidirectional(layers.GRU(2), weights=values.get_weights())
    np.testing.assert_allclose(layer(X), values(X))


def test_stateful():
    layer = layers.Bidirectional(layers.GRU(2, stateful=True))
    assert layer.states is None
    first = np.asarray(layer(X))
    assert np.abs(np.asarray(layer(X)) - first).max() > 1e-4
    assert len(layer.states) == 2
    layer.reset_states()
    np.testing.assert_allclose(layer(X), first, rtol=1e-6)
    layer.reset_state()
    assert not np.any(layer.states[1].numpy())


def test_a_model_with_padded_words_is_trained_and_saved(tmp_path):
    model = keras.Sequential(
        [
            keras.Input((None,)),
            layers.Embedding(5, 3, mask_zero=True),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(3, activation="tanh")),
            layers.Bidirectional(layers.GRU(2, dropout=0.2)),
            layers.Dense(1),
        ]
    )
    x = np.array([[1, 2, 3, 0], [4, 0, 0, 0]])
    model.compile("sgd", "mse")
    model.fit(x, np.ones((2, 1)), epochs=3, verbose=0)
    found = model.predict(x, verbose=0)
    wide = np.pad(x, ((0, 0), (0, 5)))
    np.testing.assert_allclose(model.predict(wide, verbose=0), found, atol=1e-6)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), found, atol=1e-6)


GRU = layers.GRU(2)
WRONG = [
    (("gru",), "`layer` of `Bidirectional` must be a recurrent layer.*'gru'"),
    ((layers.Dense(2),), "`layer` of `Bidirectional` must be a recurrent layer"),
    ((GRU, "mean"), "`merge_mode` of `Bidirectional` must be one of.*'mean'"),
    ((GRU, "sum", None, layers.Dense(1)), "`backward_layer` of `Bidirectional`"),
    ((GRU, "sum", None, layers.GRU(2)), "must have `go_backwards=True`"),
    (
        (GRU, "sum", None, layers.GRU(2, go_backwards=True, return_state=True)),
        "agree in `return_state`.*=False, backward_layer.return_state=True",
    ),
]


@pytest.mark.parametrize(("arguments", "match"), WRONG)
def test_wrong_arguments_are_named(arguments, match):
    with pytest.raises(ValueError, match=match):
        layers.Bidirectional(*arguments)


def test_states_must_be_even():
    layer = layers.Bidirectional(layers.GRU(2))
    h = np.zeros((3, 2), "float32")
    with pytest.raises(ValueError, match="for the way back as for the way there.*: 3"):
        layer(X, initial_state=[h, h, h])
    with pytest.raises(ValueError, match="must hold 1 tensors"):
        layer(X, initial_state=[h, h, h, h])
