"""The library is found, called and told of with the numbers of its header."""

import ctypes
from itertools import product

import pytest

from kerasish.backends.cuda import cublaslt
from kerasish.backends.cuda.cublaslt import launch, library
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.matrices import Matrix
from tests.backends.cuda import emulation


def test_a_launch_that_fails_says_so(monkeypatch):
    emulation.install(monkeypatch)
    with pytest.raises(Refused, match="`cublasLtMatmul` returned the status 13"):
        launch(lambda *args: 13, 1, 2)


def test_the_real_library_takes_these_numbers():
    """Descriptions need no GPU; a handle does."""
    lib = library()
    if lib is None:
        pytest.skip("needs cublasLt")
    making = cublaslt.Making(lib)
    for kind, end in product(
        (cublaslt.SUM_FLOAT32, cublaslt.SUM_TF32),
        (cublaslt.BIAS + cublaslt.RELU, cublaslt.BIAS + cublaslt.GELU, 256),
    ):
        what = making.create("MatmulDesc", kind, 0)
        making.set("MatmulDesc", what, cublaslt.EPILOGUE, ctypes.c_uint32(end))
        making.set("MatmulDesc", what, cublaslt.TRANSPOSED_A, ctypes.c_int32(1))
        making.set("MatmulDesc", what, cublaslt.BIAS_POINTER, ctypes.c_void_p(4096))
    wish = making.create("MatmulPreference")
    making.set("MatmulPreference", wish, 1, ctypes.c_uint64(32 << 20))
    for attribute in cublaslt.ALIGNMENTS:
        making.set("MatmulPreference", wish, attribute, ctypes.c_uint32(16))
    for dtype in cublaslt.DTYPES:
        making.layout(Matrix(6, 5, 6, False, 30), dtype, 4)
    with pytest.raises(Refused, match="MatmulDescSetAttribute"):
        making.set("MatmulDesc", what, cublaslt.EPILOGUE, ctypes.c_uint16(6))
