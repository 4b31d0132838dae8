"""Result dtypes are those of Keras 3.15.1 on JAX, stored in `keras_dtypes.json`."""

import json
from pathlib import Path

import numpy as np
import pytest

from kerasish import ops

TABLE = json.loads((Path(__file__).parent / "keras_dtypes.json").read_text())
FLAT = {"vander", "correlate", "outer"}
WINDOWS = {"bartlett", "blackman", "hamming", "hanning"}
PYTHON = {"py_int": 1, "py_float": 1.5}


def operand(name, shape):
    if name in PYTHON:
        return PYTHON[name]
    return ops.convert_to_tensor(np.ones(shape, "float32"), dtype=name)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_dtypes_are_those_of_keras(name):
    shape = (3,) if name in FLAT else (3, 3)
    for dtypes, expected in TABLE[name].items():
        if name in WINDOWS:
            args = [5 if dtypes == "int" else operand(dtypes, ())]
        else:
            args = [operand(dtype, shape) for dtype in dtypes.split(",")]
        found = getattr(ops, name)(*args)
        assert found.dtype == expected, (name, dtypes, found.dtype, expected)


@pytest.mark.parametrize("dtype", ["int64", "float64", "uint64"])
def test_64_bits_stay_where_given(dtype):
    x = np.ones((2, 3), dtype)
    for name in ("add", "multiply", "maximum"):
        assert getattr(ops, name)(x, x).dtype == dtype
        assert getattr(ops, name)(x, 1).dtype == dtype
    for name in ("sum", "max", "negative", "cumsum", "sort", "square", "prod"):
        assert getattr(ops, name)(x).dtype == dtype
    assert ops.exp(x).dtype == ("float64" if dtype == "float64" else "float32")
