"""Processes with a GPU each: sums by NCCL, on the stream that computes.

Nothing is allocated, waited for or copied to the host, so that a CUDA graph may hold a
sum like any kernel. What is said beside the sums goes through another group of the same
processes.

Reference:
    NVIDIA, "NCCL User Guide", sections "Using NCCL with CUDA Graphs" and "Types".
"""

import warnings
from importlib import import_module
from typing import Any

import numpy as np

from kerasish.backends.communication.communicator import Array, Communicator, Join
from kerasish.core.errors import BackendError

__all__ = ["NcclCommunicator", "library"]

# ncclDataType_t; CuPy has no name for bfloat16.
KINDS = {
    "int8": 0,
    "uint8": 1,
    "int32": 2,
    "uint32": 3,
    "int64": 4,
    "uint64": 5,
    "float16": 6,
    "float32": 7,
    "float64": 8,
    "bfloat16": 9,
}
SUM, ROOT = 0, 0


def library() -> Any:
    """Returns CuPy's module for NCCL, or None where NCCL is missing."""
    with warnings.catch_warnings():  # it tells how to install it in its own way
        warnings.simplefilter("ignore")
        found = import_module("cupy.cuda.nccl")
    return found if found.available else None


class NcclCommunicator(Communicator):
    """Makes of a group one whose processes use a GPU each.

    Args:
        group: The processes, as another communicator knows them.

    Raises:
        BackendError: If NCCL is missing, or there are more processes than GPUs.
    """

    name = "NCCL"

    def __init__(self, group: Communicator) -> None:
        super().__init__(group.rank, group.size)
        self._group = group
        self._cuda = import_module("cupy").cuda
        nccl = library()
        if nccl is None:
            raise BackendError(
                "Training on several GPUs needs NCCL, which CuPy did not find: "
                "pip install nvidia-nccl-cu13 (or nvidia-nccl-cu12)."
            )
        self.device = self._choose_device()
        self._cuda.Device(self.device).use()
        own = [] if self.rank else [*nccl.get_unique_id()]
        unique = bytes(group.gather(own)[0])
        self._nccl = nccl.NcclCommunicator(self.size, unique, self.rank)

    def _choose_device(self) -> int:
        """Returns which GPU of this machine the process uses."""
        place = self._group.local_rank
        count = self._cuda.runtime.getDeviceCount()
        if place < count:
            return place
        if count == 1:  # each process was shown its own
            return 0
        raise BackendError(
            f"There are {count} GPUs on this machine and more processes: each needs "
            f"one of its own. Start {count} processes here. "
            f"Received: process {place + 1} of this machine"
        )

    def together(self, payload: bytes, join: Join) -> bytes:
        """Gives every process what is made of the bytes of all."""
        return self._group.together(payload, join)

    def all_reduce(self, source: Array, to: Array) -> None:
        """Adds arrays of all processes up, when the current stream comes to it."""
        if isinstance(source, np.ndarray):
            self._group.all_reduce(source, to)
            return
        if not to.flags.c_contiguous or not source.flags.c_contiguous:
            dense = source.copy()
            self.all_reduce(dense, dense)
            to[...] = dense
            return
        stream = self._cuda.get_current_stream().ptr
        given = source.data.ptr, to.data.ptr, source.size, _kind(source)
        self._nccl.allReduce(*given, SUM, stream)

    def broadcast(self, array: Array) -> None:
        """Gives every process what the first has in an array."""
        if isinstance(array, np.ndarray):
            self._group.broadcast(array)
            return
        stream = self._cuda.get_current_stream().ptr
        place, kind = array.data.ptr, KINDS["uint8"]  # bytes, of whatever dtype
        self._nccl.broadcast(place, place, array.nbytes, kind, ROOT, stream)

    def abort(self, reason: str) -> None:
        """Ends all processes."""
        self._group.abort(reason)


def _kind(array: Array) -> int:
    kind = KINDS.get(array.dtype.name)
    if kind is None:
        raise BackendError(
            f"NCCL adds up {', '.join(KINDS)}. Received: an array of {array.dtype}"
        )
    return kind
