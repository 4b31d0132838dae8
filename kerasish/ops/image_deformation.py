"""Images deformed at random, as if they were drawn on rubber."""

from typing import Any

from kerasish.autodiff import TensorSpec, keep, nondifferentiable, op, primitive
from kerasish.autodiff.seed_generator import draw_key
from kerasish.backends import current
from kerasish.core.errors import ArgumentError
from kerasish.ops.arithmetic import add, multiply
from kerasish.ops.extremes import clip
from kerasish.ops.image_filters import gaussian_blur
from kerasish.ops.image_layout import check_choice
from kerasish.ops.image_sampling import (
    INTERPOLATIONS,
    MODES,
    known_images,
    pixel_grid,
    read_images,
)
from kerasish.ops.movement import concatenate

__all__ = ["elastic_transform"]


def _like(x: TensorSpec, key: TensorSpec) -> TensorSpec:
    return x


@primitive(spec=_like, cast=keep)
def _noise(x: Any, key: Any) -> Any:
    """Draws normal numbers, as many as `x` has."""
    backend = current()
    return backend.random_normal(key, x.shape, backend.dtype_name(x))


nondifferentiable(_noise, "is drawn, not computed")


@op
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Any:
    """Moves every pixel of images a little, its neighbours in nearly the same way.

    Each image has its own displacements along x and along y: normal numbers of
    standard deviation `sigma`, blurred with a bell of that width, times `alpha`. That
    is about `0.28 * alpha` pixels. Places outside are those of the nearest edge, so
    that `fill_mode` and `fill_value`, which Keras has too, change nothing.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        alpha: How far pixels move.
        sigma: How far displacements are alike, in pixels, above 0.
        interpolation: "nearest" or "bilinear".
        fill_mode: "constant", "nearest", "wrap", "mirror" or "reflect".
        fill_value: A number.
        seed: Integer, `SeedGenerator`, or None for the global generator.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor like `images`.

    Raises:
        ArgumentError: If an argument is out of range.
        ShapeError: If the shapes do not fit.

    Example:
        >>> elastic_transform([[[1.0], [1.0]], [[1.0], [1.0]]], seed=1).tolist()
        [[[1.0], [1.0]], [[1.0], [1.0]]]

    Reference:
        Simard, Steinkraus and Platt, 2003, "Best Practices for Convolutional Neural
        Networks Applied to Visual Document Analysis", section 2.
    """
    name = "elastic_transform"
    check_choice(name, "interpolation", interpolation, INTERPOLATIONS)
    check_choice(name, "fill_mode", fill_mode, MODES)
    if not sigma > 0:
        raise ArgumentError(
            f"`sigma` of `{name}` must be positive. Received: sigma={sigma}"
        )
    x, narrow, back = known_images(name, images, data_format)
    height, width = x.shape[1:3]
    # Drawn in the shape of a channel, as the size of the batch need not be known.
    channel = x[..., :1]
    moved = _noise(concatenate([channel, channel], axis=-1), draw_key(seed))
    size = int(6 * sigma) | 1  # all but 0.3 % of the bell
    moved = gaussian_blur(moved, (size, size), (sigma, sigma), "channels_last")
    moved = multiply(moved, sigma * alpha)
    across, down = pixel_grid(height, width, x.dtype)
    columns = clip(add(across, moved[..., 0]), 0, width - 1)
    rows = clip(add(down, moved[..., 1]), 0, height - 1)
    options = (INTERPOLATIONS[interpolation], fill_mode, fill_value)
    return back(narrow(read_images(x, rows, columns, options)))
