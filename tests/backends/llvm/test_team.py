"""Kernels over parts of their work: how it is cut, and that nothing else changes."""

import subprocess
import sys

import numpy as np
import pytest

from kerasish.backends.llvm import team as teams
from kerasish.backends.llvm.chain import bind_bits, compile_chain
from kerasish.backends.llvm.library import has_llvm
from kerasish.backends.llvm.team import parts_of, team
from kerasish.backends.onednn import loading
from tests.backends.llvm.chain_builder import ChainBuilder

needs_team = pytest.mark.skipif(
    not (has_llvm() and team()), reason="needs llvmlite, oneDNN and libgomp"
)
LARGE = 1 << 30


@pytest.fixture
def three():
    """Lets a kernel use three threads."""
    threads = loading.threads()
    before = threads.get_num_threads()
    threads.set_num_threads(3)
    yield
    threads.set_num_threads(before)


@needs_team
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 192, 193, 1000, 12345])
def test_parts_cover_all_steps_once(steps, three):
    parts = parts_of(steps, LARGE)
    assert len(parts) == {1: 1, 2: 2, 193: 2}.get(steps, 3)
    assert [p for part in parts for p in range(*part)] == list(range(steps))
    if steps > 1000:
        assert all(start % 64 == 0 for start, _ in parts)


@needs_team
def test_little_work_is_one_part(three):
    assert parts_of(1000, 1000) == [(0, 1000)]
    assert len(parts_of(1000, 2 * teams.WORTH)) == 2
    assert parts_of(0, LARGE) == [(0, 0)]


def test_without_a_runtime_there_is_one_part(monkeypatch):
    monkeypatch.setattr(loading, "library", lambda: None)
    team.cache_clear()
    try:
        assert team() is None
        assert parts_of(1000, LARGE) == [(0, 1000)]
    finally:
        team.cache_clear()


def scaled(rows, columns):
    b = ChainBuilder()
    x, row = b.input(rows, columns), b.input(1, columns)
    y = b.call("multiply", x, row, shape=(rows, columns))
    return b.chain(b.call("_softmax", y, shape=(rows, columns), axis=(1,)))


@needs_team
@pytest.mark.parametrize("rows", [600, 601])
def test_parts_give_what_the_whole_gives(rows, three):
    rng = np.random.default_rng(rows)
    x, row = (rng.normal(size=s).astype("float32") for s in [(rows, 400), (1, 400)])
    out = np.empty_like(x)
    call = compile_chain(scaled(rows, 400)).bind([x, row], [out])
    call()
    y = np.exp(x.astype("float64") * row)
    np.testing.assert_allclose(out, y / y.sum(1, keepdims=True), 1e-5)
    loading.threads().set_num_threads(1)  # fewer threads than parts
    out[:] = 0
    call()
    np.testing.assert_allclose(out, y / y.sum(1, keepdims=True), 1e-5)


FORK = """
import os, sys
import numpy as np
import kerasish as keras
x, y = np.ones((256, 512), "float32"), np.ones((256, 1), "float32")
model = keras.Sequential([keras.Input((512,)), keras.layers.Dense(512, "relu"),
                          keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=64, epochs=4, verbose=0)
whole = model.predict(x, batch_size=64, verbose=0)
if os.fork() == 0:
    model.fit(x, y, batch_size=64, epochs=4, verbose=0)
    model.predict(x, batch_size=64, verbose=0)
    os._exit(7)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_forked_process_trains_on():
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (made.stdout.strip(), made.stderr) == ("7", "")


@needs_team
@pytest.mark.parametrize("count", [8, 800, 1 << 18])
def test_bits_are_those_of_the_generator(count, three):
    key, out = np.array([7, 9], "uint32"), np.empty(count, "uint32")
    bind_bits(key, out)()
    words = np.random.Philox(key=key.astype("uint64")).random_raw(count // 2)
    np.testing.assert_array_equal(out, words.astype("<u8").view("<u4"))
