"""Images read at places between the pixels: maps of coordinates, transformations."""

import itertools
from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ShapeError
from kerasish.ops.accumulation import cumsum
from kerasish.ops.arithmetic import add, divide, multiply, negative, subtract
from kerasish.ops.broadcasting import broadcast_to
from kerasish.ops.comparison import greater_equal, less, logical_and
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange, ones_like, zeros_like
from kerasish.ops.extremes import clip, mod
from kerasish.ops.image_layout import as_batch, check_choice, in_float
from kerasish.ops.indexing import take
from kerasish.ops.movement import concatenate, expand_dims, reshape, stack, unstack
from kerasish.ops.rounding import absolute, floor, sign
from kerasish.ops.selection import where
from kerasish.ops.solving import solve

__all__ = [
    "INTERPOLATIONS",
    "MODES",
    "affine_transform",
    "known_images",
    "map_coordinates",
    "perspective_transform",
    "pixel_grid",
    "read_images",
]

MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
INTERPOLATIONS = {"nearest": 0, "bilinear": 1}


def _inside(i: Any, n: int, mode: str) -> Any:
    """Returns which pixel stands at places outside."""
    if mode == "wrap":
        return mod(i, n)
    if mode == "mirror":  # d c b | a b c d | c b a
        i = mod(i, max(2 * n - 2, 1))
        return where(less(i, n), i, subtract(2 * n - 2, i))
    if mode == "reflect":  # c b a | a b c d | d c b
        i = mod(i, 2 * n)
        return where(less(i, n), i, subtract(2 * n - 1, i))
    return clip(i, 0, n - 1)


def _neighbours(place: Any, n: int, order: int, mode: str) -> list[tuple[Any, ...]]:
    """Returns pixels around places along an axis: `(raw, inside, weight)`."""
    if order == 0:
        # Halves go away from zero.
        nearest = multiply(sign(place), floor(add(absolute(place), 0.5)))
        corners = [(nearest, ones_like(place))]
    else:
        low = floor(place)
        part = subtract(place, low)
        corners = [(low, subtract(1.0, part)), (add(low, 1.0), part)]
    found = []
    for at, weight in corners:
        i = cast(at, "int32")
        found.append((i, _inside(i, n, mode), weight))
    return found


@op
def map_coordinates(
    inputs: Any,
    coordinates: Any,
    order: int,
    fill_mode: str = "constant",
    fill_value: float = 0,
) -> Any:
    """Reads a tensor at places between its elements.

    Args:
        inputs: Tensor.
        coordinates: Places, `(inputs.ndim, ...)`: a number for each axis, first.
        order: 0 for the nearest element, 1 for linear interpolation.
        fill_mode: What stands outside: "constant", "nearest", "wrap", "mirror" (about
            the last element) or "reflect" (about its edge).
        fill_value: The constant.

    Returns:
        Tensor of the shape of a coordinate and the dtype of `inputs`.

    Raises:
        ArgumentError: If an argument is out of range.
        ShapeError: If there is not a coordinate for each axis.

    Example:
        >>> map_coordinates([0.0, 2.0, 4.0], [[0.5, 1.5]], order=1).tolist()
        [1.0, 3.0]
    """
    check_choice("map_coordinates", "order", order, (0, 1))
    check_choice("map_coordinates", "fill_mode", fill_mode, MODES)
    x, narrow = in_float(converted(inputs))
    places = converted(coordinates)
    if len(places.shape) < 1 or places.shape[0] != len(x.shape):
        raise ShapeError(
            "`coordinates` of `map_coordinates` must have a row for each axis of "
            f"`inputs`. Received: coordinates of shape {tuple(places.shape)} for "
            f"inputs of shape {tuple(x.shape)}"
        )
    if None in x.shape:
        raise ShapeError(
            "`map_coordinates` needs inputs of a known shape. "
            f"Received: shape={tuple(x.shape)}"
        )
    places = unstack(cast(places, x.dtype), len(x.shape), 0)
    flat = reshape(x, (-1,))
    return narrow(_read(flat, 0, places, x.shape, (order, fill_mode, fill_value)))


