"""Rescaling by fixed numbers, and Normalization by numbers learnt from data."""

from typing import Any

import numpy as np

from kerasish import ops
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    ShapeError,
    StateError,
)
from kerasish.data import EpochIterator, make_adapter
from kerasish.layers.base import Layer

__all__ = ["Normalization", "Rescaling"]


class Rescaling(Layer):
    """Computes `inputs * scale + offset`.

    Args:
        scale: Factor, or one for each channel.
        offset: Summand, or one for each channel.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentTypeError: If one is no number.

    Example:
        >>> Rescaling(1 / 255)(np.full((1, 2), 255)).tolist()
        [[1.0, 1.0]]
    """

    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, value in (("scale", scale), ("offset", offset)):
            if np.asarray(value).dtype.kind not in "biuf":
                raise ArgumentTypeError(
                    f"`{name}` of `Rescaling` must be a number or a list of numbers. "
                    f"Received: {name}={value!r}"
                )
        self.scale = scale
        self.offset = offset

    def build(self, input_shape: Any) -> None:
        """Makes no weights."""

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        x = ops.cast(inputs, self.compute_dtype)
        scaled = ops.multiply(x, ops.cast(self.scale, x.dtype))
        return ops.add(scaled, ops.cast(self.offset, x.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        scale, offset = (
            x if isinstance(x, int | float) else np.asarray(x).tolist()
            for x in (self.scale, self.offset)
        )
        return {**super().get_config(), "scale": scale, "offset": offset}


class Normalization(Layer):
    """Computes `(inputs - mean) / sqrt(variance)` with numbers learnt by `adapt`.

    Args:
        axis: Axis or axes that have a mean and variance of their own; None for one of
            all.
        mean: The mean, if known; given with `variance`.
        variance: The variance, if known.
        invert: Whether the computation is undone instead.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If only one of `mean` and `variance` is given.
        StateError: When it is called before `adapt`.

    Example:
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[0.0], [2.0]]))
        >>> layer(np.array([[2.0]])).tolist()
        [[1.0]]
    """

    supports_masking = True

    def __init__(
        self,
        axis: Any = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if (mean is None) != (variance is None):
            raise ArgumentError(
                "When setting values directly, both `mean` and `variance` must be set. "
                f"Received: mean={mean} and variance={variance}"
            )
        self.axis = tuple(axis) if isinstance(axis, list | tuple) else axis
        self.invert = invert
        self.input_mean = mean
        self.input_variance = variance
        self._known = mean is not None

    def build(self, input_shape: Any) -> None:
        """Makes the mean, the variance and the count."""
        ndim = len(input_shape)
        axes = () if self.axis is None else self.axis
        axes = axes if isinstance(axes, tuple) else (axes,)
        self._kept = tuple(sorted(a % ndim for a in axes))
        if any(input_shape[a] is None for a in self._kept):
            raise ShapeError(
                f"All `axis` values of `Normalization` must have a known size. "
                f"Received: input_shape={tuple(input_shape)}, axis={self.axis}"
            )
        shape = tuple(input_shape[a] for a in self._kept)
        self._wide = tuple(
            input_shape[i] if i in self._kept else 1 for i in range(ndim)
        )
        if self._known:
            self._fixed = [
                np.broadcast_to(np.asarray(x, "float32"), shape)
                for x in (self.input_mean, self.input_variance)
            ]
        else:
            self.adapt_mean = self.add_weight(
                shape, "zeros", trainable=False, name="mean"
            )
            self.adapt_variance = self.add_weight(
                shape, "ones", trainable=False, name="variance"
            )
            self.count = self.add_weight(
                (), "zeros", dtype="int32", trainable=False, name="count"
            )

    def adapt(self, data: Any, batch_size: Any = None, steps: Any = None) -> None:
        """Learns mean and variance from data.

        Args:
            data: An array, or anything that yields batches of inputs.
            batch_size: Samples in a batch; the result is the same.
            steps: Batches; by default all.
        """
        if self._known:
            raise StateError(
                "`Normalization` was given its mean and variance and cannot adapt."
            )
        adapter = make_adapter(
            data, batch_size=batch_size or 4096, steps=steps, caller="adapt"
        )
        count, mean, squares = 0, None, None
        for _, batch in EpochIterator(adapter, steps):
            x = np.asarray(batch[0], dtype="float64")
            x = x[:, None] if x.ndim == 1 else x
            if not self.built:
                self.build(x.shape)
            others = tuple(i for i in range(x.ndim) if i not in self._kept)
            n = int(np.prod([x.shape[i] for i in others]))
            here, spread = x.mean(others), x.var(others) * n
            if mean is None:
                count, mean, squares = n, here, spread
                continue
            # Chan et al., 1983: the variance of two samples together.
            away = here - mean
            squares = squares + spread + away**2 * count * n / (count + n)
            mean = mean + away * n / (count + n)
            count += n
        if mean is None or squares is None:
            raise ArgumentError("`adapt` was given no data.")
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(squares / count)
        self.count.assign(min(count, 2**31 - 1))

    @property
    def mean(self) -> Any:
        """The mean, of a shape that broadcasts to the inputs."""
        value = self._fixed[0] if self._known else self.adapt_mean
        return ops.reshape(ops.cast(value, self.compute_dtype), self._wide)

    @property
    def variance(self) -> Any:
        """The variance, of a shape that broadcasts to the inputs."""
        value = self._fixed[1] if self._known else self.adapt_variance
        return ops.reshape(ops.cast(value, self.compute_dtype), self._wide)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        x = ops.cast(inputs, self.compute_dtype)
        deviation = ops.maximum(ops.sqrt(self.variance), 1e-7)
        if self.invert:
            return ops.add(self.mean, ops.multiply(x, deviation))
        return ops.divide(ops.subtract(x, self.mean), deviation)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        known = {
            name: None if value is None else np.asarray(value).tolist()
            for name, value in (
                ("mean", self.input_mean),
                ("variance", self.input_variance),
            )
        }
        return {
            **super().get_config(),
            "axis": self.axis,
            "invert": self.invert,
            **known,
        }
