"""Losses of a part of a batch."""

import numpy as np
import pytest

from kerasish import losses, ops
from kerasish.backends.communication import Share, sharing
from kerasish.distribution.losses import divisor, factor
from tests.backends.communication.threads import as_group

RNG = np.random.default_rng(0)
Y, P = RNG.normal(size=(2, 6, 3)).astype("float32")
W = RNG.uniform(0.5, 2, 6).astype("float32")
KEEP = np.array(
    [[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 1], [1, 1, 1], [1, 0, 1]], bool
)


class Errors(losses.Loss):
    def call(self, y_true, y_pred):
        return ops.square(y_true - y_pred)


@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_with_sample_weight"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("own", [3, 1, 6])
def test_their_mean_by_rows_is_the_loss_of_the_whole(reduction, weighted, masked, own):
    def loss(rows):
        pred = ops.convert_to_tensor(P[rows])
        if masked:
            pred._keras_mask = ops.convert_to_tensor(KEEP[rows])
        return float(
            Errors(reduction=reduction)(Y[rows], pred, W[rows] if weighted else None)
        )

    def work(group):
        counts = (own, 6 - own)[group.rank]
        rows = slice(0, own) if group.rank == 0 else slice(own, 6)
        with sharing(Share(counts, 6)):
            return loss(rows if counts else slice(0, 1)) * counts / 6

    assert sum(as_group(2, work)) == pytest.approx(loss(slice(None)), rel=1e-5)


def test_nothing_changes_where_nothing_is_shared():
    count = ops.convert_to_tensor(3.0)
    assert factor() == 1.0
    assert divisor(count) is count
    with sharing(Share(1, 2)):
        assert factor() == 1.0
        assert divisor(count) is count
    assert as_group(2, lambda group: (factor(), divisor(2.0))) == [(1.0, 2.0)] * 2
