"""Structures of columns: what a list means, and how mistakes are told."""

from collections import OrderedDict, namedtuple

import numpy as np
import pandas as pd
import pytest

from kerasish.data import structures

Pair = namedtuple("Pair", "left right")


def columns(value, name="x"):
    return structures.as_columns(value, name, "`fit`")


def test_structures_keep_their_form():
    one = np.ones(2)
    assert columns(one) is not None
    assert type(columns([one, one])) is list
    assert type(columns((one, None))) is tuple
    assert columns((one, None))[1] is None
    assert columns(Pair(one, one)).right.tolist() == [1, 1]
    nested = columns(OrderedDict(a=[one, {"b": [1, 2]}]))
    assert nested["a"][1]["b"].tolist() == [1, 2]
    assert columns([pd.Series([1, 2])])[0].shape == (2, 1)
    assert columns([1, 2.5]).tolist() == [1, 2.5]


def test_what_counts_as_a_structure_of_columns():
    for value in ([], {}, (1, 2), np.ones(1), pd.DataFrame()):
        assert structures.is_columns(value)
    for value in (iter([]), "ab", None, 3, {1, 2}):
        assert not structures.is_columns(value)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ([[1, 2], [3, 4]], TypeError, r"`x` of .*2 lists of 2 numbers.*`np.array\(x\)"),
        ([[1, 2], [3]], ValueError, "2 rows of lengths 1 to 2. Pad .* `pad_sequences`"),
        ([[[1, 2]], [[3, 4]]], TypeError, r"`x\[0\]` of `fit`.*np.array\(x\[0\]\)"),
        ({"a": [[1]]}, TypeError, r"`x\['a'\]` of `fit`"),
        ([], ValueError, "`x` of `fit` holds no array. Received: an empty list"),
        ({}, ValueError, "an empty dict"),
        ("abc", TypeError, "cannot be used as data. Expected arrays.*text 'abc'"),
        (3.5, TypeError, "Received: the number 3.5"),
        ([np.ones(1), "abc"], TypeError, r"`x\[1\]` of `fit`.*the text 'abc'"),
        ({1, 2}, TypeError, "Received: a builtins.set"),
        (len, TypeError, "Call it, and give what it returns"),
    ],
)
def test_refusals(value, error, message):
    with pytest.raises(error, match=message):
        columns(value)


def test_what_can_only_be_indexed_is_told_of_py_dataset():
    class Indexed:
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return index

    error = structures.unusable(Indexed(), "x", "`fit`")
    assert "Indexed, which has no `__iter__`. Derive it from `PyDataset`" in str(error)


def test_leaves_have_names():
    one = np.ones(1)
    named = structures.leaf_names({"b": [one, None], "a": one}, "y")
    assert named == ["y['a']", "y['b'][0]"]
    assert structures.leaf_names(one, "y") == ["y"]
    assert structures.leaf_names(None, "y") == []


def test_samples_are_counted_over_all_leaves():
    parts = {"x": [np.ones((3, 1)), np.ones(3)], "y": None}
    assert structures.count_samples(parts, "`fit`") == 3


def test_lengths_that_differ_are_all_listed():
    parts = {"x": np.ones((3, 1)), "y": {"a": np.ones(3), "b": np.ones(2)}}
    message = r"same number of samples.*`x` has 3, `y\['a'\]` has 3, `y\['b'\]` has 2"
    with pytest.raises(ValueError, match=message):
        structures.count_samples(parts, "`fit`")


def test_a_list_of_samples_is_told_from_a_list_of_inputs():
    x = [np.ones(4) for _ in range(3)]
    with pytest.raises(ValueError, match=r"one array with `np.stack\(x\)`"):
        structures.count_samples({"x": x, "y": np.ones(3)}, "`fit`")
    with pytest.raises(ValueError, match="`y` has 2.$"):
        structures.count_samples({"x": x, "y": np.ones(2)}, "`fit`")


def test_at_least_one_leaf_is_needed():
    with pytest.raises(ValueError, match="`x` of `fit` holds no array"):
        structures.count_samples({"x": None}, "`fit`")