def _read(
    flat: Any, first: Any, places: Any, sizes: Any, options: tuple[int, str, Any]
) -> Any:
    """Reads a tensor of which some axes are made one, the first.

    Args:
        flat: The tensor; further axes are read whole.
        first: Where the element at places 0 stands in the first axis.
        places: A coordinate for each of the axes that were made one.
        sizes: Their sizes.
        options: Order of interpolation, mode of filling, value to fill with.
    """
    order, mode, fill_value = options
    axes = [
        _neighbours(place, n, order, mode)
        for place, n in zip(places, sizes, strict=True)
    ]
    whole = (1,) * (len(flat.shape) - 1)
    total: Any = 0.0
    for corner in itertools.product(*axes):
        index: Any = 0
        weight: Any = 1.0
        valid: Any = True
        for (raw, i, part), n in zip(corner, sizes, strict=True):
            index = add(multiply(index, n), i)
            weight = multiply(weight, part)
            within = logical_and(greater_equal(raw, 0), less(raw, n))
            valid = logical_and(valid, within)
        value = take(flat, add(index, first), axis=0)
        shape = (*index.shape, *whole)
        if mode == "constant":
            outside = cast(fill_value, flat.dtype)
            value = where(reshape(valid, shape), value, outside)
        total = add(total, multiply(value, reshape(weight, shape)))
    return total


def pixel_grid(height: int, width: int, dtype: str) -> tuple[Any, Any]:
    """Returns the x and y of every pixel, each `(height, width)`.

    Args:
        height: The number of rows.
        width: The number of columns.
        dtype: Dtype of the numbers.

    Example:
        >>> x, y = pixel_grid(2, 2, "int32")
        >>> x.tolist(), y.tolist()
        ([[0, 1], [0, 1]], [[0, 0], [1, 1]])
    """
    y = expand_dims(arange(height, dtype=dtype), 1)
    x = expand_dims(arange(width, dtype=dtype), 0)
    shape = (height, width)
    return broadcast_to(x, shape), broadcast_to(y, shape)


def _projected(x: Any, transforms: Any, options: tuple[int, str, Any]) -> Any:
    """Reads images, channels last, where projective transforms send each pixel."""
    height, width = x.shape[1:3]
    across, down = pixel_grid(height, width, x.dtype)
    a = [expand_dims(expand_dims(t, -1), -1) for t in unstack(transforms, 8, -1)]
    k = add(add(multiply(a[6], across), multiply(a[7], down)), 1.0)
    columns = divide(add(add(multiply(a[0], across), multiply(a[1], down)), a[2]), k)
    rows = divide(add(add(multiply(a[3], across), multiply(a[4], down)), a[5]), k)
    return read_images(x, rows, columns, options)


def read_images(x: Any, rows: Any, columns: Any, options: tuple[int, str, Any]) -> Any:
    """Reads each image of a batch at places of its own.

    Args:
        x: Batch `(batch, height, width, channels)`.
        rows: Which row to read, `(batch, ...)`.
        columns: Which column.
        options: Order of interpolation, mode of filling, value to fill with.
    """
    height, width, channels = x.shape[1:]
    # Counted rather than ranged over, as the size of the batch need not be known.
    count = cumsum(ones_like(rows[:, :1, :1], dtype="int32"), axis=0)
    first = multiply(subtract(count, 1), height * width)
    pixels = reshape(x, (-1, channels))
    return _read(pixels, first, [rows, columns], (height, width), options)


def known_images(
    name: str, images: Any, data_format: str | None
) -> tuple[Any, Any, Any]:
    """Returns images as a batch of floats, and what brings back dtype and layout.

    Args:
        name: The operation, for messages.
        images: An image or a batch.
        data_format: "channels_last" or "channels_first"; the default if None.

    Raises:
        ShapeError: If the size of the images is not known.
    """
    x, back = as_batch(name, images, data_format)
    if None in x.shape[1:]:
        raise ShapeError(
            f"`{name}` needs images of a known shape. Received: {tuple(x.shape)}"
        )
    return *in_float(x), back


