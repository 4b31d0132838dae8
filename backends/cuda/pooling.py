"""Pooling, channels last, both ways: each thread has some channels of one position.

A gradient is gathered, not scattered: each element of the images asks the windows that
hold it. So nothing is added in an order that differs between runs.
"""

from collections.abc import Callable
from math import gcd
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.base.convolution import Ints, Pairs
from kerasish.backends.cuda import device
from kerasish.backends.cuda.kernels import bind
from kerasish.backends.cuda.moving import in_order

__all__ = ["POOLING"]

ORDERED = {
    *("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64"),
}
# Where a thread is: channel `c` and those after it, of position `(n, z, y, x)`.
PLACE = """\
  constexpr int LANES = @lanes@;
  const index c = t % (@channels@ / LANES) * LANES;
  index rest = t / (@channels@ / LANES);
  const index x = rest % @{0}2@; rest /= @{0}2@;
  const index y = rest % @{0}1@; rest /= @{0}1@;
  const index z = rest % @{0}0@, n = rest / @{0}0@;
"""
# The elements of the images in the window of a position, with their number in it.
WINDOW = """\
  int number = 0;
  for (int dz = 0; dz < @window0@; ++dz)
    for (int dy = 0; dy < @window1@; ++dy)
      for (int dx = 0; dx < @window2@; ++dx, ++number) {
        const index iz = z * @stride0@ + dz - @before0@;
        const index iy = y * @stride1@ + dy - @before1@;
        const index ix = x * @stride2@ + dx - @before2@;
        if (iz < 0 || iy < 0 || ix < 0) continue;
        if (iz >= @image0@ || iy >= @image1@ || ix >= @image2@) continue;
        const index at = ((n * @image0@ + iz) * @image1@ + iy) * @image2@ + ix;
"""
# The positions whose windows hold an element, with its number in each.
HOLDERS = """\
  for (int dz = 0; dz < @window0@; ++dz)
    for (int dy = 0; dy < @window1@; ++dy)
      for (int dx = 0; dx < @window2@; ++dx) {
        index oz = z + @before0@ - dz, oy = y + @before1@ - dy, ox = x + @before2@ - dx;
        if (oz < 0 || oy < 0 || ox < 0) continue;
        if (oz % @stride0@ || oy % @stride1@ || ox % @stride2@) continue;
        oz /= @stride0@, oy /= @stride1@, ox /= @stride2@;
        if (oz >= @position0@ || oy >= @position1@ || ox >= @position2@) continue;
        const index at = ((n * @position0@ + oz) * @position1@ + oy) * @position2@ + ox;
        const int number = (dz * @window1@ + dy) * @window2@ + dx;
"""
# How many elements of the images the window of position `(oz, oy, ox)` holds.
COUNT = " * ".join(
    f"inside(o{a} * @stride{i}@ - @before{i}@, @window{i}@, @image{i}@)"
    for i, a in enumerate("zyx")
)
INSIDE = """\
  auto inside = [](index start, index window, index size) -> index {
    const index end = start + window < size ? start + window : size;
    return end - (start > 0 ? start : 0);
  };
"""
TAKEN = """\
        const index first = at * @channels@ + c;
        const auto given = take<LANES>(from, first, first + LANES);
"""
LARGEST = (
    PLACE.format("position")
    + """\
  decltype(value(*from)) best[LANES];
  int place[LANES];
  EACH best[j] = Limits<decltype(value(*from))>::low(), place[j] = 0;
"""
    + WINDOW
    + TAKEN
    + """\
        EACH {
          const auto held = value(given.at[j]);
          if (held > best[j] || (held != held && best[j] == best[j]))
            best[j] = held, place[j] = number;
        }
      }
  const index out = t * LANES, end = out + LANES;
  Pack<@dtype@, LANES> made;
  EACH made.at[j] = stored<@dtype@>(best[j]);
  put<LANES>(to, out, end, made);
"""
)
PLACES = """\
  Pack<@kind@, LANES> spots;
  EACH spots.at[j] = (@kind@)place[j];
  put<LANES>(places, out, end, spots);
"""
SUM = """\
  decltype(value(*from)) total[LANES];
  EACH total[j] = 0;
"""
WRITTEN = """\
  const index out = t * LANES;
  Pack<@dtype@, LANES> made;
  EACH made.at[j] = stored<@dtype@>(total[j]);
  put<LANES>(to, out, out + LANES, made);
"""
SPOTS = """\
        const auto spots = take<LANES>(places, first, first + LANES);
"""
FROM_PLACES = (
    PLACE.format("image")
    + SUM
    + HOLDERS
    + TAKEN
    + SPOTS
    + """\
        EACH total[j] += spots.at[j] == number ? value(given.at[j]) : 0;
      }
"""
    + WRITTEN
)
AT_PLACES = (
    PLACE.format("position")
    + SUM
    + """\
  const auto spots = take<LANES>(places, t * LANES, t * LANES + LANES);
"""
    + WINDOW
    + TAKEN
    + """\
        EACH total[j] = spots.at[j] == number ? value(given.at[j]) : total[j];
      }
"""
    + WRITTEN
)
MEAN = (
    PLACE.format("position")
    + INSIDE
    + SUM
    + WINDOW
    + TAKEN
    + """\
        EACH total[j] += value(given.at[j]);
      }
  const index oz = z, oy = y, ox = x;
"""
    + f"  EACH total[j] /= {COUNT};\n"
    + WRITTEN
)
MEAN_BACK = (
    PLACE.format("image")
    + INSIDE
    + SUM
    + HOLDERS
    + TAKEN
    + f"        const index count = {COUNT};\n"
    + """\
        EACH total[j] += value(given.at[j]) / count;
      }
"""
    + WRITTEN
)


