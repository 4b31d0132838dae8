"""The CuPy backend class, over a stand-in where there is no GPU."""

import sys
import types

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cupy_backend import CupyBackend
from kerasish.core.errors import BackendError


class CudaError(Exception):
    pass


@pytest.fixture
def stand_in(monkeypatch):
    """Installs a module that has of CuPy what the class touches, on NumPy."""
    made = types.ModuleType("cupy")
    made.__dict__.update(
        {name: getattr(np, name) for name in dir(np) if not name.startswith("__")}
    )
    made.ndarray = np.ndarray
    made.asnumpy = np.asarray
    waits = []
    stream = types.SimpleNamespace(synchronize=lambda: waits.append(1))
    runtime = types.SimpleNamespace(
        getDeviceCount=lambda: 1, CUDARuntimeError=CudaError
    )
    made.cuda = types.SimpleNamespace(
        runtime=runtime, get_current_stream=lambda: stream
    )
    made.waits = waits
    monkeypatch.setitem(sys.modules, "cupy", made)
    return made


def test_arrays_in_and_out(stand_in):
    backend = CupyBackend()
    x = backend.from_numpy(np.arange(3.0))
    assert backend.is_array(x)
    assert not backend.is_array(np.float32(1))
    assert backend.cast(x, "int32").dtype == np.int32
    assert backend.to_numpy(backend.exp(x)).tolist() == np.exp(np.arange(3.0)).tolist()
    z = backend.from_numpy(np.array([1 + 2j]))
    assert backend.cast(z, "float32").tolist() == [1.0]
    backend.synchronize()
    assert stand_in.waits == [1]


def test_no_gpu_is_a_clear_error(stand_in):
    def fail():
        raise CudaError("no CUDA-capable device is detected")

    stand_in.cuda.runtime.getDeviceCount = fail
    with pytest.raises(BackendError, match="'cupy' found no usable GPU: no CUDA-cap"):
        CupyBackend()


@pytest.mark.gpu
def test_on_a_gpu():
    backend = get_backend("cupy")
    x = backend.from_numpy(np.arange(3.0))
    assert backend.to_numpy(backend.exp(x)).tolist() == pytest.approx(
        np.exp(np.arange(3.0)).tolist()
    )
    backend.synchronize()
