"""Ends of products and convolutions: a bias and an activation.

A library does them with the product, or a kernel of our own after it. A library's ReLU
may be a maximum that hides NaN, so that a model that diverges looks well; each
activation is tried on NaN when it is first bound, and done by us where it hides any.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device, trust
from kerasish.backends.cuda.building import Building
from kerasish.core.config import matmul_precision

__all__ = ["ended", "ending", "keeps_nan"]

SCALE = math.sqrt(2 / math.pi)  # of GELU


def ended(
    fused: Callable[[str | None], device.Step | None],
    plain: Callable[[], device.Step | None],
    allowed: bool,
    out: Array,
    bias: Array,
    activation: str | None,
) -> device.Step | None:
    """Returns a product with its end, in as few steps as a library allows.

    Args:
        fused: Binds the product with the bias and the activation that it is given; None
            where the library refuses.
        plain: Binds the product alone.
        allowed: Whether the library may do the activation.
        out: Where the product is written.
        bias: Vector of the columns.
        activation: A primitive's name, "gelu" for the formula with tanh, or None.
    """
    if allowed:
        step = fused(activation)
        if step is not None:
            return step
    step, rest = fused(None), ending(out, None, activation)
    if step is None:
        step, rest = plain(), ending(out, bias, activation)
    return device.in_turn(step, rest) if step and rest else None


def ending(
    out: Array, bias: Array | None, activation: str | None
) -> device.Step | None:
    """Returns a step that adds a bias to what is there, and applies an activation.

    Args:
        out: `(..., columns)`.
        bias: Vector of the columns, or None.
        activation: A primitive's name, "gelu" for the formula with tanh, or None.
    """
    built = Building()
    made = built.array(out)
    if bias is not None:
        row = bias.reshape(*(1,) * (out.ndim - 1), -1)
        made = built.call("add", built.array(row), made)
    if activation == "gelu":
        made = _gelu(built, made, out.dtype.name)
    elif activation is not None:
        made = built.call(activation, made)
    return built.step({made: out})


def keeps_nan(
    what: str, dtype: Any, compute: Callable[[Array], tuple[device.Step, Array]]
) -> bool:
    """Returns whether NaN of an operand is NaN in all that depends on it.

    Args:
        what: What computes.
        dtype: The operand's dtype.
        compute: Binds it to two images, `(2, 6, 6, 8)`, of which the first is NaN;
            returns the step, and its result with as many.
    """

    def compare() -> Iterator[tuple[Any, Any]]:
        host = np.ones((2, 6, 6, 8), np.float32)
        host[0] = np.nan
        step, out = compute(device.library().asarray(host.astype(dtype)))
        step()
        found = device.library().asnumpy(out).astype(np.float64).reshape(2, -1)
        yield np.isnan(found), np.broadcast_to([[True], [False]], found.shape)

    return trust.is_right(what, (dtype.name, matmul_precision()), compare, told=False)


def _gelu(built: Building, x: int, dtype: str) -> int:
    """Adds GELU to a chain; see `ops.gelu`, whose formula it is."""

    def with_number(name: str, value: int, *numbers: float) -> int:
        others = (built.number(n, dtype) for n in numbers)
        return built.call(name, value, *others, shape=shape, dtype=dtype)

    shape = built.shape(x)
    near = with_number("_clip", x, -16.0, 16.0)
    cubed = with_number("multiply", with_number("power", near, 3.0), 0.044715)
    inner = with_number("multiply", built.call("add", near, cubed), SCALE)
    share = with_number("add", built.call("tanh", inner), 1.0)
    return built.call("multiply", with_number("multiply", x, 0.5), share)
