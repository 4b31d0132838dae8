"""Masks and sums go before the way back of max pooling, where nothing changes by it."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.tracing.passes.dead import remove_dead
from kerasish.tracing.passes.pooling import mask_before_places
from tests.kerasish.tracing.graphs import interpret, names, record

X = np.cos(np.arange(2 * 6 * 6 * 3) * 1.7).reshape(2, 6, 6, 3).astype("float32")
B = np.array([0.1, -0.2, 0.3], "float32")


def gradients(x, b, activation=ops.relu, padding="valid", window=2, more=None):
    """Returns gradients of pooled activations, of the images and of a bias."""
    with GradientTape() as tape:
        tape.watch([x, b])
        h = activation(x + b)
        y = ops.max_pool(h, window, padding=padding)
        loss = ops.sum(y * ops.arange(y.shape[1], dtype="float32")[:, None, None])
        loss = loss if more is None else loss + more(h)
    return tape.gradient(loss, [x, b])


def passed(fn, *arrays):
    """Returns the graph after the pass, which computes what it computed."""
    graph, outputs = record(fn, *arrays)
    mask_before_places(graph)
    remove_dead(graph)
    found, _ = interpret(graph, *arrays)
    for x, y in zip(found, outputs, strict=True):
        np.testing.assert_allclose(x, y, 1e-6, 1e-6)
    return graph


def sizes(graph, name):
    return [node.inputs[0].shape for node in graph.nodes if node.name == name]


@pytest.mark.parametrize("window", [2, 3])
def test_relu_and_bias_are_done_on_pooled_images(window):
    graph = passed(lambda x, b: gradients(x, b, window=window), X, B)
    pooled = (2, 6 // window, 6 // window, 3)
    assert sizes(graph, "greater") == [pooled]
    assert sizes(graph, "_sum_to")[-1] == pooled
    assert names(graph).count("_from_places") == 1


def test_the_mask_may_come_first():
    def fn(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(ops.max_pool(x, 2) * 2)
        return ops.cast(x > 0, "float32") * tape.gradient(y, x)

    graph = passed(fn, X)
    assert sizes(graph, "greater") == [(2, 3, 3, 3)]


def test_a_sum_with_windows_that_reach_out_stays():
    graph = passed(lambda x, b: gradients(x[:, :5, :5], b, padding="same"), X, B)
    assert sizes(graph, "greater") == [(2, 3, 3, 3)]
    assert sizes(graph, "_sum_to")[-1] == (2, 5, 5, 3)


@pytest.mark.parametrize(
    "options",
    [
        {"activation": ops.tanh},  # its derivative is no mask
        {"more": lambda h: ops.sum(h)},  # the gradient has another part
        {"activation": lambda x: x},
    ],
    ids=["tanh", "two uses", "linear"],
)
def test_what_stays_as_it_is(options):
    def fn(x, b):
        return gradients(x, b, **options)

    graph = passed(fn, X, B)
    before, _ = record(fn, X, B)
    remove_dead(before)
    assert names(graph) == names(before)


def test_a_mask_of_other_images_stays():
    def fn(x, z):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(ops.max_pool(x, 2))
        return tape.gradient(y, x) * ops.cast(z > 0, "float32")

    graph = passed(fn, X, -X)
    assert sizes(graph, "greater") == [X.shape]


def test_a_threshold_for_each_image_stays():
    def fn(x, z):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(ops.max_pool(x, 2))
        return tape.gradient(y, x) * ops.cast(x > z, "float32")

    graph = passed(fn, X, X[:, :1])
    assert sizes(graph, "greater") == [X.shape]
