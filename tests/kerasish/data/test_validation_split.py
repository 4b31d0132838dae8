"""The end of the data held back. The counts are those of Keras 3.15."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from kerasish.data import train_validation_split


@pytest.mark.parametrize(
    ("split", "train"), [(0.25, 7), (0.1, 9), (0.33, 6), (0.01, 9), (0.5, 5)]
)
def test_the_last_samples_are_held_back(split, train):
    x = np.arange(10)
    (x1, y1, w1), (x2, y2, w2) = train_validation_split((x, x * 2, None), split)
    assert x1.tolist() == list(range(train))
    assert x2.tolist() == list(range(train, 10))
    assert (y2 == x2 * 2).all()
    assert w1 is w2 is None
    assert np.shares_memory(x1, x) and np.shares_memory(x2, x)


def test_structures_tables_and_sparse_matrices():
    parts = (
        {"a": scipy.sparse.eye(4), "b": [1, 2, 3, 4]},
        pd.Series([1, 2, 3, 4]),
    )
    train, held = train_validation_split(parts, 0.25)
    assert train[0]["a"].toarray().shape == (3, 4)
    assert held[0]["b"].tolist() == [4]
    assert held[1].tolist() == [[4]]


def test_both_parts_need_samples():
    message = "at least one sample to train on.*validation_split=0.99 for 10 samples"
    with pytest.raises(ValueError, match=message):
        train_validation_split((np.ones(10), np.ones(10)), 0.99)


@pytest.mark.parametrize(
    ("parts", "split", "error", "message"),
    [
        ((np.ones(4),), 1.5, ValueError, "greater than 0 and less than 1.*=1.5"),
        ((np.ones(4),), "a", TypeError, "must be a number"),
        ((np.ones(4), np.ones(3)), 0.5, ValueError, "`x` has 4, `y` has 3"),
        (
            (iter([]), None),
            0.5,
            ValueError,
            "needs arrays.*list_iterator; give `valida",
        ),
    ],
)
def test_refusals(parts, split, error, message):
    with pytest.raises(error, match=message):
        train_validation_split(parts, split)
