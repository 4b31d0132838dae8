"""Memory: its limit, what is counted, and what is said when there is none left."""

import re

import numpy as np
import pytest

import kerasish as keras
from kerasish.core.errors import ArgumentError, DeviceMemoryError


def test_what_is_in_use(backend):
    before = keras.config.memory_info()
    x = backend.aligned(1000, "float64")
    info = keras.config.memory_info()
    assert info["used"] - before["used"] == x.nbytes == before["free"] - info["free"]
    assert info["total"] == 2**34
    assert info["limit"] is None
    assert backend.memory.room() == info["free"]


@pytest.mark.parametrize(("limit", "nbytes"), [(0.5, 2**33), (1.0, 2**34), (99, 99)])
def test_limits(backend, limit, nbytes):
    keras.config.set_memory_limit(limit)
    assert keras.config.memory_info()["limit"] == nbytes
    assert backend.memory.room() <= nbytes
    keras.config.set_memory_limit(None)
    assert keras.config.memory_info()["limit"] is None


@pytest.mark.parametrize("limit", [0, -1, 1.5, 0.0, True, "1GB", float("nan")])
def test_other_limits_are_refused(backend, limit):
    with pytest.raises(ArgumentError, match=re.escape(f"or None. Received: {limit!r}")):
        keras.config.set_memory_limit(limit)


def test_no_memory_says_what_to_try(backend):
    keras.config.set_memory_limit(10_000)
    with pytest.raises(DeviceMemoryError, match="Try a smaller `batch_size`") as caught:
        backend.from_numpy(np.ones(2**20))
    assert isinstance(caught.value, MemoryError)
    assert "the limit is 0.00 GiB" in str(caught.value)
    assert "16.00 GiB are free" in str(caught.value)


def test_graphs_share_the_limit(backend):
    keras.config.set_memory_limit(10_000)
    held = backend.aligned(1000, "float32")
    allocate = backend.memory.apart()
    kept = allocate(5000)
    with pytest.raises(DeviceMemoryError, match="The GPU has no"):
        allocate(6000)
    assert keras.config.memory_info()["used"] == held.nbytes
    assert kept.size == 5000
    keras.config.set_memory_limit(None)
    assert backend.memory.apart()(10**6).size == 10**6
