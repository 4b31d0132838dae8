"""Steps of pooling, channels last: a window is as many shifted views of the images.

Some images are pooled at a time, so that what is compared stays in the cache.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs, padded_sizes, window_places
from kerasish.backends.base.pooling import inside_counts
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
    steps, means = fast
    pool, flags = in_turn(*steps), np.empty(means.shape, bool)

    def step() -> None:
        pool()
        if np.isnan(means, flags).any():  # so rare that it is bound when it is met
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
    steps: list[Step] = []
    places_of = _Places((images.count, *y.shape[1:]))
    for part, frame, inner in images.parts():
        if frame is not inner:
            steps.append(copying(inner, x[part]))
        views, best = images.views(frame), y[part]
        if len(views) == 1:
            steps.append(copying(best, views[0]))
        else:
            steps.append(partial(np.maximum, *views[:2], out=best))
        steps += [partial(np.maximum, best, view, out=best) for view in views[2:]]
        if places is not None:
            steps.append(places_of.finding(views, best, places[part]))
    return in_turn(*steps)


class _Places:
    """Finds where in a window its largest element is: the first one, or the first NaN.

    Args:
        shape: Of the windows that are looked at together.
    """

    def __init__(self, shape: Ints) -> None:
        self._other, self._none = np.empty(shape, bool), np.empty(shape, bool)

    def finding(self, views: list[Array], best: Array, places: Array) -> Step:
        """Returns a step that writes the places.

        Args:
            views: Elements of all windows, for each place in a window.
            best: The largest of them.
            places: Gets the number of the view.
        """
        other, none = self._other[: len(best)], self._none[: len(best)]
        largest, has_nan = np.empty((), best.dtype), np.zeros((), bool)
        is_float = best.dtype.kind not in "iu"
        find = partial(np.maximum.reduce, best, None, None, largest)
        count = none.view(np.uint8)
        wide = count if places.dtype == np.uint8 else np.empty_like(places)

        def step() -> None:
            # The place is the number of views before which none is the largest.
            places.fill(0)
            if is_float:
                find()
                np.isnan(largest, has_nan)
            none.fill(True)
            for view in views[:-1]:
                np.not_equal(view, best, other)
                if has_nan:  # which is not equal to itself
                    np.logical_and(other, view == view, other)
                np.logical_and(none, other, none)
                if wide is not count:
                    np.copyto(wide, count)
                np.add(places, wide, places)

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
    chosen = _Chosen((images.count, *g.shape[1:]), g.dtype)
    kept = np.empty((images.count, *g.shape[1:]), g.dtype)
    apart = all(s >= w for s, w in zip(strides, window, strict=True))
    sizes = tuple(n * w for n, w in zip(g.shape[1:-1], window, strict=True))
    full = strides == window and sizes == out.shape[1:-1]  # each is in one window
    steps: list[Step] = []
    for part, frame, inner in images.parts():
        gg, at, n = g[part], places[part], len(frame)
        if not full or frame is not inner:
            steps.append(partial(frame.fill, 0))
        for i, view in enumerate(images.views(frame)):
            if apart:  # no element lies in two windows
                steps.append(chosen.choosing(gg, at, i, view))
                continue
            steps.append(chosen.choosing(gg, at, i, kept[:n]))
            steps.append(partial(np.add, view, kept[:n], view))
        if frame is not inner:
            steps.append(copying(out[part], inner))
    return in_turn(*steps)


class _Chosen:
    """Elements at places, and zeros elsewhere, by bits: branches take much longer.

    Args:
        shape: Of the windows that are looked at together.
        dtype: Of the elements.
    """

    def __init__(self, shape: Ints, dtype: np.dtype) -> None:
        self._bits = np.dtype(f"i{dtype.itemsize}")
        self._here, self._mask = np.empty(shape, bool), np.empty(shape, self._bits)

    def choosing(self, x: Array, places: Array, place: int, out: Array) -> Step:
        """Returns a step that writes elements of one place.

        Args:
            x: The elements.
            places: Their places.
            place: The one that is chosen.
            out: The result, of the dtype of `x`.
        """
        here, mask = self._here[: len(x)], self._mask[: len(x)]
        sign, number = here.view(np.int8), places.dtype.type(place)
        source, to = x.view(self._bits), out.view(self._bits)

        def step() -> None:
            np.equal(places, number, here)
            np.negative(sign, sign)  # all bits where it holds
            np.copyto(mask, sign)
            np.bitwise_and(source, mask, to)

        return step


def _at_places(
    u: Array, places: Array, out: Array, window: Ints, strides: Ints, padding: Pairs
) -> Step | None:
    if u.dtype != out.dtype or not out.size:
        return None
    images = _Images(u, window, strides, padding, out.shape[1:-1])
    shape = (images.count, *out.shape[1:])
    chosen, kept = _Chosen(shape, u.dtype), np.empty(shape, f"i{u.itemsize}")
    steps: list[Step] = []
    for part, frame, inner in images.parts():
        if frame is not inner:
            steps.append(copying(inner, u[part]))
        made, more = out[part].view(kept.dtype), kept[: len(frame)]
        first, *rest = images.views(frame)
        steps.append(chosen.choosing(first, places[part], 0, out[part]))
        for i, view in enumerate(rest, 1):
            steps.append(chosen.choosing(view, places[part], i, more.view(u.dtype)))
            steps.append(partial(np.bitwise_or, made, more, made))
    return in_turn(*steps)


def _parts_of_mean(
    shape: Ints, dtype: np.dtype, window: Ints, strides: Ints, padding: Pairs
) -> Array:
    """Returns one over the number of elements of images that each window holds."""
    made = np.ones((1,) * len(shape))
    per_axis = inside_counts(shape[1:-1], window, strides, padding)
    for axis, counts in enumerate(per_axis, 1):
        wide = [1] * len(shape)
        wide[axis] = -1
        made = made / np.reshape(counts, wide)
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
