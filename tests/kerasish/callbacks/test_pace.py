"""Hooks of batches are called once for every few batches, with the last one's logs."""

import pytest

from kerasish.callbacks.pace import Pace


def run(every, steps, keep=False):
    told, kept, reads = [], [], []

    def end(step, logs):
        told.append(("end", step))
        if keep:
            kept.append(logs)

    pace = Pace(lambda step: told.append(("begin", step)), end, every)
    for step in range(steps):
        pace.before(step)
        pace.after(step, lambda step=step: reads.append(step) or {"loss": step})
    pace.close()
    pace.close()
    return told, kept, reads


def test_each_batch():
    assert run(1, 2)[0] == [("begin", 0), ("end", 0), ("begin", 1), ("end", 1)]


@pytest.mark.parametrize(
    ("steps", "ends"), [(1, [0]), (3, [2]), (4, [2, 3]), (7, [2, 5, 6])]
)
def test_every_third(steps, ends):
    told = run(3, steps)[0]
    assert [step for kind, step in told if kind == "end"] == ends
    assert [step for kind, step in told if kind == "begin"] == list(range(0, steps, 3))


def test_logs_that_nobody_keeps_are_not_read():
    assert run(2, 5)[2] == []


def test_logs_that_somebody_keeps_are_read_at_once():
    _, kept, reads = run(2, 5, keep=True)
    assert reads == [1, 3, 4]
    assert [dict(logs) for logs in kept] == [{"loss": n} for n in (1, 3, 4)]


def test_no_batch():
    assert run(2, 0)[0] == []
