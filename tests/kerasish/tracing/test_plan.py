"""Plans compute what eager execution does, in memory that stays where it is."""

import tracemalloc

import numpy as np
import pytest

from kerasish import Variable, backends, layers, models, ops, random
from kerasish.core import tree
from kerasish.core.revision import revision
from kerasish.tracing import function
from kerasish.tracing.passes import optimize
from kerasish.tracing.plan import Plan
from kerasish.tracing.profile import profile
from tests.kerasish.tracing.graphs import record, same

X = np.linspace(-1, 2, 12).astype("float32").reshape(3, 4)


def planned(fn, *arrays):
    """Returns the plan of a function, and a function that runs it on arrays."""
    graph, _ = record(fn, *arrays)
    backend = backends.current()
    plan = Plan(optimize(graph, backend), backend)

    def run(*given):
        for buffer, array in zip(plan.inputs, given, strict=True):
            buffer[...] = array
        plan.run()
        return [x.copy() for x in plan.outputs]

    return plan, run


FUNCTIONS = {
    "elementwise": lambda x: ops.tanh(x * 2.0) + ops.exp(-x),
    "product": lambda x: ops.relu(x @ ops.ones((4, 2)) + np.float32([1, -9])),
    "reduction": lambda x: (ops.sum(x, 0), ops.mean(x), ops.max(x, 1)),
    "softmax": lambda x: (ops.softmax(x), ops.log_softmax(x, 0)),
    "views": lambda x: (ops.transpose(x), x[1:, ::2], ops.reshape(x, (2, 6))),
    "index": lambda x: (ops.take(x, [2, 0], 0), ops.argmax(x, -1)),
    "logic": lambda x: ops.where(ops.logical_and(x > 0, x < 1), x, -x),
    "integers": lambda x: ops.cast(x * 10.0, "int32") // 3,
    "dtypes": lambda x: (ops.cast(x, "float16") + 1.0, ops.cast(x, "float64") / 3.0),
    "bfloat16": lambda x: ops.cast(x, "bfloat16") * 3.0,
    "complex": lambda x: ops.fft((x, x * 0.5)),
    "several": lambda x: ops.qr(ops.transpose(x)),
    "sort": lambda x: (ops.sort(x, 0), ops.cumsum(x, 1), ops.top_k(x, 2)),
    "image": lambda x: ops.conv(
        ops.reshape(x, (1, 3, 4, 1)), ops.ones((2, 2, 1, 2)), padding="same"
    ),
    "input": lambda x: (x, x),
    "nothing": lambda x: (),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_those_of_eager_execution(name):
    fn = FUNCTIONS[name]
    _, run = planned(fn, X)
    for array in (X, X[::-1] * 2, X):
        made = fn(ops.convert_to_tensor(array))
        same(run(array), [t.numpy() for t in tree.flatten(made)], rtol=1e-5)


def test_buffers_stay_where_they_are():
    plan, run = planned(lambda x: ops.exp(x) + x, X)
    before = plan.inputs[0], plan.outputs[0]
    run(X)
    run(X)
    assert plan.inputs[0] is before[0]
    assert plan.outputs[0] is before[1]


def test_variables_are_read_where_they_are():
    v = Variable(X)
    _, run = planned(lambda x: x * v, X)
    same(run(X), [X * X])
    v.assign(X + 1)
    same(run(X), [X * (X + 1)])


def test_variables_change():
    v = Variable(np.zeros((3, 4)))

    def fn(x):
        v.assign(v * 0.5 + x)
        return ops.sum(v)

    _, run = planned(fn, X)
    expected = np.zeros((3, 4), "float32")
    for _ in range(4):
        expected = expected * np.float32(0.5) + X
        same(run(X), [expected.sum()], rtol=1e-5)
        same([v.numpy()], [expected])


def test_tensors_of_a_variable_stay_what_they_were():
    v = Variable(np.zeros((3, 4)))

    def fn(x):
        v.assign_add(x)
        return x

    _, run = planned(fn, X)
    run(X)
    before = v.value
    run(X)
    same([before.numpy(), v.numpy()], [X, X * 2])


def test_an_old_value_may_be_returned():
    v = Variable(np.zeros((3, 4)))

    def fn(x):
        old = v.value
        v.assign(old + x)
        return old, ops.transpose(old), v.value

    _, run = planned(fn, X)
    for i in range(3):
        same(run(X), [X * i, (X * i).T, X * (i + 1)])


def test_values_are_exchanged_at_once():
    a, b = Variable([1.0, 2.0]), Variable([3.0, 4.0])

    def fn():
        x, y = a.value, b.value
        a.assign(y)
        b.assign(x)
        return ()

    plan, run = planned(fn)
    run()
    assert (a.numpy().tolist(), b.numpy().tolist()) == ([3, 4], [1, 2])
    run()
    assert (a.numpy().tolist(), b.numpy().tolist()) == ([1, 2], [3, 4])


def test_draws_go_on():
    seeds, again = random.SeedGenerator(5), random.SeedGenerator(5)
    _, run = planned(lambda x: x + random.normal((3, 4), seed=seeds), X)
    for _ in range(3):
        same(run(X), [X + random.normal((3, 4), seed=again).numpy()])


def test_floating_point_errors_are_values():
    _, run = planned(lambda x: (ops.log(x), x / 0.0, ops.exp(x * 1e4)), X)
    found = run(X)
    assert np.isnan(found[0]).any()
    assert np.isinf(found[1]).any()
    assert np.isinf(found[2]).any()


def test_an_error_in_a_step_leaves_variables_readable():
    v = Variable([1.0, 2.0])

    def fn(x):
        v.assign(v * 2.0)
        return ops.exp(x)

    plan, run = planned(fn, X)
    assert v.numpy().tolist() == [1, 2]

    def broken():
        raise KeyboardInterrupt

    plan._taken.append(broken)
    with pytest.raises(KeyboardInterrupt):
        run(X)
    assert v.numpy().tolist() == [2, 4]
    plan._taken.pop()
    run(X)
    assert v.numpy().tolist() == [4, 8]


def test_a_plan_notices_that_a_variable_moved():
    a, b = Variable([1.0, 2.0]), Variable([3.0, 4.0])

    def alone(x):
        a.assign(a + x[0])
        return x

    def packed(x):
        for v, k in ((a, 1.0), (b, 2.0)):
            v.assign(v - ops.matmul(x, ops.ones((2, 2)) * k)[0])
        return x

    x = np.ones((1, 2), "float32")
    first, run_alone = planned(alone, x)
    assert first.is_bound()
    before = revision()
    second, run_packed = planned(packed, x)
    assert a._home.store is b._home.store
    assert second.is_bound()
    assert not first.is_bound()
    assert revision() > before
    first, run_alone = planned(alone, x)  # it takes the place that is there
    assert second.is_bound()
    run_alone(x)
    run_packed(x)
    assert (a.numpy().tolist(), b.numpy().tolist()) == ([0, 1], [-1, 0])


def test_the_print_out_has_a_line_for_each_step():
    v = Variable(X)

    def fn(x):
        v.assign(x)
        return ops.matmul(ops.transpose(x), ops.cumsum(x, 0))

    plan, run = planned(fn, X)
    lines = str(plan).splitlines()
    assert lines[0].split() == ["kernel", "writes", "moved", "part"]
    assert len(lines) == len(plan.steps) + 1 == len(plan.lines) + 1
    kernels = [line.kernel for line in plan.lines]
    assert kernels == ["_cumsum", "matmul", "copy"]
    assert "float32[4, 4]" in lines[2]
    assert lines[3].endswith("variables")
    with profile() as found:
        run(X)
    assert sorted(line.kernel for line in found.calls) == sorted(kernels)


def test_the_print_out_shortens_long_rows():
    variables = [Variable(np.ones(3)) for _ in range(5)]

    def fn(x):
        y = ops.matmul(ops.ones((5, 3)), x[:, :3])
        for i, v in enumerate(variables):
            v.assign(v * 0.5 - ops.matmul(y[i : i + 1], ops.ones((3, 3)))[0])
        return x

    plan, _ = planned(fn, X)
    assert "float32[3], float32[3], float32[3], ..." in str(plan)
    assert "multiply subtract" in str(plan)


def test_packed_rows_of_more_than_a_block():
    sizes = (9_000, 12_000)
    variables = [Variable(np.linspace(0, 1, n)) for n in sizes]
    before = [v.numpy().copy() for v in variables]

    def fn(x):
        for v in variables:
            g = ops.matmul(ops.sum(x, keepdims=True), ops.ones((1, v.shape[0])))[0]
            v.assign(v * 0.5 + ops.sqrt(g * g))
        return x

    plan, run = planned(fn, X)
    assert [line.kernel for line in plan.lines].count("matmul") == 2
    run(X)
    total = abs(X.sum())
    same([v.numpy() for v in variables], [b * np.float32(0.5) + total for b in before])


def training_plan(compiled):
    """Returns the plan of a training step whose arrays have a megabyte each."""
    model = models.Sequential(
        [
            layers.Input((512,)),
            layers.Dense(512, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(512, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = np.ones((512, 512), "float32"), np.arange(512) % 10
    model.train_on_batch(x, y)
    graph, _ = record(lambda x, y: (model.train_step((x, y)), x)[1], x, y)
    backend = backends.current()
    return Plan(optimize(graph, backend, compiled=compiled), backend)


@pytest.mark.parametrize(
    ("compiled", "limit"),
    # NumPy's own loops take buffers of up to 8,192 elements.
    [(False, 200_000), (True, 4_000)],
    ids=["numpy", "compiled"],
)
def test_nothing_is_allocated_in_the_steady_state(compiled, limit):
    if compiled:
        pytest.importorskip("llvmlite")
    plan = training_plan(compiled)
    for _ in range(2):
        plan.run()
    tracemalloc.start()
    try:
        plan.run()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(3):
            plan.run()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 1_000
    assert peak - before < limit


@pytest.mark.parametrize(
    ("shape", "filters", "threads"), [((8, 8, 1), 2, 1), ((32, 32, 16), 64, None)]
)
def test_large_convolutions_use_all_threads(shape, filters, threads):
    kernel = np.ones((3, 3, shape[-1], filters), "float32")
    f = function(lambda x: ops.conv(x, kernel))
    for _ in range(4):
        f(np.ones((4, *shape), "float32"))
    ((plan,),) = (trace.plans.values() for trace in f._traces.values())
    assert plan._threads == threads
