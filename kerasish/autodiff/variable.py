"""Variable: a tensor with a name that training changes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.autodiff.casting import as_tensor, cast
from kerasish.autodiff.mode import Mode
from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.symbolic import KerasTensor
from kerasish.autodiff.tensor import Tensor
from kerasish.backends import current as current_backend
from kerasish.core.config import floatx
from kerasish.core.dtypes import is_float_dtype, standardize_dtype
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.core.naming import auto_name, current_path
from kerasish.core.revision import revise

__all__ = ["Variable"]

AGGREGATIONS = (None, "none", "mean", "sum", "only_first_replica")
SYNCHRONIZATIONS = (None, "none", "auto", "on_read", "on_write")


class Variable:
    """A named value that `assign` replaces; layers keep their weights in these.

    Args:
        initializer: The first value, or a function `(shape, dtype=)` that makes it.
        shape: Tuple of sizes; needed where `initializer` is a function.
        dtype: Dtype name; by default that of a given value, else the default float.
        trainable: Whether tapes watch it and optimizers change it.
        autocast: Whether a mixed-precision scope reads it in the compute dtype.
        aggregation: How replicas would combine: "none", "mean", "sum",
            "only_first_replica".
        synchronization: When replicas would synchronise: "auto", "none", "on_read",
            "on_write".
        name: A name without `/`, made up if None.

    Raises:
        ArgumentError: If the name, shape or value cannot be used.

    Example:
        >>> v = Variable([1.0, 2.0], name="v")
        >>> v.assign_add([1.0, 1.0]).numpy().tolist()
        [2.0, 3.0]
    """

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str | None = "auto",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.pop("layout", None) is not None or kwargs:
            raise ArgumentError(
                f"`Variable` has no arguments {sorted(kwargs) or ['layout']}."
            )
        name = auto_name(type(self).__name__) if name is None else name
        if not isinstance(name, str) or "/" in name:
            raise ArgumentError(
                f"`name` must be a string without '/'. Received: name={name!r}"
            )
        if aggregation not in AGGREGATIONS:
            raise ArgumentError(
                f"`aggregation` must be one of {AGGREGATIONS}. "
                f"Received: {aggregation!r}"
            )
        if synchronization not in SYNCHRONIZATIONS:
            raise ArgumentError(
                f"`synchronization` must be one of {SYNCHRONIZATIONS}. "
                f"Received: {synchronization!r}"
            )
        self._name = name
        scope = current_path()
        self._path = f"{scope}/{name}" if scope else name
        self._trainable = self.made_trainable = bool(trainable)
        self.autocast = bool(autocast)
        self.aggregation = aggregation
        self.synchronization = synchronization
        self.overwrite_with_gradient = False
        self._regularizer: Callable[..., Any] | None = None
        self._constraint: Callable[..., Any] | None = None
        self._home: Any = None  # where plans keep the value, once there is one
        self._held = self._initial_value(initializer, shape, dtype)
        self._dtype = self._held.dtype
        self._ndim = len(self._held.shape)

    def _initial_value(self, initializer: Any, shape: Any, dtype: Any) -> Tensor:
        if current_mode().symbolic:
            raise ArgumentError(
                f"Variable {self._name!r} was made while shapes were inferred. Make "
                "variables in `__init__` or `build`, not in `call`."
            )
        if not callable(initializer):
            given = None if dtype is None else standardize_dtype(dtype)
            value = as_tensor(initializer, given)
            if dtype is None and value.dtype == "float64":
                value = cast(value, floatx())
            if shape is not None and tuple(shape) != value.shape:
                raise ShapeError(
                    f"The value of variable {self._name!r} must have the shape "
                    f"{tuple(shape)}. Received: {value.shape}"
                )
            return Tensor(value._array)
        if shape is None:
            raise ArgumentError(
                f"`shape` is needed where `initializer` is a function. Received: "
                f"initializer={initializer}, shape=None (variable {self._name!r})"
            )
        shape = _checked_shape(shape, self._name)
        made = as_tensor(initializer(shape, dtype=standardize_dtype(dtype)))
        if made.shape != shape:
            raise ShapeError(
                f"The initializer of variable {self._name!r} must return the shape "
                f"{shape}. Received: {made.shape}"
            )
        return Tensor(as_tensor(made, standardize_dtype(dtype))._array)

    @property
    def _tensor(self) -> Tensor:
        home = self._home
        return self._held if home is None else home.read()

    def _read(self, mode: Mode) -> Tensor:
        """Returns the current value as an operation sees it."""
        value = self._tensor
        held = None
        if mode.stateless is not None:
            held = mode.stateless.get_current_value(self)
            value = value if held is None else held
        if mode.recorder is not None and held is None:
            value = mode.recorder.read(self, value)
        for tape in mode.tapes:
            tape.read(self, value)
        wanted = mode.autocast
        if wanted is not None and self.autocast and wanted != self._dtype:
            if is_float_dtype(self._dtype):
                return cast(value, wanted)
        return value

    @property
    def value(self) -> Tensor:
        """The current value as a tensor."""
        return self._read(current_mode())

    def assign(self, value: Any) -> Any:
        """Replaces the value.

        Args:
            value: Anything of the variable's shape; converted to its dtype.

        Returns:
            The variable.

        Raises:
            ShapeError: If the shape is another.
        """
        mode = current_mode()
        if mode.symbolic:
            return self
        value = as_tensor(value, self._dtype)
        if value.shape != self.shape:
            raise ShapeError(
                f"The value assigned to variable {self.path!r} must have its shape "
                f"{self.shape}. Received: {value.shape}"
            )
        if mode.stateless is not None:
            mode.stateless.add_update((self, value))
        elif isinstance(value, KerasTensor):
            raise ArgumentTypeError(
                f"A symbolic tensor cannot be assigned to variable {self.path!r}."
            )
        else:
            if mode.recorder is not None:
                mode.recorder.assign(self, value)
            home: Any = self
            while home is not self._home:  # once more if a plan has moved it meanwhile
                home = self._home
                if home is None:
                    self._held = Tensor(value._array)
                else:
                    home.write(value._array)
        return self

    def assign_add(self, value: Any) -> Any:
        """Adds to the value; returns the variable."""
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> Any:
        """Subtracts from the value; returns the variable."""
        return self.assign(self - value)

    def numpy(self) -> np.ndarray:
        """Returns the values as a read-only NumPy array."""
        return self.value.numpy()

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def path(self) -> str:
        """The name with the scopes it was made in, joined by `/`."""
        return self._path

    @path.setter
    def path(self, path: str) -> None:
        self._path = path

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        return self._held.shape

    @property
    def dtype(self) -> str:
        """The dtype it is read in: the compute dtype inside an autocast scope."""
        wanted = current_mode().autocast
        if wanted is not None and self.autocast and is_float_dtype(self._dtype):
            return wanted
        return self._dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self._held.size

    @property
    def trainable(self) -> bool:
        """Whether tapes watch it and optimizers change it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        revise()

    @property
    def regularizer(self) -> Any:
        """A function of the value whose result is added to the loss, or None."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Any) -> None:
        self._regularizer = _callable_or_none("regularizer", value)
        revise()

    @property
    def constraint(self) -> Any:
        """A function applied to the value after every training step, or None."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Any) -> None:
        self._constraint = _callable_or_none("constraint", value)
        revise()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.value.__array__(dtype, copy)

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        ufunc, method, *inputs = args
        values = [x.value if isinstance(x, Variable) else x for x in inputs]
        return self.value.__array_ufunc__(ufunc, method, *values, **kwargs)

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __hash__(self) -> int:
        return id(self)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_home": None, "_held": self._tensor.numpy().copy()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        values = current_backend().from_numpy(state["_held"])
        self.__dict__.update(state | {"_held": Tensor(values)})

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = memo[id(self)] = object.__new__(type(self))
        # Tensors never change: sharing is safe.
        made.__dict__.update(self.__dict__, _home=None, _held=self._tensor)
        return made

    def __repr__(self) -> str:
        value = np.array2string(self._tensor.numpy(), separator=", ", threshold=20)
        return (
            f"<{type(self).__name__} path={self.path}, shape={self.shape}, "
            f"dtype={self._dtype}, value={value}>"
        )


def _checked_shape(shape: Any, name: str) -> tuple[int, ...]:
    try:
        sizes = tuple(shape) if hasattr(shape, "__iter__") else (shape,)
        if all(int(n) == n and n >= 0 for n in sizes):
            return tuple(int(n) for n in sizes)
    except (TypeError, ValueError, OverflowError):
        pass  # None, text, NaN or infinity
    raise ShapeError(
        f"The `shape` of variable {name!r} must be a tuple of known sizes that are not "
        f"negative. Received: shape={shape!r}"
    )


def _callable_or_none(what: str, value: Any) -> Any:
    if value is not None and not callable(value):
        raise ArgumentError(
            f"`{what}` of a variable must be callable or None. Received: {value!r}"
        )
    return value
