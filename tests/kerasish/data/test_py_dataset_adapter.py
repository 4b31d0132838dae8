"""A `PyDataset` read in order, shuffled, on threads and on processes."""

import multiprocessing
import threading

import numpy as np
import pytest

from kerasish.data import PyDataset, PyDatasetAdapter

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
WORKERS = [
    {},
    {"workers": 0},
    {"workers": 3},
    {"workers": 2, "use_multiprocessing": True},
]


class Numbers(PyDataset):
    size = 6

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return np.full(2, index), np.full(2, index * 10)


class Broken(Numbers):
    def __getitem__(self, index):
        if index == 2:
            raise OSError("disk is gone")
        return super().__getitem__(index)


class Misshapen(Numbers):
    def __getitem__(self, index):
        return np.ones(2), np.ones(3)


class Endless(PyDataset):
    def __getitem__(self, index):
        return [index]


def firsts(adapter):
    return [int(x[0]) for x, *_ in adapter.epoch()]


def nothing_left():
    names = [thread.name for thread in threading.enumerate()]
    threads = [name for name in names if name.startswith("kerasish-data")]
    return not threads and not multiprocessing.active_children()


@pytest.mark.parametrize("workers", WORKERS)
def test_batches_come_in_order_from_any_workers(workers):
    adapter = PyDatasetAdapter(Numbers(**workers))
    assert adapter.num_batches == 6
    assert firsts(adapter) == list(range(6))
    assert nothing_left()


@pytest.mark.parametrize("workers", WORKERS)
def test_the_order_of_batches_is_shuffled_by_seed(workers):
    adapter = PyDatasetAdapter(Numbers(**workers), shuffle=True, seed=3)
    first, second = firsts(adapter), firsts(adapter)
    assert sorted(first) == sorted(second) == list(range(6))
    assert first != second
    assert first == firsts(PyDatasetAdapter(Numbers(), shuffle=True, seed=3))


@pytest.mark.parametrize("workers", WORKERS)
def test_an_error_passes_through_with_a_note_and_leaves_no_worker(workers):
    adapter = PyDatasetAdapter(Broken(**workers))
    with pytest.raises(OSError, match="disk is gone") as caught:
        firsts(adapter)
    assert caught.value.__notes__ == ["Raised by `Broken.__getitem__(2)`."]
    assert nothing_left()


@pytest.mark.parametrize("workers", WORKERS)
def test_a_fault_in_a_batch_names_it_and_leaves_no_worker(workers):
    adapter = PyDatasetAdapter(Misshapen(**workers), caller="evaluate")
    message = "All arrays of batch 0 of `Misshapen` given to `evaluate` must"
    with pytest.raises(ValueError, match=message):
        firsts(adapter)
    assert nothing_left()


@pytest.mark.parametrize("workers", WORKERS)
def test_stopping_early_leaves_no_worker(workers):
    reader = PyDatasetAdapter(Endless(**workers)).epoch()
    assert [next(reader)[0].tolist() for _ in range(3)] == [[0], [1], [2]]
    reader.close()
    assert nothing_left()


def test_an_endless_data_set_says_so():
    adapter = PyDatasetAdapter(Endless(), shuffle=True)
    assert adapter.endless
    assert adapter.num_batches is None


def test_the_length_may_change_between_epochs():
    data = Numbers()
    adapter = PyDatasetAdapter(data)
    data.size = 2
    assert firsts(adapter) == [0, 1]


def test_hooks_are_those_of_the_data_set():
    calls = []
    data = Numbers()
    data.on_epoch_begin = lambda: calls.append("begin")
    data.on_epoch_end = lambda: calls.append("end")
    adapter = PyDatasetAdapter(data, class_weight={0: 2.0})
    adapter.on_epoch_begin()
    adapter.on_epoch_end()
    assert calls == ["begin", "end"]
    assert next(adapter.epoch())[2].tolist() == [2, 2]


@pytest.mark.parametrize(
    ("length", "error"), [(0, ValueError), (-2, ValueError), (2.5, TypeError)]
)
def test_the_length_is_a_positive_number(length, error):
    class Sized(Numbers):
        num_batches = length

    with pytest.raises(error, match=f"length of `Sized` must be a positive.*{length}"):
        PyDatasetAdapter(Sized())
