"""Products of matrices take the bias and the activation along, where nobody else
reads what comes before."""

import numpy as np
import pytest

from kerasish import Variable, ops
from kerasish.autodiff import GradientTape
from kerasish.ops.broadcasting import unbroadcast
from kerasish.tracing.passes.epilogue import Dense, join_epilogues, join_sums
from tests.kerasish.tracing.graphs import interpret, names, record, same

ACTIVATIONS = ("relu", "tanh", "sigmoid")
X = np.array([[0.5, -1.0, 2.0], [3.0, 0.0, -0.5]], "float32")
W = np.array([[1.0, -2.0], [0.5, 0.25], [-1.0, 2.0]], "float32")
B = np.array([0.5, -0.5], "float32")


def joined(fn, *arrays, activations=ACTIVATIONS):
    graph, outputs = record(fn, *arrays)
    join_epilogues(graph, activations)
    same(interpret(graph, *arrays)[0], outputs, rtol=0, atol=0)
    return graph


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_product_bias_and_activation_become_one(name):
    graph = joined(lambda x, w, b: getattr(ops, name)(x @ w + b), X, W, B)
    assert names(graph) == ["dense"]
    assert graph.nodes[0].inputs == tuple(graph.inputs)
    assert graph.nodes[0].static == {"activation": name}


def test_the_bias_may_stand_first():
    graph = joined(lambda x, w, b: ops.relu(b + x @ w), X, W, B)
    assert names(graph) == ["dense"]
    assert graph.nodes[0].inputs == tuple(graph.inputs)


def test_without_an_activation():
    graph = joined(lambda x, w, b: x @ w + b, X, W, B)
    assert names(graph) == ["dense"]
    assert graph.nodes[0].static == {"activation": None}


def test_another_activation_stays_behind():
    graph = joined(lambda x, w, b: ops.exp(x @ w + b), X, W, B)
    assert names(graph) == ["dense", "exp"]


def test_only_activations_that_the_backend_has_join():
    graph = joined(lambda x, w, b: ops.tanh(x @ w + b), X, W, B, activations=["relu"])
    assert names(graph) == ["dense", "tanh"]


def test_layers_in_a_row():
    v = Variable(np.ones((2, 2)))

    def fn(x, w, b):
        return ops.sigmoid(ops.relu(x @ w + b) @ v + b)

    assert names(joined(fn, X, W, B)) == ["dense", "dense"]


def test_a_dense_result_read_again_by_a_product_is_kept():
    def fn(x, w, b):
        y = ops.relu(x @ w + b)
        return ops.transpose(x) @ y, ops.sum(y)

    assert names(joined(fn, X, W, B)).count("dense") == 1


@pytest.mark.parametrize(
    "fn",
    [
        lambda x, w, b: x @ w,
        lambda x, w, b: x @ w + ops.reshape(x[:, 0], (2, 1)),
        lambda x, w, b: x @ w + x @ w,
        lambda x, w, b: x @ w + b[0],
        lambda x, w, b: x @ w - b,
        lambda x, w, b: x[0] @ w + b,
        lambda x, w, b: ops.expand_dims(x, 0) @ w + b,
    ],
    ids=[
        *("no_bias", "column", "two_products", "scalar", "minus", "vector"),
        "three_axes",
    ],
)
def test_what_is_no_dense_layer_stays(fn):
    graph, outputs = record(fn, X, W, B)
    before = names(graph)
    join_epilogues(graph, ACTIVATIONS)
    same(interpret(graph, X, W, B)[0], outputs, rtol=0, atol=0)
    assert names(graph) == before


def test_a_product_that_is_returned_stays():
    def fn(x, w, b):
        y = x @ w
        return y, y + b

    assert names(joined(fn, X, W, B)) == ["matmul", "add"]


def test_a_sum_that_is_returned_ends_the_chain():
    def fn(x, w, b):
        y = x @ w + b
        return y, ops.relu(y)

    assert names(joined(fn, X, W, B)) == ["dense", "relu"]


def test_a_sum_that_a_gradient_reads_ends_the_chain():
    def fn(x, w, b):
        with GradientTape() as tape:
            tape.watch(w)
            loss = ops.sum(ops.log(ops.sigmoid(x @ w + b)))
        return tape.gradient(loss, w)

    graph = joined(fn, X, W, B)
    assert "dense" in names(graph)


def test_a_bias_that_is_computed_comes_before():
    graph = joined(lambda x, w, b: ops.relu(x @ w + ops.exp(b)), X, W, B)
    assert names(graph) == ["exp", "dense"]


def test_the_stand_in_computes_node_by_node():
    graph, _ = record(lambda x, w, b: ops.tanh(x @ w + b), X, W, B)
    made = Dense(graph.nodes).function(X, W, B, "tanh")
    np.testing.assert_allclose(made, np.tanh(X @ W + B), rtol=1e-6)


