"""Sums of products by a formula: einsum, and products with a fixed one."""

import math
from typing import Any

from kerasish.autodiff import op
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.ops.arithmetic import multiply, subtract
from kerasish.ops.conversion import converted
from kerasish.ops.diagonals import diagonal
from kerasish.ops.movement import moveaxis, ravel, reshape, stack, transpose
from kerasish.ops.products import matmul, tensordot
from kerasish.ops.reductions import sum as sum_over

__all__ = ["cross", "einsum", "inner", "kron", "vdot"]


@op
def inner(x1: Any, x2: Any) -> Any:
    """Sums the products over the last axis of both.

    Args:
        x1: Tensor.
        x2: Tensor whose last axis is as long.

    Returns:
        Tensor with the other axes of both; for a scalar the plain product.

    Example:
        >>> inner([1, 2], [3, 4]).item()
        11
    """
    x1, x2 = converted(x1), converted(x2)
    if not x1.shape or not x2.shape:
        return multiply(x1, x2)
    return tensordot(x1, x2, axes=[[-1], [-1]])


@op
def vdot(x1: Any, x2: Any) -> Any:
    """Sums the products of two tensors taken flat.

    Args:
        x1: Tensor; complex numbers are not conjugated.
        x2: Tensor of as many elements.

    Returns:
        Scalar tensor.

    Example:
        >>> vdot([[1, 2]], [[3], [4]]).item()
        11
    """
    return matmul(ravel(x1), ravel(x2))


@op
def kron(x1: Any, x2: Any) -> Any:
    """Replaces every element of one tensor by its product with another.

    Args:
        x1: Tensor.
        x2: Tensor.

    Returns:
        Tensor whose sizes are the products of those of the two.

    Example:
        >>> kron([1, 2], [1, 10]).tolist()
        [1, 10, 2, 20]
    """
    x1, x2 = converted(x1), converted(x2)
    ndim = max(len(x1.shape), len(x2.shape))
    left, right = (
        (1,) * (ndim - len(x.shape)) + tuple(-1 if n is None else n for n in x.shape)
        for x in (x1, x2)
    )
    made = multiply(
        reshape(x1, [n for size in left for n in (size, 1)]),
        reshape(x2, [n for size in right for n in (1, size)]),
    )
    sizes = zip(left, right, strict=True)
    return reshape(made, [-1 if -1 in pair else math.prod(pair) for pair in sizes])


@op
def cross(
    x1: Any,
    x2: Any,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Any:
    """Returns the vector at right angles to two: their cross product.

    Args:
        x1: Tensor of vectors of 2 or 3 elements.
        x2: Tensor of vectors of 2 or 3 elements.
        axisa: Axis of the vectors of `x1`.
        axisb: Axis of the vectors of `x2`.
        axisc: Axis of the vectors of the result.
        axis: If given, stands for all three.

    Returns:
        Tensor; of two vectors of 2 elements the third component alone.

    Raises:
        ShapeError: If the vectors do not have 2 or 3 elements.

    Example:
        >>> cross([1, 0, 0], [0, 1, 0]).tolist()
        [0, 0, 1]
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = moveaxis(x1, axisa, -1), moveaxis(x2, axisb, -1)
    sizes = (a.shape[-1], b.shape[-1])
    if not {*sizes} <= {2, 3}:
        raise ShapeError(
            "`cross` needs vectors of 2 or 3 elements. "
            f"Received: {sizes[0]} and {sizes[1]}"
        )
    a0, a1, b0, b1 = a[..., 0], a[..., 1], b[..., 0], b[..., 1]
    last = subtract(multiply(a0, b1), multiply(a1, b0))
    if sizes == (2, 2):
        return last
    a2 = a[..., 2] if sizes[0] == 3 else multiply(a0, 0)
    b2 = b[..., 2] if sizes[1] == 3 else multiply(b0, 0)
    first = subtract(multiply(a1, b2), multiply(a2, b1))
    second = subtract(multiply(a2, b0), multiply(a0, b2))
    return stack([first, second, last], axis=axisc)


@op
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Sums products by a formula such as `"bij,bjk->bik"`.

    Each letter names an axis, `...` any others. Axes whose letter is missing on the
    right are summed over. Without `->` the letters that occur once stand on the
    right, in alphabetical order. Products are taken from left to right.

    Args:
        subscripts: The formula.
        *operands: Tensors, one for each part of the left side.
        **kwargs: `optimize` is accepted as NumPy and Keras do.

    Returns:
        Tensor.

    Raises:
        ArgumentError: If the formula cannot be read.
        ShapeError: If the sizes of axes of one letter differ.

    Example:
        >>> einsum("ij,j->i", [[1, 2], [3, 4]], [1, 1]).tolist()
        [3, 7]
    """
    if set(kwargs) - {"optimize"}:
        raise ArgumentError(f"`einsum` has no arguments {sorted(kwargs)}.")
    tensors = [converted(x) for x in operands]
    terms, result = _read_formula(subscripts, [len(x.shape) for x in tensors])
    _check_sizes(subscripts, terms, tensors)
    held, letters = _simplified(tensors[0], terms[0], {*"".join(terms[1:]), *result})
    for i, x in enumerate(tensors[1:], start=1):
        later = {*"".join(terms[i + 1 :]), *result}
        x, term = _simplified(x, terms[i], {*letters, *later})
        held, letters = _simplified(held, letters, {*term, *later})
        held, letters = _pair(held, letters, x, term, later)
    held, letters = _simplified(held, letters, set(result))
    return transpose(held, [letters.index(c) for c in result])


def _read_formula(text: str, ndims: list[int]) -> tuple[list[str], str]:
    left, arrow, right = text.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims) or not ndims:
        raise ArgumentError(
            f"`einsum` formula {text!r} names {len(terms)} operands. "
            f"Received: {len(ndims)}"
        )
    rest = [
        n - len(t.replace("...", "")) if "..." in t else 0
        for t, n in zip(terms, ndims, strict=True)
    ]
    if min(rest) < 0:
        raise ShapeError(f"`einsum` formula {text!r} has more letters than axes.")
    spare = "0123456789"[: max(rest)]  # letters of the axes that `...` stands for
    terms = [
        t.replace("...", spare[len(spare) - n :])
        for t, n in zip(terms, rest, strict=True)
    ]
    if not arrow:
        joined = "".join(terms)
        single = sorted({c for c in joined if joined.count(c) == 1} - set(spare))
        right = "..." * ("..." in left) + "".join(single)
    result = right.replace("...", spare)
    bad = set(result) - set("".join(terms)) or len(set(result)) < len(result)
    if bad or not all(c.isalnum() for c in "".join(terms)):
        raise ArgumentError(
            f"`einsum` cannot read the formula {text!r}: letters on the right must "
            "occur once there, and on the left."
        )
    return terms, result


