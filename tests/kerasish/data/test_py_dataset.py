"""`PyDataset`: its arguments and what it leaves to subclasses."""

import pytest

from kerasish.data import PyDataset, Sequence


class Endless(PyDataset):
    def __getitem__(self, index):
        return [index]


class Two(Endless):
    def __len__(self):
        return 2


class Forgetful(Two):
    """Does not call the constructor of the base."""

    def __init__(self):
        pass


def test_arguments_are_kept_and_can_be_set():
    data = Two(workers=3, use_multiprocessing=True, max_queue_size=4)
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (3, True, 4)
    data.workers, data.use_multiprocessing, data.max_queue_size = 0, False, 1
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (
        0,
        False,
        1,
    )


def test_a_subclass_may_leave_out_the_constructor():
    data = Forgetful()
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (
        1,
        False,
        10,
    )


def test_batches_are_counted_by_len():
    assert Two().num_batches == 2
    assert Endless().num_batches is None


def test_hooks_do_nothing_of_themselves():
    data = Two()
    assert data.on_epoch_begin() is None
    assert data.on_epoch_end() is None


def test_getitem_is_for_subclasses():
    with pytest.raises(NotImplementedError, match="must define `__getitem__.index.`"):
        PyDataset()[0]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"workers": -1}, ValueError, "`workers` of `Two` must be an integer of at le"),
        ({"workers": 1.5}, TypeError, "workers=1.5"),
        ({"max_queue_size": 0}, ValueError, "`max_queue_size` of `Two` must be a posi"),
        ({"use_multiprocessing": 1}, TypeError, "must be a bool. Received: use_multip"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        Two(**arguments)


def test_the_older_name_is_the_same_class():
    assert Sequence is PyDataset
