"""The worker does one thing after another, and ends with the program."""

import subprocess
import sys
import threading
import time

import pytest

from kerasish.tracing.worker import Worker


def test_results_come_in_order():
    worker, order = Worker(), []
    futures = [worker.submit(lambda i: order.append(i) or i * i, i) for i in range(20)]
    assert [f.result(5) for f in futures] == [i * i for i in range(20)]
    assert order == list(range(20))


def test_one_thing_at_a_time():
    worker, running, most = Worker(), [], []

    def work():
        running.append(1)
        most.append(len(running))
        time.sleep(0.001)
        running.pop()

    futures = []
    threads = [
        threading.Thread(target=lambda: futures.append(worker.submit(work)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for future in futures:
        future.result(5)
    assert set(most) == {1}


def test_errors_are_given_to_who_waits():
    worker = Worker()
    failed = worker.submit(lambda: 1 / 0)
    after = worker.submit(lambda: 5)
    with pytest.raises(ZeroDivisionError):
        failed.result(5)
    assert after.result(5) == 5


def test_what_is_given_up_is_not_done():
    worker, gate, done = Worker(), threading.Event(), []
    first = worker.submit(gate.wait, 5)
    second = worker.submit(done.append, 1)
    assert second.cancel()
    gate.set()
    first.result(5)
    assert worker.submit(lambda: 7).result(5) == 7
    assert done == []


def test_a_thread_lives_as_long_as_there_is_work():
    worker = Worker()
    assert worker.submit(lambda: 1).result(5) == 1
    end = time.monotonic() + 5
    while worker._thread is not None and time.monotonic() < end:
        time.sleep(0.001)
    assert worker._thread is None
    assert worker.submit(lambda: 2).result(5) == 2


SCRIPT = """
import sys, time
from kerasish.tracing.worker import Worker
def work(name):
    time.sleep(0.3)
    print(name, flush=True)
worker = Worker()
for name in "abc":
    worker.submit(work, name)
time.sleep(0.1)
print("end", flush=True)
"""


def test_a_program_that_ends_waits_only_for_what_is_under_way():
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60
    )
    assert (made.returncode, made.stdout.split(), made.stderr) == (0, ["end", "a"], "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_forked_process_has_a_thread_of_its_own():
    script = """
import os, time, warnings
from kerasish.tracing.worker import Worker
warnings.simplefilter("ignore")
worker = Worker()
worker.submit(time.sleep, 0.5)
time.sleep(0.1)
child = os.fork()
if child == 0:
    os._exit(worker.submit(lambda: 9).result(5))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert (made.stdout.strip(), made.stderr) == ("9", "")
