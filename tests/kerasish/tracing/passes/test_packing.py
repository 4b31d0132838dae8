"""Equal updates of several variables become one node, and no others do."""

import numpy as np
import pytest

from kerasish import Variable, backends, layers, models, ops, optimizers
from kerasish.core.dtype_policies import set_dtype_policy
from kerasish.tracing.homes import offsets
from kerasish.tracing.packed import Fused
from kerasish.tracing.passes.common import share_common
from kerasish.tracing.passes.packing import pack_updates
from kerasish.tracing.passes.pipeline import optimize
from kerasish.tracing.plan import Plan
from tests.kerasish.tracing.graphs import interpret, record, same

SHAPES = ((2, 3), (3,), (3, 70), (70,))
X = np.linspace(-1, 1, 8).astype("float32").reshape(4, 2)


def weights(dtype="float32"):
    rng = np.random.default_rng(0)
    return [Variable(rng.normal(size=s), dtype=dtype) for s in SHAPES]


def gradients(x):
    """Returns tensors of the weights' shapes that no element-wise node makes."""
    return [
        ops.reshape(ops.matmul(ops.sum(x, keepdims=True), ops.ones((1, n))), s) * 0.1
        for s in SHAPES
        for n in [int(np.prod(s))]
    ]


def packs(graph):
    return [n for n in graph.nodes if isinstance(n.rule, Fused)]


def packed(fn, *arrays):
    """Returns the packed graph of a function, after a check that it, and the plan made
    of it, compute the same."""
    graph, outputs = record(fn, *arrays)
    _, updates = interpret(graph, *arrays)
    made = optimize(graph)
    found = interpret(made, *arrays)
    same(found[0], outputs)
    same(found[1], updates)
    plan = Plan(made, backends.current())
    for buffer, array in zip(plan.inputs, arrays, strict=True):
        buffer[...] = array
    plan.run()
    same(plan.outputs, outputs)
    same([v.numpy() for v, _ in graph.updates], updates)
    return made


def test_updates_of_one_kind_become_one_node():
    variables = weights()

    def fn(x):
        for v, g in zip(variables, gradients(x), strict=True):
            v.assign(v - 0.5 * g)
        return ops.sum(x)

    made = packed(fn, X)
    (node,) = packs(made)
    assert made.nodes[-1] is node
    assert len(node.outputs) == len(SHAPES)
    assert node.rule.chain.slots[0].shape == (offsets(variables)[1],)


def test_slots_are_packed_with_their_variables():
    variables = weights()
    slots = [Variable(np.ones(s, "float32")) for s in SHAPES]

    def fn(x):
        for v, m, g in zip(variables, slots, gradients(x), strict=True):
            moved = m * 0.9 + g
            m.assign(moved)
            v.assign(v - moved * 0.1)
        return ops.sum(x)

    (node,) = packs(packed(fn, X))
    assert len(node.rule.rows_out) == 2
    assert len(node.outputs) == 2 * len(SHAPES)


def test_computed_scalars_are_shared():
    variables = weights()
    rate = Variable(0.3)

    def fn(x):
        step = rate * ops.sum(x)
        for v, g in zip(variables, gradients(x), strict=True):
            v.assign(v - step * g)
        rate.assign(rate * 0.5)
        return x

    (node,) = packs(packed(fn, X))
    assert node.inputs[-1].shape == ()


def test_another_kind_of_update_is_another_node():
    variables = weights()

    def fn(x):
        for i, (v, g) in enumerate(zip(variables, gradients(x), strict=True)):
            v.assign(v * 0.99 - g if i % 2 else v - g)
        return x

    assert [len(node.outputs) for node in packs(packed(fn, X))] == [2, 2]


def test_other_numbers_are_another_kind():
    variables = weights()[:2]

    def fn(x):
        for v, g, rate in zip(variables, gradients(x), (0.1, 0.2), strict=False):
            v.assign(v - ops.clip(g, -rate, rate))
        return x

    assert packs(packed(fn, X)) == []


def test_variables_of_two_dtypes_lie_apart():
    variables = [*weights(), *weights("float64")]

    def fn(x):
        grads = gradients(x) + gradients(ops.exp(x))
        for v, g in zip(variables, grads, strict=True):
            v.assign(v - ops.cast(g, v.dtype))
        return x

    assert sorted(len(node.outputs) for node in packs(packed(fn, X))) == [4, 4]


