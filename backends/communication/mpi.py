"""Processes that `mpiexec` has started: sums by MPI, in the memory where arrays lie."""

import time
from importlib import import_module
from typing import Any

import numpy as np

from kerasish.backends.communication.communicator import (
    Array,
    Communicator,
    Join,
    is_half,
)
from kerasish.core.errors import BackendError

__all__ = ["MpiCommunicator"]

PATIENCE = 0.3  # seconds for what was printed to reach `mpiexec`


class MpiCommunicator(Communicator):
    """The processes of `MPI.COMM_WORLD`; needs the extra `mpi`.

    Args:
        comm: A communicator of mpi4py; the world if None.

    Raises:
        BackendError: If mpi4py is not installed.
    """

    name = "MPI"

    def __init__(self, comm: Any = None) -> None:
        self._mpi = _import_mpi()
        self._comm = self._mpi.COMM_WORLD if comm is None else comm
        super().__init__(self._comm.Get_rank(), self._comm.Get_size())

    def together(self, payload: bytes, join: Join) -> bytes:
        """Gives every process what is made of the bytes of all."""
        return join(self._comm.allgather(payload))

    def all_reduce(self, source: Array, to: Array) -> None:
        """Adds arrays of all processes up; half precision in float32."""
        if is_half(source):  # MPI knows no such numbers
            wide = source.astype("float32")
            self.all_reduce(wide, wide)
            to[...] = wide
        elif not isinstance(to, np.ndarray) or not to.flags.c_contiguous:
            super().all_reduce(source, to)
        elif not source.flags.c_contiguous:
            self.all_reduce(source.copy(), to)
        elif source.ctypes.data == to.ctypes.data:
            self._comm.Allreduce(self._mpi.IN_PLACE, to)
        else:
            self._comm.Allreduce(source, to)

    def abort(self, reason: str) -> None:
        """Ends all processes that `mpiexec` has started."""
        time.sleep(PATIENCE)
        self._comm.Abort(1)


def _import_mpi() -> Any:
    try:
        return import_module("mpi4py.MPI")
    except (ImportError, RuntimeError) as error:
        raise BackendError(
            "Training on several processes by MPI needs mpi4py and an MPI library: "
            'pip install "kerasish[mpi]", or mpi4py beside the MPI of your cluster. '
            f"Received: {error}"
        ) from error
