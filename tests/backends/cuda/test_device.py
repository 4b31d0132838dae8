"""The device: streams, workspace, steps in turn."""

import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.backends.cuda import device
from tests.backends.cuda import emulation


@pytest.fixture
def held(monkeypatch):
    return emulation.install(monkeypatch)


def test_cupy_is_imported_when_it_is_needed(monkeypatch):
    module = SimpleNamespace()
    monkeypatch.setitem(sys.modules, "cupy", module)
    assert device.library.__wrapped__() is module


def test_the_stream_is_asked_for_at_each_call(held, monkeypatch):
    assert device.stream() == 0
    held.cuda.get_current_stream = lambda: SimpleNamespace(ptr=7)
    assert device.stream() == 7


def test_one_workspace_is_shared_until_a_larger_one_is_needed(held):
    first = device.workspace(10)
    assert first.size == device.WORKSPACE
    assert device.workspace() is first
    larger = device.workspace(device.WORKSPACE + 1)
    assert larger.size == device.WORKSPACE + 1
    assert device.workspace() is larger


def test_each_device_has_a_workspace(held):
    first = device.workspace()
    held.cuda.runtime.getDevice = lambda: 1
    assert device.workspace() is not first


def test_each_thread_has_a_workspace(held):
    first = device.workspace()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(device.workspace).result() is not first
    assert device.workspace() is first


def test_steps_run_in_turn():
    seen = []
    device.in_turn(lambda: seen.append(1), lambda: seen.append(2))()
    assert seen == [1, 2]
    step = seen.clear
    assert device.in_turn(step) is step


def test_copies_are_made_when_they_run():
    to, source = np.zeros(3, "float32"), np.arange(3)
    step = device.copying(to, source)
    source += 1
    step()
    assert to.tolist() == [1, 2, 3]
