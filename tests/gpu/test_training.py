"""Training on a GPU: graphs, memory, precision, and the same losses as with NumPy."""

import gc
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends, layers
from kerasish.backends.cupy_backend.staging import SLOTS
from kerasish.core.errors import DeviceMemoryError

pytestmark = pytest.mark.gpu
RNG = np.random.default_rng(0)
IMAGES = RNG.standard_normal((96, 12, 12, 3)).astype("float32")
TOKENS = RNG.integers(0, 50, (96, 10))
LABELS = RNG.integers(0, 4, 96)


def dense():
    return [keras.Input((12, 12, 3)), layers.Flatten(), layers.Dense(32, "relu")]


def convolutional():
    return [
        keras.Input((12, 12, 3)),
        layers.Conv2D(8, 3, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
        layers.Flatten(),
    ]


def recurrent():
    return [keras.Input((10,)), layers.Embedding(50, 8), layers.LSTM(16)]


MODELS = [(dense, IMAGES), (convolutional, IMAGES), (recurrent, TOKENS)]


def built(make, **options):
    """Returns a compiled classifier with the weights it always starts with."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([*make(), layers.Dropout(0.2), layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"], **options)
    return model


def losses(backend, make, x, **options):
    backends.set_backend(backend)
    model = built(make, **options)
    return model.fit(x, LABELS, 16, epochs=5, verbose=0).history["loss"]


@pytest.mark.parametrize(
    ("make", "x"), MODELS, ids=lambda m: getattr(m, "__name__", "")
)
@pytest.mark.parametrize("jit_compile", ["auto", True, False])
def test_losses_are_those_of_numpy(backend, make, x, jit_compile):
    expected = losses("numpy", make, x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # every step must be captured
        found = losses(backend, make, x, jit_compile=jit_compile)
    np.testing.assert_allclose(found, expected, rtol=2e-3)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(backend, policy):
    keras.config.set_dtype_policy(policy)
    found = losses(backend, convolutional, IMAGES)
    assert found[-1] < found[0]


def test_tf32_is_allowed_by_the_precision(backend):
    x = keras.ops.convert_to_tensor(RNG.standard_normal((256, 256)).astype("float32"))
    exact = keras.ops.matmul(x, x).numpy()
    keras.config.set_matmul_precision("high")
    rounded = keras.ops.matmul(x, x).numpy()
    np.testing.assert_allclose(rounded, exact, atol=0.5)
    assert np.abs(rounded - exact).max() > 1e-4
    keras.config.set_matmul_precision("highest")
    np.testing.assert_allclose(keras.ops.matmul(x, x).numpy(), exact, atol=1e-5)


def test_a_thousand_replays_leak_nothing(backend):
    model = built(dense, jit_compile=True)  # no other plan takes over meanwhile
    model.fit(IMAGES, LABELS, 16, epochs=5, verbose=0)
    for _ in range(SLOTS):  # the buffers of uploads, which grow as they are needed
        backend.write(backend.xp.empty(IMAGES.shape, dtype=IMAGES.dtype), IMAGES)
    gc.collect()
    backend.synchronize()
    before = backend.memory.info()
    model.fit(IMAGES, LABELS, 16, epochs=170, verbose=0)
    gc.collect()
    backend.synchronize()
    after = backend.memory.info()
    assert after.used <= before.used + 2**16
    assert after.free >= before.free - 2**22


def test_data_that_do_not_fit_give_the_same(backend, monkeypatch):
    expected = losses(backend, dense, IMAGES)
    monkeypatch.setattr(backend.memory, "room", lambda: 0)
    np.testing.assert_allclose(losses(backend, dense, IMAGES), expected, rtol=1e-5)


def test_the_memory_limit(backend):
    keras.config.set_memory_limit(keras.config.memory_info()["held"] + 2**20)
    try:
        with pytest.raises(DeviceMemoryError, match="Try a smaller `batch_size`"):
            keras.ops.zeros((2**24,))
    finally:
        keras.config.set_memory_limit(None)
    assert keras.ops.zeros((2**24,)).shape == (2**24,)


def test_wrong_indices_are_told(backend):
    model = built(recurrent)
    model.fit(TOKENS, LABELS, 16, epochs=5, verbose=0)
    wrong = TOKENS.copy()
    wrong[40, 3] = 50
    with pytest.raises(ValueError, match="from 0 to 49. Received: 50"):
        model.fit(wrong, LABELS, 16, epochs=1, verbose=0)


def test_random_bits_are_those_of_numpy(backend):
    key = np.array([3, 2**50 + 1], np.uint64)
    made = backend.to_numpy(backend.random_bits(backend.from_numpy(key), 1001))
    assert made.tolist() == np.random.Philox(key=key).random_raw(1001).tolist()


def test_threads_have_plans_of_their_own(backend):
    model = built(dense)
    expected = model.predict(IMAGES, verbose=0)
    with ThreadPoolExecutor(4) as pool:
        for made in pool.map(lambda _: model.predict(IMAGES, verbose=0), range(40)):
            np.testing.assert_allclose(made, expected, rtol=1e-5, atol=1e-6)


def test_threads_train_models_of_their_own(backend):
    """One captures while others drop graphs, bind plans and launch kernels."""

    def train(seed):
        with backends.backend_scope(backend), warnings.catch_warnings():
            warnings.simplefilter("error")
            model = keras.Sequential([*convolutional(), layers.Dense(4)])
            model.compile("adam", "mse", jit_compile=True)
            y = np.eye(4, dtype="float32")[LABELS]
            history = model.fit(IMAGES, y, 16, epochs=4, shuffle=False, verbose=0)
            return history.history["loss"]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(train, range(12)))
    assert all(np.isfinite(row).all() and row[-1] < row[0] for row in found)


def test_the_report_names_the_gpu(backend):
    assert "compute capability" in backend.description()["device"]
