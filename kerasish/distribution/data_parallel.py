"""DataParallel: every process has the whole model, and its part of each batch."""

import warnings
from collections.abc import Sequence
from math import prod

from kerasish.backends import current as current_backend
from kerasish.core.errors import ArgumentError, ArgumentTypeError, KerasishWarning
from kerasish.distribution.base import Distribution
from kerasish.distribution.mesh import DeviceMesh
from kerasish.distribution.processes import list_devices

__all__ = ["DataParallel"]

ONE_EACH = (
    "kerasish trains with one process for each device. Start as many as there are "
    "devices, as by `mpiexec -n 4 python train.py`, and use `DataParallel()`."
)


class DataParallel(Distribution):
    """Every process has the whole model and computes its part of each batch.

    The gradients that reach an optimizer are those of the whole batch, so weights stay
    equal in all processes and become what one process would have made of them. In a
    single process nothing changes.

    Args:
        device_mesh: A mesh of one axis with a device for each process; by default one
            of the axis "batch".
        devices: List of the devices, in place of a mesh.
        auto_shard_dataset: Whether `fit` and `evaluate` are given the same data in each
            process and share out its batches; `batch_size` is then that of all
            together. With False the data are each process' own, as is `batch_size`.

    Raises:
        ArgumentError: If there are not as many devices as processes, or the mesh has a
            second axis.

    Example:
        >>> with keras.distribution.DataParallel().scope():
        ...     keras.distribution.distribution().num_processes
        1
    """

    def __init__(
        self,
        device_mesh: DeviceMesh | None = None,
        devices: Sequence[str] | None = None,
        auto_shard_dataset: bool = True,
    ) -> None:
        if device_mesh is not None and devices is not None:
            raise ArgumentError(
                "`DataParallel` takes `device_mesh` or `devices`, not both. "
                f"Received: device_mesh={device_mesh}, devices={devices}"
            )
        if device_mesh is None:
            found = list_devices() if devices is None else list(devices)
            device_mesh = DeviceMesh((len(found),), ["batch"], found)
        elif not isinstance(device_mesh, DeviceMesh):
            raise ArgumentTypeError(
                "`device_mesh` of `DataParallel` must be a `DeviceMesh`. "
                f"Received: {device_mesh!r}"
            )
        if prod(device_mesh.shape[1:]) > 1:
            raise ArgumentError(
                "The mesh of `DataParallel` must have one axis, along which batches "
                "are shared out; a model is not cut into parts. "
                f"Received: {device_mesh}"
            )
        name = device_mesh.axis_names[0]
        super().__init__(device_mesh, name, auto_shard_dataset)
        if len(device_mesh.devices) != self.num_processes:
            raise ArgumentError(
                f"{ONE_EACH} Received: {len(device_mesh.devices)} devices, "
                f"{device_mesh.devices}, in {self.num_processes} process(es)"
            )
        _tell_of_idle_devices(self.num_processes)


def _tell_of_idle_devices(processes: int) -> None:
    if processes > 1 or current_backend().name != "cupy":
        return
    count = current_backend().device_count
    if count > 1:
        warnings.warn(
            f"This machine has {count} GPUs and `DataParallel` uses one. {ONE_EACH}",
            KerasishWarning,
            stacklevel=3,
        )
