"""Layers over spatial axes: their data format, and the shapes that come out."""

from typing import Any

from kerasish.core.config import image_data_format
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import InputSpec, Layer

__all__ = ["SpatialLayer", "one_of", "positions", "sizes"]

FORMATS = ("channels_last", "channels_first")


class SpatialLayer(Layer):
    """A layer over a number of spatial axes, with channels last or first.

    Args:
        rank: The number of spatial axes.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, *spatial, channels)`, or channels first.

    Raises:
        ArgumentError: If there is no such data format.
    """

    def __init__(
        self, rank: int, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.rank = rank
        given = data_format or image_data_format()
        self.data_format = one_of(type(self).__name__, "data_format", given, FORMATS)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else -1

    @property
    def _spatial_axes(self) -> tuple[int, ...]:
        start = 2 if self.data_format == "channels_first" else 1
        return tuple(range(start, start + self.rank))

    @property
    def _window(self) -> tuple[int, ...]:
        """What does not fit where nothing comes out; none for a layer without one."""
        return ()

    def _size(self, n: int, i: int) -> int:
        """Returns how many positions the spatial axis `i` of `n` elements leaves."""
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `_size` or `compute_output_shape`."
        )

    def _out_channels(self, channels: int | None) -> int | None:
        return channels

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs.

        Raises:
            ShapeError: If no position is left.
        """
        found = [
            None if input_shape[axis] is None else self._size(input_shape[axis], i)
            for i, axis in enumerate(self._spatial_axes)
        ]
        if any(n is not None and n < 1 for n in found):
            raise ShapeError(
                f"Computed output size would be zero or negative in "
                f"{type(self).__name__} {self.name!r}: the window {self._window} does "
                f"not fit into inputs of shape {tuple(input_shape)}."
            )
        channels = self._out_channels(input_shape[self._channel_axis])
        if self.data_format == "channels_first":
            return (input_shape[0], channels, *found)
        return (input_shape[0], *found, channels)


def positions(n: int, window: int, stride: int, dilation: int, padding: str) -> int:
    """Returns how many windows there are along an axis.

    Args:
        n: Size of the axis.
        window: Elements of the window.
        stride: Its step.
        dilation: Distance within it.
        padding: "valid", "same" or "causal".
    """
    reach = (window - 1) * dilation + 1 if padding == "valid" else 1
    return (n - reach) // stride + 1


def sizes(
    kind: str, name: str, value: Any, rank: int, least: int = 1
) -> tuple[int, ...]:
    """Returns integers, one for each spatial axis.

    Args:
        kind: The layer's class, for the message.
        name: The argument.
        value: One number for all, or one for each.
        rank: How many there are.
        least: The smallest that is allowed.

    Raises:
        ArgumentError: If they are no integers, too small, or not as many.
    """
    given = value if isinstance(value, list | tuple) else (value,) * rank
    good = all(
        hasattr(n, "__index__") and not isinstance(n, bool) and n >= least
        for n in given
    )
    if len(given) != rank or not good:
        raise ArgumentError(
            f"`{name}` of `{kind}` must be a "
            f"{'positive' if least else 'non-negative'} integer"
            f"{f' or {rank} of them' if rank > 1 else ''}. Received: {name}={value!r}"
        )
    return tuple(int(n) for n in given)


def one_of(kind: str, name: str, value: Any, known: tuple[str, ...]) -> str:
    """Returns a word in lower case.

    Args:
        kind: The layer's class, for the message.
        name: The argument.
        value: The word.
        known: Words that are allowed.

    Raises:
        ArgumentError: If it is none of them.
    """
    word = value.lower() if isinstance(value, str) else value
    if word not in known:
        raise ArgumentError(
            f"`{name}` of `{kind}` must be one of {known}. Received: {name}={value!r}"
        )
    return str(word)
