"""Batches of similar lengths: whole, mixed anew, with little filling."""

import itertools

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.data import BucketedSequences
from kerasish.data.bucketing import best_boundaries

RNG = np.random.default_rng(0)
LENGTHS = np.concatenate([RNG.integers(1, 12, 150), RNG.integers(30, 90, 57)])
X = [RNG.integers(1, 50, n) for n in LENGTHS]
Y = np.array([x.mean() > 25 for x in X], "float32")


def rows_seen(data):
    """Returns the rows of the batches, after comparing these with the sequences."""
    seen = []
    for i in range(len(data)):
        x, y = data[i]
        rows = data.rows_of(i)
        for found, row in zip(x, rows, strict=True):
            n = len(X[row])
            np.testing.assert_array_equal(found[:n], X[row])
            assert not found[n:].any()
        np.testing.assert_array_equal(y, Y[rows])
        seen += rows.tolist()
    return seen


def test_every_sample_comes_once_in_an_epoch():
    data = BucketedSequences(X, Y, batch_size=16, seed=1)
    orders = []
    for _ in range(3):
        data.on_pass_begin()
        orders.append(rows_seen(data))
        assert sorted(orders[-1]) == list(range(len(X)))
        assert len(data) == -(-len(X) // 16)
    assert orders[0] != orders[1] != orders[2]


def test_the_seed_decides_and_without_shuffling_nothing_changes():
    first, again = (BucketedSequences(X, Y, batch_size=16, seed=7) for _ in range(2))
    for _ in range(2):
        assert rows_seen(first) == rows_seen(again)
        first.on_pass_begin()
        again.on_pass_begin()
    calm = BucketedSequences(X, Y, batch_size=16, shuffle=False)
    before = rows_seen(calm)
    calm.on_pass_begin()
    assert rows_seen(calm) == before
    assert [calm[i][0].shape[1] for i in range(len(calm))] == sorted(
        calm[i][0].shape[1] for i in range(len(calm))
    )


def test_there_is_little_filling_and_there_are_few_shapes():
    data = BucketedSequences(X, Y, batch_size=16, seed=1)
    plain = BucketedSequences(X, Y, batch_size=16, boundaries=[100], seed=1)
    assert plain.filling > 0.6
    assert data.filling < 0.25
    assert len(data.widths) <= 8
    cells = sum(data[i][0].size for i in range(len(data)))
    assert data.filling == pytest.approx(1 - LENGTHS.sum() / cells)


@pytest.mark.parametrize("num", [1, 2, 3, 5])
def test_boundaries_are_the_best_of_all(num):
    lengths = np.random.default_rng(num).integers(1, 14, 40)

    def cells(boundaries):
        return sum(min(b for b in boundaries if b >= n) for n in lengths)

    ends = sorted(set(lengths.tolist()))
    best = min(
        cells((*inner, ends[-1]))
        for k in range(num)
        for inner in itertools.combinations(ends[:-1], k)
    )
    found = best_boundaries(lengths, num)
    assert cells(found) == best
    assert len(found) <= num
    assert found == sorted(found)


def test_boundaries_of_very_many_lengths():
    lengths = np.arange(1, 5000)
    found = best_boundaries(lengths, 4)
    np.testing.assert_allclose(found, [1250, 2500, 3750, 4999], rtol=0.02)
    assert best_boundaries(np.array([0, 0]), 3) == [1]


def test_boundaries_of_the_user():
    data = BucketedSequences(
        [[1] * n for n in (1, 5, 9, 2, 6, 20)],
        batch_size=2,
        boundaries=[3, 8],
        shuffle=False,
    )
    assert [x.shape for x in (data[0], data[1], data[2])] == [(2, 2), (2, 6), (2, 20)]
    assert data.widths == [2, 6, 20]


def test_what_fills_and_cuts():
    kw = {"batch_size": 2, "shuffle": False}
    x = [[1, 2, 3, 4], [5]]
    data = BucketedSequences(x, value=-1, padding="pre", maxlen=3, **kw)
    assert sorted(data[0].tolist()) == [[-1, -1, 5], [2, 3, 4]]
    data = BucketedSequences(x, maxlen=2, truncating="post", dtype="float32", **kw)
    assert sorted(data[0].tolist()) == [[1, 2], [5, 0]]
    assert data[0].dtype == np.float32
    data = BucketedSequences(x, [0, 1], sample_weight=[0.5, 2.0], **kw)
    found = {tuple(a.tolist()): (b, w) for a, b, w in zip(*data[0], strict=True)}
    assert found == {(5, 0, 0, 0): (1, 2.0), (1, 2, 3, 4): (0, 0.5)}


def test_targets_of_steps_are_filled_like_the_inputs():
    tags = [x % 3 for x in X]
    data = BucketedSequences(X, tags, batch_size=16, padding="pre", seed=0)
    for i in range(len(data)):
        x, y = data[i]
        np.testing.assert_array_equal(y, x % 3)
    targets = {"a": np.arange(len(X)), "b": Y}
    data = BucketedSequences(X, targets, batch_size=16, seed=0)
    assert data[0][1]["a"].tolist() == data.rows_of(0).tolist()


@pytest.mark.parametrize("side", ["pre", "post"])
@pytest.mark.parametrize("mask", [False, True], ids=["value", "mask"])
def test_an_array_that_is_filled_up_already(side, mask):
    x = [row.copy() for row in X]
    x[4][len(x[4]) // 2] = 0  # no filling: between others
    filled = keras.utils.pad_sequences(x, padding=side)
    ones = keras.utils.pad_sequences([np.ones(len(row)) for row in x], padding=side)
    kw = {"batch_size": 16, "seed": 2, "sample_weight": np.arange(len(X))}
    wanted = BucketedSequences(x, Y, **kw)
    found = BucketedSequences(filled, Y, padded=ones > 0 if mask else 0, **kw)
    assert (found.widths, found.filling) == (wanted.widths, wanted.filling)
    for i in range(len(wanted)):
        for a, b in zip(found[i], wanted[i], strict=True):
            np.testing.assert_array_equal(a, b)


def test_targets_of_steps_are_cut_like_an_array_of_inputs():
    x = np.array([[5, 6, 0, 0], [7, 0, 0, 0], [1, 2, 3, 4], [0, 0, 0, 0]])
    y = np.stack([x * 2, x + 1], -1)
    data = BucketedSequences(x, y, 2, shuffle=False, padded=0)
    assert data.widths == [1, 4]
    assert data[0][1].tolist() == [[[14, 8]], [[0, 0]]]
    assert data[1][1][0].tolist() == [[10, 6], [12, 7], [0, 0], [0, 0]]
    data = BucketedSequences(x, y[:, :3], 4, padded=0, shuffle=False)
    assert data[0][1].shape == (4, 3, 2)  # one for each sample


def test_filled_vectors():
    x = np.full((2, 3, 2), -1.0)
    x[0, :2], x[1, :1] = [[1, -1], [-1, 2]], [[3, 4]]
    data = BucketedSequences(x, batch_size=1, shuffle=False, padded=-1)
    assert data[0].tolist() == [[[3, 4]]]
    assert data[1].tolist() == [[[1, -1], [-1, 2]]]


def model():
    """Returns a model that leaves filling out."""
    keras.utils.set_random_seed(0)
    made = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(50, 8, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1),
        ]
    )
    made.compile(keras.optimizers.Adam(0.05), "mse")
    return made


