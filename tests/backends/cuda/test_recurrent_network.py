"""Networks are told of with the numbers of the header; weights lie where it says."""

import ctypes
import gc
from itertools import product

import numpy as np
import pytest

from kerasish.backends.cuda import cudnn_rnn, recurrent_network
from kerasish.backends.cuda.cudnn_rnn import Library
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.recurrent_network import (
    DTYPES,
    EXACT,
    PERSISTENT,
    PERSISTENT_SMALL,
    STANDARD,
    Network,
    Place,
    Problem,
    Spaces,
)
from tests.backends.cuda import emulation
from tests.backends.cuda.fake_cudnn_rnn import Calls

PROBLEM = Problem("gru", batch=2, time=3, features=4, units=5, dtype="float32")


@pytest.fixture
def calls(monkeypatch):
    emulation.install(monkeypatch)
    return Calls()


def test_sizes_and_places_are_those_that_the_library_names(calls):
    network = Network(Library(calls), PROBLEM, STANDARD, exact=True)
    # Of the stand-in: from the last matrix to the first, each with a gap, then a bias.
    assert network.places[5] == Place(matrix=3, row=1, column=7, bias=48)
    assert network.places[0] == Place(matrix=246, row=5, column=1, bias=285)
    assert network.weights == 4 * (285 + 5 + 1)
    assert network.reserve == 8 + 8 * 4 * 2 * 3 * 5
    assert network.scratch == 65  # the larger one, of training


@pytest.mark.parametrize(
    ("dtype", "exact", "math"),
    [("float32", True, 3), ("float32", False, 0), ("float16", True, 1)],
)
def test_how_products_are_computed(calls, dtype, exact, math):
    Network(Library(calls), PROBLEM._replace(dtype=dtype), STANDARD, exact)
    [told] = [x.args for x in calls.held.values() if len(getattr(x, "args", ())) == 14]
    assert told[:2] == (STANDARD, 3)
    assert told[5:] == (DTYPES[dtype], 0, math, 4, 5, 5, 1, None, 1)


def test_descriptors_go_with_their_network(calls):
    network = Network(Library(calls), PROBLEM, STANDARD, exact=True)
    made = [x for x in calls.held.values() if not hasattr(x, "stream")]
    assert len(made) == 4 + 2 * 6 and not any(x.freed for x in made)
    del network
    gc.collect()
    assert all(x.freed for x in made)


def test_what_the_library_does_not_have(calls):
    calls.refuses = (PERSISTENT,)
    with pytest.raises(Refused, match="cudnnSetRNNDescriptor_v8"):
        Network(Library(calls), PROBLEM, PERSISTENT, exact=True)
    calls._GetRNNWeightParams = None
    other = calls.cudnnGetTensorNdDescriptor

    def turned(made, *args):
        other(made, *args)
        args[-2]._obj[1] = 7
        return 0

    calls.cudnnGetTensorNdDescriptor = turned
    with pytest.raises(Refused, match=r"weights have the sizes \[1, 7, 4\]"):
        Network(Library(calls), PROBLEM, STANDARD, exact=True)


def test_steps_keep_what_they_point_to(calls):
    network = Network(Library(calls), PROBLEM, STANDARD, exact=True)
    x, y, h = (emulation.empty(s, "float32") for s in ((2, 3, 4), (2, 3, 5), (2, 5)))
    weights = emulation.array(np.zeros(network.weights // 4, "float32"))
    spaces = Spaces(weights, emulation.empty((65,), "uint8"), None)
    step = network.forward(x, y, [h * 0], [h], spaces)
    held, args = step.kept
    assert held is network
    assert all(any(a is b for a in args) for b in (x, y, h, *spaces[:2]))
    step()
    np.testing.assert_array_equal(y, 0)  # of weights that are zero
    assert calls.launches == [("forward", 0, STANDARD)]


class Told(Network):
    """A network that asks nothing that needs a GPU."""

    def _measure(self):
        self.weights = 0

    def _place(self, number):
        return number


@pytest.fixture
def real():
    lib = cudnn_rnn.library()
    if lib is None:
        pytest.skip("needs cuDNN")
    return lib


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_the_real_library_takes_these_descriptions(real, kind, dtype):
    """All are taken by cuDNN 9.19, which needs no GPU to be told of them."""
    for algorithm, exact, units in product(
        (STANDARD, PERSISTENT, PERSISTENT_SMALL), (True, False), (1, 128, 3000)
    ):
        Told(real, Problem(kind, 3, 7, 5, units, dtype), algorithm, exact)
    with pytest.raises(Refused, match="cudnnSetRNNDataDescriptor"):
        Told(real, Problem(kind, 0, 7, 5, 4, dtype), STANDARD, exact=True)


def test_the_real_library_has_understood(real):
    network = Told(real, Problem("gru", 3, 7, 5, 4, "float32"), STANDARD, exact=True)
    numbers = [ctypes.c_int() for _ in range(12)]
    dropout, flags = ctypes.c_void_p(1), ctypes.c_uint32()
    real.calls.cudnnGetRNNDescriptor_v8.argtypes = [ctypes.c_void_p] * 15
    given = [*map(ctypes.byref, (*numbers, dropout, flags))]
    assert real.calls.cudnnGetRNNDescriptor_v8(network._rnn, *given) == 0
    algorithm, cell, biases, *rest = (n.value for n in numbers)
    assert (algorithm, cell, biases) == (STANDARD, recurrent_network.GRU, 2)
    assert rest == [0, 0, DTYPES["float32"], 0, EXACT, 5, 4, 4, 1]
    assert (dropout.value, flags.value) == (None, 1)
    for made, size in ((network._x, 5), (network._y, 4)):
        numbers, lengths = [ctypes.c_int() for _ in range(5)], (ctypes.c_int * 3)()
        fill, get = ctypes.c_double(1), real.calls.cudnnGetRNNDataDescriptor
        get.argtypes = [*[ctypes.c_void_p] * 6, ctypes.c_int, *[ctypes.c_void_p] * 2]
        given = [*map(ctypes.byref, numbers), 3, lengths, ctypes.byref(fill)]
        assert get(made, *given) == 0
        assert [n.value for n in numbers] == [DTYPES["float32"], 2, 7, 3, size]
        assert [*lengths] == [7] * 3
