"""Layers that disturb or penalise what passes through them."""

from typing import Any

from kerasish import ops, random, regularizers
from kerasish.core.errors import ArgumentError
from kerasish.layers.base import Layer

__all__ = ["ActivityRegularization", "GaussianDropout", "GaussianNoise"]


class GaussianNoise(Layer):
    """Adds normal noise while training.

    Args:
        stddev: Standard deviation, from 0 to 1.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If `stddev` is out of range.

    Example:
        >>> GaussianNoise(0.1)(np.ones((1, 2))).tolist() # not training
        [[1.0, 1.0]]
    """

    supports_masking = True

    def __init__(self, stddev: float, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= stddev <= 1:
            raise ArgumentError(
                "`stddev` of `GaussianNoise` must be from 0 to 1. "
                f"Received: stddev={stddev}"
            )
        self.stddev = stddev
        self.seed = seed
        if stddev > 0:
            self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the outputs."""
        if not training or self.stddev == 0:
            return inputs
        noise = random.normal(
            inputs.shape, 0.0, self.stddev, inputs.dtype, self.seed_generator
        )
        return ops.add(inputs, noise)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


class GaussianDropout(Layer):
    """Multiplies by normal noise of mean 1 while training.

    Args:
        rate: The noise has the standard deviation `sqrt(rate / (1 - rate))`.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If `rate` is out of range.
    """

    supports_masking = True

    def __init__(self, rate: float, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ArgumentError(
                "`rate` of `GaussianDropout` must be from 0 to below 1. "
                f"Received: rate={rate}"
            )
        self.rate = rate
        self.seed = seed
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the outputs."""
        if not training or self.rate == 0:
            return inputs
        stddev = (self.rate / (1.0 - self.rate)) ** 0.5
        noise = random.normal(
            inputs.shape, 1.0, stddev, inputs.dtype, self.seed_generator
        )
        return ops.multiply(inputs, noise)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


class ActivityRegularization(Layer):
    """Adds a penalty on what passes through to the loss.

    Args:
        l1: Factor of the sum of absolute values.
        l2: Factor of the sum of squares.
        **kwargs: Arguments of `Layer`.
    """

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        penalty = regularizers.L1L2(l1=l1, l2=l2)
        super().__init__(activity_regularizer=penalty, **kwargs)
        self.l1 = l1
        self.l2 = l2

    def call(self, inputs: Any) -> Any:
        """Returns the inputs."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return {**config, "l1": self.l1, "l2": self.l2}
