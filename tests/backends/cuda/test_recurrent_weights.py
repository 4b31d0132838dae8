"""Weights go where the library reads them, gate by gate, and gradients come back."""

from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.backends.cuda import modules
from kerasish.backends.cuda.prelude import PRELUDE
from kerasish.backends.cuda.recurrent_network import Place, Problem
from kerasish.backends.cuda.recurrent_weights import bind_packing, bind_unpacking
from tests.backends.cuda import emulation, nvrtc

FEATURES, UNITS, GAP = 3, 5, 2
# Keras' gates by the library's numbers, for inputs.
ORDER = {"lstm": "ifco", "gru": "rzh"}
KERAS = {"lstm": "ifco", "gru": "zrh"}


def network(kind):
    """Returns a network whose matrices lie turned or not, with gaps between."""
    places, at = [], GAP
    for k in range(2 * len(ORDER[kind])):
        n = FEATURES if k < len(ORDER[kind]) else UNITS
        strides = (n, 1) if k % 2 else (1, UNITS)
        places.append(Place(at, *strides, at + n * UNITS + GAP))
        at += n * UNITS + UNITS + 2 * GAP
    problem = Problem(kind, 1, 1, FEATURES, UNITS, "float32")
    return SimpleNamespace(problem=problem, places=places), at


def arrays(kind):
    rng, width = np.random.default_rng(0), len(ORDER[kind]) * UNITS
    bias = (width,) if kind == "lstm" else (2, width)
    return [rng.normal(size=s) for s in ((FEATURES, width), (UNITS, width), bias)]


def packed(kind, w, u, b, made, size):
    """Returns the memory as the library's manual tells of it."""
    space = np.full(size, np.nan)
    b = np.stack([b, 0 * b]) if b.ndim == 1 else b
    for half, matrix in enumerate((w, u)):
        for number, name in enumerate(ORDER[kind]):
            gate = KERAS[kind].index(name)
            columns = slice(gate * UNITS, (gate + 1) * UNITS)
            place = made.places[number + half * len(ORDER[kind])]
            for row in range(UNITS):
                for column in range(len(matrix)):
                    at = place.matrix + row * place.row + column * place.column
                    space[at] = matrix[column, gate * UNITS + row]
            space[place.bias : place.bias + UNITS] = b[half, columns]
    return space


@pytest.fixture(scope="module")
def bound():
    with pytest.MonkeyPatch.context() as patch:
        emulation.install(patch)
        rows = {}
        for kind in ORDER:
            made, size = network(kind)
            hosts = arrays(kind)
            given = [emulation.array(x, "float32") for x in hosts]
            space = emulation.array(np.full(size, np.nan), "float32")
            back = [emulation.empty(x.shape, "float32") for x in given]
            pack = bind_packing(made, *given, space)
            rows[kind] = pack, bind_unpacking(made, space, *back), space, back, given
        yield rows


@emulation.needs_compiler
@pytest.mark.parametrize("kind", ORDER)
def test_there_and_back(bound, kind):
    pack, unpack, space, back, given = bound[kind]
    pack()
    expected = packed(kind, *given, *network(kind))
    np.testing.assert_array_equal(space, expected)
    unpack()
    for x, y in zip(given, back, strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_kernels_compile_for_a_gpu(bound, architecture):
    texts = [f.text for f in modules._known.values()]
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)
