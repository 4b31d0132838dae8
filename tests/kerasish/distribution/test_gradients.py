"""Gradients of the whole batch, where optimizers get them."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import ops, optimizers
from kerasish.backends.communication import Share, sharing
from kerasish.distribution.gradients import global_gradients
from kerasish.optimizers.multi_optimizer import OptimizerMap
from tests.backends.communication.threads import as_group

SHAPES = [(2, 3), (), (4,)]


def gradients(rank, dtypes=("float32", "float64", "float16")):
    rng = np.random.default_rng(rank)
    made = [rng.normal(size=s).astype(d) for s, d in zip(SHAPES, dtypes, strict=True)]
    return [made[0], None, *map(ops.convert_to_tensor, made[1:])]


@pytest.mark.parametrize("rows", [(1, 1), (3, 1), (4, 0)])
def test_they_are_the_mean_by_rows(rows):
    def work(group):
        with sharing(Share(rows[group.rank], sum(rows))):
            before = group.joined
            with global_gradients(gradients(group.rank)) as whole:
                # Once for float32 and what is narrower, once for float64.
                assert group.joined == before + 2
                return [None if g is None else (g.dtype, g.numpy()) for g in whole]

    wanted = zip(gradients(0), gradients(1), strict=True)
    expected = [
        None if a is None else (np.asarray(a) * rows[0] + np.asarray(b) * rows[1])
        for a, b in wanted
    ]
    for made in as_group(2, work):
        for found, total in zip(made, expected, strict=True):
            if total is None:
                assert found is None
                continue
            assert found[0] == total.dtype
            tolerance = 1e-2 if total.dtype == "float16" else 1e-6
            np.testing.assert_allclose(found[1], total / sum(rows), rtol=tolerance)


def test_a_single_process_keeps_its_own():
    given = gradients(0)
    with global_gradients(given) as whole:
        assert whole is given


@pytest.mark.parametrize(
    "make",
    [
        lambda: optimizers.SGD(0.5, clipnorm=1.0),
        lambda: optimizers.Adam(0.1, global_clipnorm=0.5),
        lambda: optimizers.LossScaleOptimizer(optimizers.SGD(0.5), 1.0),
        lambda: optimizers.MultiOptimizer(
            OptimizerMap(optimizers.SGD(0.5), {"first": optimizers.Adam(0.1)})
        ),
        lambda: optimizers.SGD(0.5, gradient_accumulation_steps=2),
    ],
    ids=["clipped", "global", "scaled", "multiple", "accumulated"],
)
@pytest.mark.parametrize("pairs", [False, True], ids=["apply", "pairs"])
def test_every_optimizer_sees_them_once(make, pairs):
    rows = [np.array([3.0, -1.0]), np.array([1.0, 5.0])]

    def steps(rank=None):
        optimizer = make()
        weights = [keras.Variable([1.0, 2.0], name=n) for n in ("first", "second")]
        for step in range(3):
            g = np.mean(rows, 0) if rank is None else rows[rank]
            grads = [g * (step + 1.0), g**2 if rank is None else g * g.sum()]
            if rank is None:
                grads[1] = np.mean([r * r.sum() for r in rows], 0)
            grads = [x.astype("float32") for x in grads]
            if pairs:
                optimizer.apply_gradients(zip(grads, weights, strict=True))
            else:
                optimizer.apply(grads, weights)
        return [w.numpy() for w in weights]

    expected = steps()
    for made in as_group(2, lambda group: steps(group.rank)):
        np.testing.assert_allclose(made, expected, rtol=1e-5)


def test_a_loop_of_ones_own_gets_them():
    x = np.arange(8.0, dtype="float32").reshape(4, 2)

    def train(rows):
        w = keras.Variable([0.5, -0.5])
        optimizer = optimizers.SGD(0.01)
        for _ in range(3):
            with keras.GradientTape() as tape:
                loss = ops.mean(ops.square(ops.matmul(x[rows], w) - 1.0))
            optimizer.apply_gradients([(tape.gradient(loss, w), w)])
        return w.numpy()

    expected = train(slice(None))
    for made in as_group(2, lambda group: train(slice(group.rank, None, 2))):
        np.testing.assert_allclose(made, expected, rtol=1e-5)
