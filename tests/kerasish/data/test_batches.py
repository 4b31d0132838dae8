"""One batch of an iterable: its forms, its checks."""

import numpy as np
import pytest
import scipy.sparse

from kerasish.data.batches import (
    dense_structure,
    standardize_batch,
    standardize_weights,
)

PLACE = "batch 3 of `fit`"


@pytest.mark.parametrize("form", [tuple, list])
def test_a_batch_has_one_to_three_parts(form):
    x, y, w = np.ones((2, 3)), np.zeros(2), np.ones(2)
    for count in (1, 2, 3):
        found = standardize_batch(form([x, y, w][:count]), PLACE)
        assert [part is None for part in found] == [i >= count for i in range(3)]
        assert found[0] is x or np.shares_memory(found[0], x)


def test_inputs_alone_and_structures():
    x, y, w = standardize_batch({"a": [1, 2], "b": np.ones((2, 1))}, PLACE)
    assert x["a"].tolist() == [1, 2]
    assert y is None and w is None
    assert standardize_batch([1, 2, 3, 4], PLACE)[0].tolist() == [1, 2, 3, 4]
    (first, second), _, _ = standardize_batch(([[1.0], np.ones(1)],), PLACE)
    assert first.tolist() == second.tolist() == [1]


def test_sparse_parts_become_arrays():
    x, y, _ = standardize_batch((scipy.sparse.eye(2), [0, 1]), PLACE)
    assert x.tolist() == [[1, 0], [0, 1]]
    assert dense_structure([scipy.sparse.eye(1).tocsr(), None])[1] is None


@pytest.mark.parametrize(
    ("batch", "error", "message"),
    [
        (None, TypeError, "^Batch 3 of `fit` must be `x`.*Received: None"),
        ((None, 1), ValueError, "a tuple that begins with None"),
        (([1], 2, 3, 4), ValueError, "Received: a tuple of 4 entries"),
        ((), ValueError, "Received: a tuple of 0 entries"),
        ((np.ones(2), np.ones(3)), ValueError, "arrays of batch 3 .*`y` has 3"),
        ((np.ones(2), "a"), TypeError, "`y` of batch 3 of `fit` cannot be used"),
        ((np.ones(2), np.ones(2), np.array([1, np.nan])), ValueError, "finite"),
    ],
)
def test_refusals_name_the_batch(batch, error, message):
    with pytest.raises(error, match=message):
        standardize_batch(batch, PLACE)


def test_class_weights_are_folded_in_and_exclude_sample_weights():
    batch = (np.ones(2), np.array([0, 1]))
    assert standardize_batch(batch, PLACE, {1: 2.0})[2].tolist() == [1, 2]
    assert standardize_weights(None, None, None, PLACE) is None
    with pytest.raises(ValueError, match="cannot be used together. Multiply"):
        standardize_batch((*batch, np.ones(2)), PLACE, {1: 2.0})
