"""LSTM and GRU by cuDNN on a GPU, captured, against the base's kernels in float64."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends, layers
from kerasish.backends.cuda import cudnn_rnn, recurrent_space
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.recurrent_choice import _Trial, chosen
from kerasish.backends.cuda.recurrent_network import (
    PERSISTENT,
    PERSISTENT_SMALL,
    STANDARD,
    Problem,
)
from kerasish.core.config import set_matmul_precision
from tests.backends.cuda import test_recurrent as cases
from tests.gpu.running import captured, empty

pytestmark = pytest.mark.gpu
# Widths and batches that are no multiples of anything, and those of models.
SIZES = {
    **cases.SIZES,
    "odd lstm": ("lstm", 7, 33, 65, 129),
    "odd gru": ("gru", 7, 33, 65, 129),
    "lstm of text": ("lstm", 32, 80, 64, 128),
    "gru of series": ("gru", 64, 60, 16, 64),
    "wide lstm": ("lstm", 16, 12, 128, 256),
}


@pytest.fixture
def cupy():
    return pytest.importorskip("cupy")


def twice(cupy):
    """Runs a step, then launches the graph of it, as a plan does."""

    def run(step):
        captured(cupy, step).launch()
        cupy.cuda.get_current_stream().synchronize()

    return run


@pytest.mark.parametrize("dtype", cases.NEAR)
@pytest.mark.parametrize("name", SIZES)
def test_results(cupy, name, dtype):
    place = cupy.asarray, empty, cupy.asnumpy
    cases.check(SIZES[name], dtype, *place, run=twice(cupy))


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_products_are_as_exact_as_is_asked_for(cupy, kind):
    sizes, errors = (kind, 16, 8, 128, 128), []
    given, slopes = cases.operands(*sizes)
    [expected, *_], _ = cases.reference(kind, given, slopes)
    for precision in ("highest", "high"):
        set_matmul_precision(precision)
        space = recurrent_space(kind, given[0].shape, 128, "float32")
        y, *rest = [empty(x.shape, "float32") for x in (expected, *given[4:])]
        form = cases.RECURRENT["_whole_sequence"]
        static = {"kind": kind, "space": space}
        form(*map(cupy.asarray, given), y, *rest, None, **static)()
        errors.append(abs(cupy.asnumpy(y) - expected).max())
    set_matmul_precision("highest")
    assert errors[0] < 2e-5 and errors[1] < 2e-2  # TF32 is allowed then


@pytest.mark.parametrize("algorithm", [STANDARD, PERSISTENT, PERSISTENT_SMALL])
@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_algorithms_agree(cupy, kind, algorithm):
    """Where the library has them."""
    problem, lib = Problem(kind, 32, 16, 128, 128, "float32"), cudnn_rnn.library()
    try:
        trial = _Trial(lib, problem, algorithm, exact=True)
        pairs = list(trial.beside(trial.expected()))
    except Refused as error:
        assert algorithm != STANDARD
        pytest.skip(str(error))
    for found, expected in pairs:
        error = np.linalg.norm(cupy.asnumpy(found) - expected)
        assert error < 1e-4 * np.linalg.norm(expected)


def test_a_thousand_replays_leave_nothing_behind(cupy):
    trial = _Trial(
        cudnn_rnn.library(),
        *(Problem("lstm", 2, 3, 4, 8, "float32"), STANDARD, True),
    )
    graph = captured(cupy, trial.step)
    expected = [cupy.asnumpy(x) for x in trial.made]
    used = cupy.get_default_memory_pool().used_bytes()
    for _ in range(1000):
        graph.launch()
    cupy.cuda.get_current_stream().synchronize()
    assert cupy.get_default_memory_pool().used_bytes() == used
    for x, y in zip(trial.made, expected, strict=True):
        np.testing.assert_array_equal(cupy.asnumpy(x), y)


MODELS = {
    "lstm": lambda how: [layers.LSTM(16, use_cudnn=how)],
    "gru": lambda how: [
        layers.GRU(16, return_sequences=True, use_cudnn=how),
        layers.GRU(8, use_cudnn=how),
    ],
    "both ways": lambda how: [
        layers.Bidirectional(layers.LSTM(9, return_sequences=True, use_cudnn=how)),
        layers.GRU(8, go_backwards=True, dropout=0.2, use_cudnn=how),
    ],
    "masked": lambda how: [layers.Masking(0.0), layers.LSTM(8)],
}


@pytest.mark.parametrize("name", MODELS)
def test_training_gives_the_losses_of_numpy(backend, name):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((48, 20, 6)).astype("float32")
    y, found = rng.integers(0, 3, 48), []
    for each, how in ((backend, True), ("numpy", "auto")):
        backends.set_backend(each)
        keras.utils.set_random_seed(1)
        parts = [*MODELS[name](how), layers.Dense(3)]
        model = keras.Sequential([keras.Input(x.shape[1:]), *parts])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss)
        history = model.fit(x, y, epochs=4, batch_size=12, verbose=0).history
        found.append([*history["loss"], *model.predict(x, verbose=0).ravel()])
    np.testing.assert_allclose(*found, rtol=1e-3, atol=1e-3)


def test_a_state_is_carried_on(backend):
    rng, found = np.random.default_rng(0), []
    x = rng.standard_normal((4, 10, 6)).astype("float32")
    for each in (backend, "numpy"):
        backends.set_backend(each)
        keras.utils.set_random_seed(1)
        layer = layers.LSTM(5, stateful=True, return_state=True)
        found.append([np.asarray(y) for _ in range(3) for y in layer(x)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_it_is_used(cupy):
    """All else here would hold without it."""
    for kind in ("lstm", "gru"):
        for dtype in cases.NEAR:
            chosen(Problem(kind, 4, 5, 6, 7, dtype))
