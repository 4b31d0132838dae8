"""The door: which adapter serves which data, and what is refused."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from kerasish.data import (
    ArrayAdapter,
    IterableAdapter,
    PyDataset,
    PyDatasetAdapter,
    make_adapter,
    split_dataset,
)


class Pairs(PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return [index], [index]


def pairs():
    yield [1], [1]


@pytest.mark.parametrize(
    ("x", "kind"),
    [
        (np.ones(2), ArrayAdapter),
        ([1, 2], ArrayAdapter),
        ([np.ones(2), [1, 2]], ArrayAdapter),
        ({"a": np.ones(2)}, ArrayAdapter),
        (pd.DataFrame({"a": [1.0]}), ArrayAdapter),
        (scipy.sparse.eye(3), ArrayAdapter),
        (Pairs(), PyDatasetAdapter),
        (pairs(), IterableAdapter),
        (iter([[1]]), IterableAdapter),
        (map(np.ones, [2]), IterableAdapter),
    ],
)
def test_data_of_every_kind(x, kind):
    adapter = make_adapter(x, steps=4, shuffle=True, seed=0)
    assert type(adapter) is kind
    assert adapter.steps == 4
    assert len(next(adapter.epoch())) == 3


def test_samples_are_taken_apart_and_batched():
    x, y = np.arange(6), np.arange(6) * 10
    left, _ = split_dataset((x, y), left_size=4)
    adapter = make_adapter(left, batch_size=3)
    assert [b[1].tolist() for b in adapter.epoch()] == [[0, 10, 20], [30]]
    left, _ = split_dataset(x, left_size=4)
    assert next(make_adapter(left).epoch())[0].tolist() == [0, 1, 2, 3]


def test_class_weights_are_checked_and_passed_on():
    adapter = make_adapter([1, 2], [0, 1], class_weight={1: 3})
    assert next(adapter.epoch())[2].tolist() == [1, 3]
    with pytest.raises(TypeError, match="`class_weight` of `fit` must be a dict"):
        make_adapter([1], [1], class_weight=[1.0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": None}, TypeError, "`x` of `fit` must be given. Received: x=None"),
        ({"x": "abc"}, TypeError, "`x` of `fit` cannot be used as data"),
        ({"x": {1, 2}}, TypeError, "a builtins.set"),
        ({"x": 3.0, "caller": "predict"}, TypeError, "`x` of `predict`.*number 3.0"),
        ({"x": pairs}, TypeError, "Call it, and give what it returns"),
        ({"x": [1], "batch_size": 0}, ValueError, "batch_size=0"),
        ({"x": pairs(), "batch_size": -1}, ValueError, "batch_size=-1"),
        ({"x": [1], "steps": -1}, ValueError, "steps_per_epoch=-1"),
        ({"x": [1], "shuffle": "all"}, ValueError, "must be True, False or 'batch'"),
        ({"x": [1], "shuffle": 1}, ValueError, "Received: shuffle=1"),
        ({"x": pairs(), "y": [1]}, ValueError, "`y` of `fit` must not be given"),
        ({"x": Pairs(), "y": [1]}, ValueError, "beside an `x` .*x of type Pairs"),
        ({"x": Pairs(), "sample_weight": [1]}, ValueError, "`sample_weight` of `fit`"),
        ({"x": [[1, 2], [3, 4]]}, TypeError, r"one array with `np.array\(x\)`"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        make_adapter(**arguments)
