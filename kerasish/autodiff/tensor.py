"""Tensor: an array of the current backend that operations pass around.

A tensor never changes. It speaks NumPy's protocols, so that outside a tape it behaves
as an array in the user's hands. Python's operators, and NumPy functions applied to
tensors, are given to it by `kerasish.ops.operators`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kerasish.autodiff.mode import current as current_mode
from kerasish.backends import Array, current
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentTypeError

__all__ = ["Tensor", "numpy_functions"]

# NumPy function or ufunc -> the operation that does the same; filled by `ops`.
numpy_functions: dict[Any, Callable[..., Any]] = {}


class Tensor:
    """An immutable n-dimensional array.

    Tensors are made by operations; `ops.convert_to_tensor` makes one from data.

    Example:
        >>> from kerasish import ops
        >>> x = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> x.shape, x.dtype, (x + 1).numpy().tolist()
        ((2, 2), 'float32', [[2.0, 3.0], [4.0, 5.0]])
    """

    __slots__ = ("__weakref__", "_array", "_keras_mask")

    def __init__(self, array: Array) -> None:
        self._array = array

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        return self._array.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> str:
        """The dtype's name."""
        return standardize_dtype(self._array.dtype)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        size = 1
        for n in self.shape:
            size *= n
        return size

    @property
    def array(self) -> Array:
        """The backend's own array; must not be changed."""
        recorder = current_mode().recorder
        if recorder is not None:
            recorder.host_read(self)
        return self._array

    def numpy(self) -> np.ndarray:
        """Returns the values as a read-only NumPy array, without a copy on a CPU."""
        host = np.asarray(current().to_numpy(self.array)).view()
        host.flags.writeable = False
        return host

    def item(self) -> Any:
        """Returns the only element as a Python number."""
        return self.numpy().item()

    def tolist(self) -> Any:
        """Returns the values as nested Python lists."""
        return self.numpy().tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        host = self.numpy()
        if dtype is not None and host.dtype != np.dtype(dtype):
            return host.astype(dtype)
        return host.copy() if copy else host

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        operation = numpy_functions.get(ufunc)
        if operation is not None and method == "__call__" and not kwargs:
            return operation(*inputs)
        hosts = [x.numpy() if isinstance(x, Tensor) else x for x in inputs]
        return getattr(ufunc, method)(*hosts, **kwargs)

    def __array_function__(
        self, func: Any, types: Any, args: Any, kwargs: dict[str, Any]
    ) -> Any:
        operation = numpy_functions.get(func)
        if operation is not None:
            try:
                return operation(*args, **kwargs)
            except TypeError:  # an option that only NumPy has
                pass
        return func(*_to_host(args), **_to_host(kwargs))

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self.array.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()

    @property
    def __cuda_array_interface__(self) -> Any:
        """The array's address on the GPU, for other GPU libraries."""
        return self.array.__cuda_array_interface__

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return int(self.numpy().__index__())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __bool__(self) -> bool:
        return bool(self.numpy())

    def __len__(self) -> int:
        if not self.shape:
            raise ArgumentTypeError("A tensor of shape () has no length.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise ArgumentTypeError("A tensor of shape () cannot be iterated over.")
        return (self[i] for i in range(self.shape[0]))  # type: ignore[index]

    def __setitem__(self, key: Any, value: Any) -> None:
        raise ArgumentTypeError(
            "Tensors do not change: make a new one by `ops.where`, `ops.slice_update` "
            "or `ops.scatter_update`, or keep the values in a NumPy array."
        )

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(self.numpy() == np.asarray(item)))

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if not self.shape else format(str(self), spec)

    def __repr__(self) -> str:
        # Printing while a step is recorded shows the values of that one run.
        host = np.asarray(current().to_numpy(self._array))
        values = np.array2string(host, separator=", ", prefix="<Tensor ")
        return f"<Tensor {values}, shape={self.shape}, dtype={self.dtype}>"

    def __str__(self) -> str:
        return str(current().to_numpy(self._array))

    def __hash__(self) -> int:
        return id(self)

    def __copy__(self) -> "Tensor":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Tensor":
        return self

    def __reduce__(self) -> Any:
        return _unpickle, (self.numpy().copy(),)


def _unpickle(values: np.ndarray) -> Tensor:
    return Tensor(current().from_numpy(values))


def _to_host(structure: Any) -> Any:
    if isinstance(structure, Tensor):
        return structure.numpy()
    if isinstance(structure, list | tuple):
        return type(structure)(_to_host(x) for x in structure)
    if isinstance(structure, dict):
        return {key: _to_host(x) for key, x in structure.items()}
    return structure
