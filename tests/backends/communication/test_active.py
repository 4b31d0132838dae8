"""The group and the share of a batch that a computation belongs to."""

import pytest

from kerasish.backends.communication import Communicator, active
from kerasish.core.revision import surroundings


def told():
    return [f() for f in surroundings]


def test_nothing_is_shared_by_a_single_process():
    assert active.current() is None
    assert active.share() is None
    assert active.weight() == 1.0
    assert active.is_first()
    with active.group_scope(Communicator(0, 1)):
        assert active.current() is None


def test_scopes_nest_and_end():
    first, second = Communicator(0, 2), Communicator(1, 2)
    with active.group_scope(first):
        assert active.current() is first
        with active.group_scope(second):
            assert active.current() is second
            assert not active.is_first()
            with active.group_scope(None):
                assert active.current() is None
        assert active.is_first()
    assert active.current() is None


def test_a_group_of_the_process_is_what_scopes_begin_with():
    group = Communicator(1, 2)
    active.set_group(group)
    try:
        assert active.current() is group
        with active.group_scope(None):
            assert active.current() is None
    finally:
        active.set_group(None)
    assert active.current() is None


@pytest.mark.parametrize(("rows", "counts"), [(3, 1.5), (1, 0.5), (0, 0.0), (2, 1.0)])
def test_a_process_counts_by_its_rows(rows, counts):
    with active.group_scope(Communicator(0, 2)), active.sharing(active.Share(rows, 4)):
        assert active.weight() == counts
        with active.sharing(None):
            assert active.weight() == 1.0


def test_plans_know_group_and_share():
    before = told()
    with active.group_scope(Communicator(0, 2)):
        inside = told()
        with active.sharing(active.Share(1, 3)):
            assert told() != inside
        assert told() == inside != before
    assert told() == before
