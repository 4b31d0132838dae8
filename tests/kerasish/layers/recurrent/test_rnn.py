"""RNN: any cell, masks, states that are given and kept, wrong inputs."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.autodiff import GradientTape
from kerasish.core.errors import KerasishError
from tests.golden.stored_recurrent import check, identify, rows

RNG = np.random.default_rng(3)
X = RNG.normal(size=(4, 5, 3)).astype("float32")
MASKS = {
    "right": [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
    "left": [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]],
    "holes": [[1, 0, 1, 0, 1], [0, 1, 0, 1, 0], [1, 1, 0, 0, 1], [0, 0, 1, 0, 0]],
}


class Leaky(layers.Layer):
    """A cell that knows nothing of dropout, and is called step by step."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")

    def call(self, inputs, states):
        h = 0.5 * states[0] + ops.matmul(inputs, self.kernel)
        return ops.tanh(h), [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def leaky(x, w, mask=None, zero=False):
    """Goes through the steps of `Leaky` one by one."""
    y = np.zeros((*x.shape[:2], w.shape[1]))
    last = np.zeros((len(x), w.shape[1]))
    for row in range(len(x)):
        h = before = np.zeros(w.shape[1])
        for t in range(x.shape[1]):
            seen = mask is None or mask[row][t]
            if seen:
                h = 0.5 * h + x[row, t] @ w
                before = np.tanh(h)
            y[row, t] = before if seen or not zero else 0.0
        last[row] = h
    return y, last


@pytest.mark.parametrize("row", rows("RNN"), ids=identify)
def test_values_are_those_of_keras(row):
    check(row)


@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("mask", [None, *MASKS])
def test_a_custom_cell_is_called_for_each_step(mask, zero):
    layer = layers.RNN(
        Leaky(2), return_sequences=True, return_state=True, zero_output_for_mask=zero
    )
    mask = None if mask is None else np.array(MASKS[mask], bool)
    found = layer(X, mask=mask)
    w = layer.get_weights()[0]
    for a, b in zip(found, leaky(X, w, mask, zero), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    back = layers.RNN(Leaky(2), go_backwards=True, zero_output_for_mask=zero)
    back.build(X.shape)
    back.set_weights([w])
    flipped = None if mask is None else mask[:, ::-1]
    expected = leaky(X[:, ::-1], w, flipped, zero)[0][:, -1]
    np.testing.assert_allclose(back(X, mask=mask), expected, rtol=1e-5, atol=1e-6)


def test_a_cell_may_be_no_layer_and_may_have_states_of_any_shape():
    class Count:
        state_size = [(2, 3), ()]
        output_size = (2, 3)

        def call(self, inputs, states):
            total, count = states
            total = total + ops.reshape(inputs[:, :1], (-1, 1, 1))
            return total, [total, count + 1.0]

    layer = layers.RNN(Count(), return_state=True)
    y, total, count = layer(X)
    expected = np.broadcast_to(X[:, :, 0].sum(1)[:, None, None], (4, 2, 3))
    np.testing.assert_allclose(y, expected, rtol=1e-5)
    np.testing.assert_allclose(total, y)
    assert count.tolist() == [5.0] * 4
    shapes = layer.compute_output_shape((None, None, 3))
    assert shapes == ((None, 2, 3), (None, 2, 3), (None,))


def test_a_cell_made_of_layers_is_built():
    class Inner(layers.Layer):
        state_size = 4

        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(4)

        def call(self, inputs, states):
            h = self.dense(inputs) + states[0]
            return h, h

    layer = layers.RNN(Inner())
    y = layer(keras.Input((None, 3)))
    assert y.shape == (None, 4)
    assert [w.shape for w in layer.weights] == [(3, 4), (4,)]
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(layer(X), (X @ kernel + bias).sum(1), rtol=1e-4)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    "cell",
    [
        lambda: layers.LSTMCell(3),
        lambda: layers.GRUCell(3),
        lambda: layers.GRUCell(3, reset_after=False),
        lambda: layers.SimpleRNNCell(3),
        lambda: Leaky(3),
        lambda: [layers.LSTMCell(3), Leaky(2)],
        lambda: [layers.GRUCell(3), layers.LSTMCell(2)],
    ],
    ids="lstm gru gru-before simple custom mixed-stack stack".split(),
)
def test_padding_changes_no_result(cell, side):
    layer = layers.RNN(cell(), return_state=True)
    expected = layer(X)
    junk = np.full((4, 3, 3), 7.0, "float32")
    parts = [X, junk] if side == "right" else [junk, X]
    mask = np.zeros((4, 8), bool)
    mask[:, slice(0, 5) if side == "right" else slice(3, 8)] = True
    found = layer(np.concatenate(parts, 1), mask=mask)
    for a, b in zip(
        keras.tree.flatten(found), keras.tree.flatten(expected), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_padding_changes_no_gradient():
    layer = layers.RNN(layers.LSTMCell(3))
    layer(X)

    def gradients(x, mask):
        with GradientTape() as t:
            loss = ops.sum(ops.square(layer(x, mask=mask)))
        return t.gradient(loss, layer.trainable_weights)

    from_short = gradients(X, None)
    mask = np.ones((4, 7), bool)
    mask[:, 5:] = False
    padded = np.concatenate([X, np.full((4, 2, 3), 9.0, "float32")], 1)
    for a, b in zip(gradients(padded, mask), from_short, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_masks_of_other_forms():
    layer = layers.RNN(Leaky(2))
    mask = np.array(MASKS["right"])
    expected = layer(X, mask=mask.astype(bool))
    for form in (mask, mask[..., None].astype(bool), [mask.astype("float32")]):
        np.testing.assert_array_equal(layer(X, mask=form), expected)
    with pytest.raises(ValueError, match=r"`mask` of RNN .* \(4, 5\).*\(4, 4\)"):
        layer(X, mask=mask[:, :4])
    with pytest.raises(ValueError, match="`mask` of RNN"):
        layer(X, mask=mask[0])


def test_masks_are_handed_on():
    x = np.array([[[1.0], [2.0], [0.0]]], "float32")
    masked = layers.Masking()(x)
    sequences = layers.RNN(Leaky(2), return_sequences=True)
    assert sequences(masked)._keras_mask.tolist() == [[True, True, False]]
    back = layers.RNN(Leaky(2), return_sequences=True, go_backwards=True)
    assert back(masked)._keras_mask.tolist() == [[False, True, True]]
    last = layers.RNN(Leaky(2))(masked)
    assert getattr(last, "_keras_mask", None) is None
    both = layers.RNN(layers.LSTMCell(2), return_sequences=True, return_state=True)
    assert both.compute_mask(None, "mask") == ["mask", None, None]
    assert layers.RNN(Leaky(2), return_state=True).compute_mask(0, "m") == [None] * 2


# ------------------------------------------------------------------------ states


@pytest.mark.parametrize("cells", [lambda: Leaky(2), lambda: layers.LSTMCell(2)])
def test_the_last_states_start_the_rest_of_a_sequence(cells):
    layer = layers.RNN(cells(), return_state=True, return_sequences=True)
    whole, *last = layer(X)
    first, *states = layer(X[:, :2])
    rest, *end = layer(X[:, 2:], initial_state=states)
    np.testing.assert_allclose(np.concatenate([first, rest], 1), whole, rtol=1e-5)
    for a, b in zip(end, last, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_states_of_a_stack_are_nested():
    layer = layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)], return_state=True)
    y, (h, c), g = layer(X)
    assert (y.shape, h.shape, c.shape, g.shape) == ((4, 3), (4, 2), (4, 2), (4, 3))
    assert layer.state_size == [[2, 2], 3]
    nested = layer(X, initial_state=[[h, c], g])
    flat = layer(X, initial_state=[h, c, g])
    np.testing.assert_array_equal(nested[0], flat[0])
    assert np.abs(np.asarray(nested[0]) - np.asarray(y)).max() > 1e-3
    first = layer.get_initial_state(4)
    assert [len(part) for part in first] == [2, 1]
    np.testing.assert_allclose(layer(X, initial_state=first)[0], y, rtol=1e-6)


STATEFUL = {
    "custom": lambda **how: layers.RNN(Leaky(2), **how),
    "stack": lambda **how: layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)], **how),
    "lstm": lambda **how: layers.LSTM(2, **how),
    "simple": lambda **how: layers.SimpleRNN(2, **how),
}


