"""What nobody reads is not computed, or goes to memory that nobody reads."""

import numpy as np
import pytest

from kerasish.backends.cuda import choosing, cudnn_rnn, device
from kerasish.backends.cuda.cudnn_rnn import Library
from kerasish.backends.cuda.recurrent_choice import chosen
from kerasish.backends.cuda.recurrent_network import Problem
from kerasish.backends.cuda.recurrent_steps import backward, forward, space_of
from tests.backends.cuda import emulation
from tests.backends.cuda.fake_cudnn_rnn import Calls
from tests.backends.cuda.test_recurrent import operands, reference

pytestmark = emulation.needs_compiler
SIZES = ("lstm", 2, 3, 4, 5)


@pytest.fixture
def calls(monkeypatch):
    emulation.install(monkeypatch)
    made = Calls()
    held = Library(made)
    monkeypatch.setattr(cudnn_rnn, "library", lambda: held)
    monkeypatch.setattr(choosing, "fastest", lambda key, ways: 0)
    return made


@pytest.fixture
def network(calls):
    made = chosen(Problem(*SIZES, "float32"))
    calls.launches.clear()
    return made


GIVEN, SLOPES = operands(*SIZES)
RESULTS, GRADS = reference("lstm", GIVEN, SLOPES)


def placed(hosts):
    return [emulation.array(x) for x in hosts]


def empty(hosts):
    return [emulation.empty(x.shape, "float32") for x in hosts]


def near(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_without_a_way_back_nothing_is_kept(network):
    y, h, c = empty(RESULTS)
    forward(network, placed(GIVEN), [y, h, c, None])()
    for found, expected in zip((y, h, c), RESULTS, strict=True):
        near(found, expected)


def test_of_several_results_any_may_be_left_out(network):
    h = empty(RESULTS)[1]
    forward(network, placed(GIVEN), [None, h, None, None])()
    near(h, RESULTS[1])


@pytest.mark.parametrize("wanted", [(0,), (1,), (2, 3), (4,), (5,)])
def test_of_several_gradients_any_may_be_left_out(network, calls, wanted):
    made = [*empty(RESULTS), emulation.empty((space_of(network),), "uint8")]
    given = placed(GIVEN)
    forward(network, given, made)()
    grads = [g if i in wanted else None for i, g in enumerate(empty(GRADS))]
    backward(network, given, made, placed(SLOPES), grads)()
    for i in wanted:
        near(grads[i], GRADS[i])
    names = [name for name, *_ in calls.launches]
    of_weights = {1, 2, 3} & set(wanted)
    assert names == ["forward", "backward", *["weights"] * bool(of_weights)]


def test_what_is_kept_is_aligned(network):
    space = space_of(network)
    assert space % 256 == 0
    assert space >= network.reserve + network.weights


def test_steps_allocate_nothing(network, monkeypatch):
    made = [*empty(RESULTS), emulation.empty((space_of(network),), "uint8")]
    given, grads = placed(GIVEN), empty(GRADS)
    steps = [
        forward(network, given, made),
        backward(network, given, made, placed(SLOPES), grads),
    ]
    monkeypatch.setattr(device, "empty", None)
    for step in steps:
        step()
    near(grads[0], GRADS[0])
