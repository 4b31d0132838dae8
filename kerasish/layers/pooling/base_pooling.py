"""What pooling layers have in common: windows, all positions, or a given number."""

from collections.abc import Callable
from typing import Any

from kerasish.autodiff import KerasTensor, symbolic_scope
from kerasish.core.errors import ArgumentTypeError
from kerasish.layers.convolutional.spatial_layer import (
    SpatialLayer,
    one_of,
    positions,
    sizes,
)

__all__ = ["BaseAdaptivePooling", "BaseGlobalPooling", "BasePooling"]


class _Pooled(SpatialLayer):
    """Integers stay integers where they do in the operation."""

    def compute_output_spec(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Infers the symbolic outputs."""
        shape = self.compute_output_shape(inputs.shape)
        with symbolic_scope():
            dtype = self.call(inputs).dtype
        return KerasTensor(shape, dtype)


class BasePooling(_Pooled):
    """Pools windows over a number of spatial axes.

    Args:
        rank: The number of spatial axes.
        function: The operation.
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        rank: int,
        function: Callable[..., Any],
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(rank, data_format, name=name, **kwargs)
        kind = type(self).__name__
        self._function = function
        self.pool_size = sizes(kind, "pool_size", pool_size, rank)
        steps = self.pool_size if strides is None else strides
        self.strides = sizes(kind, "strides", steps, rank)
        self.padding = one_of(kind, "padding", padding, ("valid", "same"))

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return self._function(
            inputs, self.pool_size, self.strides, self.padding, self.data_format
        )

    @property
    def _window(self) -> tuple[int, ...]:
        return self.pool_size

    def _size(self, n: int, i: int) -> int:
        return positions(n, self.pool_size[i], self.strides[i], 1, self.padding)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


class BaseGlobalPooling(_Pooled):
    """Pools all positions into one.

    Args:
        rank: The number of spatial axes.
        function: The reduction.
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.
    """

    def __init__(
        self,
        rank: int,
        function: Callable[..., Any],
        data_format: str | None = None,
        keepdims: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(rank, data_format, **kwargs)
        self._function = function
        self.keepdims = keepdims

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return self._function(inputs, axis=self._spatial_axes, keepdims=self.keepdims)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs."""
        axes = self._spatial_axes
        if self.keepdims:
            return tuple(1 if i in axes else n for i, n in enumerate(input_shape))
        return tuple(n for i, n in enumerate(input_shape) if i not in axes)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "data_format": self.data_format,
            "keepdims": self.keepdims,
        }


class BaseAdaptivePooling(_Pooled):
    """Pools windows cut so that a given number of them comes out.

    Args:
        rank: The number of spatial axes.
        function: The operation.
        output_size: How many along each spatial axis; a number for all.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentTypeError: If `output_size` is no integer nor one for each axis.
        ArgumentError: If it is not positive.
    """

    def __init__(
        self,
        rank: int,
        function: Callable[..., Any],
        output_size: Any,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(rank, data_format, **kwargs)
        self._function = function
        kind = type(self).__name__
        several = isinstance(output_size, list | tuple)
        given = output_size if several else (output_size,) * rank
        if len(given) != rank or not all(hasattr(n, "__index__") for n in given):
            raise ArgumentTypeError(
                f"`output_size` of `{kind}` must be a positive integer"
                f"{f' or {rank} of them' if rank > 1 else ''}. "
                f"Received: output_size={output_size!r}"
            )
        self.output_size = sizes(kind, "output_size", output_size, rank)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        return self._function(inputs, self.output_size, self.data_format)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs."""
        channels = input_shape[self._channel_axis]
        if self.data_format == "channels_first":
            return (input_shape[0], channels, *self.output_size)
        return (input_shape[0], *self.output_size, channels)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "output_size": self.output_size,
            "data_format": self.data_format,
        }
