"""A CuPy backend on the fake device."""

import importlib.util
import sys
import types
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from kerasish import backends
from kerasish.backends.cupy_backend import graphs, lowering
from kerasish.backends.cupy_backend.backend import CupyBackend
from kerasish.core import revision


def _load(name):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


fake_cupy = _load("fake_cupy")


def philox(key, word):
    """What the kernel of this name writes."""
    word[...] = np.random.Philox(key=key).random_raw(word.size)


def noting(wrong, result):
    """Returns what the kernel of a guard does."""

    def kernel(x, low, high, out, flag):
        bad = wrong(x, low, high)
        if bad.any():
            flag[:] = 1, x[bad].flat[0]
        out[...] = result(x, low)

    return kernel


def gemm(cupy, x1, x2, out):
    """A product that is no call of CuPy's, so that a graph may hold it."""

    def multiply(a, b, to):
        to[...] = a @ b

    return lambda: cupy.launch(multiply, (x1, x2, out))


def feed(cupy, columns, order, cursor, buffers):
    """What feeds a plan: rows are gathered, and the cursor moves on."""

    def run(order, cursor, columns, buffers):
        rows = order[cursor[0] : cursor[0] + len(buffers[0])]
        for x, into in zip(columns, buffers, strict=True):
            into[...] = x[rows]
        cursor[0] += len(buffers[0])

    return lambda: cupy.launch(run, (order, cursor, columns, buffers))


KERNELS = {
    "kerasish_philox": philox,
    "kerasish_in_range": noting(lambda x, a, b: (x < a) | (x > b), lambda x, a: x),
    "kerasish_from_start": noting(
        lambda x, a, b: (x < a) | (x > b), lambda x, a: np.where(x < 0, x - a, x)
    ),
    "kerasish_whole": noting(
        lambda x, a, b: ~np.isfinite(x) | (np.floor(x) != x), lambda x, a: x
    ),
}


@pytest.fixture
def cupy(monkeypatch):
    """The fake module, in place of CuPy where it is imported."""
    made = fake_cupy.FakeCupy(devices=2)
    made.kernels.update(KERNELS)
    core, cublas = types.ModuleType("cupy._core"), types.ModuleType("cublas")
    core.set_compute_type = lambda dtype, kind: made.counts.update({f"type {kind}": 1})
    cublas.setMathMode = lambda handle, mode: made.counts.update({f"mode {mode}": 1})
    modules = {
        "cupy": made,
        "cupyx": made.cupyx,
        "cupy._core": core,
        "cupy_backends.cuda.libs.cublas": cublas,
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(graphs, "_told", set())
    # The kernels in CUDA have tests of their own.
    monkeypatch.setattr(lowering, "FORMS", {"matmul": partial(gemm, made)})
    monkeypatch.setattr(lowering, "bind_feed", partial(feed, made))
    monkeypatch.setattr(lowering, "EPILOGUES", frozenset())
    monkeypatch.setattr(lowering, "build", lambda: None)
    monkeypatch.setattr(lowering, "supports", lambda *node: False)
    monkeypatch.setattr(lowering, "chain_step", lambda *chain: None)
    yield made
    assert not made.order.races


@pytest.fixture
def backend(cupy):
    """The backend on the fake module, current for the test."""
    surroundings = list(revision.surroundings)
    made = CupyBackend()
    backends.set_backend(made)
    yield made
    revision.surroundings[:] = surroundings
