"""Which rows of each batch a process takes."""

import numpy as np
import pytest

from kerasish import data
from kerasish.backends.communication import Share
from kerasish.core.errors import ArgumentError
from kerasish.data.sharding import OwnData, SameData, Sharding
from tests.backends.communication.threads import ThreadCommunicator, as_group

X = np.arange(11.0)


def epochs(group, x, *, kind=SameData, count=1, **options):
    """Returns rows, shares and row numbers of each batch of some epochs."""
    adapter = data.make_adapter(x, sharding=kind(group), **options)
    made = []
    with data.EpochIterator(adapter) as source:
        for _ in range(count):
            for _, (rows, _, _) in source:
                numbers = adapter.rows
                if isinstance(numbers, int):
                    numbers = list(range(numbers, numbers + len(rows)))
                elif numbers is not None:
                    numbers = numbers.tolist()
                made.append((rows.tolist(), tuple(adapter.share), numbers))
    return made


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 32])
def test_rows_are_shared_out_evenly(size, count):
    taken, total = [], 0
    for rank in range(size):
        sharding = SameData(ThreadCommunicator(rank, None, [b""] * size))
        rows, (share,) = sharding.rows(count), sharding.shares([count])
        assert share.total == count
        total += share.rows
        if share.rows:
            taken += range(count)[rows]
            assert share.rows in (count // size, -(-count // size))
        else:
            assert len(range(count)[rows]) == 1  # one that does not count
    assert taken == list(range(count))
    assert total == count


def test_arrays():
    first, second = as_group(2, lambda group: epochs(group, X, batch_size=4))
    assert first == [
        ([0.0, 1.0], (2, 4), [0, 1]),
        ([4.0, 5.0], (2, 4), [4, 5]),
        ([8.0], (1, 3), [8]),
    ]
    assert second == [
        ([2.0, 3.0], (2, 4), [2, 3]),
        ([6.0, 7.0], (2, 4), [6, 7]),
        ([9.0, 10.0], (2, 3), [9, 10]),
    ]


@pytest.mark.parametrize("shuffle", [True, "batch"])
def test_shuffled_arrays_are_taken_in_one_order(shuffle):
    def work(group):
        given = {"batch_size": 5, "shuffle": shuffle, "seed": 3}
        return epochs(group, X, count=2, **given)

    first, second = as_group(2, work)
    (alone,) = as_group(1, work)
    for one, two, whole in zip(first, second, alone, strict=True):
        rows = one[0] * (one[1][0] > 0) + two[0]
        assert rows == whole[0]
        assert two[2] == whole[2][-len(two[0]) :]


class Batches(data.PyDataset):
    def __init__(self, sizes, **options):
        super().__init__(**options)
        self.sizes = sizes

    def __len__(self):
        return len(self.sizes)

    def __getitem__(self, index):
        start = sum(self.sizes[:index])
        return np.arange(start, start + self.sizes[index])

    def rows_of(self, index):
        return sum(self.sizes[:index])


@pytest.mark.parametrize("workers", [1, 2])
def test_batches_of_a_data_set(workers):
    def work(group):
        return epochs(group, Batches([3, 1, 4], workers=workers))

    first, second = as_group(2, work)
    assert first == [([0], (1, 3), [0]), ([3], (0, 1), [3]), ([4, 5], (2, 4), [4, 5])]
    assert second == [
        ([1, 2], (2, 3), [1, 2]),
        ([3], (1, 1), [3]),
        ([6, 7], (2, 4), [6, 7]),
    ]


def test_rows_of_a_shuffled_set_keep_their_numbers():
    def work(group):
        class Numbered(Batches):
            def rows_of(self, index):
                return np.arange(10, 14)

        return epochs(group, Numbered([4]))[0][2]

    assert as_group(2, work) == [[10, 11], [12, 13]]


def test_structures_and_missing_parts():
    def work(group):
        given = ({"a": np.arange(4), "b": np.ones((4, 2))}, np.arange(4) * 2)
        adapter = data.make_adapter(iter([given]), sharding=SameData(group))
        ((x, y, weights),) = adapter.epoch()
        return x["a"].tolist(), x["b"].shape, y.tolist(), weights

    assert as_group(2, work) == [
        ([0, 1], (2, 2), [0, 2], None),
        ([2, 3], (2, 2), [4, 6], None),
    ]


@pytest.mark.parametrize("kind", [SameData, OwnData])
def test_an_epoch_ends_for_all_with_the_first(kind):
    def work(group):
        batches = [np.ones(2)] * (3 - group.rank)
        return len(epochs(group, iter(batches), kind=kind))

    assert as_group(2, work) == [2, 2]


def test_own_data_keep_all_rows():
    def work(group):
        x = np.arange(4.0 + group.rank)  # 2 batches in each process
        return [part[:2] for part in epochs(group, x, kind=OwnData, batch_size=3)]

    first, second = as_group(2, work)
    assert first == [([0.0, 1.0, 2.0], (3, 6)), ([3.0], (1, 3))]
    assert second == [([0.0, 1.0, 2.0], (3, 6)), ([3.0, 4.0], (2, 3))]


def test_own_batches_keep_all_rows():
    def work(group):
        x = [np.ones(2 + group.rank), np.ones(1)]
        return [part[1] for part in epochs(group, iter(x), kind=OwnData)]

    assert as_group(2, work) == [[(2, 5), (1, 2)], [(3, 5), (1, 2)]]


@pytest.mark.parametrize(
    ("kind", "x", "match"),
    [
        (OwnData, lambda rank: np.ones(4 + 4 * rank), r"number of batches.*\[1, 2\]"),
        (SameData, lambda rank: np.ones(3 + rank), r"number of samples.*\[3, 4\]"),
        (SameData, lambda rank: Batches([1] * (1 + rank)), r"batches.*\[1, 2\]"),
    ],
)
def test_data_of_other_lengths_are_refused_at_once(kind, x, match):
    def work(group):
        with pytest.raises(ArgumentError, match=match):
            epochs(group, x(group.rank), kind=kind, batch_size=4)

    as_group(2, work)


@pytest.mark.parametrize("x", [np.ones(8), Batches([2] * 4)], ids=["array", "set"])
def test_other_steps_in_each_process_are_refused(x):
    def work(group):
        with pytest.raises(ArgumentError, match=r"the same steps.*\[1, 2\]"):
            epochs(group, x, batch_size=2, steps=1 + group.rank)

    as_group(2, work)


def test_other_batches_in_each_process_are_refused():
    def work(group):
        with pytest.raises(ArgumentError, match="auto_shard_dataset=False"):
            epochs(group, iter([np.ones(2 + group.rank)]))

    as_group(2, work)


def test_hooks_and_ends_reach_the_data():
    told = []

    class Told(Batches):
        def on_epoch_begin(self):
            told.append("begin")

        def on_epoch_end(self):
            told.append("end")

    as_group(1, lambda group: epochs(group, Told([2])))
    assert told == ["begin", "end"]


def test_a_kind_of_sharding_says_what_it_lacks():
    sharding = Sharding(None)
    with pytest.raises(NotImplementedError, match="no method `rows`"):
        sharding.rows(1)
    with pytest.raises(NotImplementedError, match="no method `shares`"):
        sharding.shares([1])


def test_shares_are_told_by_name():
    assert Share(1, 2)._asdict() == {"rows": 1, "total": 2}
