"""Samples of `kerasish.ops.pooling`."""

import numpy as np

from tests.kerasish.ops.samples.convolution import each, taps
from tests.kerasish.ops.sampling import FLOATS, floats, integers, sample, separated

WIDE = FLOATS[:2]
HOW = {"window": (2,), "strides": (2,), "padding": ((0, 0),)}
FRAMED = {"window": (2, 3), "strides": (1, 1), "padding": ((1, 0), (1, 1))}


def gathered(x, window, strides, padding=None):
    """Returns `(batch, *positions, channels, elements)`, NaN around the images."""
    padding = padding or ((0, 0),) * len(window)
    x = np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=np.nan)
    found = list(taps(x.shape[1:-1], window, strides, (1,) * len(window)))
    sizes = tuple(n + 1 for n in found[-1][0])
    made = np.zeros((len(x), *sizes, x.shape[-1], int(np.prod(window))), x.dtype)
    for place, offset, source in found:
        index = np.ravel_multi_index(offset, window)
        made[(slice(None), *place, slice(None), index)] = x[(slice(None), *source)]
    return made


def largest(x, **how):
    """Returns the largest elements, and their places."""
    made = gathered(x, **how)
    return np.nanmax(made, -1), np.nanargmax(made, -1).astype("uint8")


def at_places(u, places, **how):
    made = np.nan_to_num(gathered(u, **how))
    return np.take_along_axis(made, places[..., None].astype(int), -1)[..., 0]


def average(x, **how):
    return np.nanmean(gathered(x, **how), -1)


def transposed(forward):
    """The way back of a linear function, one input at a time."""

    def back(g, *places, **how):
        shape = how.pop("shape")
        made = np.zeros(shape)
        for index in np.ndindex(*shape):
            one = np.zeros(shape)
            one[index] = 1
            made[index] = np.sum(g * forward(one, *places, **how))
        return made

    return back


def pool(reduce):
    def call(x, pool_size, strides=None, padding="valid", data_format="channels_last"):
        first = data_format == "channels_first"
        x = np.moveaxis(x, 1, -1) if first else x
        window = each(pool_size, x.ndim - 2)
        strides = window if strides is None else each(strides, x.ndim - 2)
        if padding == "same":
            widths = [(0, 0)]
            for n, w, s in zip(x.shape[1:-1], window, strides, strict=True):
                total = max((-(-n // s) - 1) * s + w - n, 0)
                widths.append((total // 2, total - total // 2))
            x = np.pad(x, [*widths, (0, 0)], constant_values=np.nan)
        y = reduce(gathered(x, window, strides), axis=-1)
        return np.moveaxis(y, -1, 1) if first else y

    return call


def rows(name, reduce):
    return [
        sample(
            name, separated(*shape), size, **how, reference=pool(reduce), dtypes=WIDE
        )
        for shape, size, how in (
            ((2, 5, 2), 2, {}),
            ((2, 5, 2), 3, {"strides": 1, "padding": "same"}),
            ((1, 4, 5, 2), (2, 3), {"strides": 2, "padding": "same"}),
            ((1, 2, 4, 4), 2, {"data_format": "channels_first"}),
            ((1, 2, 3, 2, 2), 2, {"strides": 1}),
        )
    ]


SAMPLES = [
    *rows("max_pool", np.nanmax),
    *rows("average_pool", np.nanmean),
    *(
        row
        for shape, out, how in (
            ((2, 5, 2), (2, 2, 2), HOW),
            ((1, 3, 4, 2), (1, 3, 4, 2), FRAMED),
        )
        for row in (
            sample(
                "_max_pool",
                separated(*shape),
                **how,
                reference=largest,
                dtypes=WIDE,
            ),
            sample(
                "_at_places",
                floats(*shape),
                integers(*out, high=2, dtype="uint8"),
                **how,
                reference=at_places,
                dtypes=WIDE,
                batch=False,
            ),
            sample(
                "_from_places",
                floats(*out),
                integers(*out, high=2, dtype="uint8"),
                **how,
                shape=shape,
                reference=transposed(at_places),
                dtypes=WIDE,
                batch=False,
            ),
            sample(
                "_average_pool", floats(*shape), **how, reference=average, dtypes=WIDE
            ),
            sample(
                "_average_pool_back",
                floats(*out),
                **how,
                shape=shape,
                reference=transposed(average),
                dtypes=WIDE,
                batch=False,
            ),
        )
    ),
]