def _check_sizes(text: str, terms: list[str], tensors: list[Any]) -> None:
    sizes: dict[str, int] = {}
    for term, x in zip(terms, tensors, strict=True):
        if len(term) != len(x.shape):
            raise ShapeError(
                f"`einsum` formula {text!r} gives {len(term)} axes to a tensor of "
                f"shape {tuple(x.shape)}."
            )
        for letter, n in zip(term, x.shape, strict=True):
            if n in (None, 1) and letter.isdigit():
                continue
            if n is not None and sizes.setdefault(letter, n) != n:
                shown = ", ".join(str(tuple(x.shape)) for x in tensors)
                raise ShapeError(
                    f"Axes named {letter!r} in `einsum` formula {text!r} must have "
                    f"one size. Received shapes: {shown}"
                )


def _simplified(x: Any, letters: str, wanted: set[str]) -> tuple[Any, str]:
    """Takes diagonals of repeated letters and sums over those not wanted."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            x = diagonal(x, 0, first, second)
            letters = letters[:second] + letters[second + 1 :]
            letters = letters[:first] + letters[first + 1 :] + letter
    over = tuple(i for i, c in enumerate(letters) if c not in wanted)
    if over:
        x = sum_over(x, axis=over)
        letters = "".join(c for c in letters if c in wanted)
    return x, letters


def _pair(a: Any, left: str, b: Any, right: str, wanted: set[str]) -> tuple[Any, str]:
    """Multiplies two tensors, summing over the letters of both not wanted later."""
    size_a, size_b = (
        dict(zip(t, x.shape, strict=True)) for t, x in ((left, a), (right, b))
    )
    shared = [c for c in left if c in right]
    inner = [c for c in shared if c not in wanted]
    batch = [c for c in shared if c in wanted]
    rows = [c for c in left if c not in right]
    columns = [c for c in right if c not in left]
    order = batch + rows + inner, batch + inner + columns
    a = _grouped(transpose(a, [left.index(c) for c in order[0]]), len(batch), len(rows))
    b = _grouped(
        transpose(b, [right.index(c) for c in order[1]]), len(batch), len(inner)
    )
    sizes = [size_a[c] if size_a[c] != 1 else size_b[c] for c in batch]
    sizes += [size_a[c] for c in rows] + [size_b[c] for c in columns]
    made = matmul(a, b)
    shape = [-1 if n is None else n for n in sizes]
    return reshape(made, shape), "".join(batch + rows + columns)


def _grouped(x: Any, batch: int, first: int) -> Any:
    """Joins the axes after the batch axes to two: `first` of them, and the others."""
    shape = [-1 if n is None else n for n in x.shape]
    parts = shape[batch : batch + first], shape[batch + first :]
    joined = [-1 if -1 in part else math.prod(part) for part in parts]
    return reshape(x, shape[:batch] + joined)
