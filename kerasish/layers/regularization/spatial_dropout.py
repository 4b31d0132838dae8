"""Dropout of whole feature maps."""

from typing import Any

from kerasish.core.config import image_data_format
from kerasish.layers.base import InputSpec
from kerasish.layers.convolutional.spatial_layer import one_of
from kerasish.layers.core.simple import Dropout

__all__ = ["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"]

FORMATS = ("channels_last", "channels_first")


class _SpatialDropout(Dropout):
    """Sets all positions of a channel to zero together."""

    _rank: int

    def __init__(
        self,
        rate: float,
        data_format: str | None,
        seed: Any,
        name: str | None,
        dtype: Any,
    ) -> None:
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        given = data_format or image_data_format()
        self.data_format = one_of(type(self).__name__, "data_format", given, FORMATS)
        one = (1,) * self._rank
        first = self.data_format == "channels_first"
        self.noise_shape = (None, None, *one) if first else (None, *one, None)
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = {
            "rate": self.rate,
            "seed": self.seed,
            "name": self.name,
            "dtype": self.dtype_policy.name,
        }
        if self._rank > 1:
            config["data_format"] = self.data_format
        return config


class SpatialDropout1D(_SpatialDropout):
    """Sets whole channels of sequences to zero while training, and scales up the rest.

    For the first layers of convolutional networks, where neighbours are so alike that
    `Dropout` of single elements takes nothing away.

    Args:
        rate: Probability of zero, from 0 to 1.
        seed: Integer, or None.
        name: A name, made up if None.
        dtype: A dtype name or policy; by default the global policy.

    Input shape: `(batch, steps, channels)`.

    Raises:
        ArgumentError: If `rate` is out of range.

    Example:
        >>> y = SpatialDropout1D(0.5, seed=1)(np.ones((9, 4, 5)), training=True)
        >>> np.ptp(y, axis=1).max().item() # all steps alike
        0.0

    Reference:
        Tompson et al., 2014, "Efficient object localization using convolutional
        networks", arXiv:1411.4280.
    """

    _rank = 1

    def __init__(
        self,
        rate: float,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, "channels_last", seed, name, dtype)


class SpatialDropout2D(_SpatialDropout):
    """Sets whole channels of images to zero while training, and scales up the rest.

    Args:
        rate: Probability of zero, from 0 to 1.
        data_format: "channels_last" or "channels_first"; the default if None.
        seed: Integer, or None.
        name: A name, made up if None.
        dtype: A dtype name or policy; by default the global policy.

    Input shape: `(batch, height, width, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> SpatialDropout2D(0.5)(np.ones((1, 1, 1, 2))).tolist() # not training
        [[[[1.0, 1.0]]]]

    Reference:
        Tompson et al., 2014, arXiv:1411.4280.
    """

    _rank = 2

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, data_format, seed, name, dtype)


class SpatialDropout3D(_SpatialDropout):
    """Sets whole channels of volumes to zero while training, and scales up the rest.

    Args:
        rate: Probability of zero, from 0 to 1.
        data_format: "channels_last" or "channels_first"; the default if None.
        seed: Integer, or None.
        name: A name, made up if None.
        dtype: A dtype name or policy; by default the global policy.

    Input shape: `(batch, depth, height, width, channels)`, or channels first.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> SpatialDropout3D(0.5)(np.ones((1, 2, 2, 2, 3)), training=True).shape
        (1, 2, 2, 2, 3)

    Reference:
        Tompson et al., 2014, arXiv:1411.4280.
    """

    _rank = 3

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, data_format, seed, name, dtype)
