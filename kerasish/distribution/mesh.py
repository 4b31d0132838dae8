"""DeviceMesh and TensorLayout: names for the axes along which devices share work."""

from collections.abc import Sequence
from math import prod
from typing import Any

from kerasish.core.errors import ArgumentError
from kerasish.distribution.processes import list_devices

__all__ = ["DeviceMesh", "TensorLayout"]


class DeviceMesh:
    """Devices in a grid whose axes have names.

    Args:
        shape: Sizes of the axes, as `(4,)`.
        axis_names: A name for each axis, as `["batch"]`.
        devices: As many devices, as "gpu:0"; those of all processes by default.

    Raises:
        ArgumentError: If names, shape and devices do not fit each other.

    Example:
        >>> DeviceMesh((1,), ["batch"]).devices
        ['cpu:0']
    """

    def __init__(
        self,
        shape: Sequence[int],
        axis_names: Sequence[str],
        devices: Sequence[str] | None = None,
    ) -> None:
        if not shape or not axis_names:
            raise ArgumentError(
                "`shape` and `axis_names` of `DeviceMesh` must not be empty. "
                f"Received: shape={shape}, axis_names={axis_names}"
            )
        if len(shape) != len(axis_names) or len(set(axis_names)) < len(axis_names):
            raise ArgumentError(
                "`axis_names` of `DeviceMesh` must have a name of its own for each "
                f"axis. Received: shape={shape}, axis_names={axis_names}"
            )
        found = list_devices() if devices is None else list(devices)
        if prod(shape) != len(found):
            raise ArgumentError(
                f"A `DeviceMesh` of shape {tuple(shape)} needs {prod(shape)} devices, "
                f"one for each process. Received: {len(found)}, {found}"
            )
        self._shape = tuple(shape)
        self._axis_names = list(axis_names)
        self._devices = found

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return self._shape

    @property
    def axis_names(self) -> list[str]:
        """Names of the axes."""
        return self._axis_names

    @property
    def devices(self) -> list[str]:
        """The devices, in the order of the processes."""
        return self._devices

    def __repr__(self) -> str:
        return f"<DeviceMesh shape={self.shape}, axis_names={self.axis_names}>"


class TensorLayout:
    """Which axes of a tensor are shared out along which axes of a mesh.

    Args:
        axes: For each axis of the tensor the name of one of the mesh, or None.
        device_mesh: The mesh, which may be set later.

    Raises:
        ArgumentError: If the mesh has no axis of that name.

    Example:
        >>> TensorLayout(("batch", None), DeviceMesh((1,), ["batch"])).axes
        ('batch', None)
    """

    def __init__(
        self, axes: Sequence[str | None], device_mesh: DeviceMesh | None = None
    ) -> None:
        self._axes = tuple(axes)
        self._device_mesh: DeviceMesh | None = None
        if device_mesh is not None:
            self.device_mesh = device_mesh

    @property
    def axes(self) -> tuple[str | None, ...]:
        """For each axis of the tensor an axis of the mesh, or None."""
        return self._axes

    @property
    def device_mesh(self) -> DeviceMesh | None:
        """The mesh; it can be set once."""
        return self._device_mesh

    @device_mesh.setter
    def device_mesh(self, device_mesh: DeviceMesh) -> None:
        if self._device_mesh is not None:
            raise ArgumentError(
                "The mesh of a `TensorLayout` can be set once. "
                f"It has {self._device_mesh}"
            )
        unknown = [x for x in self.axes if x and x not in device_mesh.axis_names]
        if unknown:
            raise ArgumentError(
                "`axes` of `TensorLayout` must be names of the mesh's axes "
                f"{device_mesh.axis_names}, or None. Received: {unknown}"
            )
        self._device_mesh = device_mesh

    def __repr__(self) -> str:
        return f"<TensorLayout axes={self.axes}, device_mesh={self._device_mesh}>"

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, TensorLayout):
            return NotImplemented
        return (self.axes, self._device_mesh) == (other.axes, other._device_mesh)

    def __hash__(self) -> int:
        return hash(self.axes)
