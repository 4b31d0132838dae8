"""Reading ahead: order, bounds, errors, and no worker left behind."""

import contextvars
import itertools
import multiprocessing
import random
import threading
import time

import numpy as np
import pytest

from kerasish.data import workers
from kerasish.data.workers import read_in_processes, read_in_threads

# Python 3.12 and later warn of forks in a process with threads.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def alive():
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("kerasish-data")]


def slow_square(index):
    time.sleep(0.002 * (5 - index % 5))
    return index * index


def fail_at_three(index):
    if index == 3:
        raise KeyError("broken record")
    return index


def draw(index):
    return float(np.random.random()), random.random()


def test_threads_keep_the_order():
    found = list(read_in_threads(slow_square, range(20), workers=4, ahead=6))
    assert found == [i * i for i in range(20)]
    assert not alive()


@pytest.mark.parametrize("ahead", [1, 3])
def test_no_more_is_fetched_than_asked(ahead):
    fetched = []
    reader = read_in_threads(fetched.append, itertools.count(), 2, ahead)
    next(reader)
    next(reader)
    reader.close()
    assert len(fetched) <= 1 + ahead
    assert not alive()


def test_threads_end_with_an_error():
    reader = read_in_threads(fail_at_three, itertools.count(), 3, 4)
    with pytest.raises(KeyError, match="broken record"):
        list(reader)
    assert not alive()


def test_processes_keep_the_order_and_end():
    found = list(read_in_processes(slow_square, range(8), workers=2, ahead=4))
    assert found == [i * i for i in range(8)]
    assert not multiprocessing.active_children()


def test_processes_end_with_an_error_and_when_closed():
    with pytest.raises(KeyError, match="broken record"):
        list(read_in_processes(fail_at_three, range(9), 1, 2))
    reader = read_in_processes(slow_square, itertools.count(), 1, 2)
    next(reader)
    reader.close()
    assert not multiprocessing.active_children()


def test_random_numbers_differ_by_batch_and_not_by_process():
    one = list(read_in_processes(draw, range(4), 1, 2, seed=5))
    two = list(read_in_processes(draw, range(4), 2, 4, seed=5))
    other = list(read_in_processes(draw, range(4), 1, 2, seed=6))
    assert one == two != other
    assert len(set(one)) == 4


def test_what_a_process_does_gives_the_same_in_this_one():
    def serve():
        workers._receive(draw)
        return [workers._fetch_seeded(index, 5) for index in range(3)]

    np_state, state = np.random.get_state(), random.getstate()
    here = contextvars.copy_context().run(serve)
    np.random.set_state(np_state)
    random.setstate(state)
    assert here == list(read_in_processes(draw, range(3), 1, 2, seed=5))
