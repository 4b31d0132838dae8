"""Sequences of different lengths against lists filled up one by one."""

import numpy as np
import pytest

from kerasish.data import pad_sequences
from kerasish.data.ragged import RaggedRows, trimmed

RNG = np.random.default_rng(0)
SEQUENCES = [RNG.integers(1, 100, n) for n in (3, 0, 7, 1, 4, 7)]
VECTORS = [RNG.normal(size=(n, 2)) for n in (2, 5, 1)]
NAME = "`x` of `X`"


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 4])
def test_rows_are_those_of_pad_sequences(padding, truncating, maxlen):
    rows = RaggedRows(SEQUENCES, NAME, maxlen, truncating)
    order = np.array([5, 1, 0, 2])
    width = max(1, int(rows.lengths[order].max()))
    wanted = pad_sequences(
        [SEQUENCES[i] for i in order],
        maxlen=width,
        padding=padding,
        truncating=truncating,
        value=-1,
    )
    np.testing.assert_array_equal(rows.padded(order, width, -1, padding), wanted)
    assert len(rows) == 6


def test_vectors_and_dtypes():
    rows = RaggedRows(VECTORS, NAME)
    found = rows.padded(np.array([1, 2]), 6, 0.5)
    np.testing.assert_array_equal(found[0, :5], VECTORS[1])
    assert (found[1, 1:] == 0.5).all()
    assert found.dtype == np.float64
    assert RaggedRows([[1], [2]], NAME).padded(np.array([0]), 1).dtype == np.int32
    assert RaggedRows([[2**40]], NAME).padded(np.array([0]), 1).dtype == np.int64
    assert (
        RaggedRows([[1]], NAME, dtype="float32").padded(np.array([0]), 1).dtype == "f4"
    )
    assert RaggedRows([[], []], NAME).padded(np.array([0]), 2).tolist() == [[0, 0]]
    assert RaggedRows(np.ones((2, 3)), NAME).lengths.tolist() == [3, 3]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "`x` of `X` must hold at least one sequence. Received: none"),
        ("text", "`x` of `X` must be a list of sequences. Received: a str"),
        (iter([]), "must be a list of sequences. Received: a list_iterator"),
        ([1, 2], "must be sequences of numbers. Received: 1 at position 0"),
        (["ab"], "Received: 'ab' at position 0; text is made numbers by `TextVect"),
        ([["ab"]], "Received: dtype <U2 at position 0; text is made numbers"),
        ([[1], [[1], [2, 3]]], "entries at position 1 must have one shape: "),
        ([[1], [[1, 2]]], r"must have one shape. Received: \[\(\), \(2,\)\]"),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises((ValueError, TypeError), match=message):
        RaggedRows(given, NAME)


PADDED = np.array([[0, 4, 0, 5, 0], [6, 7, 0, 0, 0], [0, 0, 0, 0, 8], [0, 0, 0, 0, 0]])


def test_filling_is_at_both_ends():
    parts = trimmed(PADDED, 0, NAME)
    found = [row[part].tolist() for row, part in zip(PADDED, parts, strict=True)]
    assert found == [[4, 0, 5], [6, 7], [8], []]
    assert trimmed(PADDED, -1, NAME) == [slice(0, 5)] * 4
    assert trimmed(PADDED.tolist(), 0.0, NAME) == parts
    assert trimmed(np.zeros((2, 0)), 0, NAME) == [slice(0, 0)] * 2


def test_a_mask_says_what_is_filling():
    mask = np.array([[False, True, True], [True, False, False], [False] * 3])
    assert trimmed(np.zeros((3, 3)), mask, NAME)[:2] == [slice(1, 3), slice(0, 1)]
    assert trimmed(np.zeros((3, 3, 2)), mask, NAME)[2] == slice(0, 0)


@pytest.mark.parametrize(
    ("given", "padded", "message"),
    [
        (
            [1, 2],
            0,
            r"`x` of `X` must be an array \(samples, steps, ...\) where `padded`",
        ),
        (
            PADDED,
            "0",
            "`padded` must be the number that fills `x` of `X`, or a boolean",
        ),
        (PADDED, True, "or a boolean array. Received: True"),
        (PADDED, PADDED, "or a boolean array. Received: array"),
        (PADDED, PADDED[:, :2] > 0, r"of `x` of `X`, \(4, 5\). Received: shape \(4, 2"),
        (PADDED, PADDED > 0, "Received: row 0 with filling in between"),
    ],
)
def test_filling_that_is_refused(given, padded, message):
    with pytest.raises((ValueError, TypeError), match=message):
        trimmed(given, padded, NAME)
