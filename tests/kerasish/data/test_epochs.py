"""Epochs: numbered batches, generators carried on, data that runs out."""

import warnings

import numpy as np
import pytest

from kerasish.core.errors import DataWarning
from kerasish.data import DataAdapter, EpochIterator, PyDataset, make_adapter


def batches(count):
    for i in range(count):
        yield [i], [i]


class Repeated:
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return batches(self.count)


class Endless(PyDataset):
    def __getitem__(self, index):
        return [index]


def read(epochs):
    return [int(batch[0][0]) for _, batch in epochs]


def arrays(**options):
    return make_adapter(np.arange(10), batch_size=1, **options)


def test_an_epoch_is_all_the_data_with_its_steps():
    epochs = EpochIterator(arrays())
    assert epochs.num_batches == 10
    for _ in range(2):
        assert [step for step, _ in epochs] == list(range(10))
        assert read(epochs) == list(range(10))


def test_steps_come_from_the_adapter_or_the_argument():
    assert EpochIterator(arrays(steps=3)).num_batches == 3
    assert EpochIterator(arrays(steps=3), 4).num_batches == 4
    with pytest.raises(ValueError, match="`steps_per_epoch` of `fit` must be a posit"):
        EpochIterator(arrays(), 0)


def test_arrays_are_carried_on_and_begin_anew():
    # The same batches in the same epochs as Keras.
    epochs = EpochIterator(arrays(), 4)
    assert read(epochs) == [0, 1, 2, 3]
    assert read(epochs) == [4, 5, 6, 7]
    message = "epoch 3 should have 4 batches .`steps_per_epoch`., got 2. A new epoch"
    with pytest.warns(DataWarning, match=message):
        assert read(epochs) == [8, 9]
    assert read(epochs) == [0, 1, 2, 3]
    assert not epochs.exhausted


def test_as_many_steps_as_batches_need_no_warning():
    for source in (arrays(), make_adapter(Repeated(10))):
        epochs = EpochIterator(source, 10)
        for _ in range(3):
            assert read(epochs) == list(range(10))


def test_more_steps_than_batches_are_warned_of():
    epochs = EpochIterator(arrays(caller="evaluate"), 12)
    message = "`evaluate` ran out: epoch 1 should have 12 batches .`steps`., got 10"
    with pytest.warns(DataWarning, match=message):
        assert len(read(epochs)) == 10


def test_a_generator_is_carried_on_until_it_runs_dry():
    epochs = EpochIterator(make_adapter(batches(10)), 4)
    assert read(epochs) == [0, 1, 2, 3]
    assert read(epochs) == [4, 5, 6, 7]
    message = "epoch 3 should have 4 batches .*got 2. A generator can be read only once"
    with pytest.warns(DataWarning, match=message):
        assert read(epochs) == [8, 9]
    assert epochs.exhausted
    message = "ran out after 10 batches: epoch 4 of 9 and those after it have none"
    with pytest.warns(DataWarning, match=message):
        assert not epochs.can_start(3, 9)
    with pytest.warns(DataWarning, match="epoch 4 should have 4 batches.*got 0"):
        assert read(epochs) == []


def test_a_generator_of_the_right_length_is_not_read_further():
    source = batches(10)
    epochs = EpochIterator(make_adapter(source), 3)
    assert [read(epochs) for _ in range(2)] == [[0, 1, 2], [3, 4, 5]]
    epochs.close()
    assert next(source) == ([6], [6])


def test_a_generator_without_steps_is_one_epoch():
    epochs = EpochIterator(make_adapter(batches(3)))
    assert epochs.num_batches is None
    assert epochs.can_start(0, 2)
    assert read(epochs) == [0, 1, 2]
    assert epochs.num_batches == 3
    assert epochs.exhausted
    with pytest.warns(DataWarning, match="epoch 2 should have 3 batches, got 0. A gen"):
        assert read(epochs) == []


def test_an_iterable_is_read_anew_each_epoch():
    epochs = EpochIterator(make_adapter(Repeated(3)))
    assert read(epochs) == read(epochs) == [0, 1, 2]
    assert epochs.can_start(2, 3)


@pytest.mark.parametrize("steps", [None, 2])
def test_data_without_a_batch_is_refused(steps):
    for data in (batches(0), Repeated(0)):
        with pytest.raises(
            ValueError, match="`fit` must yield at least one batch. Received: none. A "
        ):
            read(EpochIterator(make_adapter(data), steps))


def test_endless_data_needs_steps():
    with pytest.raises(ValueError, match="`steps` of `predict` must be given, as"):
        EpochIterator(make_adapter(Endless(), caller="predict"))
    epochs = EpochIterator(make_adapter(Endless(), shuffle=True), 3)
    assert [read(epochs), read(epochs)] == [[0, 1, 2], [3, 4, 5]]


def test_an_error_passes_through_and_says_where():
    def faulty():
        yield from batches(2)
        raise OSError("disk is gone")

    epochs = EpochIterator(make_adapter(faulty()))
    with pytest.raises(OSError, match="disk is gone") as caught:
        read(epochs)
    note = "Raised while reading batch 2 of epoch 1 of the data given to `fit`."
    assert caught.value.__notes__ == [note]


def test_hooks_are_called_around_whole_epochs():
    calls = []

    class Hooked(DataAdapter):
        def epoch(self):
            calls.append("read")
            return iter([(np.ones(1), None, None)] * 3)

        def on_epoch_begin(self):
            calls.append("begin")

        def on_epoch_end(self):
            calls.append("end")

    with EpochIterator(Hooked("fit")) as epochs:
        assert len(list(epochs)) == 3
        assert calls == ["begin", "read", "end"]
        for _ in epochs:
            break
    assert calls[3:] == ["begin", "read"]


def test_leaving_an_epoch_early_closes_the_source():
    closed = []

    class Closing(DataAdapter):
        def epoch(self):
            try:
                while True:
                    yield np.ones(1), None, None
            finally:
                closed.append(True)

    for _ in EpochIterator(Closing("fit")):
        break
    assert closed == [True]
    with pytest.raises(KeyboardInterrupt), EpochIterator(Closing("fit"), 5) as epochs:
        for _ in epochs:
            raise KeyboardInterrupt
    assert closed == [True, True]


def test_nothing_is_warned_of_when_all_is_well():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        epochs = EpochIterator(make_adapter(batches(6)), 3)
        assert read(epochs) + read(epochs) == list(range(6))
        assert epochs.can_start(1, 2)
