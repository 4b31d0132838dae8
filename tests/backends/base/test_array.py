"""Arrays in and out of a backend, and their dtypes."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.core.errors import BackendError, DtypeError
from tests.backends.strict import StrictBackend

NUMPY = get_backend("numpy")


@pytest.mark.parametrize("name", ["float16", "bfloat16", "int64", "bool", "complex64"])
def test_dtypes_by_name(name):
    x = NUMPY.xp.zeros(2, dtype=NUMPY.dtype(name))
    assert NUMPY.dtype_name(x) == name


def test_a_dtype_that_is_lacking_is_named():
    with pytest.raises(DtypeError, match="Backend 'strict' has no dtype 'float16'"):
        StrictBackend().dtype("float16")


def test_bfloat16_names_its_extra(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    with pytest.raises(BackendError, match=r"pip install kerasish\[bfloat16\]"):
        NUMPY.dtype("bfloat16")


@pytest.mark.parametrize("backend", [NUMPY, StrictBackend()], ids=repr)
def test_host_data_is_copied(backend):
    host = np.arange(3.0)
    x = backend.asarray(host, "float32")
    same = backend.from_numpy(host)
    host[0] = 9
    assert backend.to_numpy(x).tolist() == [0, 1, 2]
    assert backend.to_numpy(same).tolist() == [0, 1, 2]
    assert backend.is_array(x)
    assert not backend.is_array([1])
    assert backend.asarray(x) is x
    assert backend.asarray(x, "float32") is x
    assert backend.asarray(x, copy=True) is not x
    assert backend.dtype_name(backend.asarray(x, "int32")) == "int32"
    assert backend.dtype_name(backend.cast(x, "bool")) == "bool"
    backend.synchronize()


@pytest.mark.parametrize("backend", [NUMPY, StrictBackend()], ids=repr)
def test_complex_numbers_become_real(backend):
    z = backend.from_numpy(np.array([1 + 2j], "complex64"))
    assert backend.to_numpy(backend.cast(z, "float32")).tolist() == [1.0]
    assert backend.to_numpy(backend.cast(z, "complex128")).tolist() == [1 + 2j]


def test_ranges_of_dtypes():
    assert NUMPY.range_of("int8") == (-128, 127)
    assert NUMPY.range_of("float16") == (-65504.0, 65504.0)
    import ml_dtypes

    assert NUMPY.range_of("bfloat16")[1] == float(ml_dtypes.finfo("bfloat16").max)


def test_kinds_of_dtypes():
    assert NUMPY.is_float(np.zeros(1, "float16"))
    assert NUMPY.is_signed(np.zeros(1, "int8"))
    assert not NUMPY.is_signed(np.zeros(1, "uint8"))
