"""Windows over a series. The expected windows are those of Keras 3.15."""

import numpy as np
import pytest
import scipy.sparse

from kerasish.data import make_adapter, timeseries_dataset_from_array

DATA, TARGETS = np.arange(12), np.arange(12) * 10


def windows(targets=TARGETS, length=3, **options):
    made = timeseries_dataset_from_array(DATA, targets, length, **options)
    return [[part.tolist() for part in batch] for batch in made]


def test_windows_and_targets_in_batches():
    assert windows(batch_size=4) == [
        [[[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]], [0, 10, 20, 30]],
        [[[4, 5, 6], [5, 6, 7], [6, 7, 8], [7, 8, 9]], [40, 50, 60, 70]],
        [[[8, 9, 10], [9, 10, 11]], [80, 90]],
    ]


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        ({}, range(10)),
        ({"targets": TARGETS[:4]}, range(4)),
        ({"sequence_stride": 4}, (0, 4, 8)),
        ({"start_index": 4}, range(4, 10)),
        ({"end_index": 6}, range(4)),
        ({"start_index": 2, "end_index": 8}, range(2, 6)),
        ({"format": "tf"}, range(10)),
    ],
)
def test_which_windows_there_are(options, starts):
    ((found, targets),) = windows(**options)
    assert found == [[start, start + 1, start + 2] for start in starts]
    assert targets == [start * 10 for start in starts]


def test_a_sampling_rate_spreads_a_window():
    ((found, targets),) = windows(sampling_rate=2, sequence_stride=3)
    assert found == [[0, 2, 4], [3, 5, 7], [6, 8, 10]]
    assert targets == [0, 30, 60]


def test_windows_alone_and_one_by_one():
    made = timeseries_dataset_from_array(DATA, None, 3, batch_size=None)
    assert [window.tolist() for window in made][:2] == [[0, 1, 2], [1, 2, 3]]
    assert len(made) == made.cardinality() == 10
    pairs = timeseries_dataset_from_array(DATA, TARGETS, 12, batch_size=None)
    ((window, target),) = pairs
    assert (window.tolist(), int(target)) == (DATA.tolist(), 0)


def test_a_shuffle_changes_each_pass_and_keeps_pairs():
    def starts(seed):
        made = timeseries_dataset_from_array(
            DATA, TARGETS, 3, batch_size=4, shuffle=True, seed=seed
        )
        passes = []
        for _ in range(2):
            pairs = [
                (int(w[0]), int(t)) for x, y in made for w, t in zip(x, y, strict=True)
            ]
            assert all(target == 10 * start for start, target in pairs)
            passes.append([start for start, _ in pairs])
        return passes

    first, second = starts(1)
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert starts(1) == [first, second]


def test_axes_and_dtypes_are_kept_and_fit_can_read_it():
    data = np.ones((9, 2, 3), "float32")
    made = timeseries_dataset_from_array(data, scipy.sparse.eye(9), 4, batch_size=5)
    adapter = make_adapter(made)
    assert adapter.num_batches == len(made) == 2
    x, y, _ = list(adapter.epoch())[1]
    assert (x.shape, x.dtype, y.shape) == ((1, 4, 2, 3), "float32", (1, 9))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"start_index": -1}, ValueError, "`start_index` of .* at least 0.*=-1"),
        ({"start_index": 12}, ValueError, "less than the length.*=12 for 12 steps"),
        ({"end_index": 0}, ValueError, "`end_index` of .*positive integer.*=0"),
        ({"end_index": 13}, ValueError, "not be more than the length.*=13 for 12"),
        ({"start_index": 5, "end_index": 5}, ValueError, "more than `start_index`"),
        ({"sampling_rate": 0}, ValueError, "sampling_rate=0"),
        ({"sampling_rate": 12}, ValueError, "sampling_rate=12 for 12 steps"),
        ({"sequence_stride": 0}, ValueError, "sequence_stride=0"),
        ({"sequence_stride": 12}, ValueError, "`sequence_stride` of .* less than the"),
        ({"batch_size": 0}, ValueError, "batch_size=0"),
        ({"length": 0}, ValueError, "sequence_length=0"),
        ({"length": 2.5}, TypeError, "sequence_length=2.5"),
        ({"length": 13}, ValueError, "must fit .*=13, .* 0 to 12 and 12 targets"),
        ({"length": 13, "targets": None}, ValueError, "steps 0 to 12$"),
        ({"format": "np"}, ValueError, "`format` of .* must be 'numpy'.*'np'"),
        ({"seed": 1.5, "shuffle": True}, TypeError, "`seed` of a shuffle"),
        ({"targets": ["a"] * 12}, TypeError, "`targets` of `timeseries"),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        windows(**options)
