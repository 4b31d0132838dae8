"""The recorder sees what a function computes, and says what it cannot record."""

import gc
import weakref

import numpy as np
import pytest

from kerasish import Variable, metrics, ops, random
from kerasish.autodiff import GradientTape, StatelessScope, Tensor, custom_gradient
from kerasish.autodiff.mode import part
from kerasish.tracing import recorder as module
from kerasish.tracing.recorder import Recorder
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.array([[1.0, -2.0, 3.0]], "float32")


def tensors(*arrays):
    return [Tensor(np.array(a, "float32")) for a in arrays]


def test_the_recorded_run_does_its_work_too():
    v = Variable([1.0])
    (x,) = tensors([2.0])
    with Recorder([x]):
        y = v.assign(v + x) * 2.0
    assert y.numpy().tolist() == [6.0]
    assert v.numpy().tolist() == [3.0]


def test_what_is_outside_the_block_is_not_recorded():
    (x,) = tensors([2.0])
    y = ops.exp(x)
    with Recorder([x]) as recorder:
        z = x + y
    ops.tanh(z)
    graph = recorder.graph([z])
    assert names(graph) == ["add"]
    assert graph.nodes[0].inputs[1].kind == "constant"


def test_variables_are_values_at_the_start():
    v = Variable([1.0, 2.0])
    graph, _ = record(lambda x: x * v + v, np.ones(2, "float32"))
    kinds = [value.kind for value in graph.values()]
    assert kinds == ["input", "variable", "node", "node"]


def test_variables_that_share_an_array_are_told_apart():
    a = Variable([1.0, 2.0])
    b = Variable(a.value)

    def fn(x):
        a.assign(a * 2.0)
        return a * x, b * x

    graph, _ = record(fn, np.ones(2, "float32"))
    found, _ = interpret(graph, np.ones(2, "float32"))
    same(found, [np.float32([2.0, 4.0]), np.float32([1.0, 2.0])])


def test_a_variable_is_read_as_it_was_assigned():
    v = Variable([1.0])

    def fn(x):
        old = v * 1.5
        v.assign(x)
        v.assign_add(v)
        return old, v.value

    graph, outputs = record(fn, np.float32([4.0]))
    found, updates = interpret(graph, np.float32([4.0]))
    same(found, [np.float32([1.5]), np.float32([8.0])])
    same(updates, [np.float32([8.0])])


def test_no_gradient_flows_through_an_assignment():
    v = Variable([3.0])

    def fn(x):
        with GradientTape() as tape:
            v.assign(v * x)
            loss = ops.sum(v * v)
        return tape.gradient(loss, v)

    eager = Variable([3.0])
    with GradientTape() as tape:
        eager.assign(eager * 2.0)
        loss = ops.sum(eager * eager)
    expected = tape.gradient(loss, eager).numpy()
    graph, _ = record(fn, np.float32([2.0]))
    same(interpret(graph, np.float32([2.0]))[0], [expected])


def test_what_an_operation_gives_back_unchanged_has_a_value_of_its_own():
    graph, _ = record(lambda x: (ops.reshape(x, (1, 3)), x), X)
    assert len({id(v) for v in graph.outputs}) == 2


def test_two_inputs_of_one_array_stay_two():
    array = np.ones(2, "float32")
    x, y = Tensor(array), Tensor(array)
    with Recorder([x, y]) as recorder:
        z = x - y
    graph = recorder.graph([z])
    assert graph.nodes[0].inputs == tuple(graph.inputs)
    same(interpret(graph, np.float32([5, 5]), array)[0], [np.float32([4, 4])])


def test_an_input_may_be_an_output():
    graph, _ = record(lambda x: x, X)
    assert graph.outputs == graph.inputs


def test_several_results_of_one_call():
    graph, outputs = record(lambda x: ops.qr(x), X)
    assert [len(n.outputs) for n in graph.nodes if not n.single] == [2]
    same(interpret(graph, X)[0], outputs)


