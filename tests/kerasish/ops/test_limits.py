"""Conversions that do not wrap."""

import numpy as np
import pytest

from kerasish import ops


@pytest.mark.parametrize(
    "x, dtype, expected",
    [
        (np.float32([3e9, -3e9]), "int32", [2147483520, -2147483648]),
        (np.float64([3e9, -3e9]), "int32", [2147483647, -2147483648]),
        (np.float16([6e4]), "int16", [32752]),
        (np.int32([300, -1]), "uint8", [255, 0]),
        (np.uint8([200]), "int8", [127]),
        (np.float64([1e300]), "float32", [np.finfo("float32").max]),
        (np.int8([5]), "float16", [5]),
        (np.array([True]), "int8", [1]),
        (np.float32([0.0, 3.0]), "bool", [False, True]),
    ],
)
def test_the_nearest_in_range(x, dtype, expected):
    made = ops.saturate_cast(x, dtype)
    assert made.dtype == dtype
    assert made.tolist() == expected


def test_the_one_that_is_a_number():
    assert ops.fmax(np.nan, 1.0).item() == ops.fmin(1.0, np.nan).item() == 1
    assert np.isnan(ops.fmax(np.nan, np.nan).item())
    assert ops.fmax(3, 4).dtype == "int32"
