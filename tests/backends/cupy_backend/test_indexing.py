"""Scattering by atomic additions, in dtypes that have them and others."""

import ml_dtypes
import numpy as np
import pytest

DTYPES = ["float16", "float32", "float64", "int8", "int32", "int64", "uint64", "bool"]


@pytest.mark.parametrize("dtype", [*DTYPES, ml_dtypes.bfloat16])
def test_rows_are_added(backend, dtype):
    rows = np.array([[1, 0], [1, 1], [0, 1]]).astype(dtype)
    places = backend.from_numpy(np.array([2, 0, 2]))
    made = backend.scatter_add(backend.from_numpy(rows), places, 4)
    expected = np.zeros((4, 2))
    np.add.at(expected, [2, 0, 2], rows.astype(float))
    assert made.dtype == rows.dtype
    assert backend.to_numpy(made).astype(float).tolist() == expected.tolist()


def test_negative_sums_of_int64(backend):
    rows = backend.from_numpy(np.array([-(2**40), -1]))
    made = backend.scatter_add(rows, backend.from_numpy(np.array([0, 0])), 1)
    assert backend.to_numpy(made).tolist() == [-(2**40) - 1]