@pytest.mark.parametrize("name", STATEFUL)
def test_a_stateful_layer_goes_on_where_it_stopped(name):
    kept, whole = STATEFUL[name](stateful=True), STATEFUL[name]()
    kept.build((4, 2, 3))
    whole.build((4, 4, 3))
    whole.set_weights(kept.get_weights())
    for _ in range(2):
        kept(X[:, :2])
        np.testing.assert_allclose(kept(X[:, 2:4]), whole(X[:, :4]), rtol=1e-5)
        kept.reset_state()
    assert not any(np.any(v.numpy()) for v in keras.tree.flatten(kept.states))
    kept(X[:, :2])
    kept.reset_states()
    np.testing.assert_allclose(kept(X[:, :2]), whole(X[:, :2]), rtol=1e-5)
    assert len(kept.weights) == len(whole.weights)


def test_states_that_are_given_go_before_those_that_are_kept():
    layer = layers.GRU(2, stateful=True)
    layer(X)
    h = np.ones((4, 2), "float32")
    y = layer(X, initial_state=h)
    other = layers.GRU(2)
    other.build(X.shape)
    other.set_weights(layer.get_weights())
    np.testing.assert_allclose(y, other(X, initial_state=h), rtol=1e-6)
    np.testing.assert_allclose(layer.states[0].numpy(), y, rtol=1e-6)
    layers.GRU(2, stateful=True).reset_state()  # nothing is kept yet


