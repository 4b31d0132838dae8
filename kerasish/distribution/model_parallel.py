"""Models and tensors in parts, which there are not: what to do in their place."""

from typing import Any

from kerasish.core.errors import BackendError
from kerasish.distribution.base import Distribution
from kerasish.distribution.layout_map import LayoutMap
from kerasish.distribution.mesh import TensorLayout

__all__ = ["ModelParallel", "distribute_tensor"]


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
