"""Filters of images: blur, edges, and the similarity of structure."""

from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import add, divide, multiply, subtract
from kerasish.ops.conversion import cast, converted
from kerasish.ops.convolution import depthwise_conv
from kerasish.ops.creation import arange
from kerasish.ops.exponentials import exp
from kerasish.ops.extremes import square
from kerasish.ops.image_layout import as_batch, in_float
from kerasish.ops.movement import concatenate, expand_dims, reshape
from kerasish.ops.reductions import mean, sum
from kerasish.ops.repetition import tile

__all__ = ["gaussian_blur", "sobel_edges", "ssim"]


def _bell(size: int, sigma: Any, dtype: str) -> Any:
    """Returns `size` numbers in the shape of a bell, whose sum is one."""
    x = subtract(arange(size, dtype=dtype), (size - 1) / 2)
    found = exp(multiply(square(divide(x, sigma)), -0.5))
    return divide(found, sum(found))


def _by_channel(x: Any, window: Any, padding: str) -> Any:
    """Convolves each channel of images with a matrix `(height, width)`."""
    kernel = tile(reshape(window, (*window.shape, 1, 1)), (1, 1, x.shape[-1], 1))
    return depthwise_conv(x, kernel, 1, padding, "channels_last")


@op
def gaussian_blur(
    images: Any,
    kernel_size: Any = (3, 3),
    sigma: Any = (1.0, 1.0),
    data_format: str | None = None,
) -> Any:
    """Blurs images with a bell-shaped window; zeros stand outside.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        kernel_size: `(height, width)` of the window.
        sigma: Standard deviation of the bell along height and width.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor like `images`.

    Raises:
        ArgumentError: If an argument is not two positive numbers.

    Example:
        >>> gaussian_blur([[[0.0], [1.0], [0.0]]], (1, 3)).shape
        (1, 3, 1)
    """
    for name, given in (("kernel_size", kernel_size), ("sigma", sigma)):
        if not isinstance(given, list | tuple) or len(given) != 2 or min(given) <= 0:
            raise ArgumentError(
                f"`{name}` of `gaussian_blur` must be two positive numbers. "
                f"Received: {name}={given!r}"
            )
    x, back = as_batch("gaussian_blur", images, data_format)
    x, narrow = in_float(x)
    rows, columns = (
        _bell(n, s, x.dtype) for n, s in zip(kernel_size, sigma, strict=True)
    )
    window = multiply(expand_dims(rows, 1), columns)
    return back(narrow(_by_channel(x, window, "same")))


@op
def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """Computes how fast images change downwards and to the right; zeros stand outside.

    Args:
        images: Batch `(batch, height, width, channels)`, or channels first.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor with one more axis, which holds the two.

    Raises:
        ShapeError: If the images are no batch.

    Example:
        >>> import numpy as np
        >>> image = np.zeros((1, 2, 3, 1))
        >>> image[0, :, 2] = 1.0
        >>> sobel_edges(image)[0, 0, 1, 0].tolist()
        [1.0, 3.0]
    """
    given = converted(images)
    if len(given.shape) != 4:
        raise ShapeError(
            "`sobel_edges` takes a batch of images, 4 axes. "
            f"Received: shape={tuple(given.shape)}"
        )
    x, back = as_batch("sobel_edges", given, data_format)
    x, _ = in_float(x)
    smooth, change = (
        cast(converted(row), x.dtype) for row in ([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    )
    down = multiply(expand_dims(change, 1), smooth)
    right = multiply(expand_dims(smooth, 1), change)
    edges = [expand_dims(back(_by_channel(x, w, "same")), -1) for w in (down, right)]
    return concatenate(edges, axis=-1)


@op
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Any:
    """Computes how similar the structure of two images is, 1 for the same.

    Args:
        image1: An image `(height, width, channels)` or a batch, or channels first.
        image2: Images of the same shape.
        max_val: The largest value that a pixel can have.
        filter_size: Side of the window that is looked at, odd.
        filter_sigma: Standard deviation of the weights in it.
        k1: Steadies the comparison of brightness.
        k2: Steadies the comparison of contrast.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        A number for each pair of images.

    Raises:
        ArgumentError: If `filter_size` is not odd.
        ShapeError: If the shapes differ, or the window is larger than the images.

    Example:
        >>> import numpy as np
        >>> image = np.eye(12)[..., None]
        >>> round(float(ssim(image, image)), 6)
        1.0

    Reference:
        Wang et al., 2004, "Image quality assessment: from error visibility to
        structural similarity", equation 13.
    """
    if filter_size < 1 or filter_size % 2 == 0:
        raise ArgumentError(
            "`filter_size` of `ssim` must be odd and positive. "
            f"Received: filter_size={filter_size!r}"
        )
    image1, image2 = converted(image1), converted(image2)
    if tuple(image1.shape) != tuple(image2.shape):
        raise ShapeError(
            "`ssim` compares images of one shape. "
            f"Received: {tuple(image1.shape)} and {tuple(image2.shape)}"
        )
    x, _ = as_batch("ssim", image1, data_format)
    y, _ = as_batch("ssim", image2, data_format)
    (x, _), (y, _) = in_float(x), in_float(y)
    bell = _bell(filter_size, filter_sigma, x.dtype)
    window = multiply(expand_dims(bell, 1), bell)

    def local(z: Any) -> Any:
        return _by_channel(z, window, "valid")

    ux, uy = local(x), local(y)
    both, squares = multiply(ux, uy), add(square(ux), square(uy))
    covariance = subtract(local(multiply(x, y)), both)
    variances = subtract(local(add(square(x), square(y))), squares)
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    light = divide(add(multiply(both, 2.0), c1), add(squares, c1))
    contrast = divide(add(multiply(covariance, 2.0), c2), add(variances, c2))
    found = mean(multiply(light, contrast), axis=(1, 2, 3))
    return found if len(image1.shape) == 4 else found[0]