def test_states_are_kept_over_batches_and_epochs_of_a_model():
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(2, 3, 1)),
            layers.LSTM(2, stateful=True),
            layers.Dense(1),
        ]
    )
    x = RNG.normal(size=(6, 3, 1)).astype("float32")
    lstm, dense = model.layers
    alone = layers.LSTM(2, return_state=True)
    alone.build((2, 3, 1))
    alone.set_weights(lstm.get_weights())
    found = model.predict(x, batch_size=2, verbose=0)
    states, expected = None, []
    for part in np.split(x, 3):
        y, *states = alone(part, initial_state=states)
        expected.append(dense(y))
    np.testing.assert_allclose(found, np.concatenate(expected), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(lstm.states[0].numpy(), states[0], rtol=1e-4, atol=1e-6)
    again = model.predict(x, batch_size=2, verbose=0)
    assert np.abs(again - found).max() > 1e-5  # the states go on
    lstm.reset_state()
    np.testing.assert_allclose(
        model.predict(x, batch_size=2, verbose=0), found, rtol=1e-5, atol=1e-6
    )
    model.compile("sgd", "mse")
    model.fit(x, np.ones((6, 1)), batch_size=2, epochs=5, shuffle=False, verbose=0)
    assert np.all(np.isfinite(lstm.states[1].numpy()))


# ------------------------------------------------------------------- whole models


def test_symbolic_states_in_a_functional_model():
    sequences, h, c = keras.Input((None, 3)), keras.Input((2,)), keras.Input((2,))
    layer = layers.LSTM(2, return_sequences=True, return_state=True)
    outputs = layer(sequences, initial_state=[h, c])
    assert [y.shape for y in outputs] == [(None, None, 2), (None, 2), (None, 2)]
    model = keras.Model([sequences, h, c], list(outputs))
    states = [RNG.normal(size=(4, 2)).astype("float32") for _ in range(2)]
    expected = layer(X, initial_state=states)
    for a, b in zip(model([X, *states]), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    for a, b in zip(model.predict([X, *states], verbose=0), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_an_encoder_hands_its_states_to_a_decoder(tmp_path):
    source, target = keras.Input((None,)), keras.Input((None,))
    embed = layers.Embedding(6, 4, mask_zero=True)
    _, h = layers.GRU(3, return_state=True)(embed(source))
    y = layers.GRU(3, return_sequences=True)(embed(target), initial_state=h)
    model = keras.Model([source, target], layers.Dense(6, activation="softmax")(y))
    model.compile("adam", "sparse_categorical_crossentropy")
    words = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0]])
    history = model.fit([words, words], words, epochs=8, verbose=0).history["loss"]
    assert history[-1] < history[0]
    wide = np.pad(words, ((0, 0), (0, 3)))
    np.testing.assert_allclose(
        model.predict([wide, wide], verbose=0)[:, :5],
        model.predict([words, words], verbose=0),
        rtol=1e-4,
        atol=1e-6,
    )
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(
        again.predict([words, words], verbose=0),
        model.predict([words, words], verbose=0),
        atol=1e-6,
    )


