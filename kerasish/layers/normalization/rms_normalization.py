"""RMSNormalization: a root mean square of 1 within every sample."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.layers.base import Layer
from kerasish.ops.specs import canonical_axes

__all__ = ["RMSNormalization"]


class RMSNormalization(Layer):
    """Divides each sample by its root mean square over axes, `x / sqrt(mean(x^2))`.

    Cheaper than `LayerNormalization`: no mean is taken off, and there is no shift.

    Args:
        axis: Axis or axes, not that of the batch.
        epsilon: Added to the mean square, not negative.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentTypeError: If `axis` is no integer or list of them.
        ArgumentError: If `epsilon` is negative.

    Example:
        >>> RMSNormalization()(np.array([[2.0, -2.0]])).numpy().round(3).tolist()
        [[1.0, -1.0]]

    Reference:
        Zhang and Sennrich, 2019, "Root mean square layer normalization",
        arXiv:1910.07467, equation 4.
    """

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, int | list | tuple):
            raise ArgumentTypeError(
                "`axis` of `RMSNormalization` must be an integer or a list of them. "
                f"Received: axis={axis!r}"
            )
        if not epsilon >= 0:
            raise ArgumentError(
                "`epsilon` of `RMSNormalization` must not be negative. "
                f"Received: epsilon={epsilon}"
            )
        self.axis = list(axis) if isinstance(axis, list | tuple) else axis
        self.epsilon = epsilon

    def build(self, input_shape: Any) -> None:
        """Makes the factors of the sizes of the axes."""
        shape = tuple(input_shape[a] for a in self._axes(input_shape))
        if None in shape:
            raise ShapeError(
                "The axes that `RMSNormalization` works over must have known sizes. "
                f"Received: axis={self.axis}, input_shape={tuple(input_shape)}"
            )
        self.scale = self.add_weight(shape, "ones", autocast=False, name="scale")

    def _axes(self, shape: Any) -> tuple[int, ...]:
        return canonical_axes(self.axis, len(shape))

    def call(self, x: Any) -> Any:
        """Normalises the inputs."""
        return ops.rms_normalization(
            x, self.scale, axis=self._axes(x.shape), epsilon=self.epsilon
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}
