"""Values share one buffer while nobody needs both; views and homes take none of it."""

import numpy as np
import pytest

from kerasish import Variable, backends, ops
from kerasish.tracing.homes import settle
from kerasish.tracing.memory import ALIGNMENT, Layout
from tests.kerasish.tracing.graphs import record
from tests.kerasish.tracing.programs import Program, inputs

X = np.arange(256, dtype="float32").reshape(16, 16)
UNIT = X.nbytes


def layout(fn, *arrays, aliasing=(), packs=()):
    graph, _ = record(fn, *arrays)
    for v in graph.variables():
        settle([v], backends.current())
    return graph, Layout(graph, backends.current(), aliasing, [*packs])


def array_of(made, value):
    return made.arrays[id(value)]


def chain(x, n=6):
    for _ in range(n):
        x = ops.exp(x)
    return x


def test_every_value_has_an_array_of_its_shape():
    v = Variable(X)

    def fn(x):
        v.assign_add(x)
        return ops.sum(ops.transpose(x) * v + np.float32(3), 0)

    graph, made = layout(fn, X)
    for value in graph.values():
        array = array_of(made, value)
        assert array.shape == value.shape
        assert array.dtype == value.dtype


def test_a_chain_takes_turns_in_two_places():
    _, made = layout(chain, X)
    assert made.nbytes == 2 * UNIT


def test_a_chain_of_calls_that_may_write_over_an_operand_takes_one():
    graph, made = layout(chain, X, aliasing=["exp"])
    assert made.nbytes == UNIT
    assert len({array_of(made, n.output).ctypes.data for n in graph.nodes}) == 1


def test_inputs_are_not_written_over():
    graph, made = layout(lambda x: ops.exp(x), X, aliasing=["exp"])
    given, found = (array_of(made, v) for v in (graph.inputs[0], graph.outputs[0]))
    assert not np.shares_memory(given, found)


def test_an_operand_that_is_needed_again_is_not_written_over():
    def fn(x):
        y = ops.exp(x)
        return ops.tanh(y) + y

    graph, made = layout(fn, X, aliasing=["tanh"])
    first, second = (array_of(made, n.output) for n in graph.nodes[:2])
    assert not np.shares_memory(first, second)


@pytest.mark.parametrize(
    "fn",
    [
        lambda y: y * ops.transpose(y),
        lambda y: ops.cast(y > 0, "bool"),
        lambda y: y + ops.reshape(y, (16, 16))[:1],
        lambda y: ops.sum(y, 0),
    ],
    ids=["own_view", "dtype", "own_row", "shape"],
)
def test_an_operand_that_does_not_fit_is_not_written_over(fn):
    graph, made = layout(
        lambda x: fn(ops.exp(x)), X, aliasing=["multiply", "greater", "add", "sum"]
    )
    first, last = (array_of(made, n.output) for n in (graph.nodes[0], graph.nodes[-1]))
    assert not np.shares_memory(first, last)


def test_an_operand_given_twice_may_be_written_over():
    def fn(x):
        y = ops.exp(x)
        return y * y

    _, made = layout(fn, X, aliasing=["multiply"])
    assert made.nbytes in (UNIT, 2 * UNIT)


def test_outputs_live_to_the_end():
    graph, made = layout(lambda x: [chain(x, i) for i in range(1, 5)], X)
    arrays = [array_of(made, v) for v in graph.outputs]
    for i, a in enumerate(arrays):
        assert not any(np.shares_memory(a, b) for b in arrays[i + 1 :])


VIEWED = {
    "reshape": lambda x: ops.reshape(x, (4, 64)),
    "transpose": lambda x: ops.transpose(x),
    "row": lambda x: x[3],
    "step": lambda x: x[::2, 1:],
    "flip": lambda x: ops.flip(x, 0),
    "broadcast": lambda x: ops.broadcast_to(x, (2, 16, 16)),
    "chain": lambda x: ops.reshape(ops.transpose(x)[::-1], (1, 16, 16)),
    "stop": lambda x: ops.stop_gradient(x),
}


@pytest.mark.parametrize("name", VIEWED)
def test_views_take_no_memory_and_no_step(name):
    graph, made = layout(lambda x: VIEWED[name](ops.exp(x)), X)
    assert [n.name for n in made.steps] == ["exp"]
    assert made.nbytes == UNIT
    given = array_of(made, graph.nodes[0].output)
    found = array_of(made, graph.outputs[0])
    given[...] = X
    np.testing.assert_array_equal(found, np.asarray(VIEWED[name](X)))
    assert made.base_of(graph.outputs[0]) is graph.nodes[0].output
    assert made.base_of(graph.inputs[0]) is graph.inputs[0]


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: ops.reshape(ops.transpose(x), (256,)),
        lambda x: x[np.array([True, False] * 8)],
        lambda x: ops.reshape(ops.broadcast_to(x[:1], (16, 16)), (256,)),
    ],
    ids=["transposed", "mask", "broadcast"],
)
def test_what_must_be_copied_is_a_step(fn):
    _, made = layout(fn, X)
    assert len(made.steps) == 1


def test_a_view_keeps_its_base_alive():
    def fn(x):
        y = ops.exp(x)
        row = y[3]
        return chain(x) + row

    graph, made = layout(fn, X, aliasing=["exp"])
    base = array_of(made, graph.nodes[0].output)
    others = [n for n in made.steps[1:] if n.name == "exp"]
    assert not any(np.shares_memory(base, array_of(made, n.output)) for n in others)


