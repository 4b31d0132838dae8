"""The CuPy backend on a GPU; tests that use it carry the mark `gpu`."""

import os

import pytest

from kerasish import backends


def pytest_collection_modifyitems(items):
    """Keeps every n-th test only where `scripts/test-gpu` runs n processes."""
    shard, _, count = os.environ.get("KERASISH_SHARD", "").partition("/")
    if count:
        items[:] = items[int(shard) :: int(count)]


@pytest.fixture
def backend():
    """The backend, current for the test."""
    made = backends.get_backend("cupy")
    backends.set_backend(made)
    return made
