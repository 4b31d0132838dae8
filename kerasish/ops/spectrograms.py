"""Short-time Fourier transforms: sequences to spectra of windows, and back."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import divide, multiply
from kerasish.ops.blocks import extract_sequences
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange, ones
from kerasish.ops.fourier import irfft, rfft
from kerasish.ops.indexing import _scatter_add
from kerasish.ops.movement import expand_dims, pad_axis, reshape, split
from kerasish.ops.padding import pad
from kerasish.ops.selection import where
from kerasish.ops.solving import _whole_floats
from kerasish.ops.trigonometry import cos

__all__ = ["istft", "stft"]

WINDOWS = {"hann": (0.5, 0.5), "hamming": (0.54, 0.46)}


def _window(window: Any, length: int, size: int, dtype: str) -> Any:
    """Returns the window of a length, with zeros on both sides to a size."""
    if window is None:
        made = ones((length,), dtype=dtype)
    elif isinstance(window, str):
        if window not in WINDOWS:
            raise ArgumentError(
                "`window` must be 'hann', 'hamming', None or a tensor. "
                f"Received: window={window!r}"
            )
        mean, swing = WINDOWS[window]  # periodic: as if one element longer
        angle = cast(arange(length), dtype) * (2 * 3.141592653589793 / length)
        made = mean - swing * cos(angle)
    else:
        made = cast(converted(window), dtype)
        if tuple(made.shape) != (length,):
            raise ShapeError(
                f"`window` must have the shape ({length},). "
                f"Received: {tuple(made.shape)}"
            )
    before = (size - length) // 2
    return pad_axis(made, axis=0, before=before, after=size - length - before)


def _check_lengths(length: int, stride: int, size: int) -> None:
    if not 0 < length <= size or not 0 < stride:
        raise ArgumentError(
            "`fft_length` must be at least `sequence_length`, and both and "
            f"`sequence_stride` positive. Received: sequence_length={length}, "
            f"sequence_stride={stride}, fft_length={size}"
        )


@op
def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """Returns the Fourier transforms of windows of a sequence.

    Args:
        x: Tensor `(..., time)`.
        sequence_length: Length of a window.
        sequence_stride: Steps from one window to the next.
        fft_length: Length of a transform, no shorter than a window.
        window: "hann", "hamming", a tensor `(sequence_length,)`, or None for ones.
        center: Whether the sequence is reflected at its ends, so that windows lie
            around their place.

    Returns:
        Tuple of the real and the imaginary part `(..., windows, fft_length // 2 + 1)`.

    Raises:
        ArgumentError: If a length does not fit.

    Example:
        >>> real, imaginary = stft(ones((8,)), 4, 2, 4)
        >>> real.shape
        (5, 3)
    """
    _check_lengths(sequence_length, sequence_stride, fft_length)
    x = converted(x)
    x = cast(x, _whole_floats(x.dtype)[0])
    if center:
        widths = [(0, 0)] * (len(x.shape) - 1) + [(fft_length // 2, fft_length // 2)]
        x = pad(x, widths, mode="reflect")
    shape = _window(window, sequence_length, fft_length, x.dtype)
    return rfft(multiply(extract_sequences(x, fft_length, sequence_stride), shape))


@op
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """Returns the sequence whose windows have the given transforms.

    Windows are added where they overlap and divided by the sum of squared windows.

    Args:
        x: Tuple of the real and the imaginary part, as `stft` returns.
        sequence_length: Length of a window.
        sequence_stride: Steps from one window to the next.
        fft_length: Length of a transform.
        length: Length of the sequence; by default what the windows cover.
        window: As for `stft`.
        center: As for `stft`.

    Returns:
        Tensor `(..., time)`.

    Raises:
        ArgumentError: If a length does not fit.

    Example:
        >>> [round(v) for v in istft(stft(ones((8,)), 4, 2, 4), 4, 2, 4).tolist()]
        [1, 1, 1, 1, 1, 1, 1, 1]
    """
    _check_lengths(sequence_length, sequence_stride, fft_length)
    frames = irfft(x, fft_length)
    shape = _window(window, sequence_length, fft_length, frames.dtype)
    frames = multiply(frames, shape)
    count = frames.shape[-2]
    total = (count - 1) * sequence_stride + fft_length
    starts = expand_dims(multiply(arange(count, dtype="int32"), sequence_stride), 1)
    places = reshape(starts + arange(fft_length, dtype="int32"), (-1,))
    outer = [-1 if n is None else n for n in frames.shape[:-2]]
    flat = reshape(frames, (*outer, count * fft_length))
    added = _scatter_add(flat, places, axis=len(outer), size=total)
    squares = multiply(ones((count, 1), dtype=frames.dtype), multiply(shape, shape))
    weight = _scatter_add(reshape(squares, (-1,)), places, axis=0, size=total)
    made = divide(added, where(weight > 1e-10, weight, 1.0))
    first = fft_length // 2 if center else 0
    last = total - first if length is None else first + length
    if last > total:
        made = pad_axis(made, axis=len(outer), before=0, after=last - total)
    return split(made, [first, last], len(outer))[1]
