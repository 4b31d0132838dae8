"""A data set cut in two. The counts and refusals are those of Keras 3.15."""

import numpy as np
import pytest

from kerasish.data import (
    ElementDataset,
    PyDataset,
    SampleDataset,
    make_adapter,
    split_dataset,
)

FIVE = np.arange(5)


class Batches(PyDataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return [index, index], [0, 1]


class Endless(PyDataset):
    def __getitem__(self, index):
        return [index]


def values(dataset):
    return [int(x) for x in dataset]


@pytest.mark.parametrize(
    ("sizes", "left", "right"),
    [
        ({"left_size": 0.6}, [0, 1, 2], [3, 4]),
        ({"left_size": 2}, [0, 1], [2, 3, 4]),
        ({"left_size": 0.3}, [0, 1], [2, 3, 4]),
        ({"right_size": 2}, [0, 1, 2], [3, 4]),
        ({"right_size": 0.2}, [0, 1, 2, 3], [4]),
        ({"left_size": 2, "right_size": 1}, [0, 1], [4]),
        ({"left_size": 0.4, "right_size": 0.2}, [0, 1], [4]),
        ({"left_size": 0.4, "right_size": 2}, [0, 1], [3, 4]),
    ],
)
def test_sizes(sizes, left, right):
    parts = split_dataset(FIVE, **sizes)
    assert [type(part) for part in parts] == [SampleDataset, SampleDataset]
    assert [values(part) for part in parts] == [left, right]


@pytest.mark.parametrize("form", [tuple, list])
def test_arrays_are_cut_together(form):
    left, _ = split_dataset(form([FIVE, FIVE * 10]), left_size=2)
    assert [(int(x), int(y)) for x, y in left] == [(0, 0), (1, 10)]


def test_dicts_numbers_and_samples():
    left, right = split_dataset({"a": FIVE}, left_size=4)
    assert [int(sample["a"]) for sample in right] == [4]
    assert values(split_dataset([1, 2, 3], left_size=1)[1]) == [2, 3]
    assert values(split_dataset(SampleDataset(FIVE), left_size=1)[0]) == [0]
    assert len(left) == 4


def test_a_shuffle_is_decided_by_its_seed():
    x = np.arange(40)
    parts = split_dataset((x, x * 2), left_size=0.5, shuffle=True, seed=3)
    left, right = ([int(a) for a, _ in part] for part in parts)
    assert sorted(left + right) == x.tolist()
    assert left != sorted(left)
    assert all(b == 2 * a for part in parts for a, b in part)
    again, _ = split_dataset((x, x * 2), left_size=0.5, shuffle=True, seed=3)
    assert [int(a) for a, _ in again] == left


@pytest.mark.parametrize(
    "make",
    [
        lambda: ((i, -i) for i in range(4)),
        lambda: [(i, -i) for i in range(4)],
        lambda: map(lambda i: (i, -i), range(4)),
    ],
)
def test_iterables_are_cut_by_their_elements(make):
    left, right = split_dataset(make(), left_size=0.75)
    assert [type(part) for part in (left, right)] == [ElementDataset, ElementDataset]
    assert list(left) == [(0, 0), (1, -1), (2, -2)]
    assert list(right) == [(3, -3)]


def test_a_py_dataset_is_cut_by_batches_that_fit_can_read():
    _, right = split_dataset(Batches(), right_size=1)
    adapter = make_adapter(right)
    for _ in range(2):
        assert [x.tolist() for x, _, _ in adapter.epoch()] == [[3, 3]]


@pytest.mark.parametrize(
    ("dataset", "sizes", "error", "message"),
    [
        (FIVE, {}, ValueError, "At least one of `left_size` and `right_size`"),
        (FIVE, {"left_size": 7}, ValueError, "from 1 to 4, or .*left_size=7"),
        (FIVE, {"left_size": 5}, ValueError, "left_size=5"),
        (FIVE, {"left_size": 0}, ValueError, "left_size=0"),
        (FIVE, {"right_size": -1}, ValueError, "`right_size` of .*right_size=-1"),
        (FIVE, {"left_size": 1.0}, ValueError, "left_size=1.0"),
        (FIVE, {"left_size": 1.5}, ValueError, "left_size=1.5"),
        (FIVE, {"left_size": float("nan")}, ValueError, "left_size=nan"),
        (FIVE, {"left_size": "a"}, TypeError, "must be a fraction.*left_size='a'"),
        (FIVE, {"left_size": True}, TypeError, "left_size=True"),
        (FIVE, {"left_size": 4, "right_size": 4}, ValueError, "more than the whole"),
        (FIVE, {"left_size": 0.8, "right_size": 0.8}, ValueError, "for 5 elements"),
        (FIVE, {"left_size": 0.01}, ValueError, "makes 0 and 5 of 5 elements"),
        (FIVE, {"left_size": 0.99}, ValueError, "makes 5 and 0 of 5 elements"),
        (
            FIVE[:0],
            {"left_size": 0.5},
            ValueError,
            "at least two elements. Received: 0",
        ),
        ((FIVE, FIVE[:3]), {"left_size": 1}, ValueError, r"`dataset\[1\]` has 3"),
        ("abc", {"left_size": 1}, TypeError, "`dataset` of `split_dataset` cannot be"),
        (3, {"left_size": 1}, TypeError, "the number 3"),
        (
            Endless(),
            {"left_size": 1},
            ValueError,
            "must have an end.*`Endless` without",
        ),
    ],
)
def test_refusals(dataset, sizes, error, message):
    with pytest.raises(error, match=message):
        split_dataset(dataset, **sizes)
