"""Own kernels: elements and turned matrices."""

import numpy as np
import pytest

from kerasish.backends.cuda import modules
from kerasish.backends.cuda.kernels import bind, bind_turning
from kerasish.backends.cuda.prelude import PRELUDE
from tests.backends.cuda import emulation, nvrtc


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


@emulation.needs_compiler
def test_a_text_runs_for_each_element(emulated):
    x, out = emulation.array(np.arange(1000), "int32"), emulation.empty(1000, "int64")
    bind(1000, [("x", x), ("out", out)], "out[t] = x[t] * @factor@;\n", factor=3)()
    assert out.tolist() == [3 * i for i in range(1000)]


SHAPES = [(33, 65), (1, 40), (40, 1), (64, 64)]


@emulation.needs_compiler
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_turned_matrices(emulated, dtype):
    steps = []
    for shape in SHAPES:
        x = emulation.array(np.arange(np.prod(shape)).reshape(shape), dtype)
        out = emulation.empty(shape[::-1], dtype)
        steps.append((bind_turning(x, out), x, out))
    for step, x, out in steps:
        step()
        np.testing.assert_array_equal(out, x.T)


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_turning_compiles_for_a_gpu(emulated, architecture):
    x = emulation.empty((33, 65), "float16")
    bind_turning(x, x.T)
    texts = [f.text for f in modules._known.values()]
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)
