"""UnitNormalization: vectors of length 1."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentTypeError
from kerasish.layers.base import Layer
from kerasish.ops.specs import canonical_axes

__all__ = ["UnitNormalization"]


class UnitNormalization(Layer):
    """Divides each sample by its length over axes, `x / sqrt(sum(x^2))`.

    A sample of zeros stays as it is.

    Args:
        axis: Axis or axes, not that of the batch.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentTypeError: If `axis` is no integer or list of them.

    Example:
        >>> UnitNormalization()(np.array([[0.0, 4.0]])).tolist()
        [[0.0, 1.0]]
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, int | list | tuple):
            raise ArgumentTypeError(
                "`axis` of `UnitNormalization` must be an integer or a list of them. "
                f"Received: axis={axis!r}"
            )
        self.axis = list(axis) if isinstance(axis, list | tuple) else axis

    def build(self, input_shape: Any) -> None:
        """Checks the axes; there are no weights."""
        canonical_axes(self.axis, len(input_shape))

    def call(self, inputs: Any) -> Any:
        """Normalises the inputs."""
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "axis": self.axis}
