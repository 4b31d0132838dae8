"""Training by several processes, each on a device of its own."""

from kerasish.distribution.base import distribution, set_distribution
from kerasish.distribution.data_parallel import DataParallel
from kerasish.distribution.layout_map import LayoutMap
from kerasish.distribution.mesh import DeviceMesh, TensorLayout
from kerasish.distribution.model_parallel import ModelParallel, distribute_tensor
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
