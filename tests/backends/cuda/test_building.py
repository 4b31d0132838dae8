"""A chain written down call by call."""

import numpy as np
import pytest

from kerasish.backends.cuda.building import Building
from tests.backends.cuda import emulation


@emulation.needs_compiler
def test_a_chain_of_arrays_and_numbers(monkeypatch):
    emulation.install(monkeypatch)
    x = emulation.array(np.arange(6).reshape(2, 3), "float32")
    built = Building()
    twice = built.call("multiply", built.number(2.0, "float32"), built.array(x))
    total = built.row("sum", twice)
    is_large = built.call("greater", total, built.number(9.0, "float32"),
                          shape=(2, 1), dtype="bool")  # fmt: skip
    found = [emulation.empty((2, 1), kind) for kind in ("float32", "bool")]
    built.step(dict(zip((total, is_large), found, strict=True)))()
    assert found[0].tolist() == [[6], [24]]
    assert found[1].tolist() == [[False], [True]]


@pytest.mark.parametrize("name", ["sort", "eigh"])
def test_what_no_kernel_may_hold(monkeypatch, name):
    emulation.install(monkeypatch)
    x = emulation.empty((3,), "float32")
    built = Building()
    assert built.step({built.call(name, built.array(x)): x}) is None