def refused(change, variables=None):
    """Checks that a function of variables and gradients is not packed."""
    variables = variables or weights()

    def fn(x):
        result = change(variables, gradients(x))
        return x if result is None else result

    assert packs(packed(fn, X)) == []


def test_a_single_update_stays():
    def change(variables, grads):
        variables[0].assign(variables[0] - grads[0])

    refused(change)


def test_scalars_stay():
    def change(variables, grads):
        for v in variables:
            v.assign(v + 1.0)

    refused(change, [Variable(1.0), Variable(2.0)])


def test_a_new_value_that_is_returned_stays():
    def change(variables, grads):
        made = []
        for v, g in zip(variables, grads, strict=True):
            made.append(v - g)
            v.assign(made[-1])
        return made

    refused(change)


def test_a_value_on_the_way_that_is_returned_is_computed():
    def change(variables, grads):
        made = []
        for v, g in zip(variables, grads, strict=True):
            made.append(g * 0.5)
            v.assign(v - made[-1])
        return made

    variables = weights()
    made = packed(lambda x: change(variables, gradients(x)), X)
    assert all(v.kind == "node" for v in made.outputs)


def test_variables_that_are_written_and_not_read_stay():
    def change(variables, grads):
        for v, g in zip(variables, grads, strict=True):
            v.assign(g * 2.0)

    refused(change)


def test_variables_that_are_crossed_stay():
    def change(variables, grads):
        a, b = variables
        x, y = b * 2.0, a * 2.0
        a.assign(x)
        b.assign(y)

    refused(change, [Variable([1.0, 2.0]), Variable([3.0, 4.0])])


def test_variables_that_are_summed_stay():
    def change(variables, grads):
        a, b = variables
        x, y = a + b, b + a
        a.assign(x)
        b.assign(y)

    refused(change, [Variable([1.0, 2.0]), Variable([3.0, 4.0])])


def test_a_gradient_that_is_shared_stays():
    variables = [Variable([1.0, 2.0]), Variable([3.0, 4.0])]

    def fn(x):
        g = ops.sum(x, 0)
        for v in variables:
            v.assign(v - g)
        return x

    assert packs(packed(fn, X)) == []


def test_a_gradient_that_is_an_input_stays():
    variables = [Variable(X), Variable(X + 1)]

    def fn(x, y):
        for v, g in zip(variables, (x, y), strict=True):
            v.assign(v - g * 0.5)
        return ops.sum(x)

    assert packs(packed(fn, X, X * 3)) == []


def test_a_value_for_two_variables():
    a, b, c, d = (Variable([1.0, 2.0]) for _ in range(4))

    def fn(x):
        y = a + ops.sum(x, 0)
        z = c + ops.max(x, 0)
        for variable, value in ((a, y), (b, y), (c, z), (d, z)):
            variable.assign(value)
        return ops.sum(x)

    packed(fn, X)


def test_a_read_only_variable_is_packed_too():
    variables, anchors = weights(), weights()

    def fn(x):
        for v, a, g in zip(variables, anchors, gradients(x), strict=True):
            v.assign(v - g + (a - v) * 0.1)
        return x

    assert len(packs(packed(fn, X))) == 1


def test_without_the_pass_nothing_is_packed():
    variables = weights()

    def fn(x):
        for v, g in zip(variables, gradients(x), strict=True):
            v.assign(v - g)
        return x

    graph, _ = record(fn, X)
    assert packs(optimize(graph, skip=["packing"])) == []
    copy = graph.copy()
    share_common(copy)
    pack_updates(copy)
    assert len(packs(copy)) == 1
    assert packs(graph) == []


def model():
    made = models.Sequential(
        [
            layers.Input((2,)),
            layers.Dense(5, activation="tanh"),
            layers.Dense(70, activation="relu"),
            layers.Dense(1),
        ]
    )
    for i, w in enumerate(made.weights):
        values = np.sin(np.arange(w.size) + i).reshape(w.shape)
        w.assign(values.astype("float32") * 0.5)
    return made


OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.02),
    "momentum": lambda: optimizers.SGD(0.02, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    "rmsprop": lambda: optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adam": lambda: optimizers.Adam(0.01),
    "amsgrad": lambda: optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda: optimizers.AdamW(0.01, weight_decay=0.1),
    "nadam": lambda: optimizers.Nadam(0.01),
    "adamax": lambda: optimizers.Adamax(0.01),
    "adagrad": lambda: optimizers.Adagrad(0.1),
    "adadelta": lambda: optimizers.Adadelta(1.0),
    "ftrl": lambda: optimizers.Ftrl(0.1),
    "lion": lambda: optimizers.Lion(0.01),
    "clipnorm": lambda: optimizers.Adam(0.01, clipnorm=0.1),
    "clipvalue": lambda: optimizers.Adam(0.01, clipvalue=0.01),
    "global_clipnorm": lambda: optimizers.Adam(0.01, global_clipnorm=0.1),
    "ema": lambda: optimizers.SGD(0.02, use_ema=True),
    "accumulation": lambda: optimizers.Adam(0.01, gradient_accumulation_steps=2),
    "loss_scale": lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.01)),
}
# Whose slots and weights are one buffer each: a single node updates the model.
SINGLE = ("sgd", "momentum", "adam", "adamw", "adagrad", "global_clipnorm")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_takes_the_same_steps(name):
    expected, found = model(), model()
    for made in (expected, found):
        made.compile(OPTIMIZERS[name](), "mse", run_eagerly=made is expected)
        made.train_on_batch(X, X[:, :1])
    batch = tuple(ops.convert_to_tensor(a) for a in (X, X[:, :1].copy()))
    graph, _ = record(lambda x, y: (found.train_step((x, y)), x)[1], *batch)
    made = optimize(graph)
    assert len(packs(made)) == 1 or name not in SINGLE
    plan = Plan(made, backends.current())
    for buffer, array in zip(plan.inputs, batch, strict=True):
        buffer[...] = array._array
    for _ in range(4):
        expected.train_on_batch(X, X[:, :1])
        plan.run()
    same(found.get_weights(), expected.get_weights(), atol=2e-6)
    slots = [[v.numpy() for v in m.optimizer.variables] for m in (found, expected)]
    same(*slots, atol=2e-6)


def producers(made):
    """Returns what makes the gradients of an update."""
    [pack] = packs(made)
    rows = pack.rule.rows_in
    [row] = [row for row in rows if len(row) > 1 and row[0].kind == "node"]
    return [v.producer.name for v in row]


def test_rows_hold_what_gradients_are_reshaped_of():
    variables = weights()

    def fn(x):
        total = ops.sum(x, keepdims=True)
        for v in variables:
            flat = ops.matmul(total, ops.ones((1, v.value.size)))
            v.assign(v - 0.5 * ops.reshape(flat, v.shape))
        return total

    made = packed(fn, X)
    assert producers(made) == ["matmul"] * len(SHAPES)
    lines = Plan(made, backends.current()).lines
    assert not any(line.kernel == "_reshape" for line in lines)


def test_what_others_read_is_not_moved_into_a_row():
    variables = weights()

    def fn(x):
        total = ops.sum(x, keepdims=True)
        flat = [ops.matmul(total, ops.ones((1, v.value.size))) for v in variables]
        for v, g in zip(variables, flat, strict=True):
            v.assign(v - 0.5 * ops.reshape(g, v.shape))
        return flat[0]

    made = packed(fn, X)
    assert producers(made) == ["_reshape", "matmul", "matmul", "matmul"]


def test_gradients_are_widened_by_the_update_itself():
    set_dtype_policy("mixed_float16")
    expected, found = model(), model()
    for made in (expected, found):
        options = {"run_eagerly": made is expected, "auto_scale_loss": False}
        made.compile(optimizers.SGD(0.02), "mse", **options)
        made.train_on_batch(X, X[:, :1])
    batch = tuple(ops.convert_to_tensor(a) for a in (X, X[:, :1].copy()))
    graph, _ = record(lambda x, y: (found.train_step((x, y)), x)[1], *batch)
    made = optimize(graph)
    rows = [row for n in packs(made) for row in n.rule.rows_in if len(row) > 1]
    assert {v.dtype for row in rows for v in row} == {"float32", "float16"}
    plan = Plan(made, backends.current())
    for buffer, array in zip(plan.inputs, batch, strict=True):
        buffer[...] = array.numpy()
    for _ in range(3):
        plan.run()
        expected.train_on_batch(X, X[:, :1])
    for a, b in zip(expected.weights, found.weights, strict=True):
        np.testing.assert_allclose(b.numpy(), a.numpy(), rtol=1e-3, atol=1e-3)
