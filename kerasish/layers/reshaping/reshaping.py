"""Layers that change shapes: flatten, reshape, permute, repeat."""

import math
from typing import Any

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.layers.base import InputSpec, Layer

__all__ = ["Flatten", "Permute", "RepeatVector", "Reshape"]


class Flatten(Layer):
    """Makes every sample flat.

    Args:
        data_format: "channels_last" or "channels_first", which is flattened as if
            channels were last.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, ...)`.

    Output shape: `(batch, size of a sample)`.

    Example:
        >>> Flatten()(np.ones((2, 3, 4))).shape
        (2, 12)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ArgumentError(
                "`data_format` must be 'channels_last' or 'channels_first'. "
                f"Received: {data_format!r}"
            )
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(min_ndim=1)

    def build(self, input_shape: Any) -> None:
        """Fixes the number of axes."""
        self.input_spec = InputSpec(ndim=len(input_shape))

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        ndim = len(inputs.shape)
        if ndim > 2 and self.data_format == "channels_first":
            inputs = ops.transpose(inputs, (0, *range(2, ndim), 1))
        shape = self.compute_output_shape(inputs.shape)
        return ops.reshape(inputs, tuple(-1 if n is None else n for n in shape))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns `(batch, size of a sample)`."""
        rest = input_shape[1:]
        size = None if None in rest else math.prod(rest)
        return (input_shape[0], size)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "data_format": self.data_format}


class Reshape(Layer):
    """Gives every sample another shape.

    Args:
        target_shape: Shape of a sample; one size may be -1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Reshape((2, -1))(np.ones((5, 6))).shape
        (5, 2, 3)
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        if self.target_shape.count(-1) > 1:
            raise ArgumentError(
                "`target_shape` of `Reshape` may hold -1 once. "
                f"Received: target_shape={target_shape}"
            )

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns `(batch, *target_shape)` with -1 filled in where known."""
        rest = input_shape[1:]
        fixed = math.prod(n for n in self.target_shape if n != -1)
        if None in rest:
            return (
                input_shape[0],
                *(None if n == -1 else n for n in self.target_shape),
            )
        size = math.prod(rest)
        free = -1 in self.target_shape
        if (free and (fixed == 0 or size % fixed)) or (not free and size != fixed):
            raise ShapeError(
                f"`Reshape` {self.name!r} cannot make {self.target_shape} of samples "
                f"of shape {tuple(rest)}."
            )
        filled = [size // fixed if n == -1 else n for n in self.target_shape]
        return (input_shape[0], *filled)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        shape = self.compute_output_shape(inputs.shape)
        return ops.reshape(inputs, tuple(-1 if n is None else n for n in shape))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(Layer):
    """Puts the axes of every sample in another order.

    Args:
        dims: For each axis of the result its axis in the sample, counted from 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Permute((2, 1))(np.ones((5, 2, 3))).shape
        (5, 3, 2)
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ArgumentError(
                "`dims` of `Permute` must name each axis of a sample once, from 1. "
                f"Received: dims={dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the sizes in the new order."""
        return (input_shape[0], *(input_shape[d] for d in self.dims))

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return ops.transpose(inputs, (0, *self.dims))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(Layer):
    """Repeats every sample a number of times along a new axis.

    Args:
        n: How often.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If `n` is not positive.
        ArgumentTypeError: If `n` is no integer.

    Input shape: `(batch, features)`.

    Output shape: `(batch, n, features)`.

    Example:
        >>> RepeatVector(3)(np.ones((5, 2))).shape
        (5, 3, 2)
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not hasattr(n, "__index__") or isinstance(n, bool):
            raise ArgumentTypeError(
                f"Expected an integer value for `n`, got {type(n).__name__}. "
                f"Received: n={n!r}"
            )
        if n < 1:
            raise ArgumentError(
                f"`n` of `RepeatVector` must be a positive integer. Received: n={n}"
            )
        self.n = int(n)
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns `(batch, n, features)`."""
        return (input_shape[0], self.n, input_shape[1])

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "n": self.n}
