"""Choosing a device, and what is said of memory where there is none to count."""

import pytest

import kerasish as keras
from kerasish.backends import current
from kerasish.backends.devices import device, memory_info, set_memory_limit
from kerasish.core.errors import ArgumentError, BackendError


@pytest.mark.parametrize("name", ["cpu", "cpu:0", "CPU"])
def test_the_cpu_is_numpy(name):
    with device(name) as backend:
        assert current() is backend
        assert backend.name == "numpy"


@pytest.mark.parametrize("name", ["tpu", "gpu:x", "gpu:-1", "", None])
def test_other_names_are_refused(name):
    with pytest.raises(ArgumentError, match="'cpu', 'gpu' or the number"):
        with device(name):
            pass


def test_there_is_one_cpu():
    with pytest.raises(ArgumentError, match="one device. Received: number 2"):
        with device("cpu:2"):
            pass


def test_the_memory_of_the_host_is_not_counted():
    with pytest.raises(BackendError, match="'numpy' computes in the host's memory"):
        set_memory_limit(0.5)
    with pytest.raises(BackendError, match="Choose a GPU first"):
        memory_info()


def test_the_names_of_keras():
    assert keras.device is device
    assert keras.config.memory_info is memory_info
