"""Large sums over images are taken in two stages, and mean the same."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.tracing.passes.stages import sum_in_stages
from tests.kerasish.tracing.graphs import interpret, names, record

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 24, 24, 16)).astype("float32")


def staged(fn, *arrays):
    graph, outputs = record(fn, *arrays)
    sum_in_stages(graph)
    found, _ = interpret(graph, *arrays)
    for x, y in zip(found, outputs, strict=True):
        assert x.shape == y.shape
        np.testing.assert_allclose(x, y, 1e-4, 1e-4)
    return graph


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [(0, 1, 2), (0, 1), (-4, -3, -2)])
@pytest.mark.parametrize("name", ["sum", "mean"])
def test_the_first_stage_has_a_sum_for_each_image(name, axis, keepdims):
    graph = staged(lambda x: getattr(ops, name)(x, axis, keepdims=keepdims), X)
    assert names(graph) == [name, name, "_reshape"]
    first, last = graph.nodes[:2]
    assert first.output.shape[0] == 8 and first.output.shape[1] == 1
    assert last.output.shape[:2] == (1, 1)
    assert graph.outputs[0].shape == np.sum(X, axis, keepdims=keepdims).shape


def test_gradients_of_biases():
    def fn(x, b):
        with GradientTape() as tape:
            tape.watch(b)
            y = ops.sum(ops.square(x + b))
        return tape.gradient(y, b)

    graph = staged(fn, X, np.ones(16, "float32"))
    assert names(graph)[-3:] == ["sum", "sum", "_reshape"]
    assert "_sum_to" not in names(graph)


@pytest.mark.parametrize(
    ("axis", "shape"),
    [
        (None, X.shape),
        ((0, 1, 2, 3), X.shape),
        (0, X.shape),
        ((1, 2), X.shape),
        ((0, 2), X.shape),
        ((0, 1, 2), (8, 5, 5, 16)),  # not many
        ((0, 1), (8, 4, 8192)),  # the first stage would leave a quarter
        ((0, 1), (8, 4096, 0)),
    ],
    ids=str,
)
def test_what_stays_one_sum(axis, shape):
    graph = staged(
        lambda x: ops.sum(x, axis), X if shape == X.shape else np.ones(shape, "float32")
    )
    assert names(graph) == ["sum"]


@pytest.mark.parametrize("dtype", ["float16", "int32"])
def test_sums_in_another_dtype_stay(dtype):
    graph = staged(lambda x: ops.sum(x, (0, 1, 2)), (X > 2).astype(dtype))
    assert names(graph).count("sum") == 1
