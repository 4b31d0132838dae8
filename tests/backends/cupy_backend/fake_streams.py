"""Streams of a device that is not there, and who may touch memory after whom.

Work is done at once, yet in the order of a GPU nothing is settled by that: two streams
are in order only by events, or by a wait of the host. `Order` keeps for each stream and
for the host what is known to be done, and notes each access to memory that comes after
another one without being in order with it. Memory that is handed out counts as used by
the stream for which it is: a pool gives what was freed to the same stream at once.
"""

import weakref

__all__ = ["CudaError", "Event", "Graph", "Order", "Stream"]


class CudaError(Exception):
    pass


class _Uses:
    def __init__(self):
        self.written = {}  # stream -> its count, of the last that wrote
        self.read = {}  # of those that have read since


class Order:
    """Accesses to memory, and those that nothing puts in order."""

    def __init__(self):
        self.host = {}  # stream -> up to which of its works the host knows all done
        self.races = []
        self._uses = {}

    def uses(self, array):
        while getattr(array, "base", None) is not None:
            array = array.base
        if id(array) not in self._uses:
            self._uses[id(array)] = _Uses()
            weakref.finalize(array, self._uses.pop, id(array), None)
        return self._uses[id(array)]

    def read(self, array, clock, stream, what):
        uses = self.uses(array)
        self._check(uses.written, clock, f"{what} reads what is being written")
        uses.read[stream] = clock.get(stream, 0)

    def write(self, array, clock, stream, what):
        uses = self.uses(array)
        self._check(uses.written, clock, f"{what} writes what is being written")
        self._check(uses.read, clock, f"{what} writes what is being read")
        uses.written, uses.read = {stream: clock.get(stream, 0)}, {}

    def sent(self, array, stream):
        """Notes that a stream reads memory of the host, which has written it before."""
        uses = self.uses(array)
        self._check(uses.read, self.host, "the host writes what is being sent")
        uses.read = {stream.ptr: stream.clock[stream.ptr]}

    def freed(self, uses, stream):
        """Notes that memory goes back to a pool, for its stream to use again."""
        known = joined(dict(stream.clock), self.host)
        for before in (uses.written, uses.read):
            self._check(before, known, "memory is freed that is still in use")

    def _check(self, before, clock, told):
        if any(clock.get(stream, 0) < count for stream, count in before.items()):
            self.races.append(told)


def joined(clock, other):
    for stream, count in other.items():
        clock[stream] = max(clock.get(stream, 0), count)
    return clock


class Event:
    def __init__(self, cupy, disable_timing=False):
        self._cupy = cupy
        self.clock = {}
        self.arriving = []  # copies to the host before it

    @property
    def done(self):
        joined(self._cupy.order.host, self.clock)
        return True

    def synchronize(self):
        self._cupy.counts["waits"] += 1
        joined(self._cupy.order.host, self.clock)
        for host, device in self.arriving:
            host[...] = device


class Stream:
    def __init__(self, cupy, non_blocking=False):
        self._cupy = cupy
        self.non_blocking = non_blocking
        self.ptr = id(self)
        self.clock = {self.ptr: 0}
        self.log = None  # what is captured
        self.broken = False
        self.arriving = []  # copies to the host that nobody has waited for
        self._outer = []

    def __enter__(self):
        self._outer.append(self._cupy.stream)
        self._cupy.stream = self
        return self

    def __exit__(self, *error):
        self._cupy.stream = self._outer.pop()

    def tick(self):
        """Returns what is known to be done before the next work of the stream."""
        joined(self.clock, self._cupy.order.host)
        self.clock[self.ptr] += 1
        return self.clock

    def record(self, event=None):
        event = event or Event(self._cupy)
        event.clock = dict(self.clock)
        event.arriving, self.arriving = self.arriving, []
        return event

    def wait_event(self, event):
        assert isinstance(event, Event)
        joined(self.clock, event.clock)

    def synchronize(self):
        if self.log is not None:
            self.broken = True
            raise CudaError("cudaErrorStreamCaptureUnsupported")
        self._cupy.counts["waits"] += 1
        joined(self._cupy.order.host, self.clock)

    def is_capturing(self):
        if self.broken:
            raise RuntimeError("an error has invalidated the capture sequence")
        return self.log is not None

    def begin_capture(self, mode=None):
        assert self.non_blocking, "the null stream cannot be captured"
        self.log, self.broken = [], False
        self._cupy.capturing.append(self)

    def end_capture(self):
        self._cupy.capturing.remove(self)
        log, self.log = self.log, None
        if self.broken:
            raise CudaError("cudaErrorStreamCaptureInvalidated")
        return Graph(self._cupy, log)


class Graph:
    def __init__(self, cupy, log):
        self._cupy = cupy
        self._log = log

    nodes = property(lambda self: len(self._log))

    def upload(self, stream=None):
        self._cupy.counts["graph uploads"] += 1

    def launch(self, stream=None):
        self._cupy.counts["graphs"] += 1
        for function, args, named in self._log:
            self._cupy.work(stream or self._cupy.stream, function, args, named)
