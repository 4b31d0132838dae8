"""Steps of training by these kernels, captured: the same numbers as with NumPy."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends
from kerasish.backends.cuda import modules, trust
from tests.backends.cuda import emulated_device, emulation

pytestmark = emulation.needs_compiler


@pytest.fixture
def backend(monkeypatch):
    """The backend on a device that is emulated, graphs and all."""
    yield from emulated_device.backend(monkeypatch)


def dense():
    return [
        keras.Input((6,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(3),
    ]


def convolutional():
    return [
        keras.Input((7, 7, 2)),
        keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(4, 1),
        keras.layers.LayerNormalization(),
        keras.layers.Flatten(),
        keras.layers.Dense(3),
    ]


def of_words():
    return [
        keras.Input((5,), dtype="int32"),
        keras.layers.Embedding(11, 8),
        keras.layers.GRU(4),
        keras.layers.Dense(3),
    ]


def fitted(backend, layers, **options):
    """Returns the losses, weights and predictions of a small model, trained."""
    backends.set_backend(backend)
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    model = keras.Sequential(layers())
    shape = (24, *model.inputs[0].shape[1:])
    x = rng.standard_normal(shape).astype("float32")
    x = x if model.inputs[0].dtype == "float32" else rng.integers(0, 11, shape)
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        **options,
    )
    y = rng.integers(0, 3, 24)
    history = model.fit(x, y, epochs=3, batch_size=8, verbose=0).history
    return history["loss"], *model.get_weights(), model.predict(x, verbose=0)


@pytest.mark.parametrize(
    ("layers", "jit_compile"),
    [(dense, "auto"), (dense, True), (convolutional, True), (of_words, True)],
)
def test_training(backend, layers, jit_compile):
    found = fitted(backend, layers, jit_compile=jit_compile)
    for x, y in zip(found, fitted("numpy", layers), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-4, atol=2e-5)
    assert backend._cupy.counts["graphs"] > 3
    assert all(k.made or not k.is_wanted for k in modules._known.values())


def attentive():
    words = keras.Input((6,), dtype="int32")
    x = keras.layers.Embedding(11, 16, mask_zero=True)(words)
    y = keras.layers.MultiHeadAttention(2, 8)(x, x, use_causal_mask=True)
    y = keras.layers.GlobalAveragePooling1D()(y)
    return keras.Model(words, keras.layers.Dense(3)(y))


def test_attention_in_half_precision(backend):
    """One kernel of cuDNN forward and one back, with masks, captured."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 11, (24, 6)), rng.integers(0, 3, 24)
    losses = []
    for each in ("numpy", backend):
        backends.set_backend(each)
        keras.utils.set_random_seed(1)
        keras.config.set_dtype_policy("mixed_bfloat16")
        model = attentive()
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(1e-2), loss, jit_compile=True)
        fitted = model.fit(x, y, epochs=3, batch_size=8, verbose=0)
        losses.append(fitted.history["loss"])
    keras.config.set_dtype_policy(None)
    np.testing.assert_allclose(*losses, rtol=2e-2)
    assert backend._cupy.counts["graphs"] > 1
    assert [*trust._known.values()] == [True]
