"""Statistics of a batch that processes share."""

from kerasish import ops
from kerasish.layers.normalization.replicas import has_replicas, replica_sums
from tests.backends.communication.threads import as_group


def test_several_sums_are_taken_at_once():
    def work(group):
        assert has_replicas()
        before = group.joined
        first, second = replica_sums((ops.ones((1, 3)), ops.ones((2, 1)) * group.rank))
        assert group.joined == before + 1
        return first.tolist(), second.tolist()

    assert as_group(3, work) == [([[3.0, 3.0, 3.0]], [[3.0], [3.0]])] * 3


def test_a_single_process_has_its_own():
    assert not has_replicas()
    (only,) = replica_sums((ops.ones((2, 2)),))
    assert only.tolist() == [[1.0, 1.0]] * 2