def test_a_model_with_any_cells_is_saved(tmp_path):
    inputs = keras.Input((5, 3))
    y = layers.RNN([layers.LSTMCell(3), Leaky(2)], return_sequences=True)(inputs)
    y = layers.RNN(layers.GRUCell(2, reset_after=False), go_backwards=True)(y)
    model = keras.Model(inputs, y)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(
        tmp_path / "x.keras", custom_objects={"Leaky": Leaky}
    )
    np.testing.assert_allclose(again(X), model(X), atol=1e-6)
    assert again.get_config() == model.get_config()


def test_config():
    layer = layers.RNN(
        layers.GRUCell(2), True, True, True, True, True, zero_output_for_mask=True
    )
    config = layer.get_config()
    cell = config.pop("cell")
    assert cell["class_name"] == "GRUCell"
    assert set(config.pop("dtype")) == {"module", "class_name", "config"} | {
        "registered_name"
    }
    assert config.pop("name").startswith("rnn")
    assert config == dict.fromkeys(config, True)
    assert set(config) == {
        "trainable",
        "return_sequences",
        "return_state",
        "go_backwards",
        "stateful",
        "unroll",
        "zero_output_for_mask",
    }


# ------------------------------------------------------------------ wrong inputs

LSTM = layers.LSTM(2)
H = np.zeros((4, 2), "float32")


class NoStates(layers.Layer):
    def call(self, inputs, states):
        return inputs, states


class Forgetful(Leaky):
    def call(self, inputs, states):
        return inputs, []


WRONG = [
    (lambda: layers.RNN("lstm"), "`cell` of `RNN` must have a `call` method.*'lstm'"),
    (lambda: layers.RNN(NoStates()), "`cell` of `RNN` must have `state_size`"),
    (
        lambda: layers.RNN([NoStates()]),
        "All cells of `StackedRNNCells` must have a `state_size`",
    ),
    (lambda: LSTM(X, initial_state=[H]), r"must hold 2 tensors.*Received: 1"),
    (lambda: LSTM(X, initial_state=[H, H, H]), r"must hold 2 tensors.*Received: 3"),
    (
        lambda: LSTM(X, initial_state=[H, H[:, :1]]),
        r"of shapes \[\(4, 2\), \(4, 2\)\]. Received: \[\(4, 2\), \(4, 1\)\]",
    ),
    (lambda: LSTM(X, initial_state=[H[:2], H[:2]]), r"Received: \[\(2, 2\)"),
    (
        lambda: layers.LSTM(2)(
            keras.Input((5, 3)), initial_state=[keras.Input((3,))] * 2
        ),
        r"`initial_state` of LSTM .*\(None, 2\).*\(None, 3\)",
    ),
    (lambda: layers.RNN(Leaky(2))(X[:, :0]), "at least one time step.*4, 0, 3"),
    (lambda: LSTM(X[:, :0]), "at least one time step"),
    (lambda: LSTM(X[:, 0]), "expected ndim=3, found ndim=2"),
    (lambda: layers.RNN(Forgetful(2))(X), "as many states as it is given, 1"),
    (
        lambda: layers.GRU(2, stateful=True)(keras.Input((5, 3))),
        r"`stateful=True` the batch size .* must be fixed.*\(None, 5, 3\)",
    ),
]


@pytest.mark.parametrize(("act", "match"), WRONG)
def test_wrong_inputs_are_named(act, match):
    with pytest.raises(KerasishError, match=match) as caught:
        act()
    assert isinstance(caught.value, ValueError)


def test_a_stateful_layer_refuses_another_batch_size():
    layer = layers.LSTM(2, stateful=True)
    layer(X)
    with pytest.raises(ValueError, match=r"stateful for batches of 4.*\(3, 5, 3\)"):
        layer(X[:3])
