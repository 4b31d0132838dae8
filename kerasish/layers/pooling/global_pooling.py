"""Global pooling layers: the largest or the mean of all positions."""

from typing import Any

from kerasish import ops
from kerasish.core.dtypes import is_float_dtype
from kerasish.layers.pooling.base_pooling import BaseGlobalPooling

__all__ = [
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
]


class GlobalMaxPooling1D(BaseGlobalPooling):
    """Takes the largest element of all positions over `time`.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, channels)`, or with axes of size 1 if `keepdims`.

    Example:
        >>> GlobalMaxPooling1D()(np.ones((2, 4, 3))).shape
        (2, 3)
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(1, ops.max, data_format, keepdims, **kwargs)


class GlobalMaxPooling2D(BaseGlobalPooling):
    """Takes the largest element of all positions over `height, width`.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, channels)`, or with axes of size 1 if `keepdims`.

    Example:
        >>> GlobalMaxPooling2D()(np.ones((2, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(2, ops.max, data_format, keepdims, **kwargs)


class GlobalMaxPooling3D(BaseGlobalPooling):
    """Takes the largest element of all positions over `depth, height, width`.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: `(batch, channels)`, or with axes of size 1 if `keepdims`.

    Example:
        >>> GlobalMaxPooling3D()(np.ones((2, 4, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(3, ops.max, data_format, keepdims, **kwargs)


class GlobalAveragePooling1D(BaseGlobalPooling):
    """Takes the mean of all positions over `time`.

    Masked steps do not count; where all are masked, the outputs are zeros (Keras
    divides zero by zero).

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, channels)`, or channels first.

    Output shape: `(batch, channels)`, or with axes of size 1 if `keepdims`.

    Example:
        >>> GlobalAveragePooling1D()(np.ones((2, 4, 3))).shape
        (2, 3)
    """

    supports_masking = True

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(1, ops.mean, data_format, keepdims, **kwargs)

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Computes the outputs; masked steps do not count."""
        if mask is None:
            return super().call(inputs)
        (axis,) = self._spatial_axes
        # Sums of halves are taken in float32, as means of halves are.
        wide = "float64" if inputs.dtype == "float64" else "float32"
        weight = ops.expand_dims(ops.cast(mask, wide), 2 if axis == 1 else 1)
        reduced = {"axis": axis, "keepdims": self.keepdims}
        total = ops.sum(ops.multiply(ops.cast(inputs, wide), weight), **reduced)
        counted = ops.sum(weight, **reduced)
        mean = ops.divide(total, ops.where(counted == 0, 1.0, counted))
        return ops.cast(mean, inputs.dtype) if is_float_dtype(inputs.dtype) else mean

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns no mask: the steps are gone."""


class GlobalAveragePooling2D(BaseGlobalPooling):
    """Takes the mean of all positions over `height, width`.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Output shape: `(batch, channels)`, or with axes of size 1 if `keepdims`.

    Example:
        >>> GlobalAveragePooling2D()(np.ones((2, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(2, ops.mean, data_format, keepdims, **kwargs)


class GlobalAveragePooling3D(BaseGlobalPooling):
    """Takes the mean of all positions over `depth, height, width`.

    Args:
        data_format: "channels_last" or "channels_first"; the default if None.
        keepdims: Whether the spatial axes stay with size 1.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Output shape: `(batch, channels)`, or with axes of size 1 if `keepdims`.

    Example:
        >>> GlobalAveragePooling3D()(np.ones((2, 4, 4, 4, 3))).shape
        (2, 3)
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(3, ops.mean, data_format, keepdims, **kwargs)