@op
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    """Turns, shifts, scales and shears images.

    The pixel at `(x, y)` of the result is read at `((a0 x + a1 y + a2) / k,
    (b0 x + b1 y + b2) / k)`, where `k = c0 x + c1 y + 1`.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        transform: Vector `[a0, a1, a2, b0, b1, b2, c0, c1]`, or one for each image.
        interpolation: "nearest" or "bilinear".
        fill_mode: What stands outside: "constant", "nearest", "wrap" or "reflect".
        fill_value: The constant.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor like `images`.

    Raises:
        ArgumentError: If an argument is out of range.
        ShapeError: If the shapes do not fit.

    Example:
        >>> shift = [1, 0, 1, 0, 1, 0, 0, 0]
        >>> affine_transform([[[1.0], [2.0], [3.0]]], shift).tolist()
        [[[2.0], [3.0], [0.0]]]
    """
    name = "affine_transform"
    check_choice(name, "interpolation", interpolation, INTERPOLATIONS)
    check_choice(name, "fill_mode", fill_mode, MODES)
    x, narrow, back = known_images(name, images, data_format)
    transform = cast(converted(transform), x.dtype)
    shape = tuple(transform.shape)
    if shape not in ((8,), (1, 8), (x.shape[0], 8)):
        raise ShapeError(
            f"`transform` of `{name}` must have the shape (8,) or (batch, 8). "
            f"Received: shape={shape}"
        )
    transform = add(transform, zeros_like(x[:, 0, 0, :1]))
    order = INTERPOLATIONS[interpolation]
    return back(narrow(_projected(x, transform, (order, fill_mode, fill_value))))


@op
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    """Moves four points of images to four others, and the rest as a camera would.

    Args:
        images: An image `(height, width, channels)` or a batch, or channels first.
        start_points: Points `(x, y)` in the images, `(4, 2)` or `(batch, 4, 2)`.
        end_points: Where they come to lie in the result.
        interpolation: "nearest" or "bilinear".
        fill_value: What stands outside.
        data_format: "channels_last" or "channels_first"; the default if None.

    Returns:
        Tensor like `images`.

    Raises:
        ArgumentError: If three of the points lie on a line.
        ShapeError: If the shapes do not fit.

    Example:
        >>> points = [[0, 0], [1, 0], [0, 1], [1, 1]]
        >>> perspective_transform([[[1.0], [2.0]]], points, points).tolist()
        [[[1.0], [2.0]]]
    """
    name = "perspective_transform"
    check_choice(name, "interpolation", interpolation, INTERPOLATIONS)
    x, narrow, back = known_images(name, images, data_format)
    points = []
    for argument, given in (("start_points", start_points), ("end_points", end_points)):
        given = cast(converted(given), x.dtype)
        if tuple(given.shape) not in ((4, 2), (1, 4, 2), (x.shape[0], 4, 2)):
            raise ShapeError(
                f"`{argument}` of `{name}` must have the shape (4, 2) or "
                f"(batch, 4, 2). Received: shape={tuple(given.shape)}"
            )
        points.append(add(given, zeros_like(x[:, :1, 0, :1])))
    transforms = _homography(*points)
    order = INTERPOLATIONS[interpolation]
    return back(narrow(_projected(x, transforms, (order, "constant", fill_value))))


def _homography(start: Any, end: Any) -> Any:
    """Returns the 8 numbers that send `end` to `start`, two equations a point."""
    x, y = end[..., 0], end[..., 1]
    rows = []
    for i, place in enumerate((start[..., 0], start[..., 1])):
        zero, one = zeros_like(x), ones_like(x)
        own, other = [x, y, one], [zero, zero, zero]
        shared = [negative(multiply(x, place)), negative(multiply(y, place))]
        terms = [*own, *other, *shared] if i == 0 else [*other, *own, *shared]
        rows.append(stack(terms, axis=-1))
    matrix = concatenate(rows, axis=-2)
    target = concatenate([start[..., 0], start[..., 1]], axis=-1)
    return solve(matrix, expand_dims(target, -1))[..., 0]
