"""Recurrent operations beyond their samples: dtypes, shapes, wrong arguments."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, KerasTensor
from kerasish.core.errors import ArgumentError, KerasishError
from kerasish.ops.recurrent import ACTIVATIONS
from kerasish.tracing import Function
from tests.kerasish.ops.samples import recurrent as loops

RNG = np.random.default_rng(0)
X, H = RNG.normal(size=(2, 4, 3)), RNG.normal(size=(2, 2))
KERNEL, RECURRENT = RNG.normal(size=(3, 8)), RNG.normal(size=(2, 8))


def test_sizes_may_be_unknown():
    x, h = KerasTensor((None, None, 3)), KerasTensor((None, 2))
    u = KerasTensor((2, 8))
    y, h2, c = ops.lstm(x, h, None, KERNEL.astype("float32"), u)
    assert (y.shape, h2.shape, c.shape) == ((None, None, 2), (None, 2), (None, 2))
    y, _, _ = ops.lstm(x, h, h, KERNEL, u, return_sequences=False)
    assert (y.shape, y.dtype) == ((None, 2), "float64")


def test_a_symbolic_mask_alone_makes_results_symbolic():
    y, h = ops.gru(X, None, KERNEL[:, :6], RECURRENT[:, :6], mask=KerasTensor((2, 4)))
    assert (y.shape, h.shape) == ((2, 4, 2), (2, 2))


def test_an_activation_may_be_a_function():
    found = ops.lstm(X, H, H, KERNEL, RECURRENT, activation=ops.tanh)
    for a, b in zip(found, loops.lstm(X, H, H, KERNEL, RECURRENT), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_integers_give_floats_and_bfloat16_stays():
    x = np.ones((1, 2, 1), "int32")
    w = np.ones((1, 1), "int32")
    assert ops.simple_rnn(x, None, w, w)[0].dtype == "float32"
    x = ops.cast(X, "bfloat16")
    y, *_ = ops.lstm(
        x, None, None, ops.cast(KERNEL, x.dtype), ops.cast(RECURRENT, x.dtype)
    )
    expected, *_ = loops.lstm(X, None, None, KERNEL, RECURRENT)
    assert y.dtype == "bfloat16"
    np.testing.assert_allclose(ops.cast(y, "float32"), expected, atol=0.05)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_names_of_activations_mean_those_of_keras(name):
    x = np.linspace(-3, 3, 7).reshape(1, 7, 1)
    y, _ = ops.simple_rnn(x, None, [[1.0]], [[0.0]], activation=name)
    function = {"linear": lambda x: x, "exponential": np.exp}.get(name)
    expected = function(x) if function else getattr(ops, name)(x)
    np.testing.assert_allclose(y, expected, rtol=1e-12)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_recorded_is_eager(name, masked):
    gates = {"simple_rnn": 1, "lstm": 4, "gru": 3}[name]
    w, u = (RNG.normal(size=(n, 2 * gates)).astype("float32") for n in (3, 2))
    mask = np.array([[True, True, False, False], [False, True, True, True]])

    def run(x, w, u):
        first = [None] * (2 if name == "lstm" else 1)
        with GradientTape() as tape:
            for t in (x, w, u):
                tape.watch(t)
            made = getattr(ops, name)(x, *first, w, u, mask=mask if masked else None)
            loss = sum(ops.sum(ops.square(y)) for y in made)
        return *made, *tape.gradient(loss, [x, w, u])

    recorded = Function(run)
    for i in range(4):
        x = (X + i).astype("float32")
        expected = run(*(ops.convert_to_tensor(a) for a in (x, w, u)))
        for a, b in zip(recorded(x, w, u), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


GOOD = {
    "inputs": X,
    "initial_h": H,
    "initial_c": H,
    "kernel": KERNEL,
    "recurrent_kernel": RECURRENT,
    "bias": np.zeros(8),
    "mask": np.ones((2, 4), bool),
}
WRONG = [
    ({"inputs": X[0]}, "needs inputs .batch, time, features.*of shape .4, 3."),
    ({"inputs": X[:, :0]}, "at least one time step.*of shape .2, 0, 3."),
    ({"kernel": KERNEL[:2]}, "kernel of `lstm` must have the shape .3, 8."),
    ({"recurrent_kernel": RECURRENT[0]}, "recurrent kernel of two axes"),
    ({"recurrent_kernel": RECURRENT[:, :6]}, "recurrent_kernel of `lstm` must"),
    ({"bias": np.zeros((2, 8))}, "bias of `lstm` must have the shape .8,.*2, 8."),
    (
        {"initial_c": H[:1]},
        "state or mask of dropout of `lstm` must have the shape .2, 2.",
    ),
    ({"mask": np.ones((2, 3))}, "mask of `lstm` must have the shape .2, 4."),
    ({"mask": np.ones((2, 4, 2))}, "mask of `lstm` must have the shape .2, 4, 1."),
    ({"activation": "tahn"}, "Unknown activation: 'tahn'. Did you mean 'tanh'"),
]


@pytest.mark.parametrize(("change", "match"), WRONG)
def test_wrong_arguments_are_named(change, match):
    with pytest.raises(KerasishError, match=match):
        ops.lstm(**{**GOOD, **change})


def test_the_bias_of_a_gru_depends_on_reset_after():
    w, u = KERNEL[:, :6], RECURRENT[:, :6]
    with pytest.raises(ValueError, match=r"bias of `gru` must have the shape \(2, 6\)"):
        ops.gru(X, None, w, u, np.zeros(6))
    with pytest.raises(ValueError, match=r"bias of `gru` must have the shape \(6,\)"):
        ops.gru(X, None, w, u, np.zeros((2, 6)), reset_after=False)
    with pytest.raises(ArgumentError, match="Unknown activation: 'sigmoyd'"):
        ops.gru(X, None, w, u, recurrent_activation="sigmoyd")
