"""Plans that gather their inputs themselves, one batch at a time or several."""

import gc
import weakref

import numpy as np
import pytest

from kerasish import Variable, ops
from kerasish.autodiff import Tensor
from kerasish.backends import current
from kerasish.tracing.feed import Feed, Rows, run
from kerasish.tracing.plan import Plan
from kerasish.tracing.profile import profile
from kerasish.tracing.recorder import Recorder

DATA = np.arange(10.0, dtype="float32").reshape(10, 1)
ORDER = np.array([3, 1, 4, 0, 5, 9, 2, 6, 8, 7])


class Steps:
    """A plan that notes the batches it is given, for a batch of two rows or one.

    Args:
        count: Rows of a batch.
        recorded: Whether the backend may replay the steps in a form of its own.
    """

    def __init__(self, count=2, recorded=True):
        self.seen = Variable(np.zeros(30, "float32"))
        x = Tensor(np.zeros((count, 1), "float32"))
        with Recorder([x]) as recorder:
            self.seen.assign(ops.concatenate([self.seen, ops.reshape(x, -1)])[count:])
        self.plan = Plan(recorder.graph([]), current(), recorded)
        self.plan.backend = self
        self.calls = []
        self.seen.assign(np.zeros(30, "float32") - 1)

    def __getattr__(self, name):
        return getattr(current(), name)

    def record(self, steps, names):
        """Stands for the backend's: notes how many steps make one."""
        assert len(steps) == len(names)
        calls, together = self.calls, len(steps) // (len(self.plan.steps) + 1)

        def taken():
            calls.append(together)
            for step in steps:
                step()

        return [taken]

    def rows(self):
        """Returns the rows that were seen, the first first."""
        values = self.seen.numpy()
        return values[values >= 0].tolist()


def epoch(feed, steps, last=None):
    for start in range(0, 10, 2):
        run(steps.plan, feed.batch([DATA], start))


def test_a_batch_is_an_array_that_is_not_there_yet():
    feed = Feed(current(), 10, 4)
    feed.start(ORDER)
    x, none = feed.batch([DATA, None], 8)
    assert none is None
    assert type(x) is Rows
    assert (x.shape, x.dtype) == ((2, 1), "float32")
    assert x.numpy().tolist() == [[8], [7]]
    assert ops.sum(x).numpy() == 15
    x._array = np.zeros((2, 1), "float32")  # as the recorder does
    assert x.numpy().tolist() == [[0], [0]]


def test_the_plan_gathers_in_the_order_of_the_epoch():
    feed, steps = Feed(current(), 10, 2), Steps()
    epoch(feed, steps)
    assert steps.rows() == list(range(10))
    feed.start(ORDER)
    epoch(feed, steps)
    assert steps.rows() == [*range(10), *ORDER]
    assert steps.calls == [1] * 10


@pytest.mark.parametrize(
    ("together", "calls"), [(2, [2, 2, 1]), (3, [3, 1, 1]), (5, [5]), (9, [1] * 5)]
)
def test_several_steps_run_as_one(together, calls):
    feed, steps = Feed(current(), 10, 2, together), Steps()
    epoch(feed, steps)
    feed.flush()
    assert steps.rows() == list(range(10))
    assert steps.calls == calls


def test_what_was_put_off_runs_before_anything_else():
    feed, steps = Feed(current(), 10, 2, 5), Steps()
    run(steps.plan, feed.batch([DATA], 0))
    assert not steps.calls
    feed.batch([DATA], 2)[0].numpy()  # somebody looks at a batch
    assert steps.rows() == [0, 1]
    run(steps.plan, feed.batch([DATA], 2))  # not the first of five
    assert steps.rows() == [0, 1, 2, 3]
    run(steps.plan, feed.batch([DATA], 0))
    run(steps.plan, feed.batch([DATA], 6))  # which does not follow
    assert steps.rows() == [0, 1, 2, 3, 0, 1, 6, 7]
    other = Steps()
    run(steps.plan, feed.batch([DATA], 0))
    run(other.plan, feed.batch([DATA], 2))
    assert steps.rows()[-2:] == [0, 1]
    assert other.rows() == [2, 3]


def test_a_new_epoch_forgets_what_was_put_off():
    feed, steps = Feed(current(), 10, 2, 5), Steps()
    run(steps.plan, feed.batch([DATA], 0))
    feed.start(None)
    epoch(feed, steps)
    assert steps.rows() == list(range(10))


def test_a_short_batch_has_a_plan_of_its_own():
    feed, pairs, single = Feed(current(), 3, 2), Steps(), Steps(1)
    for _ in range(2):
        run(pairs.plan, feed.batch([DATA[:3]], 0))
        run(single.plan, feed.batch([DATA[:3]], 2))
    assert pairs.rows() == [0, 1, 0, 1]
    assert single.rows() == [2, 2]


def test_other_data_are_copied(rng):
    steps = Steps()
    run(steps.plan, [np.float32([[1], [2]])])
    run(steps.plan, [Tensor(np.float32([[3], [4]]))])
    steps.plan.inputs[0][...] = 5
    run(steps.plan, [steps.plan.inputs[0]])
    assert steps.rows() == [1, 2, 3, 4, 5, 5]


def test_steps_that_are_not_replayed_are_not_fed():
    feed, steps = Feed(current(), 10, 2), Steps(recorded=False)
    epoch(feed, steps)
    assert not steps.calls
    assert steps.rows() == list(range(10))
    feed, steps = Feed(current(), 10, 2), Steps()
    with profile():
        run(steps.plan, feed.batch([DATA], 0))
    assert not steps.calls
    assert steps.rows() == [0, 1]


def test_a_feed_keeps_no_plan():
    feed, steps = Feed(current(), 10, 2), Steps()
    epoch(feed, steps)
    gone = weakref.ref(steps.plan)
    steps = Steps()  # the plan that ran last is kept
    epoch(feed, steps)
    gc.collect()
    assert gone() is None
