"""Products: which way each dtype goes, and what precision cuBLAS is told."""

import threading

import ml_dtypes
import numpy as np
import pytest

import kerasish as keras
from kerasish.backends.cupy_backend import linalg


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(linalg, "_threads", threading.local())


@pytest.mark.parametrize("shape", [(2, 3), (4, 2, 3)])
@pytest.mark.parametrize(
    "dtype", ["float16", ml_dtypes.bfloat16, "float32", "float64", "int32", "bool"]
)
def test_products(backend, shape, dtype):
    a, b = np.ones(shape).astype(dtype), np.ones((*shape[:-2], 3, 2)).astype(dtype)
    made = backend.matmul(backend.from_numpy(a), backend.from_numpy(b))
    assert made.dtype == a.dtype
    expected = np.ones((*shape[:-1], 2)) * (1 if dtype == "bool" else 3)
    assert backend.to_numpy(made).astype(float).tolist() == expected.tolist()


def test_stacks_in_half_precision_go_through_float32(backend, cupy, monkeypatch):
    seen = []
    monkeypatch.setattr(
        cupy, "matmul", lambda a, b: seen.append(a.dtype.name) or cupy.ones((1, 2, 2))
    )
    backend.xp.__dict__.pop("matmul", None)
    x = backend.from_numpy(np.ones((1, 2, 2), ml_dtypes.bfloat16))
    backend.matmul(x, x)
    backend.matmul(x[0], x[0])
    assert seen == ["float32", "bfloat16"]


def test_the_precision_is_set_when_it_changes(backend, cupy):
    x = backend.from_numpy(np.ones((2, 2), "float32"))
    backend.matmul(x, x)
    backend.matmul(x, x)
    assert (cupy.counts["type 1"], cupy.counts["mode 0"]) == (1, 1)
    keras.config.set_matmul_precision("high")
    backend.matmul(x, x)
    keras.config.set_matmul_precision("medium")
    backend.matmul(x, x)
    assert (cupy.counts["type 7"], cupy.counts["mode 3"]) == (1, 1)
    with backend.on_device(1):  # has a handle of its own
        backend.matmul(x, x)
    assert cupy.counts["mode 3"] == 2
