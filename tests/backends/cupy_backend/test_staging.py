"""Host arrays on their way to the GPU: cast, in turn, in parts."""

import numpy as np
import pytest

from kerasish.backends.cupy_backend import staging
from kerasish.backends.cupy_backend.staging import SLOTS, Staging, fetching


@pytest.fixture
def ring(cupy):
    return Staging(cupy, cupy.cupyx.empty_pinned)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 2)])
def test_elements_are_cast(ring, cupy, shape):
    x = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    to = cupy.zeros(shape, dtype="float32")
    ring.copy(to, x)
    assert to.get().tolist() == x.tolist()


def test_buffers_are_used_in_turn(ring, cupy):
    made = [cupy.zeros(4, dtype="float32") for _ in range(3 * SLOTS)]
    for i, to in enumerate(made):
        ring.copy(to, np.full(4, i))
    assert [to.get()[0] for to in made] == list(range(3 * SLOTS))
    assert cupy.counts["waits"] == len(made)  # those of the reads


def test_a_buffer_that_is_still_read_is_waited_for(ring, cupy, monkeypatch):
    to = cupy.zeros(4, dtype="float32")
    for _ in range(SLOTS):
        ring.copy(to, np.ones(4))
    monkeypatch.setattr(type(ring._slots[0].free), "done", False)
    ring.copy(to, np.ones(4))
    assert cupy.counts["waits"] == 1


def test_large_arrays_go_in_parts(ring, cupy, monkeypatch):
    monkeypatch.setattr(staging, "CHUNK", 100)
    x = np.arange(70.0).reshape(10, 7)  # 56 bytes a row
    to = cupy.zeros(x.shape)
    ring.copy(to, x)
    assert to.get().tolist() == x.tolist()
    assert cupy.counts["uploads"] == 10
    wide = np.arange(40.0).reshape(2, 20)  # a row is larger than a part
    to = cupy.zeros(wide.shape)
    ring.copy(to, wide)
    assert to.get().tolist() == wide.tolist()


def test_what_comes_back_is_waited_for_when_it_is_read(cupy):
    x = cupy.arange(6, dtype="float32").reshape(2, 3)
    read = fetching(cupy, cupy.cupyx.empty_pinned, x)
    x.fill(7)  # the next batch
    assert cupy.counts["waits"] == 0
    assert read().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert cupy.counts["waits"] == 1
