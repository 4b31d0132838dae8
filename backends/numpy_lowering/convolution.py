"""Steps of convolution, channels last: products of windows with the kernel.

Threads share the images; each gathers the windows of some at a time and multiplies
them.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs
from kerasish.backends.numpy_lowering.depthwise import DEPTHWISE
from kerasish.backends.numpy_lowering.input_gradient import bind_input_gradient
from kerasish.backends.numpy_lowering.products import multiply
from kerasish.backends.numpy_lowering.sharing import by_images, summed_by_images
from kerasish.backends.numpy_lowering.steps import (
    Step,
    as_dtype,
    as_rows,
    copying,
    in_turn,
)
from kerasish.backends.numpy_lowering.windows import Rows, groups_of

__all__ = ["CONVOLUTIONS"]


def _conv(
    x: Array,
    kernel: Array,
    out: Array,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
    **end: Any,
) -> Step | None:
    steps: list[Step] = []
    kernel, filters = as_dtype(kernel, x.dtype, steps), kernel.shape[-1] // groups
    if out.dtype != x.dtype or not out.size:
        return None
    for xg, at in groups_of(x, groups, kernel.shape[-2], filters):
        rows = Rows(xg, kernel.shape[:-2], strides, padding, dilation)
        matrix = as_rows(kernel[..., at], steps).reshape(-1, filters)
        for images in rows.parts():
            given = rows.part(images, steps)
            target = out[images, ..., at]
            made = target if groups == 1 else np.empty(target.shape, out.dtype)
            steps.append(multiply(given, matrix, made.reshape(-1, filters), **end))
            if made is not target:
                steps.append(copying(target, made))
    return in_turn(*steps)


def _conv_dense(
    x: Array, kernel: Array, bias: Array, out: Array, activation: Any, **static: Any
) -> Step | None:
    """A convolution of one group that ends with a bias and an activation."""
    if not x.dtype == kernel.dtype == bias.dtype == out.dtype:
        return None
    end = {"bias": bias.reshape(-1), "activation": activation}
    return _conv(x, kernel, out, **static, **end)


def _conv_kernel(
    g: Array,
    x: Array,
    out: Array,
    shape: Ints,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> Step | None:
    if not g.dtype == x.dtype == out.dtype or not g.size:
        return None
    channels, filters = shape[-2], shape[-1] // groups
    steps: list[Step] = []
    for xg, at in groups_of(x, groups, channels, filters):
        rows = Rows(xg, shape[:-2], strides, padding, dilation)
        total = np.empty((rows.width, filters), out.dtype)
        more = np.empty_like(total)
        for n, images in enumerate(rows.parts()):
            given = rows.part(images, steps)
            gg = as_rows(g[images, ..., at], steps).reshape(-1, filters)
            steps.append(multiply(given.T, gg, more if n else total))
            if n:
                steps.append(partial(np.add, total, more, total))
        steps.append(copying(out[..., at], total.reshape(*shape[:-1], filters)))
    return in_turn(*steps)


def _first_of(*forms: Callable[..., Step | None]) -> Callable[..., Step | None]:
    """Returns what binds the first of several forms that suits."""

    def bind(*arrays: Array, **static: Any) -> Step | None:
        found = (form(*arrays, **static) for form in forms)
        return next((step for step in found if step is not None), None)

    return bind


CONVOLUTIONS: dict[str, Callable[..., Step | None]] = {
    "_conv": _first_of(DEPTHWISE["_conv"], by_images(_conv, 0, 2)),
    "_conv_input": _first_of(
        DEPTHWISE["_conv_input"], by_images(bind_input_gradient, 0, 2)
    ),
    "_conv_kernel": _first_of(
        DEPTHWISE["_conv_kernel"], summed_by_images(_conv_kernel, 0, 1)
    ),
    "conv_dense": by_images(_conv_dense, 0, 3),
}
