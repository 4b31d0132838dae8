"""Fourier transforms of complex numbers given as pairs of real and imaginary parts."""

import math
from typing import Any

from kerasish.autodiff import TensorSpec, defvjp, op, primitive
from kerasish.autodiff.casting import as_tensor
from kerasish.backends import current
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import divide, multiply
from kerasish.ops.conversion import converted
from kerasish.ops.movement import pad_axis, split
from kerasish.ops.solving import _whole_floats

__all__ = ["fft", "fft2", "ifft2", "irfft", "rfft"]

Pair = tuple[TensorSpec, TensorSpec]


def _pair_spec(re: TensorSpec, im: TensorSpec, axes: int, back: bool) -> Pair:
    if re.shape != im.shape or len(re.shape) < axes:
        raise ShapeError(
            "Real and imaginary part must have one shape, of at least "
            f"{axes} axes. Received shapes: {tuple(re.shape)}, {tuple(im.shape)}"
        )
    return re, im


@primitive(spec=_pair_spec, cast=_whole_floats, static=("axes", "back"))
def _fourier(re: Any, im: Any, axes: int, back: bool) -> Any:
    """Sums `(re + i im) exp(-+ 2 pi i j k / n)` over the last axes, unscaled."""
    _pair_spec(re, im, axes, back)
    backend = current()
    xp = backend.xp
    complex_dtype = xp.complex128 if re.dtype == xp.float64 else xp.complex64
    wide = xp.astype(re, complex_dtype) + 1j * xp.astype(im, complex_dtype)
    over = tuple(range(-axes, 0))
    if back:
        made = xp.fft.ifftn(wide, axes=over, norm="forward")
    else:
        made = xp.fft.fftn(wide, axes=over)
    return tuple(xp.astype(part(made), re.dtype) for part in (xp.real, xp.imag))


# The transpose of the matrix exp(-i t), as a map of pairs of real numbers, is the
# matrix exp(+i t).
defvjp(
    _fourier,
    lambda g, y, re, im, axes, back: _fourier(*g, axes=axes, back=not back)[0],
    lambda g, y, re, im, axes, back: _fourier(*g, axes=axes, back=not back)[1],
)


def _read_pair(x: Any, name: str) -> tuple[Any, Any]:
    if not isinstance(x, list | tuple) or len(x) != 2:
        raise ArgumentError(
            f"`{name}` takes a tuple of the real and the imaginary part. "
            f"Received: {type(x).__name__}"
        )
    return converted(x[0]), converted(x[1])


@op
def fft(x: Any) -> Any:
    """Returns the Fourier transform over the last axis.

    Args:
        x: Tuple of the real and the imaginary part, tensors `(..., n)`.

    Returns:
        Tuple of the real and the imaginary part.

    Raises:
        ShapeError: If the parts differ in shape.

    Example:
        >>> real, imaginary = fft(([1.0, 2.0], [0.0, 0.0]))
        >>> real.tolist()
        [3.0, -1.0]
    """
    return _fourier(*_read_pair(x, "fft"), axes=1, back=False)


@op
def fft2(x: Any) -> Any:
    """Returns the Fourier transform over the last two axes.

    Args:
        x: Tuple of the real and the imaginary part, tensors `(..., m, n)`.

    Returns:
        Tuple of the real and the imaginary part.

    Example:
        >>> real, imaginary = fft2(([[1.0, 2.0]], [[0.0, 0.0]]))
        >>> real.tolist()
        [[3.0, -1.0]]
    """
    return _fourier(*_read_pair(x, "fft2"), axes=2, back=False)


@op
def ifft2(x: Any) -> Any:
    """Returns the inverse Fourier transform over the last two axes.

    Args:
        x: Tuple of the real and the imaginary part, tensors `(..., m, n)`.

    Returns:
        Tuple of the real and the imaginary part.

    Example:
        >>> real, imaginary = ifft2(([[3.0, -1.0]], [[0.0, 0.0]]))
        >>> real.tolist()
        [[1.0, 2.0]]
    """
    re, im = _fourier(*_read_pair(x, "ifft2"), axes=2, back=True)
    count = math.prod(n or 1 for n in re.shape[-2:])
    return divide(re, count), divide(im, count)


def _resized(x: Any, size: int) -> Any:
    axis = len(x.shape) - 1
    if x.shape[axis] < size:
        return pad_axis(x, axis=axis, before=0, after=size - x.shape[axis])
    return split(x, [size], axis)[0] if x.shape[axis] > size else x


@op
def rfft(x: Any, fft_length: int | None = None) -> Any:
    """Returns the first half of the Fourier transform of real numbers.

    The other half is its mirror image.

    Args:
        x: Tensor `(..., n)`.
        fft_length: To which the last axis is cut or filled with zeros.

    Returns:
        Tuple of the real and the imaginary part, `(..., n // 2 + 1)`.

    Example:
        >>> real, imaginary = rfft([1.0, 2.0])
        >>> real.tolist()
        [3.0, -1.0]
    """
    x = converted(x)
    if fft_length is not None:
        x = _resized(x, fft_length)
    re, im = _fourier(x, multiply(x, 0), axes=1, back=False)
    size = x.shape[-1] // 2 + 1
    return _resized(re, size), _resized(im, size)


@op
def irfft(x: Any, fft_length: int | None = None) -> Any:
    """Returns the real numbers whose transform's first half is given.

    Args:
        x: Tuple of the real and the imaginary part, tensors `(..., m)`.
        fft_length: How many numbers, by default `2 * (m - 1)`.

    Returns:
        Tensor `(..., fft_length)`.

    Example:
        >>> irfft(([3.0, -1.0], [0.0, 0.0])).tolist()
        [1.0, 2.0]
    """
    re, im = _read_pair(x, "irfft")
    size = 2 * (re.shape[-1] - 1) if fft_length is None else int(fft_length)
    half = size // 2 + 1
    # Each number but the first, and the middle one of an even length, counts twice:
    # for itself and for its mirror image.
    twice = [1.0] + [2.0] * (half - 1)
    if size % 2 == 0:
        twice[-1] = 1.0
    dtype = _whole_floats(re.dtype)[0]
    scale = as_tensor([n / size for n in twice], dtype)
    parts = [multiply(_resized(p, half), scale) for p in (re, im)]
    wide = [_resized(p, size) for p in parts]
    return _fourier(*wide, axes=1, back=True)[0]
