"""Recurrent layers on an emulated device: by cuDNN, captured, in few launches."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends, layers, ops
from kerasish.autodiff import GradientTape
from kerasish.backends.cuda import cudnn_rnn
from kerasish.backends.cupy_backend import graphs
from tests.backends.cuda import emulated_device, emulation
from tests.backends.cuda.test_recurrent import operands, reference

pytestmark = emulation.needs_compiler
TIME = 6
RNG = np.random.default_rng(0)
X = RNG.standard_normal((24, TIME, 3)).astype("float32")
Y = RNG.integers(0, 3, 24)
MODELS = {
    "lstm": lambda: [layers.LSTM(4)],
    "gru": lambda: [layers.GRU(4, return_sequences=True), layers.GRU(3)],
    "both ways": lambda: [
        layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.Bidirectional(layers.GRU(2), merge_mode="sum"),
    ],
    "backwards": lambda: [layers.GRU(4, go_backwards=True, dropout=0.2)],
}


@pytest.fixture
def backend(monkeypatch):
    yield from emulated_device.backend(monkeypatch)


def calls():
    return [name for name, *_ in cudnn_rnn.library().calls.launches]


def fitted(backend, make, **options):
    """Returns the losses, weights and predictions of a small model, trained."""
    backends.set_backend(backend)
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input(X.shape[1:]), *make(), layers.Dense(3)])
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        **options,
    )
    losses = model.fit(X, Y, epochs=3, batch_size=8, verbose=0).history["loss"]
    return losses, *model.get_weights(), model.predict(X, verbose=0)


def near(found, expected, tolerance=1e-4):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", MODELS)
def test_training_gives_the_numbers_of_numpy(backend, name):
    near(fitted(backend, MODELS[name]), fitted("numpy", MODELS[name]))
    assert backend._cupy.counts["graphs"] > 3
    assert {"forward", "backward", "weights"} == set(calls())


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_a_step_has_few_launches_however_long_the_sequences(backend, kind, monkeypatch):
    found, captured = [], graphs.Replay._captured

    def counted(self):
        graph = captured(self)
        found.append(graph.nodes)
        return graph

    monkeypatch.setattr(graphs.Replay, "_captured", counted)
    backends.set_backend(backend)
    for time in (2, TIME):
        model = keras.Sequential([keras.Input((time, 3)), kind(4), layers.Dense(1)])
        model.compile("adam", "mse", jit_compile=True)
        model.fit(X[:, :time], Y, batch_size=8, epochs=3, verbose=0)
    # Packing, forward; reserve, backward, zeros, weights, unpacking; all else is 4.
    assert found[0] == found[1] <= 11


def test_eagerly_it_is_used_too(backend):
    near(
        fitted(backend, MODELS["lstm"], run_eagerly=True),
        fitted("numpy", MODELS["lstm"]),
    )
    assert not backend._cupy.counts["graphs"]
    assert {"forward", "backward", "weights"} == set(calls())


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_states_and_gradients_of_gradients(backend, kind):
    given, _ = operands(kind, 2, 3, 4, 5)
    x, w, u, b, *first = given
    found = []
    for each in (backend, "numpy"):
        backends.set_backend(each)
        tensors = [ops.convert_to_tensor(a) for a in (x, *first, w, u, b)]
        with GradientTape() as outer:
            outer.watch(tensors)
            with GradientTape() as tape:
                tape.watch(tensors)
                y, *last = getattr(ops, kind)(*tensors)
                loss = ops.sum(y[:, 1]) + sum(ops.sum(s * s) for s in last)
            grads = tape.gradient(loss, tensors)
            total = sum(ops.sum(g * g) for g in grads)
        made = [*last, *grads, *outer.gradient(total, tensors)]
        found.append([x.numpy() for x in made])
    near(*found)


def test_a_stateful_layer_keeps_its_states(backend):
    found = []
    for each in (backend, "numpy"):
        backends.set_backend(each)
        keras.utils.set_random_seed(2)
        layer = layers.LSTM(3, stateful=True, return_state=True, return_sequences=True)
        found.append([np.asarray(y) for _ in range(3) for y in layer(X[:2])])
    near(*found)
    assert calls().count("forward") >= 3


@pytest.mark.parametrize("space", [0, 512])
def test_the_base_kernels_where_the_library_refuses(backend, space):
    """As when its precision was changed in between."""
    given, slopes = operands("gru", 2, 3, 4, 5)
    expected, grads = reference("gru", given, slopes)
    put = backend.from_numpy
    placed = [put(x) for x in given]
    *made, kept = backend.recurrent("gru", space, *placed)
    compared = len(calls())
    near([backend.to_numpy(x) for x in made], expected)
    assert kept.shape == (space,)
    g = [put(x) for x in slopes]
    back = backend.recurrent_vjp("gru", space, *placed, *made, kept, *g)
    near([backend.to_numpy(x) for x in back], grads)
    assert len(calls()) == compared


def test_a_library_that_is_wrong_is_left(backend):
    cudnn_rnn.library().calls.wrong = (0,)
    with pytest.warns(UserWarning, match="cuDNN's LSTM in float32 gives other numbers"):
        found = fitted(backend, MODELS["lstm"])
    near(found, fitted("numpy", MODELS["lstm"]))
    with pytest.raises(ValueError, match="`use_cudnn=True` of `lstm` needs"):
        backends.set_backend(backend)
        layers.LSTM(2, use_cudnn=True)(X)
