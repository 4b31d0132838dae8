"""Processes: how those that train together find each other, and their devices.

Each process computes on one device. They are started by `mpiexec`, or by anything else
that tells each its number and the address of the first.
"""

import os
from collections.abc import Mapping
from typing import Any

from kerasish.backends import current as current_backend
from kerasish.backends.communication import (
    Communicator,
    MpiCommunicator,
    NcclCommunicator,
    SocketCommunicator,
    abort_on_error,
)
from kerasish.backends.communication import current as current_group
from kerasish.core.errors import ArgumentError, StateError

__all__ = ["get_device_count", "group", "initialize", "list_devices"]

PREFIX = "KERAS_DISTRIBUTION_"
# What launchers of MPI tell a process: how many there are.
MPI_SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE")
PORT = 13331
DEVICES = {"cpu": "numpy", "gpu": "cupy"}

_group: list[Communicator | None] = []


def initialize(
    job_addresses: str | None = None,
    num_processes: int | None = None,
    process_id: int | None = None,
) -> None:
    """Finds the other processes that train together with this one.

    Call it before models are made, and after `keras.config.set_backend`. Processes
    that `mpiexec` has started need no arguments; each argument is else read from the
    variable `KERAS_DISTRIBUTION_JOB_ADDRESSES`, `..._NUM_PROCESSES` or
    `..._PROCESS_ID`. With nothing of these, the process stays alone. On GPUs the
    process takes one of those of its machine, in the order of the numbers.

    Args:
        job_addresses: Address "host:port" of the first process; of several, separated
            by commas, only the first is used.
        num_processes: How many processes there are.
        process_id: The number of this process, from 0.

    Raises:
        ArgumentError: If a number is missing or out of range.
        BackendError: If the processes do not meet, or a library is missing.
        StateError: If it was called before.
    """
    if _group:
        raise StateError(
            "`initialize` was called before, or a `DataParallel` has done it: the "
            f"group is {_group[0] or 'one process'}."
        )
    made = _met(_settings(job_addresses, num_processes, process_id))
    if made is not None and current_backend().name == "cupy":
        made = NcclCommunicator(made)
    if made is not None:
        abort_on_error(made)
    _group.append(made)


def group() -> Communicator | None:
    """Returns the group of this process, made at the first call; None if it is alone.

    Example:
        >>> group() is None
        True
    """
    scoped = current_group()
    if scoped is not None:
        return scoped
    if not _group:
        initialize()
    return _group[0]


def list_devices(device_type: str | None = None) -> list[str]:
    """Returns the devices of all processes, one for each.

    Args:
        device_type: "cpu" or "gpu"; what the current backend uses if None.

    Returns:
        Names such as "gpu:1", by the number of the process.

    Raises:
        ArgumentError: If there is no such type.

    Example:
        >>> list_devices()
        ['cpu:0']
    """
    used = "gpu" if current_backend().name == "cupy" else "cpu"
    kind = used if device_type is None else str(device_type).lower()
    if kind not in DEVICES:
        raise ArgumentError(
            f"`device_type` must be 'cpu', 'gpu' or None. Received: {device_type!r}"
        )
    found = group()
    count = 1 if found is None else found.size
    return [] if kind == "gpu" != used else [f"{kind}:{i}" for i in range(count)]


def get_device_count(device_type: str | None = None) -> int:
    """Returns how many devices the processes use.

    Args:
        device_type: "cpu" or "gpu"; what the current backend uses if None.

    Example:
        >>> get_device_count()
        1
    """
    return len(list_devices(device_type))


def _settings(addresses: Any, count: Any, number: Any) -> dict[str, Any]:
    """Returns the arguments, those that are missing from the environment."""
    given = {
        "job_addresses": addresses,
        "num_processes": count,
        "process_id": number,
    }
    for name, value in given.items():
        if value is None:
            given[name] = os.environ.get(PREFIX + name.upper()) or None
    for name in ("num_processes", "process_id"):
        value = given[name]
        if value is not None and not str(value).isdecimal():
            raise ArgumentError(
                f"`{name}` of `initialize` must be a whole number that is not "
                f"negative. Received: {name}={value!r}"
            )
        given[name] = None if value is None else int(value)
    return given


def _met(settings: Mapping[str, Any]) -> Communicator | None:
    """Returns the group, None for one process."""
    count, number = settings["num_processes"], settings["process_id"]
    addresses = settings["job_addresses"]
    if count is None and number is None and addresses is None:
        found = MpiCommunicator() if _is_one_of_several() else None
        return None if found is None or found.size == 1 else found
    if count is None or number is None or not number < count:
        raise ArgumentError(
            "`initialize` needs `num_processes` and a `process_id` below it, or the "
            f"variables {PREFIX}NUM_PROCESSES and {PREFIX}PROCESS_ID; programs that "
            "`mpiexec` starts need none of them. "
            f"Received: num_processes={count}, process_id={number}"
        )
    if count == 1:
        return None
    if not addresses:
        raise ArgumentError(
            "`job_addresses` of `initialize` must be the address of process 0, as "
            f"'10.0.0.1:{PORT}' (or {PREFIX}JOB_ADDRESSES). Received: {addresses!r}"
        )
    return SocketCommunicator(_address(str(addresses)), count, number)


def _is_one_of_several() -> bool:
    """Returns whether a launcher of MPI has started this process."""
    names: tuple[str, ...] = MPI_SIZES
    if "PMIX_RANK" in os.environ:  # by `srun --mpi=pmix`
        names = (*names, "SLURM_STEP_NUM_TASKS")
    return any(os.environ.get(name, "1") != "1" for name in names)


def _address(addresses: str) -> str:
    """Returns host and port of the first of some addresses."""
    first = addresses.split(",")[0].strip()
    host, _, port = first.rpartition(":")
    if host and port.isdecimal():
        return first
    return f"{first}:{PORT}"
