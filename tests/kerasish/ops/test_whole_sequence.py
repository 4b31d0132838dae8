"""LSTM and GRU by a kernel for all steps, on a NumPy backend that says it has one."""

import numpy as np
import pytest

from kerasish import backends, ops
from kerasish.autodiff import GradientTape, check_gradients
from kerasish.backends.numpy_backend import NumpyBackend
from kerasish.core.errors import ArgumentError
from kerasish.tracing import Function

SPACE = 5
RNG = np.random.default_rng(0)
X, H, C = (RNG.normal(size=s) for s in ((2, 4, 3), (2, 2), (2, 2)))
KERNELS = {n: [RNG.normal(size=(i, 2 * n)) for i in (3, 2)] for n in (3, 4)}
GIVEN = {
    "lstm": (X, H, C, *KERNELS[4], RNG.normal(size=8)),
    "gru": (X, H, *KERNELS[3], RNG.normal(size=(2, 6))),
}
KINDS = pytest.mark.parametrize("kind", GIVEN)


class Backend(NumpyBackend):
    """Its kernels are those of the base; it counts their calls."""

    def __init__(self):
        self.calls = []

    def recurrent_space(self, kind, shape, units, dtype):
        assert (kind in GIVEN, units) == (True, 2)
        return SPACE if dtype != "float16" else None

    def recurrent(self, kind, space, *operands):
        self.calls.append(kind)
        return super().recurrent(kind, space, *operands)

    def recurrent_vjp(self, kind, space, *operands):
        self.calls.append(f"{kind} back")
        assert operands[-1].shape == (2, 2)
        return super().recurrent_vjp(kind, space, *operands)


@pytest.fixture
def backend():
    made = Backend()
    backends.set_backend(made)
    return made


def both(kind, given, **how):
    """Returns the results by the kernel, and step by step."""
    return (
        getattr(ops, kind)(*given, use_cudnn=choice, **how) for choice in (True, False)
    )


def near(found, expected):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("backwards", [True, False])
@KINDS
def test_results_are_those_of_the_loop(backend, kind, sequences, backwards):
    how = {"return_sequences": sequences, "go_backwards": backwards}
    near(*both(kind, GIVEN[kind], **how))
    states = 2 if kind == "lstm" else 1
    x, w, u = X, *GIVEN[kind][1 + states : 3 + states]
    near(*both(kind, (x, *[None] * states, w, u), **how))
    assert backend.calls == [kind] * 2


@pytest.mark.parametrize("sequences", [True, False])
@KINDS
def test_gradients_are_those_of_the_loop(backend, kind, sequences):
    given = [ops.convert_to_tensor(x) for x in GIVEN[kind]]
    found = []
    for choice in (True, False):
        with GradientTape() as tape:
            tape.watch(given)
            made = getattr(ops, kind)(
                *given, use_cudnn=choice, return_sequences=sequences, go_backwards=True
            )
            loss = sum(ops.sum(ops.square(y)) for y in made)
        found.append(tape.gradient(loss, given))
    near(*found)
    assert backend.calls == [kind, f"{kind} back"]


@KINDS
def test_gradients_are_those_of_differences(backend, kind):
    """Of the second derivative too, which goes step by step."""
    check_gradients(
        lambda *xs: getattr(ops, kind)(*xs, use_cudnn=True), *GIVEN[kind], order=2
    )


@KINDS
def test_a_gradient_of_the_gradient_alone(backend, kind):
    """As a penalty on the slope at the inputs has it."""
    found = []
    for choice in (True, False):
        given = [ops.convert_to_tensor(x) for x in GIVEN[kind]]
        with GradientTape() as outer:
            outer.watch(given)
            with GradientTape() as tape:
                tape.watch(given[0])
                y, *_ = getattr(ops, kind)(*given, use_cudnn=choice)
                loss = ops.sum(y[:, -1])
            penalty = ops.sum(ops.square(tape.gradient(loss, given[0])))
        found.append(outer.gradient(penalty, given))
    near(*found)


@KINDS
def test_recorded_it_is_one_node_each_way(backend, kind):
    def run(*given):
        with GradientTape() as tape:
            tape.watch(list(given))
            y, *_ = getattr(ops, kind)(*given, return_sequences=False)
            loss = ops.sum(ops.square(y))
        return loss, *tape.gradient(loss, list(given))

    recorded = Function(run)
    for i in range(4):
        given = [np.float32(x + i / 8) for x in GIVEN[kind]]
        expected = run(*(ops.convert_to_tensor(x) for x in given))
        backend.calls.clear()
        for a, b in zip(recorded(*given), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
        assert backend.calls == [kind, f"{kind} back"]


def test_what_has_no_kernel_goes_step_by_step(backend):
    mask = np.ones((2, 4), bool)
    ops.lstm(*GIVEN["lstm"], use_cudnn=False)
    ops.lstm(*GIVEN["lstm"], mask=mask)
    ops.lstm(*GIVEN["lstm"], recurrent_dropout_mask=H)
    ops.lstm(*GIVEN["lstm"], activation="relu")
    ops.gru(*GIVEN["gru"], recurrent_activation="hard_sigmoid")
    ops.gru(*GIVEN["gru"][:-1], reset_after=False)
    ops.gru(*(np.float16(x) for x in GIVEN["gru"]))
    assert backend.calls == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("lstm", {"mask": np.ones((2, 4), bool)}),
        ("lstm", {"recurrent_dropout_mask": H}),
        ("gru", {"activation": "relu"}),
        ("gru", {"reset_after": False, "bias": None}),
    ],
)
def test_it_must_be_possible_where_it_is_demanded(backend, kind, change):
    given = GIVEN[kind][:-1]
    with pytest.raises(ArgumentError, match=f"`use_cudnn=True` of `{kind}` needs the"):
        getattr(ops, kind)(*given, use_cudnn=True, **change)


@pytest.mark.parametrize("kind", GIVEN)
def test_what_use_cudnn_may_be(kind):
    with pytest.raises(ArgumentError, match=f"`use_cudnn` of `{kind}` must be 'auto'"):
        getattr(ops, kind)(*GIVEN[kind], use_cudnn="never")


def test_numpy_has_no_such_kernel():
    with pytest.raises(ValueError, match=r"shape \(2, 4, 3\).*on the backend 'numpy'"):
        ops.lstm(*GIVEN["lstm"], use_cudnn=True)


def test_the_inner_values_of_a_step_are_not_kept(backend):
    """Of one tape that is used once there is one record."""
    given = [ops.convert_to_tensor(x) for x in GIVEN["gru"]]
    with GradientTape() as tape:
        tape.watch(given)
        ops.gru(*given)
    assert len(tape._records) == 1
