"""Steps of pooling, channels last: a window is as many shifted views of the images.

Some images are pooled at a time, so that what is compared stays in the cache.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs, padded_sizes, window_places
from kerasish.backends.numpy_lowering.sharing import by_images
from kerasish.backends.numpy_lowering.steps import Step, copying, in_turn
from kerasish.backends.numpy_lowering.windows import inside
from kerasish.backends.onednn.pooling import bind_max_pool

__all__ = ["POOLING"]

BLOCK = 1 << 16  # elements of the images that are pooled at once


class _Images:
    """Images by some at a time, in a frame where windows reach out of them.

    Args:
        x: The images, or memory for them.
        window: Sizes of the window.
        strides: Its steps.
        padding: How far windows reach out.
        out: Positions of the windows.
        value: What is around the images.
    """

    def __init__(
        self,
        x: Array,
        window: Ints,
        strides: Ints,
        padding: Pairs,
        out: Ints,
        value: float = 0,
    ) -> None:
        self.x, self._padding = x, padding
        self.count = min(max(BLOCK // max(math.prod(x.shape[1:]), 1), 1), len(x))
        ones = (1,) * len(window)
        self._places = list(window_places(window, strides, ones, out))
        self._frame = None
        if any(map(any, padding)):
            sizes = padded_sizes(x.shape[1:-1], padding)
            self._frame = np.full((self.count, *sizes, x.shape[-1]), value, x.dtype)

    def parts(self) -> Iterator[tuple[slice, Array, Array]]:
        """Yields which images are taken, their frame, and where they are in it."""
        for start in range(0, len(self.x), self.count):
            part = slice(start, min(start + self.count, len(self.x)))
            if self._frame is None:
                frame = self.x[part]
                yield part, frame, frame
            else:
                frame = self._frame[: part.stop - start]
                yield part, frame, inside(frame, self._padding)

    def views(self, frame: Array) -> list[Array]:
        """Returns for each place in the window the elements of all windows."""
        return [frame[(slice(None), *place)] for place in self._places]


def _lowest(dtype: np.dtype) -> float:
    return -math.inf if dtype.kind not in "iub" else np.iinfo(dtype).min


def _max_pool(
    x: Array,
    y: Array,
    places: Array | None,
    window: Ints,
    strides: Ints,
    padding: Pairs,
) -> Step | None:
    if x.dtype.kind == "b" or not y.size:
        return None
    how = (window, strides, padding)
    fast = bind_max_pool(x, y, places, *how)
    if fast is None:
        return _max_pool_by_numpy(x, y, places, *how)
    pool, average, means = fast

    def step() -> None:
        pool()
        average()
        if np.isnan(means).any():  # so rare that it is bound when it is met
            with np.errstate(all="ignore"):
                _max_pool_by_numpy(x, y, places, *how)()

    step.is_native = True  # type: ignore[attr-defined]
    return step


def _max_pool_by_numpy(
    x: Array,
    y: Array,
    places: Array | None,
    window: Ints,
    strides: Ints,
    padding: Pairs,
) -> Step:
    out = y.shape[1:-1]
    images = _Images(x, window, strides, padding, out, _lowest(x.dtype))
    better = np.empty((images.count, *y.shape[1:]), bool)
    steps: list[Step] = []
    for part, frame, inner in images.parts():
        if frame is not inner:
            steps.append(copying(inner, x[part]))
        first, *rest = images.views(frame)
        best, mask = y[part], better[: len(frame)]
        steps.append(copying(best, first))
        if places is None:
            steps += [partial(np.maximum, best, view, out=best) for view in rest]
            continue
        at = places[part]
        steps.append(partial(at.fill, 0))
        for i, view in enumerate(rest, 1):
            # Not "greater": NaN is taken, the first one.
            steps.append(_choosing(view, best, mask, at, at.dtype.type(i)))
    return in_turn(*steps)


def _choosing(view: Array, best: Array, mask: Array, at: Array, place: int) -> Step:
    """Returns a step that takes what is larger than the best, or the first NaN."""
    is_float = best.dtype.kind not in "iu"

    def step() -> None:
        if is_float:
            np.less_equal(view, best, mask)
            np.logical_not(mask, mask)
            np.logical_and(mask, best == best, mask)
        else:
            np.greater(view, best, mask)
        np.copyto(best, view, where=mask)
        np.copyto(at, place, where=mask)

    return step


def _from_places(
    g: Array,
    places: Array,
    out: Array,
    shape: Ints,
    window: Ints,
    strides: Ints,
    padding: Pairs,
) -> Step | None:
    if g.dtype != out.dtype or not out.size:
        return None
    images = _Images(out, window, strides, padding, g.shape[1:-1])
    taken = np.empty((images.count, *g.shape[1:]), bool)
    kept = np.empty((images.count, *g.shape[1:]), g.dtype)
    apart = all(s >= w for s, w in zip(strides, window, strict=True))
    steps: list[Step] = []
    for part, frame, inner in images.parts():
        gg, at, n = g[part], places[part], len(frame)
        steps.append(partial(frame.fill, 0))
        for i, view in enumerate(images.views(frame)):
            steps.append(partial(np.equal, at, at.dtype.type(i), taken[:n]))
            if apart:  # no element lies in two windows
                steps.append(partial(np.copyto, view, gg, where=taken[:n]))
                continue
            steps.append(partial(kept.fill, 0))
            steps.append(partial(np.copyto, kept[:n], gg, where=taken[:n]))
            steps.append(partial(np.add, view, kept[:n], view))
        if frame is not inner:
            steps.append(copying(out[part], inner))
    return in_turn(*steps)


def _at_places(
    u: Array, places: Array, out: Array, window: Ints, strides: Ints, padding: Pairs
) -> Step | None:
    if u.dtype != out.dtype or not out.size:
        return None
    images = _Images(u, window, strides, padding, out.shape[1:-1])
    taken = np.empty((images.count, *out.shape[1:]), bool)
    steps: list[Step] = []
    for part, frame, inner in images.parts():
        if frame is not inner:
            steps.append(copying(inner, u[part]))
        at, made, mask = places[part], out[part], taken[: len(frame)]
        for i, view in enumerate(images.views(frame)):
            steps.append(partial(np.equal, at, at.dtype.type(i), mask))
            steps.append(partial(np.copyto, made, view, where=mask))
    return in_turn(*steps)


def _parts_of_mean(
    shape: Ints, dtype: np.dtype, window: Ints, strides: Ints, padding: Pairs
) -> Array:
    """Returns one over the number of elements of images that each window holds."""
    made = np.ones((1,) * len(shape))
    rows = zip(shape[1:-1], window, strides, padding, strict=True)
    for axis, (n, w, s, (before, after)) in enumerate(rows, 1):
        starts = np.arange(-before, n + after - w + 1, s)
        counts = np.minimum(starts + w, n) - np.maximum(starts, 0)
        wide = [1] * len(shape)
        wide[axis] = -1
        made = made / counts.reshape(wide)
    return np.unique(made).astype(dtype) if np.ptp(made) == 0 else made.astype(dtype)


def _average_pool(
    x: Array, out: Array, window: Ints, strides: Ints, padding: Pairs
) -> Step | None:
    if x.dtype != out.dtype or not out.size:
        return None
    images = _Images(x, window, strides, padding, out.shape[1:-1])
    part_of = _parts_of_mean(x.shape, x.dtype, window, strides, padding)
    steps: list[Step] = []
    for part, frame, inner in images.parts():
        if frame is not inner:
            steps.append(copying(inner, x[part]))
        first, *rest = images.views(frame)
        total = out[part]
        steps.append(copying(total, first))
        steps += [partial(np.add, total, view, total) for view in rest]
        steps.append(partial(np.multiply, total, part_of, total))
    return in_turn(*steps)


def _average_pool_back(
    g: Array, out: Array, shape: Ints, window: Ints, strides: Ints, padding: Pairs
) -> Step | None:
    if g.dtype != out.dtype or not out.size:
        return None
    images = _Images(out, window, strides, padding, g.shape[1:-1])
    part_of = _parts_of_mean(shape, g.dtype, window, strides, padding)
    share = np.empty((images.count, *g.shape[1:]), g.dtype)
    steps: list[Step] = []
    for part, frame, inner in images.parts():
        each = share[: len(frame)]
        steps.append(partial(np.multiply, g[part], part_of, each))
        steps.append(partial(frame.fill, 0))
        steps += [partial(np.add, v, each, v) for v in images.views(frame)]
        if frame is not inner:
            steps.append(copying(out[part], inner))
    return in_turn(*steps)


POOLING: dict[str, Callable[..., Step | None]] = {
    "_at_places": by_images(_at_places, 0, 1, 2),
    "_average_pool": by_images(_average_pool, 0, 1),
    "_average_pool_back": by_images(_average_pool_back, 0, 1),
    "_from_places": by_images(_from_places, 0, 1, 2),
    "_max_pool": by_images(_max_pool, 0, 1, 2),
}
