"""Processes that compute together: who they are, and how they add up arrays."""

from kerasish.backends.communication.active import (
    Share,
    current,
    group_scope,
    is_first,
    set_group,
    share,
    sharing,
    weight,
)
from kerasish.backends.communication.communicator import Communicator
from kerasish.backends.communication.failures import abort_on_error
from kerasish.backends.communication.lowering import COMMUNICATION
from kerasish.backends.communication.mpi import MpiCommunicator
from kerasish.backends.communication.nccl import NcclCommunicator
from kerasish.backends.communication.sockets import SocketCommunicator

__all__ = [
    "COMMUNICATION",
    "Communicator",
    "MpiCommunicator",
    "NcclCommunicator",
    "Share",
    "SocketCommunicator",
    "abort_on_error",
    "current",
    "group_scope",
    "is_first",
    "set_group",
    "share",
    "sharing",
    "weight",
]