class _How:
    """Pooling of images along up to three axes, as the constants of a text.

    Args:
        images: Images, or memory for them.
        pooled: What has an element for each window.
        window: Sizes of the window.
        strides: Its steps.
        padding: How far it reaches out.
    """

    def __init__(
        self, images: Array, pooled: Array, window: Ints, strides: Ints, padding: Pairs
    ) -> None:
        more = 3 - len(window)
        channels = images.shape[-1]
        lanes = gcd(channels, max(1, 16 // images.dtype.itemsize))
        rows = {
            "image": (*(1,) * more, *images.shape[1:-1]),
            "position": (*(1,) * more, *pooled.shape[1:-1]),
            "window": (*(1,) * more, *window),
            "stride": (*(1,) * more, *strides),
            "before": (*(0,) * more, *(before for before, _ in padding)),
        }
        self.lanes = lanes
        self.names: dict[str, Any] = {
            "lanes": lanes,
            "channels": channels,
            "dtype": images.dtype.name,
            **{f"{name}{i}": row[i] for name, row in rows.items() for i in range(3)},
        }

    def step(self, text: str, out: Array, **arrays: Array) -> device.Step:
        """Returns a step that computes some channels of `out` in each thread."""
        given = [*arrays.items(), ("to", out)]
        return bind(out.size // self.lanes, given, text, **self.names)


def _suits(x: Array, out: Array, window: Ints) -> bool:
    return x.dtype == out.dtype and len(window) <= 3 and x.dtype.name in ORDERED


def _max_pool(
    x: Array,
    y: Array,
    places: Array | None,
    window: Ints,
    strides: Ints,
    padding: Pairs,
) -> device.Step | None:
    if not _suits(x, y, window):
        return None
    how = _How(x, y, window, strides, padding)
    if places is None:
        return how.step(LARGEST, y, **{"from": x})
    how.names["kind"] = places.dtype.name
    return how.step(LARGEST + PLACES, y, **{"from": x, "places": places})


def _from_places(
    g: Array,
    places: Array,
    out: Array,
    shape: Ints,
    window: Ints,
    strides: Ints,
    padding: Pairs,
) -> device.Step | None:
    if not _suits(g, out, window):
        return None
    how = _How(out, g, window, strides, padding)
    return how.step(FROM_PLACES, out, **{"from": g, "places": places})


def _at_places(
    u: Array, places: Array, out: Array, window: Ints, strides: Ints, padding: Pairs
) -> device.Step | None:
    if not _suits(u, out, window):
        return None
    how = _How(u, out, window, strides, padding)
    return how.step(AT_PLACES, out, **{"from": u, "places": places})


def _average_pool(
    x: Array, out: Array, window: Ints, strides: Ints, padding: Pairs
) -> device.Step | None:
    if not _suits(x, out, window):
        return None
    return _How(x, out, window, strides, padding).step(MEAN, out, **{"from": x})


def _average_pool_back(
    g: Array, out: Array, shape: Ints, window: Ints, strides: Ints, padding: Pairs
) -> device.Step | None:
    if not _suits(g, out, window):
        return None
    return _How(out, g, window, strides, padding).step(MEAN_BACK, out, **{"from": g})


POOLING: dict[str, Callable[..., Any]] = {
    "_at_places": in_order(_at_places),
    "_average_pool": in_order(_average_pool),
    "_average_pool_back": in_order(_average_pool_back),
    "_from_places": in_order(_from_places),
    "_max_pool": in_order(_max_pool, results=2),
}
