"""A way that few take is compared once, and left where its numbers differ."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.backends.cuda.trust import is_right
from kerasish.core.errors import KerasishWarning
from tests.backends.cuda import emulation

X = np.arange(4.0)


@pytest.fixture
def cupy(monkeypatch):
    return emulation.install(monkeypatch)


def test_a_way_is_compared_once(cupy):
    asked = []

    def compare():
        asked.append(1)
        yield X, X + 1e-3

    assert is_right("It", "a", compare) and is_right("It", "a", compare)
    assert len(asked) == 1
    assert is_right("It", "b", compare)
    assert len(asked) == 2


@pytest.mark.parametrize("wrong", [X[::-1], X * np.nan, 1.1 * X])
def test_other_numbers_are_told(cupy, wrong):
    with pytest.warns(KerasishWarning, match="^It gives other numbers than the plain"):
        assert not is_right("It", "a", lambda: [(X, X), (wrong, X)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not is_right("It", "a", list)
        assert not is_right("It", "b", lambda: [(wrong, X)], told=False)


def test_what_the_library_refuses_is_not_told(cupy):
    def refuse():
        raise RuntimeError("no engine")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not is_right("It", "a", refuse)


def test_nothing_is_tried_in_a_capture(cupy):
    capturing = SimpleNamespace(is_capturing=lambda: True)
    outer = cupy.cuda.get_current_stream
    cupy.cuda.get_current_stream = lambda: capturing
    assert not is_right("It", "a", lambda: [(X, X)])
    cupy.cuda.get_current_stream = outer
    assert is_right("It", "a", lambda: [(X, X)])
