"""The fastest of several ways is found once for each problem, outside of captures."""

from types import SimpleNamespace

import pytest

from kerasish.backends.cuda import choosing, device
from kerasish.backends.cuda.choosing import fastest, pays


class Clock:
    """A device on which time is what steps take."""

    def __init__(self):
        self.now, self.capturing, self.noted = 0.0, False, None

    def take(self, milliseconds):
        if self.noted is None:
            self.now += milliseconds
        else:
            self.noted += milliseconds

    def event(self):
        made = SimpleNamespace(at=None, synchronize=lambda: None)
        made.record = lambda: setattr(made, "at", self.now)
        return made

    def stream(self, non_blocking=True):
        return Stream(self)


class Stream:
    def __init__(self, clock):
        self.clock = clock

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def synchronize(self):
        assert not self.clock.capturing

    def is_capturing(self):
        return self.clock.capturing

    def begin_capture(self):
        self.clock.noted = 0.0

    def end_capture(self):
        taken, self.clock.noted = self.clock.noted, None
        return SimpleNamespace(launch=lambda: self.clock.take(taken))


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    cuda = SimpleNamespace(
        Event=made.event,
        Stream=made.stream,
        get_current_stream=made.stream,
        get_elapsed_time=lambda start, end: end.at - start.at,
        runtime=SimpleNamespace(getDevice=lambda: 0),
    )
    monkeypatch.setattr(device, "library", lambda: SimpleNamespace(cuda=cuda))
    monkeypatch.setattr(choosing, "_chosen", {})
    monkeypatch.setattr(choosing, "perf_counter", lambda: made.now / 1e3)
    return made


def ways(clock, *times):
    return [lambda t=t: clock.take(t) for t in times]


def test_the_fastest_is_taken(clock):
    assert fastest("a", ways(clock, 0.03, 0.02, 0.01)) == 2
    assert fastest("b", ways(clock, 0.4, 0.3, 0.35)) == 1


def test_the_first_stays_unless_another_is_clearly_faster(clock):
    assert fastest("a", ways(clock, 0.0100, 0.0098)) == 0
    assert fastest("b", ways(clock, 0.0100, 0.0090)) == 1


def test_a_problem_is_looked_at_once(clock):
    assert fastest("a", ways(clock, 0.02, 0.01)) == 1
    before = clock.now
    assert fastest("a", ways(clock, 0.01, 0.02)) == 1
    assert clock.now == before


def test_a_way_that_refuses_is_left_out(clock):
    def refuse():
        raise RuntimeError("no memory")

    assert fastest("a", [refuse, *ways(clock, 0.01)]) == 1
    assert fastest("b", [*ways(clock, 0.01), refuse]) == 0
    assert fastest("c", [refuse, refuse]) == 0


def test_no_more_are_tried_when_the_time_is_up(clock):
    assert fastest("a", ways(clock, 1.0, 2.0, 0.5)) == 0
    assert clock.now == 2 * 1.0 + 2 * 2.0


def test_nothing_is_tried_in_a_capture(clock):
    clock.capturing = True
    assert fastest("a", ways(clock, 0.02, 0.01)) == 0
    clock.capturing = False
    assert fastest("a", ways(clock, 0.02, 0.01)) == 1


def test_small_problems_are_not_looked_at():
    assert not pays(10**6)
    assert pays(10**9)
