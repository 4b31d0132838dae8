"""Convolutions, channels last, and their gradients.

Images are read and written as they lie where channels come last, and otherwise copied
by the library, whose convolutions of mixed orders are slow. It may ask for the kernel
in another order, blocked for its instructions; a step before the convolution, or after
that of the kernel's gradient, then copies it, which is little beside the images.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.backends.base.convolution import Ints, Pairs
from kerasish.backends.onednn import loading
from kerasish.backends.onednn.making import (
    BIAS,
    D_DESTINATION,
    D_SOURCE,
    D_WEIGHTS,
    DESTINATION,
    FORWARD,
    INFERENCE,
    SOURCE,
    WEIGHTS,
    Making,
    can_lie,
    image,
    numbers,
)

__all__ = ["bind_convolution", "bind_input_gradient", "bind_kernel_gradient"]

Steps = list[Callable[[], Any]]
DIRECT = 1


class _Convolution:
    """What a convolution and its gradients share: layouts, and how windows go.

    Args:
        x: Images `(batch, *spatial, channels)`.
        kernel: `(*window, channels / groups, filters)`.
        y: The convolution `(batch, *positions, filters)`.
        strides: Steps of the window.
        padding: Zeros before and after each spatial axis.
        dilation: Distances within the window.
        groups: How many groups channels and filters are split into.

    Raises:
        Refused: If the library is missing, or does not take such arrays.
    """

    def __init__(
        self,
        x: np.ndarray,
        kernel: np.ndarray,
        y: np.ndarray,
        strides: Ints,
        padding: Pairs,
        dilation: Ints,
        groups: int,
    ) -> None:
        found = loading.library()
        fits = x.dtype == kernel.dtype == y.dtype and can_lie(x, kernel, y)
        if found is None or not fits or x.dtype.kind in "iu":
            raise loading.Refused
        self.making = making = Making(found)
        self.kernel = _kernel(kernel, groups)
        self.x, self.y = making.dense(x), making.dense(y)
        self.source = making.layout(image(self.x))
        self.target = making.layout(image(self.y))
        self.asked = making.any_layout(self.kernel)
        self.windows = (
            numbers(strides),
            numbers(tuple(d - 1 for d in dilation)),
            numbers(tuple(before for before, _ in padding)),
            numbers(tuple(after for _, after in padding)),
        )

    def forward(self, bias: Any = None, activation: str | None = None) -> Any:
        """Returns the description of the convolution."""
        return self.making.description(
            "convolution_forward",
            INFERENCE if activation or bias is not None else FORWARD,
            DIRECT,
            self.source,
            self.asked,
            bias,
            self.target,
            *self.windows,
            self.making.attributes(activation),
        )


def bind_convolution(
    x: np.ndarray,
    kernel: np.ndarray,
    out: np.ndarray,
    bias: np.ndarray | None = None,
    activation: str | None = None,
    **how: Any,
) -> Steps | None:
    """Returns steps that compute `activation(convolution + bias)` into `out`.

    Args:
        x: Images `(batch, *spatial, channels)`, of any strides.
        kernel: `(*window, channels / groups, filters)`.
        out: `(batch, *positions, filters)`.
        bias: Vector of the filters, or None.
        activation: "relu", "tanh", "sigmoid" or None.
        **how: `strides`, `padding`, `dilation` and `groups`.

    Returns:
        Functions without arguments; None if the library is missing or refuses.
    """
    if bias is not None and (bias.dtype != x.dtype or not bias.flags.c_contiguous):
        return None
    try:
        made = _Convolution(x, kernel, out, **how)
        making, row = made.making, None
        if bias is not None:
            bias = bias.reshape(-1)
            row = making.layout(bias)
        description = made.forward(row, activation)
        steps: Steps = [*making.copies(x, made.x)]
        memories = {
            SOURCE: making.memory(made.source, made.x),
            WEIGHTS: making.ordered(description, WEIGHTS, made.kernel, steps),
            DESTINATION: making.memory(made.target, made.y),
        }
        if bias is not None:
            memories[BIAS] = making.memory(row, bias)
        arrays = [made.x, kernel, made.y, *([] if bias is None else [bias])]
        steps.append(making.execution(description, memories, arrays))
        return [*steps, *making.copies(made.y, out)]
    except loading.Refused:
        return None


def bind_input_gradient(
    g: np.ndarray, kernel: np.ndarray, out: np.ndarray, **how: Any
) -> Steps | None:
    """Returns steps that compute the gradient with respect to the images.

    Args:
        g: Gradient with respect to the convolution.
        kernel: `(*window, channels / groups, filters)`.
        out: Of the images' shape.
        **how: `strides`, `padding`, `dilation` and `groups`.

    Returns:
        Functions without arguments; None if the library is missing or refuses.
    """
    try:
        made = _Convolution(out, kernel, g, **how)
        making = made.making
        description = making.description(
            "convolution_backward_data",
            DIRECT,
            made.source,
            made.asked,
            made.target,
            *made.windows,
            made.forward(),
            making.attributes(),
        )
        steps: Steps = [*making.copies(g, made.y)]
        memories = {
            D_DESTINATION: making.memory(made.target, made.y),
            WEIGHTS: making.ordered(description, WEIGHTS, made.kernel, steps),
            D_SOURCE: making.memory(made.source, made.x),
        }
        arrays = [made.y, kernel, made.x]
        steps.append(making.execution(description, memories, arrays))
        return [*steps, *making.copies(made.x, out)]
    except loading.Refused:
        return None


def bind_kernel_gradient(
    g: np.ndarray, x: np.ndarray, out: np.ndarray, **how: Any
) -> Steps | None:
    """Returns steps that compute the gradient with respect to the kernel.

    Args:
        g: Gradient with respect to the convolution.
        x: The images.
        out: Of the kernel's shape.
        **how: `strides`, `padding`, `dilation` and `groups`.

    Returns:
        Functions without arguments; None if the library is missing or refuses.
    """
    try:
        if x.dtype.itemsize < 4:  # it reads memory that nobody wrote: NaN at times
            return None
        made = _Convolution(x, out, g, **how)
        making, kernel = made.making, made.kernel
        description = making.description(
            "convolution_backward_weights",
            DIRECT,
            made.source,
            made.asked,
            None,
            made.target,
            *made.windows,
            made.forward(),
            making.attributes(),
        )
        steps: Steps = []
        memories = {
            SOURCE: making.memory(made.source, made.x),
            D_DESTINATION: making.memory(made.target, made.y),
            D_WEIGHTS: making.ordered(description, D_WEIGHTS, kernel, steps, back=True),
        }
        before = [*making.copies(x, made.x), *making.copies(g, made.y)]
        run = making.execution(description, memories, [made.y, made.x, out])
        return [*before, run, *steps]
    except loading.Refused:
        return None


def _kernel(kernel: np.ndarray, groups: int) -> np.ndarray:
    """Returns a kernel with its axes as filters, channels, spatial; groups in front."""
    turned = np.moveaxis(kernel, (-1, -2), (0, 1))
    if groups == 1:
        return turned
    # Splitting an axis moves nothing.
    return turned.reshape(groups, turned.shape[0] // groups, *turned.shape[1:])
