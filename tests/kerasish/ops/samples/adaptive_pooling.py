"""Samples of `kerasish.ops.adaptive_pooling`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, sample, separated


def pool(reduce):
    def call(x, output_size, data_format="channels_last"):
        first = data_format == "channels_first"
        x = np.moveaxis(x, 1, -1) if first else x
        spatial = x.shape[1:-1]
        several = isinstance(output_size, tuple)
        sizes = output_size if several else (output_size,) * len(spatial)
        y = np.zeros((len(x), *sizes, x.shape[-1]))
        for place in np.ndindex(*sizes):
            box = tuple(
                slice(i * n // m, int(np.ceil((i + 1) * n / m)))
                for i, n, m in zip(place, spatial, sizes, strict=True)
            )
            part = x[(slice(None), *box)]
            y[(slice(None), *place)] = reduce(part, axis=tuple(range(1, x.ndim - 1)))
        return np.moveaxis(y, -1, 1) if first else y

    return call


SAMPLES = [
    sample(name, separated(*shape), size, **how, reference=pool(reduce), dtypes=FLOATS)
    for name, reduce in (
        ("adaptive_average_pool", np.mean),
        ("adaptive_max_pool", np.max),
    )
    for shape, size, how in (
        ((2, 7, 2), 3, {}),
        ((1, 4, 5, 2), (2, 3), {}),
        ((1, 2, 2, 3), (3, 2), {"data_format": "channels_first"}),
        ((1, 3, 2, 2, 1), (2, 1, 3), {}),
    )
]
