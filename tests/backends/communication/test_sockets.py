"""Processes that meet at an address."""

import socket
import threading

import numpy as np
import pytest

from kerasish.backends.communication import SocketCommunicator, sockets
from kerasish.core.errors import BackendError
from tests.backends.communication.launching import by_number


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def met(size, work):
    """Runs `work(group)` for each member of a group, which are threads here."""
    address, results, errors = f"127.0.0.1:{free_port()}", [None] * size, []
    groups = [None] * size

    def run(rank):
        try:
            groups[rank] = SocketCommunicator(address, size, rank, patience=20)
            results[rank] = work(groups[rank])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for group in filter(None, groups):
        group._part()
    if errors:
        raise errors[0]
    return results


def test_bytes_objects_and_arrays_go_round():
    def work(group):
        x = np.arange(5.0) * (group.rank + 1)
        group.all_reduce(x, x)
        first = np.full(3, group.rank)
        group.broadcast(first)
        group.barrier()
        return x.tolist(), first.tolist(), group.gather([group.rank, group.size])

    expected = [0.0, 6.0, 12.0, 18.0, 24.0], [0] * 3, [[0, 3], [1, 3], [2, 3]]
    assert met(3, work) == [expected] * 3


def called(place):
    """Returns a line to a process that may still have to begin to listen."""
    for _ in range(200):
        try:
            return sockets._Line(socket.create_connection(place, timeout=20))
        except OSError:
            threading.Event().wait(0.05)
    raise AssertionError


def test_a_caller_without_the_key_is_sent_away():
    port, groups = free_port(), {}

    def join(rank):
        groups[rank] = SocketCommunicator(f"127.0.0.1:{port}", 2, rank, patience=20)

    first = threading.Thread(target=join, args=(0,))
    first.start()
    stranger = called(("127.0.0.1", port))
    stranger.receive()
    stranger.send(b"1 talk")
    stranger.send(b"no proof")
    with pytest.raises(ConnectionError, match="was closed"):
        stranger.receive()
    join(1)
    first.join()
    assert len(groups) == 2
    stranger.held.close()
    for group in groups.values():
        group._part()


def test_who_is_missing_is_named():
    with pytest.raises(BackendError, match=r"waited at port .* no word of \[1, 2\]"):
        SocketCommunicator(f"127.0.0.1:{free_port()}", 3, 0, patience=0.1)


def test_who_finds_nobody_says_so():
    port = free_port()
    with pytest.raises(BackendError, match="Process 1 did not reach process 0 at"):
        SocketCommunicator(f"127.0.0.1:{port}", 2, 1, patience=0.2)


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as held:
        place = held.getsockname()
        with pytest.raises(BackendError, match=f"Port {place[1]} of 127.0.0.1.*in use"):
            SocketCommunicator(f"127.0.0.1:{place[1]}", 2, 0, patience=1)


def test_who_has_not_the_address_listens_at_all_of_its_own():
    with sockets._server(("192.0.2.1", free_port())) as server:
        assert server.getsockname()[0] == "0.0.0.0"


def test_a_greeting_has_a_limit():
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs, pytest.raises(ConnectionError, match="a greeting of 100 bytes"):
        line = object.__new__(sockets._Line)
        line.held = ours
        theirs.sendall((100).to_bytes(8, "big"))
        line.receive(most=64)


class Ended(Exception):
    pass


class Ends:
    """A line that tells one thing, and what is sent over it."""

    def __init__(self, news):
        self.news, self.sent = news, []

    def receive(self):
        if self.news is None:
            raise ConnectionError("the connection was closed")
        return self.news

    def send(self, message):
        self.sent.append(message)
        if self.news is None:
            raise OSError


@pytest.fixture
def member(monkeypatch):
    """A member of a group with no lines yet."""

    def end(code):
        assert code == 1
        raise Ended

    monkeypatch.setattr(sockets.os, "_exit", end)
    made = object.__new__(SocketCommunicator)
    made.rank, made.size, made._lines, made._alarms = 0, 3, [], []
    return made


def test_news_of_a_failure_end_a_process_and_are_passed_on(member, capsys):
    other = Ends(b"")
    member._alarms = [other]
    with pytest.raises(Ended):
        member._listen(Ends(b"failed: KeyError: 'lost'"), 2)
    assert other.sent == [b"failed: process 2: KeyError: 'lost'"]
    assert (
        "process 0 ends, as process 2 has failed: KeyError" in capsys.readouterr().err
    )
    member.rank = 1
    with pytest.raises(Ended):
        member._listen(Ends(None), 0)
    assert "it has gone without a word" in capsys.readouterr().err
    assert member._listen(Ends(b"bye"), 0) is None


def test_who_fails_tells_all_lines_that_are_left(member):
    gone, other = Ends(None), Ends(b"")
    member._alarms = [gone, other]
    with pytest.raises(Ended):
        member.abort("KeyError")
    assert other.sent == [b"failed: KeyError"]


def test_a_line_that_breaks_in_the_middle_is_told(member):
    member._lines = [Ends(None)]
    with pytest.raises(BackendError, match="Another process of the group has ended"):
        member.barrier()


SUM = """
    import numpy as np
    import kerasish as keras
    from kerasish.backends.communication import current

    with keras.distribution.DataParallel().scope():
        group = current()
        x = np.full(2, group.rank + 1.0)
        {middle}
        group.all_reduce(x, x)
        print(group.rank, keras.distribution.list_devices(), x.tolist())
"""


def test_processes_find_each_other():
    made = by_number(2, SUM.format(middle=""), free_port())
    lines = [out.strip() for out, _, _ in made]
    assert lines == [f"{rank} ['cpu:0', 'cpu:1'] [3.0, 3.0]" for rank in range(2)]
    assert [code for _, _, code in made] == [0, 0]


@pytest.mark.parametrize("failing", [0, 1])
def test_a_failing_process_takes_the_others_along(failing):
    middle = f"if group.rank == {failing}: raise KeyError('lost')"
    made = by_number(3, SUM.format(middle=middle), free_port(), timeout=60)
    assert [code for _, _, code in made] == [1, 1, 1]
    assert "KeyError: 'lost'" in made[failing][1]
    others = [error for rank, (_, error, _) in enumerate(made) if rank != failing]
    assert all("has failed" in error or "has ended" in error for error in others)


def test_a_killed_process_takes_the_others_along():
    middle = "import os; os.kill(os.getpid(), 9) if group.rank == 1 else None"
    made = by_number(2, SUM.format(middle=middle), free_port(), timeout=60)
    assert [code for _, _, code in made] == [1, -9]
    assert "has gone without a word" in made[0][1] or "has ended" in made[0][1]
