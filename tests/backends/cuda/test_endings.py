"""What follows a product: in the library's kernel where it may, else in ours."""

import numpy as np
import pytest

from kerasish.backends.cuda.endings import ended, ending, keeps_nan
from tests.backends.cuda import emulation

pytestmark = emulation.needs_compiler
X = np.linspace(-2, 2, 30, dtype="float32").reshape(5, 6)
B = np.linspace(-1, 1, 6, dtype="float32")


@pytest.fixture(autouse=True)
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


def gelu(x):
    return x * 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


ACTIVATIONS = {None: lambda x: x, "relu": lambda x: np.maximum(x, 0), "gelu": gelu}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", [B, None], ids=["bias", "none"])
def test_an_end_alone(activation, bias):
    out = emulation.array(X)
    ending(out, None if bias is None else emulation.array(bias), activation)()
    expected = ACTIVATIONS[activation](X + (0 if bias is None else bias))
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("allowed", "refused", "taken"),
    [
        (True, (), ["relu"]),
        (True, ("relu",), ["relu", None]),
        (False, (), [None]),
        (False, (None,), [None, "plain"]),
        (True, ("relu", None), ["relu", None, "plain"]),
    ],
)
def test_as_few_steps_as_the_library_allows(allowed, refused, taken):
    out, asked = emulation.array(X), []

    def fused(activation):
        asked.append(activation)
        if activation in refused:
            return None
        return lambda: np.copyto(out, ACTIVATIONS[activation](X + B))

    def plain():
        asked.append("plain")
        return lambda: np.copyto(out, X)

    ended(fused, plain, allowed, out, emulation.array(B), "relu")()
    np.testing.assert_allclose(out, np.maximum(X + B, 0), rtol=1e-6)
    assert asked == taken


def test_no_step_where_the_library_refuses_the_product():
    def refuse(*given):
        return None

    out, bias = emulation.array(X), emulation.array(B)
    assert ended(refuse, refuse, True, out, bias, "relu") is None


@pytest.mark.parametrize(("relu", "kept"), [(np.maximum, True), (np.fmax, False)])
def test_nan_is_looked_for(relu, kept):
    def compute(x):
        out = emulation.empty((2, 3), "float32")
        return lambda: np.copyto(out, relu(x.reshape(2, -1)[:, :3], 0)), out

    assert keeps_nan("It", np.dtype("float32"), compute) is kept
    assert keeps_nan("It", np.dtype("float32"), None) is kept  # as is known by now
