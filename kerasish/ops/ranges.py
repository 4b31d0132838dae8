"""Spaced numbers on a logarithmic scale, grids, triangles and powers."""

from typing import Any

from kerasish.autodiff import op, promote_float
from kerasish.autodiff.casting import standardize_operands
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import multiply
from kerasish.ops.broadcasting import broadcast_to
from kerasish.ops.comparison import greater_equal
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import arange, linspace
from kerasish.ops.exponentials import exp, log
from kerasish.ops.extremes import power
from kerasish.ops.movement import expand_dims, reshape
from kerasish.ops.rounding import absolute, sign

__all__ = ["geomspace", "logspace", "meshgrid", "tri", "vander"]


@op
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Makes powers of a base with evenly spaced exponents.

    Args:
        start: First exponent, or a tensor of them.
        stop: Last exponent.
        num: How many.
        endpoint: Whether `stop` is the last of them.
        base: The base.
        dtype: Dtype name; that of the bounds by default, a float one.
        axis: Where the values lie if the bounds are tensors.

    Returns:
        Tensor.

    Example:
        >>> logspace(0.0, 2.0, 3).tolist()
        [1.0, 10.0, 100.0]
    """
    made = power(base, linspace(start, stop, num, endpoint, axis=axis))
    return made if dtype is None else cast(made, dtype)


@op
def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Makes numbers from one to another with a constant ratio.

    Args:
        start: First value, or a tensor of them; not zero.
        stop: Last value, of the same sign.
        num: How many.
        endpoint: Whether `stop` is the last of them.
        dtype: Dtype name; that of the bounds by default, a float one.
        axis: Where the values lie if the bounds are tensors.

    Returns:
        Tensor.

    Example:
        >>> [round(x, 3) for x in geomspace(1.0, 100.0, 3).tolist()]
        [1.0, 10.0, 100.0]
    """
    start, stop = standardize_operands((start, stop), promote_float)
    exponents = linspace(
        log(absolute(start)), log(absolute(stop)), num, endpoint, axis=axis
    )
    signs = sign(start)
    if signs.shape:
        signs = expand_dims(signs, axis)
    made = multiply(exp(exponents), signs)
    return made if dtype is None else cast(made, dtype)


@op
def meshgrid(*x: Any, indexing: str = "xy") -> list[Any]:
    """Returns the coordinates of a grid.

    Args:
        *x: Flat tensors or scalars, one for each axis of the grid.
        indexing: "xy" where the first runs along the second axis, else "ij".

    Returns:
        List of tensors of the shape of the grid.

    Raises:
        ArgumentError: If `indexing` is another.
        ShapeError: If a tensor has more than one axis.

    Example:
        >>> [part.tolist() for part in meshgrid([1, 2], [3, 4])]
        [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    if indexing not in ("xy", "ij"):
        raise ArgumentError(
            f"`indexing` must be 'xy' or 'ij'. Received: indexing={indexing!r}"
        )
    lines = [converted(item) for item in x]
    if any(len(line.shape) > 1 for line in lines):
        shown = ", ".join(str(tuple(line.shape)) for line in lines)
        raise ShapeError(f"`meshgrid` needs flat tensors. Received shapes: {shown}")
    count = len(lines)
    places = list(range(count))
    if indexing == "xy" and count > 1:
        places[:2] = [1, 0]
    sizes: list[Any] = [1] * count
    for line, place in zip(lines, places, strict=True):
        sizes[place] = line.shape[0] if line.shape else 1
    made = []
    for line, place in zip(lines, places, strict=True):
        shape = [1] * count
        shape[place] = -1
        made.append(broadcast_to(reshape(line, tuple(shape)), shape=tuple(sizes)))
    return made


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Makes a matrix with ones on and below a diagonal.

    Args:
        N: Rows.
        M: Columns, as many as rows by default.
        k: Which diagonal: 0 the main one, above it positive.
        dtype: Dtype name, the default float if None.

    Returns:
        Tensor of shape `(N, M)`.

    Example:
        >>> tri(2).tolist()
        [[1.0, 0.0], [1.0, 1.0]]
    """
    rows = expand_dims(arange(N, dtype="int32"), 1)
    columns = arange(N if M is None else M, dtype="int32")
    return cast(greater_equal(rows + k, columns), standardize_dtype(dtype))


@op
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Makes the Vandermonde matrix: the powers of each element.

    Args:
        x: Flat tensor.
        N: How many powers, as many as elements by default.
        increasing: Whether the powers rise from 0.

    Returns:
        Tensor of shape `(size, N)`.

    Raises:
        ShapeError: If `x` is not flat.

    Example:
        >>> vander([2, 3], 3).tolist()
        [[4, 2, 1], [9, 3, 1]]
    """
    x = converted(x)
    if len(x.shape) != 1:
        raise ShapeError(f"`x` of `vander` must be flat. Received: shape={x.shape}")
    count = x.shape[0] if N is None else N
    if count is None:
        raise ShapeError("`vander` of a tensor of unknown size needs `N`.")
    powers: Any = arange(count, dtype="int32")
    if not increasing:
        powers = (count - 1) - powers
    return power(expand_dims(x, 1), cast(powers, x.dtype))
