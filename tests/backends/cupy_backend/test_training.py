"""Models on the fake device: the same numbers as with NumPy, and no wait inside."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends
from kerasish.backends.cupy_backend import lowering
from kerasish.core.errors import KerasishWarning


def fitted(backend, jit_compile="auto", **options):
    """Returns the history and the weights of a small model, trained."""
    backends.set_backend(backend)
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((48, 6)).astype("float32")
    y = rng.integers(0, 3, 48)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(3),
        ]
    )
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=jit_compile,
    )
    options = {"epochs": 4, "batch_size": 8, "verbose": 0, **options}
    history = model.fit(x, y, **options).history
    return history, model.get_weights(), model.predict(x, verbose=0)


def same(a, b):
    np.testing.assert_allclose(a[0]["loss"], b[0]["loss"], rtol=1e-5)
    np.testing.assert_allclose(a[0]["accuracy"], b[0]["accuracy"], rtol=1e-5)
    for x, y in zip((*a[1], a[2]), (*b[1], b[2]), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-5)


def test_fit_without_graphs(backend, cupy):
    same(fitted(backend, jit_compile=False), fitted("numpy"))
    assert not cupy.counts["graphs"]


def test_fit_with_graphs(backend, cupy):
    same(fitted(backend), fitted("numpy"))
    assert cupy.counts["graphs"] > 15


def test_what_refuses_is_named_once(backend, cupy, monkeypatch):
    monkeypatch.setattr(lowering, "FORMS", {})
    with pytest.warns(
        KerasishWarning, match="`matmul in .*dense.*` cannot be capt"
    ) as w:
        found = fitted(backend)
    assert len(w) == 1
    same(found, fitted("numpy"))
    assert not cupy.counts["graphs"]
