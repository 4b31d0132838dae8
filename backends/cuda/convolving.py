"""Convolutions as cuDNN plans them: images with their channels last.

A kernel may lie with its filters last, as Keras has it, or first, as the library's
engines are made for.
"""

from functools import lru_cache, partial
from typing import Any, NamedTuple

from kerasish.backends.cuda.cudnn import Planned, here, kind_of
from kerasish.core.config import matmul_precision

__all__ = ["BIAS", "IMAGES", "KERNEL", "RESULT", "Shape", "planned"]

IMAGES, KERNEL, RESULT, BIAS = 1, 2, 3, 4  # numbers of tensors


class Shape(NamedTuple):
    """A convolution's sizes, hashable.

    Args:
        kind: "forward", "input" or "kernel": what is computed.
        images: `(batch, channels, *spatial)`.
        kernel: `(filters, channels / groups, *window)`.
        result: `(batch, filters, *positions)`.
        strides: Steps of the window.
        padding: Zeros before and after each spatial axis.
        dilation: Distances within the window.
        dtype: Dtype name.
        bias: Whether a bias is added.
        activation: "relu" or None.
        turned: Whether the filters are the first axis of the kernel in memory, else
            the last.
    """

    kind: str
    images: tuple[int, ...]
    kernel: tuple[int, ...]
    result: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    dtype: str
    bias: bool = False
    activation: str | None = None
    turned: bool = True

    @property
    def size(self) -> int:
        """The multiplications that it takes."""
        made = self.result[0] * self.kernel[0] * self.kernel[1]
        for n in (*self.result[2:], *self.kernel[2:]):
            made *= n
        return made

    def strides_of(self, number: int) -> list[int]:
        """Returns the strides of a tensor, by elements."""
        if number != KERNEL or self.turned:
            return _channels_last(self.sizes_of(number))
        filters, channels, *window = self.kernel
        strides = _channels_last((1, channels, *window))
        return [1, *(filters * s for s in strides[1:])]

    def sizes_of(self, number: int) -> tuple[int, ...]:
        """Returns the sizes of a tensor, with channels before the spatial axes."""
        row = (1, self.kernel[0], *(1 for _ in self.strides))
        return (self.images, self.kernel, self.result, row)[number - 1]


def planned(shape: Shape, ways: int = 1) -> Planned:
    """Returns how the library computes a convolution.

    Args:
        shape: Its sizes.
        ways: How many ways to plan at most.

    Raises:
        Refused: If there is no library, or it has no engine for it.
    """
    kind_of(shape.dtype)
    return _planned(shape, matmul_precision() == "highest", ways, here())


@lru_cache(4096)
def _planned(shape: Shape, exact: bool, ways: int, number: int) -> Planned:
    return Planned(partial(_describe, shape), shape.dtype, exact, ways)


def _describe(shape: Shape, graph: Any) -> None:
    """Adds a convolution to a graph of the library."""
    dtype = kind_of(shape.dtype)

    def tensor(number: int) -> Any:
        return graph.tensor(
            dim=list(shape.sizes_of(number)),
            stride=shape.strides_of(number),
            data_type=dtype,
            uid=number,
        )

    how = {
        "pre_padding": [before for before, _ in shape.padding],
        "post_padding": [after for _, after in shape.padding],
        "stride": list(shape.strides),
        "dilation": list(shape.dilation),
    }
    if shape.kind == "forward":
        images, kernel = tensor(IMAGES), tensor(KERNEL)
        made, number = graph.conv_fprop(image=images, weight=kernel, **how), RESULT
    elif shape.kind == "input":
        given, kernel = tensor(RESULT), tensor(KERNEL)
        made, number = graph.conv_dgrad(loss=given, filter=kernel, **how), IMAGES
    else:
        images, given = tensor(IMAGES), tensor(RESULT)
        made, number = graph.conv_wgrad(image=images, loss=given, **how), KERNEL
    if shape.bias:
        made = graph.bias(input=made, bias=tensor(BIAS))
    if shape.activation == "relu":
        made = graph.relu(input=made)
    made.set_output(True).set_data_type(dtype)
    made.set_dim(list(shape.sizes_of(number))).set_stride(shape.strides_of(number))
    made.set_uid(number)


def _channels_last(sizes: tuple[int, ...]) -> list[int]:
    """Returns the strides of `(batch, channels, *spatial)` with channels last."""
    strides, step = [0] * len(sizes), sizes[1]
    strides[1] = 1
    for i in reversed(range(2, len(sizes))):
        strides[i] = step
        step *= sizes[i]
    strides[0] = step
    return strides
