"""AlphaDropout: dropout that keeps mean and variance, for networks of SELUs."""

from typing import Any

from kerasish import ops, random
from kerasish.core.errors import ArgumentError
from kerasish.layers.base import Layer

__all__ = ["AlphaDropout"]

# What SELU tends to for very negative inputs: -alpha * scale.
SATURATION = -1.6732632423543772 * 1.0507009873554805


class AlphaDropout(Layer):
    """Saturates inputs at random while training, and keeps their mean and variance.

    Inputs of mean 0 and variance 1 keep these: the ones that are dropped become what
    SELU gives for very negative numbers, then all are scaled and shifted.

    Args:
        rate: Probability of being dropped, from 0 to below 1.
        noise_shape: Shape of the mask, which broadcasts; None in it for the input's
            size.
        seed: Integer, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If `rate` is out of range.

    Example:
        >>> AlphaDropout(0.5)(np.ones((1, 2))).tolist() # not training
        [[1.0, 1.0]]

    Reference:
        Klambauer et al., 2017, "Self-normalizing neural networks", arXiv:1706.02515,
        section "New dropout technique".
    """

    supports_masking = True

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise ArgumentError(
                "`rate` of `AlphaDropout` must be a number from 0 to below 1. "
                f"Received: rate={rate!r}"
            )
        self.rate = rate
        self.seed = seed
        self.noise_shape = noise_shape
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the outputs."""
        if not training or self.rate == 0:
            return inputs
        keep = 1.0 - self.rate
        factor = (keep * (1.0 + self.rate * SATURATION**2)) ** -0.5
        # With m for kept, (x m + s (1 - m)) f - s f rate is f m (x - s) + s f keep,
        # and dropout of x - s is m (x - s) / keep.
        noisy = random.dropout(
            ops.subtract(inputs, SATURATION),
            self.rate,
            self.noise_shape,
            seed=self.seed_generator,
        )
        return ops.add(ops.multiply(noisy, factor * keep), SATURATION * factor * keep)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "rate": self.rate,
            "seed": self.seed,
            "noise_shape": self.noise_shape,
        }