def test_custom_gradients_are_recorded_by_their_steps():
    @custom_gradient
    def clipped(x):
        return ops.exp(x), lambda g: ops.clip(g, -1.0, 1.0)

    def fn(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(clipped(x) * 5.0)
        return tape.gradient(y, x)

    graph, _ = record(fn, X)
    same(interpret(graph, X)[0], [np.ones((1, 3), "float32")])


def test_draws_read_and_change_their_generator():
    seeds = random.SeedGenerator(3)
    again = random.SeedGenerator(3)
    graph, _ = record(lambda x: x + random.normal((3,), seed=seeds), X)
    for _ in range(2):
        found, (state,) = interpret(graph, X)
        same(found, [X + random.normal((3,), seed=again).numpy()])
        seeds.state.assign(state)


def test_a_stateless_scope_changes_nothing():
    v = Variable([1.0])

    def fn(x):
        with StatelessScope([(v, x * 3.0)]) as scope:
            v.assign(v + 1.0)
        return scope.get_current_value(v)

    graph, _ = record(fn, np.float32([1.0]))
    assert graph.updates == []
    same(interpret(graph, np.float32([2.0]))[0], [np.float32([7.0])])


def test_parts_are_joined_and_gradients_go_to_theirs():
    w = Variable([2.0])

    def fn(x):
        with GradientTape() as tape:
            with part("model"), part("head"):
                y = ops.sum(ops.exp(w) * x)
        with part("optimizer"):
            g = tape.gradient(y, w)
            return g * 0.5

    graph, _ = record(fn, np.float32([1.0]))
    scopes = {n.name: n.scope for n in graph.nodes}
    assert scopes["exp"] == "model/head"
    assert graph.nodes[-1].scope == "optimizer"
    backward = [n.scope for n in graph.nodes[3:-1]]
    assert "model/head" in backward


# ------------------------------------------------------------------- obstacles


def obstacle(fn, *arrays):
    given = tensors(*arrays)
    with Recorder(given) as recorder:
        fn(*given)
    return recorder.obstacle


READS = {
    "bool": lambda x: 1 if x[0] > 0 else 2,
    "float": lambda x: float(x[0]),
    "int": lambda x: int(x[0]),
    "numpy": lambda x: (x * 2.0).numpy(),
    "asarray": lambda x: np.asarray(x),
    "item": lambda x: x[0].item(),
    "tolist": lambda x: x.tolist(),
    "index": lambda x: [1, 2, 3][ops.cast(x[0], "int32")],
    "numpy_function": lambda x: np.linalg.svd(ops.reshape(x, (1, 2)).numpy()),
    "mask": lambda x: x[x > 0],
    "convert": lambda x: ops.convert_to_numpy(x),
}


@pytest.mark.parametrize("name", READS)
def test_reading_a_value_is_an_obstacle_and_its_line_is_named(name):
    found = obstacle(READS[name], [1.0, 2.0])
    assert found.startswith("a tensor's value was needed at ")
    assert "test_recorder.py" in found
    assert READS[name].__name__ != name
    assert f'"{name}": lambda x' in found


def test_the_first_obstacle_is_told():
    def fn(x):
        float(x)
        bool(x)

    assert "float(x)" in obstacle(fn, 1.0)


@pytest.mark.parametrize(
    ("name", "fn"),
    [
        ("nonzero", lambda x: ops.nonzero(x)),
        ("_unique_rows", lambda x: ops.unique(x)),
    ],
    ids=["nonzero", "unique"],
)
def test_a_shape_that_depends_on_values_is_an_obstacle(name, fn):
    found = obstacle(fn, [1.0, 0.0, 2.0])
    assert found.startswith(f"the shape of what `{name}` returns depends on values at")
    assert "test_recorder.py" in found


def test_an_obstacle_in_library_code_alone_has_no_line(monkeypatch):
    monkeypatch.setattr(module, "LIBRARIES", ("/", "<"))
    found = obstacle(lambda x: float(x), 1.0)
    assert found == "a tensor's value was needed inside the library"


def test_a_branch_on_a_variable_is_an_obstacle():
    v = Variable(1.0)
    assert "float(v)" in obstacle(lambda x: x * float(v), 1.0)


def test_values_that_never_change_may_be_read():
    limit = ops.convert_to_tensor(3.0)

    def fn(x):
        places = ops.nonzero(ops.convert_to_tensor([0, 1, 1]))[0]
        return x * float(limit) + ops.cast(places[0], "float32")

    assert obstacle(fn, 1.0) is None


def test_shapes_may_be_read():
    assert obstacle(lambda x: x / x.shape[0] if len(x.shape) else x, [1.0, 2.0]) is None


def test_a_metric_that_is_returned_is_read_later():
    mean = metrics.Mean()
    (x,) = tensors([1.0, 3.0])
    with Recorder([x]) as recorder:
        mean.update_state(x)
        made = mean.result()
    assert recorder.obstacle is None
    read, index = recorder.deferred(made)
    assert float(read()) == 2.0
    assert index == 0
    assert recorder.deferred(x) is None
    assert recorder.deferred(3.0) is None


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (lambda m: ops.exp(m), "a metric's result is used in the computation"),
        (lambda m: float(m), "a tensor's value was needed"),
    ],
    ids=["computed", "read"],
)
def test_a_metric_that_is_used_is_an_obstacle(use, reason):
    mean = metrics.Mean()

    def fn(x):
        mean.update_state(x)
        use(mean.result())

    assert obstacle(fn, [1.0, 3.0]).startswith(reason)


def test_an_error_inside_leaves_nothing_behind():
    (x,) = tensors([1.0])
    recorder = Recorder([x])
    with pytest.raises(ZeroDivisionError), recorder, part("a"):
        ops.exp(x)
        raise ZeroDivisionError
    ops.tanh(x)
    assert names(recorder.graph([])) == ["exp"]


def test_a_recorder_goes_with_its_last_user():
    v = Variable([1.0])
    (x,) = tensors([2.0])
    gc.disable()
    try:
        with Recorder([x]) as recorder:
            kept = v.assign(v + x) * 2.0
        recorder.graph([kept])
        gone = weakref.ref(recorder)
        del recorder
        assert gone() is None
    finally:
        gc.enable()
    del kept  # what it computed may outlive it