def test_a_view_of_a_constant():
    table = np.arange(6, dtype="float32").reshape(2, 3)
    graph, made = layout(
        lambda x: x + ops.transpose(ops.convert_to_tensor(table)), X[:3, :2]
    )
    assert [n.name for n in made.steps] == ["add"]
    np.testing.assert_array_equal(array_of(made, graph.nodes[0].output), table.T)


def test_buffers_start_cache_lines():
    graph, made = layout(lambda x: [ops.exp(x[:3]), ops.tanh(x[0]), ops.sin(x)], X)
    for value in (graph.inputs[0], *graph.outputs):
        assert array_of(made, value).ctypes.data % ALIGNMENT == 0


def test_gaps_are_filled_and_joined():
    def fn(x):
        small = [ops.exp(x[:8]), ops.tanh(x[8:])]
        total = ops.sum(small[0]) + ops.sum(small[1])
        return ops.sin(x) + total

    _, made = layout(fn, X)
    # Two halves and a few scalars; the whole takes the halves' place.
    assert made.nbytes < 2 * UNIT + UNIT // 2


def test_an_empty_value():
    graph, made = layout(lambda x: ops.exp(x), np.ones((0, 3), "float32"))
    assert array_of(made, graph.outputs[0]).shape == (0, 3)


# ----------------------------------------------------------------------- homes


def assigned(fn, aliasing=()):
    """Returns the variable of an update, the layout, and the value's array."""
    v = Variable(X)
    graph, made = layout(lambda x: fn(v, x), X, aliasing=aliasing)
    return v, made, array_of(made, graph.updates[0][1])


def test_a_new_value_is_written_home_at_once():
    def fn(v, x):
        v.assign(ops.exp(x))
        return x

    v, made, array = assigned(fn)
    assert array is v._home.array
    assert made.copies == []
    assert made.nbytes == 0


def test_an_update_in_place():
    def fn(v, x):
        v.assign(v + x)
        return x

    v, made, array = assigned(fn, aliasing=["add"])
    assert array is v._home.array
    v, made, array = assigned(fn)
    assert array is not v._home.array
    assert made.copies == [(v._home.array, array)]


def test_a_new_value_may_be_written_home_after_a_view_was_read():
    def fn(v, x):
        part = v[2:3] * 1.5
        v.assign(ops.exp(x))
        return part

    _, made, _ = assigned(fn)
    assert made.copies == []


LATE = {
    "transposed": lambda v, x: ops.transpose(v) + x,
    "own_transpose": lambda v, x: ops.transpose(v),
    "input": lambda v, x: x,
    "constant": lambda v, x: ops.zeros((16, 16)),
    "view": lambda v, x: ops.transpose(ops.exp(x)),
}


@pytest.mark.parametrize("name", LATE)
def test_a_new_value_is_copied_home_in_the_end(name):
    def fn(v, x):
        v.assign(LATE[name](v, x))
        return x

    v, made, array = assigned(fn, aliasing=["add"])
    assert array is not v._home.array
    assert [to is v._home.array for to, _ in made.copies] == [True]


def test_an_old_value_that_is_needed_afterwards():
    def fn(v, x):
        old = v.value
        v.assign(ops.exp(x))
        return old * v

    v, made, array = assigned(fn)
    assert array is not v._home.array
    assert [to is v._home.array for to, _ in made.copies] == [True]


def test_the_same_value_for_two_variables():
    a, b = Variable(X), Variable(X)

    def fn(x):
        y = ops.exp(x)
        a.assign(y)
        b.assign(y)
        return y

    _, made = layout(fn, X)
    ((to, source),) = made.copies
    assert to is b._home.array
    assert source is a._home.array


def test_rows_lie_side_by_side():
    def fn(x):
        return ops.sum(ops.exp(x[0])), ops.exp(x[:2]), ops.tanh(x[:3])

    graph, _ = record(fn, X)
    row = [n.output for n in graph.nodes if n.name in ("exp", "tanh")][1:]
    made = Layout(graph, backends.current(), [], [row])
    flat = made.row(row)
    assert flat.shape == (64 + 64,)
    flat[...] = np.arange(128)
    assert array_of(made, row[0]).ravel().tolist() == list(range(32))
    assert array_of(made, row[1]).ravel().tolist() == list(range(64, 112))
    assert made.row(row[:1]) is array_of(made, row[0])


@pytest.mark.parametrize("seed", range(8))
def test_what_is_alive_together_lies_apart(seed):
    """Goes through the steps and marks whose bytes are whose."""
    graph, _ = record(Program(seed), *inputs(seed))
    backend = backends.current()
    for v in graph.variables():
        settle([v], backend)
    made = Layout(graph, backend, backend.aliasing, [])
    last = {}
    for i, node in enumerate(made.steps):
        for value in node.inputs:
            last[id(made.base_of(value))] = i
    for value in graph.results():
        last[id(made.base_of(value))] = len(made.steps)
    alive = {}
    for i, node in enumerate(made.steps):
        for value in node.outputs:
            array = array_of(made, value)
            for other, (held, end) in alive.items():
                if end > i or (end == i and node.name not in backend.aliasing):
                    assert not np.shares_memory(array, held), (i, node, other)
        for value in node.outputs:
            alive[id(value)] = (array_of(made, value), last.get(id(value), i))


def test_small_outputs_have_memory_of_their_own():
    def fn(x):
        y = ops.exp(x)
        return ops.sum(y), y

    graph, made = layout(fn, X)
    small, large = (array_of(made, v) for v in graph.outputs)
    assert not np.shares_memory(small, made._buffer)
    assert np.shares_memory(large, made._buffer)
    assert made.nbytes == UNIT
