"""Loops are as many as reductions need, and keep what later ones read again."""

from kerasish.backends.llvm.nodes import program_of
from kerasish.backends.llvm.schedule import Root, Schedule, ordered
from tests.backends.llvm.chain_builder import ChainBuilder


def schedule_of(builder, *outputs):
    program = program_of(builder.chain(*outputs))
    return Schedule(program.outputs)


def times(schedule, axis):
    """Returns when each root is done, by kind and the name of its node."""
    made = schedule.times(schedule.roots, axis)
    return {(r.kind, r.node.name): t for r, t in made.items()}


def kept(schedule, axis):
    groups = schedule.groups(schedule.roots, axis)
    return [(k.time, k.node.name, k.root) for k in schedule.kept(groups, axis, {})]


def test_element_wise_outputs_share_a_loop():
    b = ChainBuilder()
    x = b.input(4, 5)
    one = b.call("exp", x)
    schedule = schedule_of(b, one, b.call("negative", one))
    assert times(schedule, 0) == {("store", "exp"): 1, ("store", "negative"): 1}
    assert schedule.is_divisible()
    assert kept(schedule, 0) == []


def test_a_softmax_takes_three_loops_over_its_axis():
    b = ChainBuilder()
    schedule = schedule_of(b, b.call("_softmax", b.input(4, 5), axis=(1,)))
    assert schedule.is_divisible()
    # All of it is done within one loop over rows.
    assert set(times(schedule, 0).values()) == {1}
    assert times(schedule, 1) == {
        ("reduce", "max"): 1,
        ("reduce", "sum"): 3,
        ("store", "divide"): 5,
    }
    # The exponentials are kept from the second loop to the third.
    assert kept(schedule, 1) == [(3, "exp", None)]


def test_what_is_cheap_is_computed_again():
    b = ChainBuilder()
    x = b.input(4, 5)
    away = b.call("subtract", x, b.reduce("mean", x, 1))
    schedule = schedule_of(b, b.reduce("sum", b.call("square", away), 1))
    assert kept(schedule, 1) == []


def test_what_is_stored_anyhow_is_read_back_from_there():
    b = ChainBuilder()
    e = b.call("exp", b.input(4, 5))
    out = b.call("divide", e, b.reduce("sum", e, 1))
    schedule = schedule_of(b, e, out)
    [(time, name, root)] = kept(schedule, 1)
    assert (time, name, root.kind, root.place) == (1, "exp", "store", 0)


def test_what_several_loops_read_is_kept_once():
    b = ChainBuilder()
    e = b.call("exp", b.input(4, 5))
    share = b.call("divide", e, b.reduce("sum", e, 1))
    away = b.call("subtract", e, b.reduce("_max", share, 1))
    schedule = schedule_of(b, b.reduce("sum", away, 1))
    assert kept(schedule, 1) == [(1, "exp", None)]


def test_what_is_in_memory_already_is_not_kept_again():
    b = ChainBuilder()
    schedule = schedule_of(b, b.call("_softmax", b.input(4, 5), axis=(1,)))
    groups = schedule.groups(schedule.roots, 1)
    [keep] = schedule.kept(groups, 1, {})
    assert list(schedule.kept(groups, 1, {keep.node})) == []


def test_reductions_over_the_first_axis_are_not_divisible():
    b = ChainBuilder()
    schedule = schedule_of(b, b.reduce("sum", b.input(4, 5), 0))
    assert not schedule.is_divisible()
    b = ChainBuilder()
    x, row = b.input(4, 5), b.input(1, 5)
    schedule = schedule_of(b, b.call("add", x, row), b.call("exp", row))
    assert not schedule.is_divisible()  # the second is done once, not in the loop


def test_a_reduction_waits_for_those_it_stands_on():
    b = ChainBuilder()
    x = b.input(4, 5)
    variance = b.reduce("var", x, 0)
    schedule = schedule_of(b, variance)
    assert [r.node.name for r in schedule.roots] == ["divide", "sum", "sum", "sum"]
    made = schedule.times(schedule.roots, 0)
    assert [made[r] for r in schedule.roots] == [6, 1, 3, 5]


def test_roots_are_ordered_by_their_nodes():
    b = ChainBuilder()
    x = b.input(4)
    outputs = [b.call("negative", x), b.call("exp", x)]
    schedule = schedule_of(b, *outputs[::-1])
    assert [r.place for r in ordered(schedule.roots)] == [1, 0]
    root = schedule.roots[0]
    assert root.value is root.node
    total = Root("reduce", root.node, (0,))
    assert total.value is root.node.args[0]
