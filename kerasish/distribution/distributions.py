"""Distributions: how the processes of a group share the work of training."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import prod
from typing import Any

from kerasish.backends import current as current_backend
from kerasish.backends.communication import group_scope, set_group
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    BackendError,
    KerasishWarning,
)
from kerasish.distribution.layout_map import LayoutMap
from kerasish.distribution.mesh import DeviceMesh, TensorLayout
from kerasish.distribution.processes import group, list_devices

__all__ = [
    "DataParallel",
    "Distribution",
    "ModelParallel",
    "distribute_tensor",
    "distribution",
    "set_distribution",
]

ONE_EACH = (
    "kerasish trains with one process for each device. Start as many as there are "
    "devices, as by `mpiexec -n 4 python train.py`, and use `DataParallel()`."
)


class Distribution:
    """The base class of distributions.

    Args:
        device_mesh: The devices.
        batch_dim_name: The axis of the mesh along which batches are shared out.
        auto_shard_dataset: Whether every process is given all data.
    """

    def __init__(
        self,
        device_mesh: DeviceMesh,
        batch_dim_name: str | None = None,
        auto_shard_dataset: bool = True,
    ) -> None:
        self._device_mesh = device_mesh
        self._batch_dim_name = batch_dim_name
        self._auto_shard_dataset = bool(auto_shard_dataset)
        self._group = group()

    @property
    def device_mesh(self) -> DeviceMesh:
        """The devices."""
        return self._device_mesh

    @property
    def batch_dim_name(self) -> str | None:
        """The axis of the mesh along which batches are shared out."""
        return self._batch_dim_name

    @property
    def auto_shard_dataset(self) -> bool:
        """Whether every process is given all data."""
        return self._auto_shard_dataset

    @property
    def num_processes(self) -> int:
        """How many processes train together."""
        return 1 if self._group is None else self._group.size

    @property
    def num_model_replicas(self) -> int:
        """How many copies of the model there are: one in each process."""
        return self.num_processes

    @property
    def data_shard_id(self) -> int:
        """The number of this process, and of its part of each batch."""
        return 0 if self._group is None else self._group.rank

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Uses the distribution inside a `with` block."""
        token = _scope.set(self)
        try:
            with group_scope(self._group):
                yield
        finally:
            _scope.reset(token)

    def get_data_layout(self, data_shape: Sequence[Any]) -> TensorLayout:
        """Returns the layout of data: the first axis is shared out.

        Args:
            data_shape: Shape of the data.
        """
        rest = (None,) * (len(data_shape) - 1)
        return TensorLayout((self.batch_dim_name, *rest), self.device_mesh)

    def get_variable_layout(self, variable: Any) -> TensorLayout:
        """Returns the layout of a variable: every process has all of it.

        Args:
            variable: The variable.
        """
        return TensorLayout((None,) * len(variable.shape), self.device_mesh)

    def get_tensor_layout(self, path: str) -> None:
        """Returns None: a value inside the model lies where it was computed.

        Args:
            path: Path of the operation.
        """

    def distribute_dataset(self, dataset: Any) -> Any:
        """Returns the data set, which `fit` shares out itself.

        Args:
            dataset: The data set.
        """
        return dataset

    def __repr__(self) -> str:
        return f"<{type(self).__name__} device_mesh={self.device_mesh}>"


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


class ModelParallel(Distribution):
    """Is not supported: the weights of a model are not cut into parts.

    Args:
        layout_map: A `LayoutMap`.
        batch_dim_name: The axis of the mesh along which batches are shared out.
        auto_shard_dataset: As of `DataParallel`.
        **kwargs: None in Keras.

    Raises:
        BackendError: Always.
    """

    def __init__(
        self,
        *,
        layout_map: LayoutMap | None = None,
        batch_dim_name: str | None = None,
        auto_shard_dataset: bool = True,
        **kwargs: Any,
    ) -> None:
        raise BackendError(
            "`ModelParallel` is not supported: each process holds the whole model. Use "
            "`keras.distribution.DataParallel()`; where memory is short, smaller "
            "batches with `gradient_accumulation_steps` of the optimizer, or "
            "`mixed_bfloat16`. For a model that is larger than a device use Keras on "
            "JAX."
        )


_scope: ContextVar[Distribution | None] = ContextVar("distribution", default=None)
_global: list[Distribution | None] = [None]


def distribution() -> Distribution | None:
    """Returns the current distribution, None if there is none.

    Example:
        >>> distribution() is None
        True
    """
    return _scope.get() or _global[0]


def set_distribution(value: Distribution | None) -> None:
    """Makes a distribution that of the whole process.

    Args:
        value: The distribution, or None.

    Raises:
        ArgumentTypeError: If it is something else.
    """
    if value is not None and not isinstance(value, Distribution):
        raise ArgumentTypeError(
            "`set_distribution` takes a distribution, as "
            f"`keras.distribution.DataParallel()`, or None. Received: {value!r}"
        )
    _global[0] = value
    set_group(None if value is None else value._group)


def distribute_tensor(tensor: Any, layout: TensorLayout) -> Any:
    """Returns a tensor in a layout: itself, where each process has all of it.

    Args:
        tensor: The tensor.
        layout: Its layout.

    Raises:
        BackendError: If an axis would be shared out.
    """
    mesh = layout.device_mesh
    sizes = {} if mesh is None else dict(zip(mesh.axis_names, mesh.shape, strict=True))
    if any(sizes.get(name or "", 1) > 1 for name in layout.axes):
        raise BackendError(
            "`distribute_tensor` cannot share out a tensor: each process computes with "
            "arrays of its own. `fit` and `evaluate` share out batches by themselves. "
            f"Received: {layout}"
        )
    return tensor


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
