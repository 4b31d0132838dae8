"""Where NaN and infinities stand."""

import ml_dtypes
import numpy as np
import pytest

from kerasish.data import first_nonfinite, nonfinite_report


@pytest.mark.parametrize(
    "array", [np.ones((2, 3)), np.zeros(0), np.array([1, 2]), np.array([True])]
)
def test_finite_arrays_have_no_report(array):
    assert first_nonfinite("x", array) is None


def test_the_first_is_told_and_all_are_counted():
    x = np.ones((6, 2, 3), "float32")
    x[4, 1, 2], x[4, 0, 1], x[5, 0, 0] = np.nan, np.inf, np.nan
    assert first_nonfinite("x", x, first_row=100) == (
        "`x` holds 2 NaN and 1 infinite entries of 36, the first at row 104 [0, 1]: inf"
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["float16", "float64", ml_dtypes.bfloat16])
def test_every_kind_is_found_in_every_dtype(value, dtype):
    found = first_nonfinite("y", np.array([0, value], dtype))
    assert f"the first at row 1: {value}" in found


def test_a_report_covers_the_whole_batch():
    assert nonfinite_report(np.ones(2), [np.ones(2), None], np.ones(2)) is None
    bad = np.array([np.nan, 1])
    report = nonfinite_report({"a": bad}, None, bad, first_row=5)
    first, second = report.split("; ")
    assert first.startswith("`x['a']` holds 1 NaN") and first.endswith("row 5: nan")
    assert nonfinite_report(bad, first_row=np.array([8, 3])).endswith("row 8: nan")
    assert second.startswith("`sample_weight` holds 1 NaN")
