"""Initializers that draw: normal, uniform, scaled by fan-in and fan-out, orthogonal."""

import math
from typing import Any

from kerasish import ops, random
from kerasish.autodiff import Tensor
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentError
from kerasish.initializers.initializer import RandomInitializer

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "compute_fans",
]

# Standard deviation of a standard normal truncated to within two deviations.
TRUNCATED_STDDEV = 0.87962566103423978


class RandomNormal(RandomInitializer):
    """Draws from a normal distribution.

    Args:
        mean: Mean.
        stddev: Standard deviation.
        seed: Integer, `SeedGenerator`, or None.

    Example:
        >>> RandomNormal(seed=1)((2, 3)).shape
        (2, 3)
    """

    def __init__(
        self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns a tensor of a shape."""
        return random.normal(shape, self.mean, self.stddev, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"mean": self.mean, "stddev": self.stddev, **super().get_config()}


class TruncatedNormal(RandomInitializer):
    """Draws from a normal distribution within two standard deviations.

    Args:
        mean: Mean before truncation.
        stddev: Standard deviation before truncation.
        seed: Integer, `SeedGenerator`, or None.

    Example:
        >>> bool((abs(TruncatedNormal(seed=1)((50,))) <= 0.1).all())
        True
    """

    def __init__(
        self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns a tensor of a shape."""
        return random.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"mean": self.mean, "stddev": self.stddev, **super().get_config()}


class RandomUniform(RandomInitializer):
    """Draws from a uniform distribution.

    Args:
        minval: Lower bound.
        maxval: Upper bound.
        seed: Integer, `SeedGenerator`, or None.

    Example:
        >>> bool((abs(RandomUniform(seed=1)((50,))) <= 0.05).all())
        True
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None
    ) -> None:
        self.minval = minval
        self.maxval = maxval
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns a tensor of a shape."""
        return random.uniform(shape, self.minval, self.maxval, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"minval": self.minval, "maxval": self.maxval, **super().get_config()}


class VarianceScaling(RandomInitializer):
    """Draws with the variance `scale / n`, where n is a fan of the weight.

    Args:
        scale: A positive number.
        mode: n is the "fan_in", the "fan_out" or their average, "fan_avg".
        distribution: "truncated_normal", "untruncated_normal" or "uniform".
        seed: Integer, `SeedGenerator`, or None.
        input_axes: Axes of the shape that count as inputs, where the usual layout
            `(..., inputs, outputs)` does not hold; given with `output_axes`.
        output_axes: Axes that count as outputs.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> VarianceScaling(2.0, seed=1)((3, 4)).shape
        (3, 4)

    Reference:
        Glorot and Bengio, 2010; He et al., 2015, arXiv:1502.01852.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Any = None,
        output_axes: Any = None,
    ) -> None:
        if not scale > 0:
            raise ArgumentError(f"`scale` must be positive. Received: scale={scale}")
        modes = ("fan_in", "fan_out", "fan_avg")
        if mode not in modes:
            raise ArgumentError(f"`mode` must be one of {modes}. Received: {mode!r}")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        known = ("truncated_normal", "untruncated_normal", "uniform")
        if distribution not in known:
            raise ArgumentError(
                f"`distribution` must be one of {known}. Received: {distribution!r}"
            )
        if (input_axes is None) != (output_axes is None):
            raise ArgumentError(
                "`input_axes` and `output_axes` are given together. Received: "
                f"input_axes={input_axes}, output_axes={output_axes}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns a tensor of a shape."""
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        variance = self.scale / max(1.0, n[self.mode])
        stddev = math.sqrt(variance)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return random.normal(shape, 0.0, stddev, dtype, self.seed)
        stddev /= TRUNCATED_STDDEV
        return random.truncated_normal(shape, 0.0, stddev, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            **self._common_config(),
        }

    def _common_config(self) -> dict[str, Any]:
        config = RandomInitializer.get_config(self)
        if self.input_axes is not None:
            config |= {"input_axes": self.input_axes, "output_axes": self.output_axes}
        return config


