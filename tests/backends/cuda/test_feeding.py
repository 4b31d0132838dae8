"""A batch is gathered in one launch, whatever it is made of, and the cursor moves."""

import numpy as np
import pytest

from kerasish.backends.cuda import feeding, modules
from kerasish.backends.cuda.feeding import bind_feed
from kerasish.backends.cuda.prelude import PRELUDE
from tests.backends.cuda import emulation, nvrtc
from tests.backends.cuda.chain_cases import BFLOAT16

RNG = np.random.default_rng(0)
ROWS, BATCH = 50, 16
COLUMNS = [  # shape of a row, dtype of the data and of the batch
    ((40,), "float32", "float32"),
    ((7, 5), "uint8", "float32"),
    ((), "int64", "int32"),
    ((3, 4), "float64", "float16"),
    ((9,), "float32", BFLOAT16),
    ((), "bool", "bool"),
]


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


def bound():
    hosts = [(RNG.random((ROWS, *s)) * 200).astype(kind) for s, kind, _ in COLUMNS]
    columns = [emulation.array(x) for x in hosts]
    order = emulation.array(RNG.permutation(ROWS))
    cursor = emulation.array([0], "int64")
    into = [emulation.empty((BATCH, *s), kind) for s, _, kind in COLUMNS]
    return bind_feed(columns, order, cursor, into), hosts, order, cursor, into


@emulation.needs_compiler
@pytest.mark.parametrize("blocks", [1, 1024])
def test_batches(emulated, monkeypatch, blocks):
    monkeypatch.setattr(feeding, "BLOCKS", blocks)
    step, hosts, order, cursor, into = bound()
    for start in range(0, ROWS - BATCH, BATCH):
        step()
        rows = order[start : start + BATCH]
        for x, found in zip(hosts, into, strict=True):
            np.testing.assert_array_equal(found, x[rows].astype(found.dtype))
        assert cursor.tolist() == [start + BATCH]


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_it_compiles_for_a_gpu(emulated, architecture):
    bound()
    texts = [f.text for f in modules._known.values()]
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)
