"""Data sets that can be read again and again."""

import numpy as np
import pytest

from kerasish.data import BatchedDataset, ElementDataset, SampleDataset


def test_samples_of_an_array_and_of_a_structure():
    samples = SampleDataset(np.arange(6).reshape(3, 2))
    assert (
        [x.tolist() for x in samples]
        == [[0, 1], [2, 3], [4, 5]]
        == [x.tolist() for x in samples]
    )
    assert len(samples) == samples.cardinality() == 3
    pairs = SampleDataset(({"a": np.arange(2)}, np.arange(2) * 10))
    assert [(int(x["a"]), int(y)) for x, y in pairs] == [(0, 0), (1, 10)]


@pytest.mark.parametrize(
    ("size", "drop", "expected"),
    [
        (2, False, [[0, 1], [2, 3], [4]]),
        (2, True, [[0, 1], [2, 3]]),
        (9, False, [[0, 1, 2, 3, 4]]),
        (9, True, []),
    ],
)
def test_samples_as_batches(size, drop, expected):
    batches = SampleDataset((np.arange(5), np.arange(5) * 10)).batch(size, drop)
    assert type(batches) is BatchedDataset
    assert [x.tolist() for x, _ in batches] == expected
    assert [(y / 10).tolist() for _, y in batches] == expected
    assert len(batches) == batches.cardinality() == len(expected)


def test_a_batch_has_samples():
    with pytest.raises(ValueError, match="`batch_size` of `batch` must be a positive"):
        SampleDataset(np.ones(2)).batch(0)


def test_elements_are_kept_as_they_are():
    elements = ElementDataset(["a", "b"])
    assert list(elements) == list(elements) == ["a", "b"]
    assert len(elements) == elements.cardinality() == 2