def test_the_scope_of_the_product_stays():
    graph, _ = record(lambda x, w, b: x @ w + b, X, W, B)
    graph.nodes[0].scope = "head"
    join_epilogues(graph, ACTIVATIONS)
    assert graph.nodes[0].scope == "head"


IMAGES = np.linspace(-1, 1, 2 * 5 * 5 * 3, dtype="float32").reshape(2, 5, 5, 3)
KERNEL = np.linspace(1, -1, 3 * 3 * 3 * 4, dtype="float32").reshape(3, 3, 3, 4)
FILTERS = np.array([0.5, -0.5, 0.25, 0.0], "float32")


@pytest.mark.parametrize("shape", [(4,), (1, 1, 1, 4)])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_convolution_bias_and_activation_become_one(name, shape):
    def fn(x, k, b):
        return getattr(ops, name)(ops.conv(x, k) + ops.reshape(b, shape))

    graph = joined(fn, IMAGES, KERNEL, FILTERS)
    assert "conv_dense" in names(graph) and name not in names(graph)
    (node,) = [n for n in graph.nodes if n.name == "conv_dense"]
    assert node.static["activation"] == name and node.static["groups"] == 1


def test_convolutions_of_groups_stay_apart():
    kernel = KERNEL[:, :, :1].repeat(3, axis=3)[..., :3]
    bias = FILTERS[:3]

    def fn(x, k, b):
        return ops.relu(ops.depthwise_conv(x, ops.transpose(k, (0, 1, 3, 2))) + b)

    assert "conv_dense" not in names(joined(fn, IMAGES, kernel, bias))


def test_a_bias_along_another_axis_stays_apart():
    def fn(x, k, b):
        return ops.relu(ops.conv(x, k) + b)

    bias = np.ones((3, 1), "float32")
    assert "conv_dense" not in names(joined(fn, IMAGES, KERNEL, bias))


G = np.linspace(-1, 1, 4, dtype="float32").reshape(2, 2)


def summed(fn, *arrays, along=()):
    graph, outputs = record(fn, *arrays)
    join_sums(graph, lambda node: node.name in along)
    same(interpret(graph, *arrays)[0], outputs)
    return graph


def gradients_of(x, g, shape=(2,)):
    return ops.transpose(x) @ g, unbroadcast(g, ops.zeros(shape))


@pytest.mark.parametrize("shape", [(2,), (1, 2)])
def test_a_product_sums_the_rows_of_its_operand(shape):
    graph = summed(lambda x, g: gradients_of(x, g, shape), X, G)
    assert names(graph) == ["_transpose", "dense_gradients"]
    product, sums = graph.nodes[-1].outputs
    assert (product.shape, sums.shape) == ((3, 2), shape)


def test_rows_of_several_axes():
    """A dense layer of sequences: the product sees their rows one below the other."""
    x, g = np.ones((2, 3, 4), "float32"), np.ones((2, 3, 2), "float32")

    def fn(x, g):
        rows, columns = ops.reshape(x, (6, 4)), ops.reshape(g, (6, 2))
        return ops.transpose(rows) @ columns, unbroadcast(g, ops.zeros((1, 1, 2)))

    graph = summed(fn, x, g)
    assert "dense_gradients" in names(graph) and "_sum_to" not in names(graph)


def test_sums_that_the_step_before_takes_along_stay():
    def fn(x, g):
        return gradients_of(x, ops.exp(g))

    assert "dense_gradients" in names(summed(fn, X, G))
    graph = summed(fn, X, G, along=["exp"])
    assert names(graph) == ["exp", "_transpose", "matmul", "_sum_to"]


def test_sums_that_a_copy_takes_along_stay():
    def fn(x, g):
        turned = ops.transpose(ops.reshape(g, (1, 2, 2)), (1, 0, 2))
        return gradients_of(x, ops.reshape(turned, (2, 2)))

    assert "_sum_to" in names(summed(fn, X, G))


def test_the_first_product_takes_the_sums():
    def fn(x, g):
        return ops.transpose(x) @ g, ops.transpose(g) @ g, gradients_of(x, g)[1]

    graph = summed(fn, X, G)
    assert names(graph).count("dense_gradients") == 1


def test_sums_that_are_read_before_the_product():
    def fn(x, g):
        sums = ops.exp(unbroadcast(g, ops.zeros((2,))))
        return sums, ops.transpose(x) @ g

    assert names(summed(fn, X, G)) == ["_transpose", "dense_gradients", "exp"]


def test_sums_that_the_product_needs_stay():
    def fn(x, g):
        sums = unbroadcast(g, ops.zeros((2,)))
        return ops.transpose(x * ops.sum(sums)) @ g

    assert "_sum_to" in names(summed(fn, X, G))


def test_sums_of_other_axes_stay():
    def fn(x, g):
        return ops.transpose(x) @ g, unbroadcast(g, ops.zeros((2, 1)))

    assert "_sum_to" in names(summed(fn, X, G))
