"""Processes that know the address of the first: bytes by plain sockets, in a star.

It is how processes meet where no MPI has started them: on GPUs to hand out what NCCL
needs, on CPUs for the sums too, slower than MPI. A second line to each process carries
nothing but the news that one has failed, so that no other waits for it.
"""

import atexit
import contextlib
import errno
import hmac
import os
import secrets
import socket
import struct
import sys
import threading
import time

from kerasish.backends.communication.communicator import Communicator, Join
from kerasish.core.errors import BackendError

__all__ = ["SocketCommunicator"]

PATIENCE = 300.0  # seconds that processes may take to start
KEY = "KERASISH_DISTRIBUTION_KEY"  # a secret that all processes share
BYE, FAILED = b"bye", b"failed: "


class SocketCommunicator(Communicator):
    """A group of processes that meet at an address.

    Args:
        address: "host:port", where the process 0 listens.
        size: How many processes there are.
        rank: The number of this one.
        patience: Seconds to wait for the others.

    Raises:
        BackendError: If a process has not come in time.
    """

    name = "sockets"

    def __init__(
        self, address: str, size: int, rank: int, patience: float = PATIENCE
    ) -> None:
        super().__init__(rank, size)
        host, _, port = address.rpartition(":")
        place, until = (host.strip("[]"), int(port)), time.monotonic() + patience
        if rank:
            self._lines = [_called(place, rank, "talk", until)]
            self._alarms = [_called(place, rank, "alarm", until)]
        else:
            found = _answered(place, size, until)
            self._lines = [found[n, "talk"] for n in range(1, size)]
            self._alarms = [found[n, "alarm"] for n in range(1, size)]
        for number, line in enumerate(self._alarms, start=0 if rank else 1):
            threading.Thread(
                target=self._listen, args=(line, number), daemon=True
            ).start()
        atexit.register(self._part)

    def together(self, payload: bytes, join: Join) -> bytes:
        """Gives every process what is made of the bytes of all."""
        try:
            if self.rank:
                self._lines[0].send(payload)
                return self._lines[0].receive()
            made = join([payload, *(line.receive() for line in self._lines)])
            for line in self._lines:
                line.send(made)
            return made
        except OSError as error:
            raise BackendError(
                "Another process of the group has ended while this one waits for it. "
                f"Received: {error}"
            ) from error

    def abort(self, reason: str) -> None:
        """Ends all processes."""
        self._tell(FAILED + reason.encode())
        os._exit(1)

    def _tell(self, news: bytes) -> None:
        for line in self._alarms:
            with contextlib.suppress(OSError):
                line.send(news)

    def _part(self) -> None:
        """Says that this process ends because it is done."""
        self._tell(BYE)

    def _listen(self, line: "_Line", number: int) -> None:
        """Waits for news of a process; ends this one if that has failed."""
        try:
            news = line.receive()
        except OSError:
            news = FAILED + b"it has gone without a word"
        if news == BYE:
            return
        reason = news.removeprefix(FAILED).decode()
        if self.rank == 0:
            self._tell(FAILED + f"process {number}: {reason}".encode())
        print(
            f"kerasish: process {self.rank} ends, as process {number} has failed: "
            f"{reason}",
            file=sys.stderr,
            flush=True,
        )
        os._exit(1)


class _Line:
    """Whole messages over a socket."""

    def __init__(self, held: socket.socket) -> None:
        held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = held

    def send(self, message: bytes) -> None:
        self.held.sendall(struct.pack("!Q", len(message)))
        self.held.sendall(message)

    def receive(self, most: int | None = None) -> bytes:
        (size,) = struct.unpack("!Q", self._read(8))
        if most is not None and size > most:
            raise ConnectionError(f"a greeting of {size} bytes")
        return bytes(self._read(size))

    def _read(self, size: int) -> bytearray:
        made = bytearray(size)
        view = memoryview(made)
        while view:
            count = self.held.recv_into(view)
            if not count:
                raise ConnectionError("the connection was closed")
            view = view[count:]
        return made


def _proof(nonce: bytes, greeting: bytes) -> bytes:
    """Returns what only a process that knows the key can say."""
    key = os.environ.get(KEY, "kerasish").encode()
    return hmac.digest(key, nonce + greeting, "sha256")


def _called(place: tuple[str, int], rank: int, purpose: str, until: float) -> _Line:
    """Returns a line to the first process, which may not be there yet."""
    while True:
        try:
            line = _Line(socket.create_connection(place, timeout=5.0))
            nonce = line.receive(most=64)
            greeting = f"{rank} {purpose}".encode()
            line.send(greeting)
            line.send(_proof(nonce, greeting))
            line.held.settimeout(None)
            return line
        except OSError as error:
            if time.monotonic() > until:
                raise BackendError(
                    f"Process {rank} did not reach process 0 at {place[0]}:{place[1]}: "
                    f"{error}. Is the address right, and was process 0 started?"
                ) from error
            time.sleep(0.1)


def _answered(
    place: tuple[str, int], size: int, until: float
) -> dict[tuple[int, str], _Line]:
    """Returns the lines to all other processes, by their number and purpose."""
    found: dict[tuple[int, str], _Line] = {}
    with _server(place) as server:
        while len(found) < 2 * (size - 1):
            server.settimeout(max(until - time.monotonic(), 0.01))
            try:
                held, _ = server.accept()
            except TimeoutError:
                missing = set(range(1, size)) - {n for n, _ in found}
                raise BackendError(
                    f"Process 0 waited at port {place[1]} for {size} processes. "
                    f"Received: no word of {sorted(missing)}"
                ) from None
            with contextlib.suppress(OSError, ValueError):
                number, purpose, line = _greeted(held)
                found[number, purpose] = line
    return found


def _server(place: tuple[str, int]) -> socket.socket:
    """Returns what listens at an address; at all of this machine if it has not that."""
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    try:
        return socket.create_server(place, family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BackendError(
                f"Port {place[1]} of {place[0]}, where process 0 is to listen, is in "
                "use. Choose another in `job_addresses`."
            ) from error
    return socket.create_server(("", place[1]), family=family)


def _greeted(held: socket.socket) -> tuple[int, str, _Line]:
    """Returns who has called and what for."""
    line, nonce = _Line(held), secrets.token_bytes(32)
    held.settimeout(5.0)
    line.send(nonce)
    greeting, proof = line.receive(most=64), line.receive(most=64)
    if not hmac.compare_digest(proof, _proof(nonce, greeting)):
        held.close()
        raise ConnectionError("a caller that does not know the key")
    held.settimeout(None)
    number, purpose = greeting.decode().split()
    return int(number), purpose, line
