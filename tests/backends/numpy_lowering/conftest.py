"""Fixtures of the tests of bound primitives."""

import pytest

from kerasish.backends import numpy_team
from kerasish.backends.numpy_lowering import sharing


@pytest.fixture
def two_threads(monkeypatch):
    """Lets two threads share even the smallest steps."""
    monkeypatch.setattr(numpy_team, "size", lambda: 2)
    monkeypatch.setattr(sharing, "LARGE", 1)
    numpy_team.team.cache_clear()
    yield
    numpy_team.team.cache_clear()
