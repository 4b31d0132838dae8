"""Generators and other iterables of batches."""

import numpy as np
import pytest

from kerasish.data import IterableAdapter


def batches(count):
    for i in range(count):
        yield [i], [i * 10]


class Repeated:
    def __iter__(self):
        return batches(2)


class Loader(Repeated):
    """Like torch's loader over a stream: it has a length that it does not know."""

    def __len__(self):
        raise TypeError("length is not known")


def firsts(adapter):
    return [int(x[0]) for x, *_ in adapter.epoch()]


def test_a_generator_is_read_once():
    adapter = IterableAdapter(batches(3))
    assert not adapter.repeatable
    assert adapter.num_batches is None
    assert firsts(adapter) == [0, 1, 2]
    assert firsts(adapter) == []


def test_a_generator_is_carried_on_and_never_read_ahead():
    source = batches(4)
    adapter = IterableAdapter(source)
    reader = adapter.epoch()
    next(reader)
    reader.close()
    assert firsts(adapter)[0] == 1
    source = batches(4)
    next(IterableAdapter(source).epoch())
    assert next(source)[0] == [1]


def test_an_iterable_is_read_again():
    adapter = IterableAdapter(Repeated())
    assert adapter.repeatable
    assert firsts(adapter) == firsts(adapter) == [0, 1]


def test_the_length_of_an_iterable_is_its_number_of_batches():
    assert IterableAdapter([([1], [2])] * 3).num_batches == 3
    assert IterableAdapter(Repeated()).num_batches is None
    assert IterableAdapter(Loader()).num_batches is None


def test_class_weights_are_folded_in():
    adapter = IterableAdapter([([1, 2], [0, 1])], class_weight={0: 3.0})
    assert next(adapter.epoch())[2].tolist() == [3, 1]


def test_faults_name_the_batch():
    adapter = IterableAdapter(iter([([1], [2]), None]))
    with pytest.raises(TypeError, match="^Batch 1 of `fit` must be .* Received: None"):
        list(adapter.epoch())
    adapter = IterableAdapter(iter([([1],) * 4]), caller="evaluate")
    with pytest.raises(ValueError, match="Batch 0 of `evaluate` must be .*4 entries"):
        list(adapter.epoch())


def test_empty_batches_are_for_predict_only():
    empty = [(np.ones((0, 2)),)]
    with pytest.raises(ValueError, match="`x` of batch 0 of `fit` must hold at least"):
        list(IterableAdapter(empty).epoch())
    found = list(IterableAdapter(empty, caller="predict").epoch())
    assert found[0][0].shape == (0, 2)
