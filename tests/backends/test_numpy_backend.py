"""What the NumPy backend does beyond the base: silence, and arrays as they are."""

import inspect

import ml_dtypes
import numpy as np
import pytest

from kerasish.backends import Backend, get_backend
from kerasish.backends import numpy_backend as module

NUMPY = get_backend("numpy")


@pytest.mark.parametrize(
    "call",
    [
        lambda: NUMPY.divide(np.ones(2), np.zeros(2)),
        lambda: NUMPY.log(np.zeros(2)),
        lambda: NUMPY.exp(np.full(2, 1e4)),
        lambda: NUMPY.add(np.full(2, 6e4, "float16"), np.full(2, 6e4, "float16")),
        lambda: NUMPY.cast(np.array([np.nan, 1e30]), "int32"),
        lambda: NUMPY.cast(np.array([1e30]), "float16"),
        lambda: NUMPY.mean(np.zeros((0,)), (0,), False),
        lambda: NUMPY.floor_divide(np.ones(2, "int32"), np.zeros(2, "int32")),
        lambda: NUMPY.var(np.array([np.inf, 1.0]), (0,), False),
    ],
)
def test_kernels_never_warn(call):
    call()  # warnings are errors in these tests


def test_the_user_keeps_the_warnings():
    NUMPY.log(np.zeros(2))
    with pytest.raises(FloatingPointError), np.errstate(all="raise"):
        np.log(np.zeros(2))


def test_wrapped_kernels_keep_name_and_signature():
    assert NUMPY.exp.__name__ == "exp"
    assert inspect.signature(NUMPY.sum) == inspect.signature(Backend.sum.__get__(NUMPY))


def test_array_scalars_are_arrays():
    assert NUMPY.is_array(np.float32(1))
    assert not NUMPY.is_array(1.0)
    assert NUMPY.cast(np.float64(1.5), "float32").dtype == np.float32


def test_no_copy_on_the_way_out():
    x = np.arange(3.0)
    assert NUMPY.to_numpy(x) is x
    assert NUMPY.from_numpy(x) is not x


def test_bfloat16():
    x = np.asarray([1.0, 3.0], ml_dtypes.bfloat16)
    for kernel in ("exp", "exp2", "tanh", "sqrt", "rsqrt", "cbrt", "erf", "bessel_i0"):
        y = getattr(NUMPY, kernel)(x)
        wide = getattr(NUMPY, kernel)(x.astype("float64"))
        assert y.dtype == x.dtype, kernel
        np.testing.assert_allclose(y.astype("float64"), wide, rtol=1e-2)
    assert NUMPY.sum(x, (0,), False).dtype == x.dtype


def test_memory_is_given_back_where_the_system_can(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "_malloc_trim", lambda: asked.append)
    get_backend("numpy").trim()
    assert asked == [0]
    monkeypatch.setattr(module, "_malloc_trim", lambda: None)
    get_backend("numpy").trim()


def test_a_system_without_the_c_library(monkeypatch):
    def missing(name):
        raise OSError(name)

    module._malloc_trim.cache_clear()
    monkeypatch.setattr(module.ctypes, "CDLL", missing)
    assert module._malloc_trim() is None
    module._malloc_trim.cache_clear()
