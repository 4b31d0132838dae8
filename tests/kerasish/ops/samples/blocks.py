"""Samples of `kerasish.ops.blocks`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

OPTIONS = {"dilation": (1, 2), "padding": (1, 0), "stride": (2, 1)}


def to_depth(x, size, data_format="channels_last"):
    if data_format == "channels_first":
        return np.moveaxis(to_depth(np.moveaxis(x, 1, -1), size), -1, 1)
    parts = [x[:, i::size, j::size] for i in range(size) for j in range(size)]
    return np.concatenate(parts, -1)


def to_space(x, size, data_format="channels_last"):
    if data_format == "channels_first":
        return np.moveaxis(to_space(np.moveaxis(x, 1, -1), size), -1, 1)
    n, h, w, c = x.shape
    made = np.zeros((n, h * size, w * size, c // size**2), x.dtype)
    for k, part in enumerate(np.split(x, size**2, -1)):
        made[:, k // size :: size, k % size :: size] = part
    return made


def sequences(x, length, stride):
    return np.lib.stride_tricks.sliding_window_view(x, length, -1)[..., ::stride, :]


def patches(x, kernel, dilation=(1, 1), padding=(0, 0), stride=(1, 1)):
    (p, q), (d, e), (s, t) = padding, dilation, stride
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    h = (x.shape[2] - d * (kernel[0] - 1) - 1) // s + 1
    w = (x.shape[3] - e * (kernel[1] - 1) - 1) // t + 1
    columns = [
        x[:, :, i * d : i * d + h * s : s, j * e : j * e + w * t : t]
        for i in range(kernel[0])
        for j in range(kernel[1])
    ]
    made = np.stack(columns, 2)
    return made.reshape(len(x), -1, h * w)


def folded(x, size, kernel, **options):
    # The transpose of `patches`, from its matrix.
    channels = x.shape[1] // (kernel[0] * kernel[1])
    units = np.eye(channels * size[0] * size[1]).reshape(-1, channels, *size)
    matrix = patches(units, kernel, **options).reshape(len(units), -1)
    made = x.reshape(len(x), -1) @ matrix.T
    return made.reshape(len(x), channels, *size).astype(x.dtype)


SAMPLES = [
    sample("space_to_depth", floats(2, 4, 2, 3), 2, reference=to_depth),
    sample(
        "space_to_depth", floats(1, 3, 4, 2), 2, "channels_first", reference=to_depth
    ),
    sample("depth_to_space", floats(2, 2, 1, 8), 2, reference=to_space),
    sample(
        "depth_to_space", floats(1, 8, 1, 2), 2, "channels_first", reference=to_space
    ),
    sample("extract_sequences", floats(2, 7), 3, 2, reference=sequences),
    sample("unfold", floats(2, 1, 3, 4), (2, 3), reference=patches),
    sample("unfold", floats(1, 2, 4, 4), (2, 2), reference=patches, **OPTIONS),
    sample("fold", floats(1, 8, 3), (2, 4), (2, 2), reference=folded, loose=4),
    sample(
        "fold", floats(1, 4, 6), (4, 4), (2, 2), reference=folded, loose=4, **OPTIONS
    ),
]
