"""The CuPy backend class: arrays in and out, devices, what is missing."""

import sys

import numpy as np
import pytest

import kerasish as keras
from kerasish.backends import get_backend
from kerasish.backends.cupy_backend import CupyBackend
from kerasish.core.errors import ArgumentError, BackendError
from kerasish.core.revision import surroundings


def test_arrays_in_and_out(backend, cupy):
    x = backend.from_numpy(np.arange(3.0))
    assert backend.is_array(x)
    assert not backend.is_array(np.float32(1))
    assert backend.cast(x, "int32").dtype == np.int32
    assert backend.to_numpy(backend.exp(x)).tolist() == np.exp(np.arange(3.0)).tolist()
    z = backend.from_numpy(np.array([1 + 2j]))
    assert backend.to_numpy(backend.cast(z, "float32")).tolist() == [1.0]
    waits = cupy.counts["waits"]
    backend.synchronize()
    assert cupy.counts["waits"] == waits + 1
    backend.trim()
    assert cupy.counts["trims"] == 1


def test_it_writes_from_the_host_and_from_the_device(backend):
    to = backend.aligned(3, "float32")
    backend.write(to, np.array([1.0, 2.0, 3.0]))  # is cast on the way
    assert backend.to_numpy(to).tolist() == [1, 2, 3]
    backend.write(to, backend.from_numpy(np.array([4.0, 5.0, 6.0], "float32")))
    assert backend.to_numpy(to).tolist() == [4, 5, 6]


def test_data_sets_are_moved_where_they_fit(backend, monkeypatch):
    x, y = np.arange(6.0).reshape(3, 2), np.array([1, 2, 3])
    moved = backend.resident([x, y], ["float32", None])
    assert [a.dtype.name for a in moved] == ["float32", "int64"]
    assert backend.to_numpy(moved[0]).tolist() == x.tolist()
    monkeypatch.setattr(backend.memory, "room", lambda: 100)
    assert backend.resident([x, y], ["float32", None]) is None  # 48 of 40 bytes
    assert backend.resident([x], ["float32"]) is not None


def test_devices(backend, cupy):
    with backend.on_device(1):
        assert cupy.device == 1
        backend.write(backend.aligned(1, "float32"), np.ones(1))
    assert cupy.device == 0
    with pytest.raises(ArgumentError, match="no device 'gpu:2'.*has 2: gpu:0, gpu:1"):
        backend.on_device(2)
    assert cupy.cuda.runtime.getDevice in surroundings  # plans belong to a device


def test_a_device_is_chosen_by_its_name(backend, cupy, monkeypatch):
    monkeypatch.setattr("kerasish.backends._loaded", {"cupy": backend})
    with keras.device("gpu:1") as chosen:
        assert chosen is backend
        assert cupy.device == 1


def test_no_cupy_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(BackendError, match=r"pip install kerasish\[cuda13\]"):
        CupyBackend()


def test_no_gpu_is_a_clear_error(cupy):
    def fail():
        raise cupy.cuda.runtime.CUDARuntimeError("no CUDA-capable device is detected")

    cupy.cuda.runtime.getDeviceCount = fail
    with pytest.raises(BackendError, match="'cupy' found no usable GPU: no CUDA-cap"):
        CupyBackend()
    cupy.cuda.runtime.getDeviceCount = lambda: 0
    with pytest.raises(BackendError, match="'cupy' found no usable GPU: there are 0"):
        CupyBackend()


@pytest.mark.gpu
def test_on_a_gpu():
    backend = get_backend("cupy")
    x = backend.from_numpy(np.arange(3.0))
    assert backend.to_numpy(backend.exp(x)).tolist() == pytest.approx(
        np.exp(np.arange(3.0)).tolist()
    )
    backend.synchronize()
