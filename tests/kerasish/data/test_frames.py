"""Tables of pandas, and what looks like one."""

import numpy as np
import pandas as pd
import pytest

from kerasish.data.frames import frame_to_array

LABEL = "`x` of `fit`"


def test_a_frame_of_one_dtype_is_its_array():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    assert frame_to_array(frame, LABEL).tolist() == [[1, 3], [2, 4]]


def test_a_series_becomes_a_column_as_in_keras():
    assert frame_to_array(pd.Series([1, 2, 3]), LABEL).shape == (3, 1)


def test_numbers_and_booleans_mix():
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": [True, False], "c": [3, 4]})
    assert frame.to_numpy().dtype == object
    array = frame_to_array(frame, LABEL)
    assert array.dtype == np.float64
    assert array.tolist() == [[1.5, 1, 3], [2.5, 0, 4]]


def test_missing_entries_of_nullable_columns_become_nan():
    frame = pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": [0.5, 1.5]})
    array = frame_to_array(frame, LABEL)
    assert array[0].tolist() == [1, 0.5]
    assert np.isnan(array[1, 0])
    series = pd.Series(pd.array([True, None], "boolean"))
    assert np.isnan(frame_to_array(series, LABEL)[1, 0])


def test_a_column_of_text_is_named():
    frame = pd.DataFrame({"age": [1, 2], "city": ["Rome", "Oslo"]})
    message = "column 'city' of `x` of `fit` must hold numbers.*first entry 'Rome'"
    with pytest.raises(TypeError, match=message):
        frame_to_array(frame, LABEL)
    with pytest.raises(TypeError, match="^`x` of `fit` must hold numbers"):
        frame_to_array(frame["city"], LABEL)
    with pytest.raises(TypeError, match="dtype category"):
        frame_to_array(pd.Series(["a"], dtype="category"), LABEL)


def test_a_frame_without_rows_is_named_too():
    frame = pd.DataFrame({"a": np.array([], object), "b": np.array([], int)})
    with pytest.raises(TypeError, match="column 'a'.*dtype object, first entry None"):
        frame_to_array(frame, LABEL)


def test_other_tables_need_only_a_method():
    class Polarslike:
        def to_numpy(self):
            return np.ones((2, 3))

    assert frame_to_array(Polarslike(), LABEL).shape == (2, 3)


def test_text_where_it_may_be():
    frame = pd.DataFrame({"a": ["x", "y"], "b": ["z", ""]})
    assert frame_to_array(frame, LABEL, text=True).tolist() == [["x", "z"], ["y", ""]]
    assert frame_to_array(frame["a"], LABEL, text=True).shape == (2, 1)
    frame["c"] = [1, 2]
    with pytest.raises(TypeError, match="column 'a' of `x` of `fit` must hold numbers"):
        frame_to_array(frame, LABEL, text=True)
