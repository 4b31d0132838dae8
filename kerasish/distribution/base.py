"""Distribution: how the processes of a group share work, and which is in use."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kerasish.backends.communication import group_scope, set_group
from kerasish.core.errors import ArgumentTypeError
from kerasish.distribution.mesh import DeviceMesh, TensorLayout
from kerasish.distribution.processes import group

__all__ = ["Distribution", "distribution", "set_distribution"]


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
