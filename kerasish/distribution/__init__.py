"""Training by several processes, each on a device of its own."""

from kerasish.distribution.distributions import (
    DataParallel,
    ModelParallel,
    distribute_tensor,
    distribution,
    set_distribution,
)
from kerasish.distribution.layout_map import LayoutMap
from kerasish.distribution.mesh import DeviceMesh, TensorLayout
from kerasish.distribution.processes import (
    get_device_count,
    initialize,
    list_devices,
)

__all__ = [
    "DataParallel",
    "DeviceMesh",
    "LayoutMap",
    "ModelParallel",
    "TensorLayout",
    "distribute_tensor",
    "distribution",
    "get_device_count",
    "initialize",
    "list_devices",
    "set_distribution",
]
