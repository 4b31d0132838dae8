"""Arrays cut into batches: order, sizes, dtypes, copies."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from kerasish.backends import backend_scope
from kerasish.backends.numpy_backend import NumpyBackend
from kerasish.data import ArrayAdapter
from kerasish.data.adapters import row_number


def rows_of(adapter):
    return [batch[0].ravel().tolist() for batch in adapter.epoch()]


def test_batches_in_order_are_views_and_the_last_is_short():
    x = np.arange(10.0).reshape(5, 2)
    adapter = ArrayAdapter(x, np.arange(5), batch_size=2)
    batches = list(adapter.epoch())
    assert [len(batch[0]) for batch in batches] == [2, 2, 1]
    assert all(np.shares_memory(batch[0], x) for batch in batches)
    assert batches[2][1].tolist() == [4]
    assert batches[0][2] is None
    assert (adapter.num_batches, adapter.num_samples, adapter.batch_size) == (3, 5, 2)


def test_dtypes_are_kept():
    adapter = ArrayAdapter(np.ones(2, "float64"), np.ones(2, "uint8"), shuffle=True)
    x, y, _ = next(adapter.epoch())
    assert (x.dtype, y.dtype) == ("float64", "uint8")


@pytest.mark.parametrize("size", [1, 3, 10, 11])
def test_a_shuffled_epoch_holds_every_sample_once(size):
    x = np.arange(10)
    adapter = ArrayAdapter(x, x * 10, x + 0.5, batch_size=size, shuffle=True, seed=1)
    epochs = []
    for _ in range(2):
        batches = list(adapter.epoch())
        xs, ys, ws = (np.concatenate(part) for part in zip(*batches, strict=True))
        assert sorted(xs) == x.tolist()
        assert (ys == xs * 10).all()
        assert (ws == xs + 0.5).all()
        epochs.append(xs.tolist())
    assert epochs[0] != epochs[1] != x.tolist()


def test_the_seed_decides_the_order():
    made = [ArrayAdapter(np.arange(50), shuffle=True, seed=s) for s in (1, 1, 2)]
    first, same, other = (rows_of(adapter) for adapter in made)
    assert first == same != other
    expected = np.random.default_rng(1).permutation(50)
    assert np.concatenate(first).tolist() == expected.tolist()


def test_shuffled_batches_keep_their_samples_and_the_short_one_is_last():
    x = np.arange(32)
    adapter = ArrayAdapter(x, batch_size=3, shuffle="batch", seed=1)
    batches = list(adapter.epoch())
    rows = [batch[0].tolist() for batch in batches]
    assert sorted(rows) == [list(range(i, min(i + 3, 32))) for i in range(0, 32, 3)]
    assert rows != sorted(rows)
    assert rows[-1] == [30, 31]
    assert all(np.shares_memory(batch[0], x) for batch in batches)


def test_structures_come_back_in_their_form():
    x = {"b": np.arange(3), "a": [np.arange(3) * 2, None]}
    adapter = ArrayAdapter(x, (np.arange(3), [1, 2, 3]), batch_size=2)
    batch_x, batch_y, weights = list(adapter.epoch())[1]
    assert list(batch_x) == ["b", "a"]
    assert batch_x["b"].tolist() == [2]
    assert batch_x["a"][0].tolist() == [4]
    assert batch_x["a"][1] is None
    assert type(batch_y) is tuple
    assert batch_y[1].tolist() == [3]
    assert weights is None


def test_one_weight_array_serves_several_targets():
    adapter = ArrayAdapter([1, 2], {"a": [1, 2], "b": [3, 4]}, [0.5, 1.0])
    assert next(adapter.epoch())[2]["b"].tolist() == [0.5, 1.0]


def test_sparse_matrices_are_made_dense_batch_by_batch(rng):
    dense = rng.random((7, 3)) * (rng.random((7, 3)) > 0.5)
    sparse = scipy.sparse.csc_matrix(dense)
    adapter = ArrayAdapter(sparse, sparse[:, :1], batch_size=3)
    batches = list(adapter.epoch())
    assert all(type(part) is np.ndarray for batch in batches for part in batch[:2])
    assert (np.concatenate([batch[0] for batch in batches]) == dense).all()
    shuffled = ArrayAdapter(sparse, batch_size=3, shuffle=True, seed=4)
    order = np.random.default_rng(4).permutation(7)
    assert (np.concatenate([b[0] for b in shuffled.epoch()]) == dense[order]).all()
    weighted = ArrayAdapter(sparse, sparse[:, :1], scipy.sparse.csr_array([[1.0]] * 7))
    assert type(next(weighted.epoch())[2]) is np.ndarray


def test_pandas():
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})
    x, y, w = next(ArrayAdapter(frame, pd.Series([0, 1]), pd.Series([1, 2])).epoch())
    assert x.tolist() == [[1, 0.5], [2, 1.5]]
    assert y.tolist() == [[0], [1]]
    assert w.tolist() == [[1], [2]]


def test_class_weights_become_sample_weights():
    adapter = ArrayAdapter([1, 2, 3], [0, 1, 1], class_weight={1: 4.0}, batch_size=2)
    assert [b[2].tolist() for b in adapter.epoch()] == [[1, 4], [4]]


def test_no_samples():
    with pytest.raises(ValueError, match="`x` of `fit` must hold at least one sample"):
        ArrayAdapter(np.ones((0, 3)), np.ones(0))
    for shuffle in (False, True):
        adapter = ArrayAdapter(np.ones((0, 3)), caller="predict", shuffle=shuffle)
        assert [batch[0].shape for batch in adapter.epoch()] == [(0, 3)]
        assert adapter.num_batches == 1
    sparse = ArrayAdapter(scipy.sparse.csr_array((0, 4)), caller="predict")
    assert next(sparse.epoch())[0].shape == (0, 4)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="`x` has 10, `y` has 4"):
        ArrayAdapter(np.ones(10), np.ones(4))
    with pytest.raises(ValueError, match="`x` has 2, `y` has 2, `sample_weight` has 3"):
        ArrayAdapter(np.ones(2), np.ones(2), np.ones(3))


@pytest.mark.parametrize("shuffle", [False, True, "batch"])
def test_the_rows_of_a_batch_are_known(shuffle):
    adapter = ArrayAdapter(np.arange(11), batch_size=4, shuffle=shuffle, seed=2)
    for x, _, _ in adapter.epoch():
        numbers = [row_number(adapter.rows, i) for i in range(len(x))]
        assert numbers == x.tolist()


def test_shuffled_batches_are_gathered_into_buffers():
    x, y = np.arange(10.0), np.arange(10)
    buffers = [np.empty(4), np.empty(4, "float32"), None]
    made = ArrayAdapter(x, y, batch_size=4, shuffle=True, seed=1)
    made.buffers = lambda: buffers
    batches = [(a is buffers[0], a.tolist(), b.tolist()) for a, b, _ in made.epoch()]
    assert [own for own, _, _ in batches] == [True, True, False]  # the last is short
    assert sorted(n for _, a, _ in batches for n in a) == x.tolist()
    assert all(a == b for _, a, b in batches)


def test_buffers_of_another_structure_are_not_used():
    made = ArrayAdapter({"a": np.arange(4.0)}, batch_size=4, shuffle=True, seed=1)
    made.buffers = lambda: [np.empty(4), None, None]
    ((x, _, _),) = made.epoch()
    assert sorted(x["a"].tolist()) == [0, 1, 2, 3]


class Device(NumpyBackend):
    """Stands for a device whose memory is apart."""

    def resident(self, arrays, dtypes):
        kinds = zip(arrays, dtypes, strict=True)
        return [x.astype(kind or x.dtype) for x, kind in kinds]


@pytest.mark.parametrize("shuffle", [False, True, "batch"])
def test_data_on_a_device_make_the_same_batches(shuffle):
    x, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    options = {"batch_size": 2, "shuffle": shuffle, "seed": 3}
    expected = list(ArrayAdapter(x, y, **options).epoch())
    with backend_scope(Device()):
        adapter = ArrayAdapter(x, y, **options)
        adapter.move("float32")
        assert adapter.moved
        assert adapter.whole()[0] is x
        found = list(adapter.epoch())
    for (a, b, _), (c, d, none) in zip(found, expected, strict=True):
        assert (a.dtype, b.dtype, none) == ("float32", "int64", None)
        assert (a.tolist(), b.tolist()) == (c.tolist(), d.tolist())


def moved(x):
    adapter = ArrayAdapter(x)
    adapter.move()
    return adapter.moved


def test_what_stays_on_the_host():
    sparse = scipy.sparse.csr_matrix(np.eye(3))
    assert not moved(np.ones(3))  # this backend has no device
    with backend_scope(Device()):
        assert moved(np.ones(3))
        assert not moved(sparse)
        assert not moved(np.array(["a", "b"]))
    assert ArrayAdapter(sparse).whole() is None
