"""Convolutions: cuDNN's, or products where each window is one position."""

from collections.abc import Callable
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs
from kerasish.backends.cuda import cudnn, device
from kerasish.backends.cuda.kernels import bind_turning
from kerasish.backends.cuda.moving import in_order
from kerasish.backends.cuda.products import PRODUCTS, ending

__all__ = ["CONVOLUTIONS"]


def _conv(
    x: Array,
    kernel: Array,
    out: Array,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> device.Step | None:
    if _is_product(kernel.shape, strides, padding, groups):
        return PRODUCTS["matmul"](_rows(x), _matrix(kernel), _rows(out))
    how = _How(kernel.shape, strides, padding, dilation)
    return how.forward(x, kernel, out)


def _conv_dense(
    x: Array,
    kernel: Array,
    bias: Array,
    out: Array,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
    activation: str | None,
) -> device.Step | None:
    bias = bias.reshape(-1)
    if _is_product(kernel.shape, strides, padding, groups):
        given = _rows(x), _matrix(kernel), bias, _rows(out)
        return PRODUCTS["dense"](*given, activation=activation)
    how = _How(kernel.shape, strides, padding, dilation)
    fused = how.forward(x, kernel, out, bias, activation)
    if fused is not None:
        return fused
    plain, end = how.forward(x, kernel, out), ending(out, bias, activation)
    return device.in_turn(plain, end) if plain and end else None


def _conv_input(
    g: Array,
    kernel: Array,
    out: Array,
    shape: Ints,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> device.Step | None:
    if _is_product(kernel.shape, strides, padding, groups):
        return PRODUCTS["matmul"](_rows(g), _matrix(kernel).T, _rows(out))
    how = _How(kernel.shape, strides, padding, dilation)
    return how.input_gradient(g, kernel, out)


def _conv_kernel(
    g: Array,
    x: Array,
    out: Array,
    shape: Ints,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
) -> device.Step | None:
    if _is_product(shape, strides, padding, groups):
        return PRODUCTS["matmul"](_rows(x).T, _rows(g), _matrix(out))
    how = _How(shape, strides, padding, dilation)
    return how.kernel_gradient(g, x, out)


def _is_product(kernel: Ints, strides: Ints, padding: Pairs, groups: int) -> bool:
    """Returns whether positions are multiplied one by one."""
    ones = all(n == 1 for n in (*kernel[:-2], *strides, groups))
    return ones and not any(map(any, padding))


def _rows(x: Array) -> Array:
    return x.reshape(-1, x.shape[-1])


def _matrix(kernel: Array) -> Array:
    return kernel.reshape(-1, kernel.shape[-1])


class _How:
    """A convolution by cuDNN: kernels are turned to filters first, on the way.

    Args:
        kernel: `(*window, channels / groups, filters)`.
        strides: Steps of the window.
        padding: Zeros before and after each spatial axis.
        dilation: Distances within the window.
    """

    def __init__(
        self, kernel: Ints, strides: Ints, padding: Pairs, dilation: Ints
    ) -> None:
        # cuDNN knows no convolution along one axis; it is one along two, of which the
        # first has one position.
        more = len(strides) == 1
        self._window = (1,) * more + kernel[:-2]
        self._kernel = (kernel[-1], kernel[-2], *self._window)
        self._strides = (1,) * more + strides
        self._padding = ((0, 0),) * more + padding
        self._dilation = (1,) * more + dilation

    def forward(
        self,
        x: Array,
        kernel: Array,
        out: Array,
        bias: Array | None = None,
        activation: str | None = None,
    ) -> device.Step | None:
        """Returns a step of the convolution, or None where the library refuses."""
        filters = _turned(kernel)
        arrays = {cudnn.IMAGES: x, cudnn.KERNEL: filters, cudnn.RESULT: out}
        if bias is not None:
            arrays[cudnn.BIAS] = bias
        step = self._bound("forward", x, out, arrays, activation)
        turning = bind_turning(_matrix(kernel), filters) if step else None
        return device.in_turn(turning, step) if step else None

    def input_gradient(self, g: Array, kernel: Array, out: Array) -> device.Step | None:
        """Returns a step of the gradient of the images, or None."""
        filters = _turned(kernel)
        arrays = {cudnn.RESULT: g, cudnn.KERNEL: filters, cudnn.IMAGES: out}
        step = self._bound("input", out, g, arrays)
        turning = bind_turning(_matrix(kernel), filters) if step else None
        return device.in_turn(turning, step) if step else None

    def kernel_gradient(self, g: Array, x: Array, out: Array) -> device.Step | None:
        """Returns a step of the gradient of the kernel, or None."""
        filters = _turned(out)
        arrays = {cudnn.RESULT: g, cudnn.IMAGES: x, cudnn.KERNEL: filters}
        step = self._bound("kernel", x, g, arrays)
        return (
            device.in_turn(step, bind_turning(filters, _matrix(out))) if step else None
        )

    def _bound(
        self,
        kind: str,
        x: Array,
        y: Array,
        arrays: dict[int, Array],
        activation: str | None = None,
    ) -> device.Step | None:
        if any(a.dtype != x.dtype for a in arrays.values()):
            return None
        shape = cudnn.Shape(
            kind,
            self._first(x),
            self._kernel,
            self._first(y),
            self._strides,
            self._padding,
            self._dilation,
            x.dtype.name,
            cudnn.BIAS in arrays,
            activation,
        )
        try:
            return cudnn.bind_convolution(shape, arrays)
        except cudnn.Refused:
            return None

    def _first(self, images: Array) -> Ints:
        """Returns the sizes of images, with channels before the spatial axes."""
        batch, *spatial, channels = images.shape
        more = len(self._strides) - len(spatial)
        return (batch, channels, *(1,) * more, *spatial)


def _turned(kernel: Array) -> Array:
    """Returns memory for a kernel with its filters first."""
    return device.empty(_matrix(kernel).T.shape, kernel.dtype)


CONVOLUTIONS: dict[str, Callable[..., Any]] = {
    "_conv": in_order(_conv),
    "_conv_input": in_order(_conv_input),
    "_conv_kernel": in_order(_conv_kernel),
    "conv_dense": in_order(_conv_dense),
}
