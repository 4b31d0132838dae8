"""The data that layers adapt to, in every form."""

import numpy as np
import pandas as pd
import pytest

from kerasish.data import PyDataset
from kerasish.layers.preprocessing.adaptation import input_batches


class Batches(PyDataset):
    """Batches of texts and labels."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.array(["a", "b"]) if index else np.array(["c"]), np.zeros(1)


class Endless(Batches):
    """Batches without an end."""

    num_batches = None


def flat(data, *args):
    found = input_batches(data, "StringLookup", *args)
    return [batch.ravel().tolist() for batch in found]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (["a", "b"], [["a", "b"]]),
        ([["a"], ["b"]], [["a", "b"]]),
        ("a", [["a"]]),
        (np.array(["a", "b"]), [["a", "b"]]),
        (pd.Series(["a", "b"]), [["a", "b"]]),
        (Batches(), [["c"], ["a", "b"]]),
        ((x for x in (["a"], ["b", "c"])), [["a"], ["b", "c"]]),
        ((x for x in ((["a"], [0]), (["b"], [1]))), [["a"], ["b"]]),
        ({"a": 1}.keys(), [["a"]]),
    ],
    ids=[
        "list",
        "lists",
        "one",
        "array",
        "series",
        "dataset",
        "generator",
        "y",
        "keys",
    ],
)
def test_batches(data, wanted):
    assert flat(data) == wanted


def test_arrays_are_cut_and_steps_counted():
    assert flat(np.array(list("abcde")), 2) == [["a", "b"], ["c", "d"], ["e"]]
    assert flat(np.array(list("abcde")), 2, 2) == [["a", "b"], ["c", "d"]]
    assert flat(Endless(), None, 3) == [["c"], ["a", "b"], ["a", "b"]]
    assert flat("a", 2) == [["a"]]


@pytest.mark.parametrize(
    ("data", "args", "message"),
    [
        ([], (), "must hold at least one sample. Received: none"),
        (iter([]), (), "must hold at least one sample"),
        (None, (), "`data` of `StringLookup.adapt` must be given. Received: None"),
        (print, (), "must be an array, a list, or yield batches. Received: <built-in"),
        (
            ["a"],
            (0,),
            "`batch_size` of `StringLookup.adapt` must be a positive integer",
        ),
        (["a"], (None, 0), "`steps` of `StringLookup.adapt` must be a positive"),
    ],
)
def test_what_is_refused(data, args, message):
    with pytest.raises((ValueError, TypeError), match=message):
        flat(data, *args)
