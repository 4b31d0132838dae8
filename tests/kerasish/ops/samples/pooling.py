"""Samples of `kerasish.ops.pooling`."""

import numpy as np

from tests.kerasish.ops.samples.convolution import each, taps
from tests.kerasish.ops.sampling import FLOATS, floats, sample, separated

WIDE = FLOATS[:2]


def gathered(x, window, strides):
    """Returns `(batch, *positions, channels, elements of the window)`."""
    found = list(taps(x.shape[1:-1], window, strides, (1,) * len(window)))
    sizes = tuple(n + 1 for n in found[-1][0])
    made = np.zeros((len(x), *sizes, x.shape[-1], int(np.prod(window))), x.dtype)
    for place, offset, source in found:
        index = np.ravel_multi_index(offset, window)
        made[(slice(None), *place, slice(None), index)] = x[(slice(None), *source)]
    return made


def back(g, shape, window, strides):
    made = np.zeros(shape)
    found = taps(shape[1:-1], window, strides, (1,) * len(window))
    for place, offset, source in found:
        index = np.ravel_multi_index(offset, window)
        made[(slice(None), *source)] += g[(slice(None), *place, slice(None), index)]
    return made


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
    sample("_windows", floats(2, 5, 2), (2,), (2,), reference=gathered, dtypes=WIDE),
    sample(
        "_from_windows",
        floats(2, 2, 2, 2),
        (2, 5, 2),
        (2,),
        (2,),
        reference=back,
        dtypes=WIDE,
        batch=False,
    ),
]
