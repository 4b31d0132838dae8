"""Padding of sequences. The expected values are those of Keras 3.15."""

import numpy as np
import pytest

from kerasish.core.errors import DataWarning
from kerasish.data import pad_sequences
from tests.golden.stored_text import stored

RAGGED = [[1], [2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[0, 0, 1], [0, 2, 3], [4, 5, 6]]),
        ({"maxlen": 2}, [[0, 1], [2, 3], [5, 6]]),
        (
            {"maxlen": 2, "truncating": "post", "padding": "post", "value": 9},
            [[1, 9], [2, 3], [4, 5]],
        ),
        ({"maxlen": 4, "padding": "post"}, [[1, 0, 0, 0], [2, 3, 0, 0], [4, 5, 6, 0]]),
        ({"maxlen": 0}, [[], [], []]),
    ],
)
def test_padding_and_cutting(options, expected):
    found = pad_sequences(RAGGED, **options)
    assert found.dtype == np.int32
    assert found.tolist() == expected


def test_sequences_of_every_kind():
    assert pad_sequences([np.array([1, 2]), (3,), range(3)]).tolist() == [
        [0, 1, 2],
        [0, 0, 3],
        [0, 1, 2],
    ]
    assert pad_sequences(np.array([[1, 2]]), maxlen=3).tolist() == [[0, 1, 2]]
    assert pad_sequences([[True, False]]).tolist() == [[1, 0]]
    assert pad_sequences([], maxlen=2).shape == (0, 2)
    assert pad_sequences([[], [1]]).tolist() == [[0], [1]]


def test_sequences_of_vectors():
    found = pad_sequences([[[1, 2]], [[3.5, 4], [5, 6]]], dtype="float32")
    assert found.dtype == np.float32
    assert found.tolist() == [[[0, 0], [1, 2]], [[3.5, 4], [5, 6]]]
    assert pad_sequences([[], [[1, 2]]]).tolist() == [[[0, 0]], [[1, 2]]]


def test_text():
    words = [["a", "bcd"], ["e"]]
    found = pad_sequences(words, dtype=object, value="")
    assert found.tolist() == [["a", "bcd"], ["", "e"]]
    assert pad_sequences(words, dtype="<U5", value="z").dtype == "<U5"
    assert pad_sequences(words, dtype="str", value="long").tolist() == [
        ["a", "bcd"],
        ["long", "e"],
    ]


def test_fractions_that_are_cut_off_are_warned_of():
    message = "Sequence 1 of `pad_sequences` holds fractions, which dtype int32 cuts"
    with pytest.warns(DataWarning, match=message):
        assert pad_sequences([[1], [1.7, 2]]).tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize(
    ("sequences", "options", "error", "message"),
    [
        (RAGGED, {"padding": "x"}, ValueError, "`padding` of .*'pre' or 'post'.*'x'"),
        (RAGGED, {"truncating": 1}, ValueError, "`truncating` of .* truncating=1"),
        (RAGGED, {"maxlen": -1}, ValueError, "maxlen=-1"),
        (RAGGED, {"maxlen": 2.0}, TypeError, "maxlen=2.0"),
        (3, {}, ValueError, "must be a list of sequences. Received: a int"),
        (iter([[1]]), {}, ValueError, "Received: a list_iterator"),
        ([1, 2], {}, ValueError, "Received: 1 at position 0"),
        ([[1], None], {}, ValueError, "Received: None at position 1"),
        ([["a"]], {}, TypeError, "must hold numbers for dtype int32.*'a'; .*object"),
        ([["a"]], {"dtype": "str"}, TypeError, "`value` of .* text .*value=0.0"),
        (
            [[1], [[2]]],
            {},
            ValueError,
            r"one shape. Received: shape \(1,\) at position 1",
        ),
        ([[1, [2]]], {}, ValueError, "Sequence 0 of .* must have entries of one shape"),
        ([[2**40]], {}, ValueError, "holds numbers that int32 cannot.*1099511627776"),
        (
            [[-1]],
            {"dtype": "uint8"},
            ValueError,
            "numbers that uint8 cannot. .*: -1 to",
        ),
        ([[np.nan]], {}, ValueError, "holds numbers that int32 cannot.*nan"),
    ],
)
def test_refusals(sequences, options, error, message):
    with pytest.raises(error, match=message):
        pad_sequences(sequences, **options)


@pytest.mark.parametrize("row", stored()["pad_sequences"], ids=lambda r: str(r["kw"]))
def test_stored_values(row):
    found = pad_sequences(row["x"], **row["kw"])
    assert found.dtype == row["dtype"]
    assert found.tolist() == row["y"]
