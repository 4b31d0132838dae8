"""A group of processes, played by the threads of one."""

import threading

from kerasish.backends.communication import Communicator, group_scope

__all__ = ["ThreadCommunicator", "as_group"]


class ThreadCommunicator(Communicator):
    """A member of a group whose members are threads."""

    name = "threads"

    def __init__(self, rank, barrier, payloads):
        super().__init__(rank, len(payloads))
        self._barrier = barrier
        self._payloads = payloads
        self.joined = 0  # how often the group has come together

    def together(self, payload, join):
        self.joined += 1
        self._payloads[self.rank] = payload
        self._barrier.wait()
        made = join(list(self._payloads))
        self._barrier.wait()
        return made

    def abort(self, reason):
        self._barrier.abort()


def as_group(size, work, patience=30):
    """Runs `work(group)` in threads that are a group; returns the results by rank."""
    barrier, payloads = threading.Barrier(size, timeout=patience), [b""] * size
    results, errors = [None] * size, []

    def run(rank):
        group = ThreadCommunicator(rank, barrier, payloads)
        try:
            with group_scope(group):
                results[rank] = work(group)
        except BaseException as error:
            errors.append(error)
            group.abort(str(error))

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        if not isinstance(error, threading.BrokenBarrierError):
            raise error
    if errors:
        raise errors[0]
    return results
