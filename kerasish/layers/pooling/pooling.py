"""Pooling layers: the largest or the mean of windows, or of all positions."""

from typing import Any

from kerasish import ops
from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import InputSpec, Layer
from kerasish.layers.convolutional.base_conv import sizes

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
]


class _Pooling(Layer):
    """Pools windows over a number of spatial axes."""

    _rank: int
    _function: str

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        kind = type(self).__name__
        self.pool_size = sizes(kind, "pool_size", pool_size, self._rank)
        steps = self.pool_size if strides is None else strides
        self.strides = sizes(kind, "strides", steps, self._rank)
        if padding not in ("valid", "same"):
            raise ArgumentError(
                f"`padding` of `{kind}` must be 'valid' or 'same'. "
                f"Received: {padding!r}"
            )
        self.padding = padding
        self.data_format = _format(kind, data_format)
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        pool = getattr(ops, self._function)
        return pool(
            inputs, self.pool_size, self.strides, self.padding, self.data_format
        )

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs.

        Raises:
            ShapeError: If the window does not fit.
        """
        first = self.data_format == "channels_first"
        spatial = input_shape[2:] if first else input_shape[1:-1]
        found = []
        for n, w, s in zip(spatial, self.pool_size, self.strides, strict=True):
            if n is None or self.padding == "same":
                found.append(None if n is None else -(-n // s))
                continue
            if n < w:
                raise ShapeError(
                    f"Computed output size would be negative or zero in "
                    f"{type(self).__name__} {self.name!r}: the window {self.pool_size} "
                    f"does not fit into inputs of shape {tuple(input_shape)}."
                )
            found.append((n - w) // s + 1)
        channels = input_shape[1] if first else input_shape[-1]
        if first:
            return (input_shape[0], channels, *found)
        return (input_shape[0], *found, channels)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
        }


class _GlobalPooling(Layer):
    """Pools all positions into one."""

    _rank: int
    _function: str

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data_format = _format(type(self).__name__, data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self._rank + 2)

    @property
    def _axes(self) -> tuple[int, ...]:
        start = 2 if self.data_format == "channels_first" else 1
        return tuple(range(start, start + self._rank))

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        reduce = getattr(ops, self._function)
        return reduce(inputs, axis=self._axes, keepdims=self.keepdims)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs."""
        if self.keepdims:
            return tuple(1 if i in self._axes else n for i, n in enumerate(input_shape))
        return tuple(n for i, n in enumerate(input_shape) if i not in self._axes)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "data_format": self.data_format,
            "keepdims": self.keepdims,
        }


def _format(kind: str, data_format: str | None) -> str:
    data_format = data_format or image_data_format()
    if data_format not in ("channels_last", "channels_first"):
        raise ArgumentError(
            f"`data_format` of `{kind}` must be 'channels_last' or 'channels_first'. "
            f"Received: {data_format!r}"
        )
    return data_format


class MaxPooling1D(_Pooling):
    """Takes the largest element of each window over 1 spatial axis.

    Args:
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> MaxPooling1D(2)(np.ones((2, 4, 3))).shape
        (2, 2, 3)
    """

    _rank = 1
    _function = "max_pool"


class MaxPooling2D(_Pooling):
    """Takes the largest element of each window over 2 spatial axes.

    Args:
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> MaxPooling2D(2)(np.ones((2, 4, 4, 3))).shape
        (2, 2, 2, 3)
    """

    _rank = 2
    _function = "max_pool"


class MaxPooling3D(_Pooling):
    """Takes the largest element of each window over 3 spatial axes.

    Args:
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> MaxPooling3D(2)(np.ones((2, 4, 4, 4, 3))).shape
        (2, 2, 2, 2, 3)
    """

    _rank = 3
    _function = "max_pool"


class AveragePooling1D(_Pooling):
    """Takes the mean of each window over 1 spatial axis.

    Args:
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> AveragePooling1D(2)(np.ones((2, 4, 3))).shape
        (2, 2, 3)
    """

    _rank = 1
    _function = "average_pool"


class AveragePooling2D(_Pooling):
    """Takes the mean of each window over 2 spatial axes.

    Args:
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> AveragePooling2D(2)(np.ones((2, 4, 4, 3))).shape
        (2, 2, 2, 3)
    """

    _rank = 2
    _function = "average_pool"


class AveragePooling3D(_Pooling):
    """Takes the mean of each window over 3 spatial axes.

    Args:
        pool_size: Sizes of the window.
        strides: Its steps, `pool_size` by default.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; the default if None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> AveragePooling3D(2)(np.ones((2, 4, 4, 4, 3))).shape
        (2, 2, 2, 2, 3)
    """

    _rank = 3
    _function = "average_pool"


class GlobalMaxPooling1D(_GlobalPooling):
    """Takes the largest element of all positions over 1 spatial axis.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> GlobalMaxPooling1D()(np.ones((2, 4, 3))).shape
        (2, 3)
    """

    _rank = 1
    _function = "max"


class GlobalMaxPooling2D(_GlobalPooling):
    """Takes the largest element of all positions over 2 spatial axes.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> GlobalMaxPooling2D()(np.ones((2, 4, 4, 3))).shape
        (2, 3)
    """

    _rank = 2
    _function = "max"


class GlobalMaxPooling3D(_GlobalPooling):
    """Takes the largest element of all positions over 3 spatial axes.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> GlobalMaxPooling3D()(np.ones((2, 4, 4, 4, 3))).shape
        (2, 3)
    """

    _rank = 3
    _function = "max"


class GlobalAveragePooling1D(_GlobalPooling):
    """Takes the mean of all positions over 1 spatial axis.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> GlobalAveragePooling1D()(np.ones((2, 4, 3))).shape
        (2, 3)
    """

    _rank = 1
    _function = "mean"
    supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Computes the outputs; masked steps do not count."""
        if mask is None:
            return super().call(inputs)
        axis = self._axes[0]
        weight = ops.cast(mask, inputs.dtype)
        weight = ops.expand_dims(weight, 2 if axis == 1 else 1)
        total = ops.sum(ops.multiply(inputs, weight), axis=axis, keepdims=self.keepdims)
        counted = ops.sum(weight, axis=axis, keepdims=self.keepdims)
        return ops.divide(total, ops.maximum(counted, 1e-7))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns no mask: the steps are gone."""


class GlobalAveragePooling2D(_GlobalPooling):
    """Takes the mean of all positions over 2 spatial axes.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> GlobalAveragePooling2D()(np.ones((2, 4, 4, 3))).shape
        (2, 3)
    """

    _rank = 2
    _function = "mean"


class GlobalAveragePooling3D(_GlobalPooling):
    """Takes the mean of all positions over 3 spatial axes.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> GlobalAveragePooling3D()(np.ones((2, 4, 4, 4, 3))).shape
        (2, 3)
    """

    _rank = 3
    _function = "mean"
