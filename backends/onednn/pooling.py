"""Pooling, channels last, both ways.

The library counts places in a window as our kernels do, so its workspace is our array
of places. It does not see NaN, which no comparison finds larger: `bind_max_pool` sums
each image up as well, and a sum that is NaN tells that the result is not to be trusted.
"""

from typing import Any

import numpy as np

from kerasish.backends.base.convolution import Ints, Pairs
from kerasish.backends.onednn import loading
from kerasish.backends.onednn.making import (
    D_DESTINATION,
    D_SOURCE,
    DESTINATION,
    FORWARD,
    INFERENCE,
    SOURCE,
    WORKSPACE,
    Execution,
    Making,
    can_lie,
    image,
    numbers,
)

__all__ = [
    "bind_average_pool",
    "bind_average_pool_gradient",
    "bind_from_places",
    "bind_max_pool",
]

LARGEST, MEAN, MEAN_INSIDE = 0x1FF, 0x2FF, 0x3FF


class _Pooling:
    """What pooling and its gradient share.

    Args:
        x: Images, or their gradient.
        y: The pooled images, or their gradient.
        kind: What is computed of a window.
        window: Its sizes.
        strides: Its steps.
        padding: How far it reaches out.

    Raises:
        Refused: If the library is missing, or does not take such arrays.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        kind: int,
        window: Ints,
        strides: Ints,
        padding: Pairs,
    ) -> None:
        found = loading.library()
        if found is None or x.dtype != y.dtype or not can_lie(x, y):
            raise loading.Refused
        if x.dtype.kind in "iu":
            raise loading.Refused
        self.making, self.kind, self._own = Making(found), kind, (x, y)
        self.x, self.y = self.making.dense(x), self.making.dense(y)
        self.source = self.making.layout(image(self.x))
        self.target = self.making.layout(image(self.y))
        self.windows = (
            numbers(strides),
            numbers(window),
            numbers((0,) * len(window)),
            numbers(tuple(before for before, _ in padding)),
            numbers(tuple(after for _, after in padding)),
        )

    def _description(self, purpose: int) -> Any:
        layouts = (self.source, self.target)
        given = (purpose, self.kind, *layouts, *self.windows)
        return self.making.description(
            "pooling_forward", *given, self.making.attributes()
        )

    def _workspace(self, description: Any, places: np.ndarray | None) -> dict[int, Any]:
        """Returns memory of places as the library has them."""
        if places is None:
            return {}
        wanted = self.making.asked(description, WORKSPACE)
        own = self.making.layout(image(places))
        if not self.making.agree(wanted, own):
            raise loading.Refused
        return {WORKSPACE: self.making.memory(own, places)}

    def forward(self, places: np.ndarray | None = None) -> list[Execution]:
        """Returns steps that pool, and write places if there are any."""
        description = self._description(INFERENCE if places is None else FORWARD)
        memories = {
            SOURCE: self.making.memory(self.source, self.x),
            DESTINATION: self.making.memory(self.target, self.y),
            **self._workspace(description, places),
        }
        making, (x, y) = self.making, self._own
        run = making.execution(description, memories, [self.x, self.y, places])
        return [*making.copies(x, self.x), run, *making.copies(self.y, y)]

    def backward(self, places: np.ndarray | None = None) -> list[Execution]:
        """Returns steps that compute the gradient of the images."""
        forward, making = self._description(FORWARD), self.making
        layouts = (self.source, self.target)
        description = making.description(
            "pooling_backward",
            self.kind,
            *layouts,
            *self.windows,
            forward,
            making.attributes(),
        )
        memories = {
            D_SOURCE: making.memory(self.source, self.x),
            D_DESTINATION: making.memory(self.target, self.y),
            **self._workspace(forward, places),
        }
        run = making.execution(description, memories, [self.x, self.y, places])
        x, y = self._own
        return [*making.copies(y, self.y), run, *making.copies(self.x, x)]


def bind_max_pool(
    x: np.ndarray,
    y: np.ndarray,
    places: np.ndarray | None,
    window: Ints,
    strides: Ints,
    padding: Pairs,
) -> tuple[list[Execution], np.ndarray] | None:
    """Returns steps of the largest elements, and of what tells if one is NaN.

    Args:
        x: Images `(batch, *spatial, channels)`, of any strides.
        y: The largest elements.
        places: Their places, or None.
        window: Sizes of the window.
        strides: Its steps.
        padding: How far windows reach out before and after each axis.

    Returns:
        Steps that pool and write the mean of each image; and these means, of which one
        is NaN where an element is. None if the library refuses.
    """
    means = np.empty((len(x), *(1 for _ in window), x.shape[-1]), x.dtype)
    try:
        made = _Pooling(x, y, LARGEST, window, strides, padding)
        none = ((0, 0),) * len(window)
        whole = _Pooling(made.x, means, MEAN, x.shape[1:-1], (1,) * len(window), none)
        return [*made.forward(places), *whole.forward()], means
    except loading.Refused:
        return None


def bind_from_places(
    g: np.ndarray, places: np.ndarray, out: np.ndarray, **how: Any
) -> list[Execution] | None:
    """Returns steps that add the element of each window to its place in zeros.

    Args:
        g: Elements.
        places: Their places.
        out: The images.
        **how: `window`, `strides` and `padding`.
    """
    try:
        return _Pooling(out, g, LARGEST, **how).backward(places)
    except loading.Refused:
        return None


def bind_average_pool(
    x: np.ndarray, out: np.ndarray, **how: Any
) -> list[Execution] | None:
    """Returns steps that compute the mean of what windows hold of the images.

    Args:
        x: Images `(batch, *spatial, channels)`, of any strides.
        out: The means.
        **how: `window`, `strides` and `padding`.
    """
    try:
        return _Pooling(x, out, MEAN_INSIDE, **how).forward()
    except loading.Refused:
        return None


def bind_average_pool_gradient(
    g: np.ndarray, out: np.ndarray, **how: Any
) -> list[Execution] | None:
    """Returns steps that share each element out among its window.

    Args:
        g: Elements.
        out: The images.
        **how: `window`, `strides` and `padding`.
    """
    try:
        return _Pooling(out, g, MEAN_INSIDE, **how).backward()
    except loading.Refused:
        return None
