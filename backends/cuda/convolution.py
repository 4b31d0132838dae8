"""Convolutions: cuDNN's, or products where each window is one position.

Kernels lie as Keras has them, filters last. cuDNN accepts that; where its numbers are
right on this device no kernel is turned, unless that is faster.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs
from kerasish.backends.cuda import choosing, device, trust
from kerasish.backends.cuda.convolving import (
    BIAS,
    IMAGES,
    KERNEL,
    RESULT,
    Shape,
    planned,
)
from kerasish.backends.cuda.cudnn import Planned
from kerasish.backends.cuda.endings import ended, keeps_nan
from kerasish.backends.cuda.kernels import bind_turning
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.moving import in_order
from kerasish.backends.cuda.products import PRODUCTS
from kerasish.core.config import matmul_precision

__all__ = ["CONVOLUTIONS"]

WRITTEN = {"forward": RESULT, "input": IMAGES, "kernel": KERNEL}
WAYS = 2  # that are compared, of either order of the kernel


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
    return how.step("forward", {IMAGES: x, KERNEL: kernel, RESULT: out})


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
    arrays = {IMAGES: x, KERNEL: kernel, RESULT: out}
    return ended(
        lambda kept: how.step("forward", {**arrays, BIAS: bias}, kept),
        lambda: how.step("forward", arrays),
        activation is None or _may_end(activation, x.dtype),
        out,
        bias,
        activation,
    )


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
    return how.step("input", {RESULT: g, KERNEL: kernel, IMAGES: out})


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
    return how.step("kernel", {RESULT: g, IMAGES: x, KERNEL: out})


def _is_product(kernel: Ints, strides: Ints, padding: Pairs, groups: int) -> bool:
    """Returns whether positions are multiplied one by one."""
    ones = all(n == 1 for n in (*kernel[:-2], *strides, groups))
    return ones and not any(map(any, padding))


def _rows(x: Array) -> Array:
    return x.reshape(-1, x.shape[-1])


def _matrix(kernel: Array) -> Array:
    return kernel.reshape(-1, kernel.shape[-1])


class _How:
    """A convolution by cuDNN.

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
        self._kernel = (kernel[-1], kernel[-2], *(1,) * more, *kernel[:-2])
        self._rules = (
            (1,) * more + strides,
            ((0, 0),) * more + padding,
            (1,) * more + dilation,
        )

    def step(
        self, kind: str, arrays: dict[int, Array], activation: str | None = None
    ) -> device.Step | None:
        """Returns a step of a convolution or a gradient.

        Args:
            kind: "forward", "input" or "kernel".
            arrays: Images, kernel and result, the kernel's filters last, and a bias.
            activation: "relu" or None.

        Returns:
            None where the library refuses.
        """
        dtype = arrays[IMAGES].dtype
        if any(x.dtype != dtype for x in arrays.values()):
            return None
        images, result = (self._first(arrays[i]) for i in (IMAGES, RESULT))
        shape = Shape(
            *(kind, images, self._kernel, result, *self._rules, dtype.name),
            *(BIAS in arrays, activation),
        )
        ways = _ways(shape, dtype)
        if not ways:
            return None
        plan, place, turned = ways[_fastest(shape, ways, arrays)]
        if not turned:
            step: device.Step = plan.steps(arrays)[place]
            return step
        kernel = _matrix(arrays[KERNEL])
        filters = device.empty(kernel.T.shape, dtype)
        step = plan.steps({**arrays, KERNEL: filters})[place]
        if kind == "kernel":
            return device.in_turn(step, bind_turning(filters, kernel))
        return device.in_turn(bind_turning(kernel, filters), step)

    def _first(self, images: Array) -> Ints:
        """Returns the sizes of images, with channels before the spatial axes."""
        batch, *spatial, channels = images.shape
        more = len(self._rules[0]) - len(spatial)
        return (batch, channels, *(1,) * more, *spatial)


def _ways(shape: Shape, dtype: Any) -> list[tuple[Planned, int, bool]]:
    """Returns plans, the number of a way of each, and whether the kernel is turned."""
    count = WAYS if choosing.pays(shape.size) else 1
    found: list[tuple[Planned, int, bool]] = []
    for turned in (False, True):
        if not turned and not _is_trusted(shape.kind, dtype):
            continue
        with suppress(Refused):
            plan = planned(shape._replace(turned=turned), count)
            found += [(plan, place, turned) for place in range(plan.count)]
        if found and count == 1:
            break
    return found


def _fastest(
    shape: Shape, ways: list[tuple[Planned, int, bool]], arrays: dict[int, Array]
) -> int:
    """Returns which way is the fastest, without the copy of a kernel that is turned."""
    if len(ways) == 1:
        return 0
    written = arrays[WRITTEN[shape.kind]]
    scratch = device.empty(written.shape, written.dtype)
    tried = {**arrays, WRITTEN[shape.kind]: scratch}
    steps = [plan.steps(tried)[place] for plan, place, _ in ways]
    return choosing.fastest((shape, matmul_precision()), steps)


def _may_end(activation: str, dtype: Any) -> bool:
    """Returns whether the library may do an activation with the convolution."""

    def compute(x: Array) -> Any:
        bias, ones = (
            device.library().asarray(np.ones(s, dtype)) for s in (16, (3, 3, 8, 16))
        )
        how = _How(ones.shape, (1, 1), ((0, 0), (0, 0)), (1, 1))
        out = device.empty((2, 4, 4, 16), dtype)
        arrays = {IMAGES: x, KERNEL: ones, RESULT: out, BIAS: bias}
        return how.step("forward", arrays, activation), out

    return keeps_nan(f"{activation} with a convolution", dtype, compute)


def _is_trusted(kind: str, dtype: Any) -> bool:
    """Returns whether the library is right where a kernel's filters are last."""
    key = kind, dtype.name, matmul_precision()
    what = "A convolution by cuDNN on a kernel as it lies"
    return trust.is_right(what, key, partial(_compared, kind, dtype))


def _compared(kind: str, dtype: Any) -> Iterator[tuple[Array, Array]]:
    """Yields what a small convolution writes, with filters last and first."""
    for channels, filters in ((8, 16), (3, 5)):
        shape = Shape(
            *(kind, (2, channels, 6, 5), (filters, channels, 3, 3), (2, filters, 4, 3)),
            *((1, 1), ((0, 0), (0, 0)), (1, 1), dtype.name),
        )
        sizes = {
            IMAGES: (2, 6, 5, channels),
            KERNEL: (9 * channels, filters),
            RESULT: (2, 4, 3, filters),
        }
        made = []
        for turned in (False, True):
            rng = np.random.default_rng(0)
            hosts = {i: rng.standard_normal(s).astype(dtype) for i, s in sizes.items()}
            if turned:
                hosts[KERNEL] = hosts[KERNEL].T.copy()
            arrays = {i: device.library().asarray(x) for i, x in hosts.items()}
            planned(shape._replace(turned=turned)).steps(arrays)[0]()
            made.append(arrays[WRITTEN[kind]])
        yield made[0], made[1].T if kind == "kernel" else made[1]


CONVOLUTIONS: dict[str, Callable[..., Any]] = {
    "_conv": in_order(_conv),
    "_conv_input": in_order(_conv_input),
    "_conv_kernel": in_order(_conv_kernel),
    "conv_dense": in_order(_conv_dense),
}
