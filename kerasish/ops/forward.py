"""Derivatives along a direction."""

from collections.abc import Callable
from typing import Any

from kerasish.autodiff import GradientTape
from kerasish.autodiff.casting import as_tensor
from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.ops.creation import zeros_like

__all__ = ["jvp"]


def jvp(
    fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False
) -> Any:
    """Returns a function's result and its derivative along a direction.

    The gradient at output gradients `u` is linear in `u`, and its derivative by `u` is
    the derivative along a direction: two backward passes make a forward one.

    Args:
        fun: Function of tensors that returns a tensor or a structure of them.
        primals: List of the arguments.
        tangents: List of the direction's parts, shaped as `primals`.
        has_aux: Whether `fun` returns `(result, other)`.

    Returns:
        Tuple of the result and its derivative, with `has_aux` the other too.

    Raises:
        ArgumentError: If `primals` and `tangents` do not fit.

    Example:
        >>> y, dy = jvp(lambda x: x * x, [as_tensor(3.0)], [as_tensor(1.0)])
        >>> float(y), float(dy)
        (9.0, 6.0)
    """
    points = [as_tensor(x) for x in primals]
    given = list(tangents)
    if len(given) != len(points):
        raise ArgumentError(
            "`jvp` needs a tangent for each primal. "
            f"Received: {len(points)} primals, {len(given)} tangents"
        )
    parts = [as_tensor(t, x.dtype) for t, x in zip(given, points, strict=True)]
    for x, t in zip(points, parts, strict=True):
        if x.shape != t.shape:
            raise ArgumentError(
                "A tangent must have the shape of its primal. "
                f"Received: {t.shape} for {x.shape}"
            )
    with GradientTape() as outer:
        with GradientTape() as inner:
            inner.watch(points)
            made = fun(*points)
        y, *aux = made if has_aux else (made,)
        u = tree.map_structure(zeros_like, y)
        outer.watch(u)
        slopes = inner.gradient(
            y, points, output_gradients=u, unconnected_gradients="zero"
        )
    found = outer.gradient(
        slopes, u, output_gradients=parts, unconnected_gradients="zero"
    )
    return (y, found, *aux)
