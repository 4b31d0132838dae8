"""Signals during a step wait until it is done."""

import os
import signal
import threading

import pytest

from kerasish.models.interrupts import BetweenSteps


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_a_step_is_finished_first():
    done = []

    def step(number):
        interrupt()
        done.append(number)
        return number

    with BetweenSteps() as between, pytest.raises(KeyboardInterrupt):
        between.run(step, 1)
    assert done == [1]


def test_between_steps_it_goes_through():
    with BetweenSteps() as between:
        assert between.run(max, 1, 2) == 2
        with pytest.raises(KeyboardInterrupt):
            interrupt()


def test_the_second_goes_through_at_once():
    done = []

    def step():
        interrupt()
        done.append(1)
        interrupt()
        done.append(2)

    with BetweenSteps() as between, pytest.raises(KeyboardInterrupt):
        between.run(step)
    assert done == [1]
    with BetweenSteps() as between:
        assert between.run(len, done) == 1


def test_an_error_of_the_step_is_kept():
    def step():
        interrupt()
        raise ValueError("wrong")

    with BetweenSteps() as between, pytest.raises(KeyboardInterrupt) as caught:
        between.run(step)
    assert isinstance(caught.value.__context__, ValueError)


def test_handlers_are_the_users_and_come_back():
    calls = []

    def own(number, frame):
        calls.append(number)

    before = signal.signal(signal.SIGTERM, own)
    try:
        with BetweenSteps() as between:
            between.run(os.kill, os.getpid(), signal.SIGTERM)
            assert calls == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is own
        with BetweenSteps():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_threads_have_no_signals():
    found = []

    def work():
        with BetweenSteps() as between:
            found.append(between.run(lambda: 5))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [5]
    assert signal.getsignal(signal.SIGINT) is before
