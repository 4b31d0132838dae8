"""A network is compared before it is trusted, and the fastest algorithm is taken."""

import warnings

import pytest

from kerasish.backends.cuda import choosing, cudnn_rnn
from kerasish.backends.cuda.cudnn_rnn import Library
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.recurrent_choice import chosen
from kerasish.backends.cuda.recurrent_network import (
    PERSISTENT,
    PERSISTENT_SMALL,
    STANDARD,
    Problem,
)
from kerasish.core.config import set_matmul_precision
from kerasish.core.errors import KerasishWarning
from tests.backends.cuda import emulation
from tests.backends.cuda.fake_cudnn_rnn import Calls

pytestmark = emulation.needs_compiler
PROBLEM = Problem("lstm", batch=2, time=40, features=3, units=5, dtype="float32")


@pytest.fixture
def calls(monkeypatch):
    """The library; the last of the ways that are offered is the fastest."""
    emulation.install(monkeypatch)
    made = Calls()
    held = Library(made)
    monkeypatch.setattr(cudnn_rnn, "library", lambda: held)
    monkeypatch.setattr(choosing, "fastest", lambda key, ways: len(ways) - 1)
    return made


def algorithm(calls, network):
    return calls.held[network._rnn.value].args[0]


def test_the_fastest_is_taken(calls):
    network = chosen(PROBLEM)
    assert algorithm(calls, network) == PERSISTENT
    assert chosen(PROBLEM) is network
    assert network.problem == PROBLEM
    times = {made.args[2] for made in calls.held.values() if len_of(made) == 7}
    assert times == {3, 16, 40}  # the comparison's, the trial's, its own


def len_of(made):
    return len(getattr(made, "args", ()))


def test_only_what_the_library_has_is_tried(calls):
    calls.refuses = (PERSISTENT,)
    assert algorithm(calls, chosen(PROBLEM)) == PERSISTENT_SMALL
    calls.refuses = (PERSISTENT, PERSISTENT_SMALL)
    assert algorithm(calls, chosen(PROBLEM._replace(batch=3))) == STANDARD


def test_an_algorithm_that_is_wrong_is_not_taken(calls):
    calls.wrong = (PERSISTENT,)
    with pytest.warns(KerasishWarning, match="cuDNN's algorithm 1 .* other numbers"):
        network = chosen(PROBLEM)
    assert algorithm(calls, network) == PERSISTENT_SMALL


def test_a_kind_that_is_wrong_is_not_used(calls):
    calls.wrong = (STANDARD,)
    with (
        pytest.warns(KerasishWarning, match="^cuDNN's LSTM in float32 gives other"),
        pytest.raises(Refused, match="LSTM in float32 does not give the numbers"),
    ):
        chosen(PROBLEM)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it is told once
        with pytest.raises(Refused, match="does not give the numbers"):
            chosen(PROBLEM._replace(units=9))
        calls.wrong = ()
        chosen(PROBLEM._replace(kind="gru"))


def test_the_precision_that_is_set_counts(calls):
    chosen(PROBLEM)
    exact = {made.args[7] for made in calls.held.values() if len_of(made) == 14}
    set_matmul_precision("high")
    try:
        chosen(PROBLEM)
    finally:
        set_matmul_precision("highest")
    found = {made.args[7] for made in calls.held.values() if len_of(made) == 14}
    assert (exact, found) == ({3}, {0, 3})


@pytest.mark.parametrize("change", [{"batch": 0}, {"units": 0}, {"dtype": "float64"}])
def test_what_it_cannot_be(calls, change):
    with pytest.raises(Refused, match="is not there, or has no such network"):
        chosen(PROBLEM._replace(**change))
    assert not calls.held


def test_without_the_library(calls, monkeypatch):
    monkeypatch.setattr(cudnn_rnn, "library", lambda: None)
    with pytest.raises(Refused, match="is not there"):
        chosen(PROBLEM)