def test_models_fit_evaluate_and_predict():
    made = model()
    data = BucketedSequences(X, Y, batch_size=16, seed=3)
    history = made.fit(data, epochs=12, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]
    whole = keras.utils.pad_sequences(X, padding="post")
    loss = made.evaluate(whole, Y, verbose=0)
    assert made.evaluate(data, verbose=0) == pytest.approx(loss, rel=1e-4)
    wanted = made.predict(whole, verbose=0)
    for shuffle in (True, False):
        given = BucketedSequences(X, batch_size=16, shuffle=shuffle)
        found = made.predict(given, verbose=0)
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)
    given = BucketedSequences(X, batch_size=16, shuffle=False, workers=2)
    part = made.predict(given, steps=3, verbose=0)
    rows = np.sort(np.concatenate([given.rows_of(i) for i in range(3)]))
    np.testing.assert_allclose(part, wanted[rows], rtol=1e-4, atol=1e-6)


def test_passes_that_take_several_epochs():
    seen = []

    class Noted(BucketedSequences):
        """Notes which rows are read."""

        def __getitem__(self, index):
            seen.append(self.rows_of(index).tolist())
            return super().__getitem__(index)

    data = Noted(X, Y, batch_size=64, seed=0)
    model().fit(data, epochs=4, steps_per_epoch=2, verbose=0)
    assert len(data) == 4
    assert sorted(sum(seen[:4], [])) == sorted(sum(seen[4:], [])) == list(range(len(X)))


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        (
            {"padding": "left"},
            "`padding` of `BucketedSequences` must be 'pre' or 'post'",
        ),
        ({"truncating": 1}, "`truncating` of .* must be 'pre' or 'post'. Received: tr"),
        ({"batch_size": 0}, "`batch_size` of `BucketedSequences` must be a positive"),
        ({"maxlen": 0}, "`maxlen` of `BucketedSequences` must be a positive"),
        ({"num_buckets": 0}, "`num_buckets` of `BucketedSequences` must be a positive"),
        ({"boundaries": [3, 2]}, "must be a rising list of lengths. Received: bound"),
        ({"boundaries": []}, "must be a rising list of lengths"),
        ({"boundaries": 3}, "must be a rising list of lengths"),
        ({"shuffle": "batch"}, "`shuffle` of .* must be a bool. Received: shuffle='b"),
        ({"y": [1]}, "same number of samples. Received: `sequences` has 2, `y` has 1"),
        ({"y": [[1], [1]]}, "as long as those of `sequences`|must be an array"),
        ({"y": [[1], [1, 2, 3]]}, "must hold ones as long as those of `sequences`"),
        ({"y": [0, 1], "sample_weight": [1]}, "`sample_weight` has 1"),
        ({"padded": 0}, "`sequences` of `BucketedSequences` must be an array"),
    ],
)
def test_what_is_refused(kw, message):
    with pytest.raises((ValueError, TypeError), match=message):
        BucketedSequences([[1, 2], [3]], **kw)