class _Fixed(VarianceScaling):
    """A variance scaling whose scale, mode and distribution are its name."""

    _scaling: tuple[float, str, str]

    def __init__(
        self, seed: Any = None, input_axes: Any = None, output_axes: Any = None
    ) -> None:
        super().__init__(*self._scaling, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return self._common_config()


class GlorotUniform(_Fixed):
    """Uniform with the variance `2 / (fan_in + fan_out)`.

    Args:
        seed: Integer, `SeedGenerator`, or None.
        input_axes: Axes that count as inputs.
        output_axes: Axes that count as outputs.

    Reference:
        Glorot and Bengio, 2010.
    """

    _scaling = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Fixed):
    """Truncated normal with the variance `2 / (fan_in + fan_out)`.

    Args:
        seed: Integer, `SeedGenerator`, or None.
        input_axes: Axes that count as inputs.
        output_axes: Axes that count as outputs.

    Reference:
        Glorot and Bengio, 2010.
    """

    _scaling = (1.0, "fan_avg", "truncated_normal")


class HeNormal(_Fixed):
    """Truncated normal with the variance `2 / fan_in`.

    Args:
        seed: Integer, `SeedGenerator`, or None.
        input_axes: Axes that count as inputs.
        output_axes: Axes that count as outputs.

    Reference:
        He et al., 2015, arXiv:1502.01852.
    """

    _scaling = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Fixed):
    """Uniform with the variance `2 / fan_in`.

    Args:
        seed: Integer, `SeedGenerator`, or None.
        input_axes: Axes that count as inputs.
        output_axes: Axes that count as outputs.

    Reference:
        He et al., 2015, arXiv:1502.01852.
    """

    _scaling = (2.0, "fan_in", "uniform")


class LecunNormal(_Fixed):
    """Truncated normal with the variance `1 / fan_in`.

    Args:
        seed: Integer, `SeedGenerator`, or None.
        input_axes: Axes that count as inputs.
        output_axes: Axes that count as outputs.

    Reference:
        Klambauer et al., 2017, arXiv:1706.02515.
    """

    _scaling = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Fixed):
    """Uniform with the variance `1 / fan_in`.

    Args:
        seed: Integer, `SeedGenerator`, or None.
        input_axes: Axes that count as inputs.
        output_axes: Axes that count as outputs.

    Reference:
        LeCun et al., 1998, "Efficient BackProp".
    """

    _scaling = (1.0, "fan_in", "uniform")


class Orthogonal(RandomInitializer):
    """A random matrix whose rows or columns are orthonormal, times a number.

    Axes before the last are taken together.

    Args:
        gain: The number.
        seed: Integer, `SeedGenerator`, or None.

    Raises:
        ArgumentError: When it is called with a shape of fewer than two axes.

    Reference:
        Saxe et al., 2014, arXiv:1312.6120.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        self.gain = gain
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns a tensor of a shape."""
        if len(shape) < 2:
            raise ArgumentError(
                "The `Orthogonal` initializer needs at least two axes. "
                f"Received: shape={tuple(shape)}"
            )
        dtype = standardize_dtype(dtype)
        rows, columns = math.prod(shape[:-1]), shape[-1]
        real = "float64" if dtype == "float64" else "float32"
        square = (max(rows, columns), min(rows, columns))
        q, r = ops.qr(random.normal(square, dtype=real, seed=self.seed))
        diagonal = ops.sum(r * ops.eye(r.shape[0], dtype=real), axis=0)
        q = q * ops.sign(diagonal)  # makes the decomposition unique
        if rows < columns:
            q = ops.transpose(q)
        made = ops.reshape(q, tuple(shape)) * self.gain
        return ops.cast(made, dtype)  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"gain": self.gain, **super().get_config()}


def compute_fans(
    shape: Any, input_axes: Any = None, output_axes: Any = None
) -> tuple[float, float]:
    """Returns how many inputs and outputs each output and input is joined to.

    Args:
        shape: Shape of a weight: `(inputs, outputs)` of a dense layer, `(*window,
            inputs, outputs)` of a convolution.
        input_axes: Axes that count as inputs, where that layout does not hold.
        output_axes: Axes that count as outputs.

    Example:
        >>> compute_fans((3, 3, 8, 16))
        (72, 144)
    """
    shape = tuple(shape)
    if input_axes is not None:
        given = [(a,) if isinstance(a, int) else a for a in (input_axes, output_axes)]
        axes_in, axes_out = ({i % len(shape) for i in a} for a in given)
        rest = [n for i, n in enumerate(shape) if i not in axes_in | axes_out]
        window = math.prod(rest)
        return (
            math.prod(shape[i] for i in axes_in) * window,
            math.prod(shape[i] for i in axes_out) * window,
        )
    if len(shape) < 2:
        n = shape[0] if shape else 1
        return n, n
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window
