"""Samples of `kerasish.ops.convolution`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, floats, given, sample

WIDE = FLOATS[:2]


def taps(spatial, window, strides, dilation):
    """Yields the place of a window, that of an element in it, and of its source."""
    sizes = [
        (n - (w - 1) * d - 1) // s + 1
        for n, w, s, d in zip(spatial, window, strides, dilation, strict=True)
    ]
    for place in np.ndindex(*sizes):
        for offset in np.ndindex(*window):
            zipped = zip(place, strides, offset, dilation, strict=True)
            yield place, offset, tuple(p * s + o * d for p, s, o, d in zipped)


def each(value, ndim):
    return (value,) * ndim if isinstance(value, int) else tuple(value)


def padded(x, window, strides, dilation, padding):
    if padding == "valid":
        return x
    widths = [(0, 0)]
    for n, w, s, d in zip(x.shape[1:-1], window, strides, dilation, strict=True):
        reach = (w - 1) * d
        total = max((-(-n // s) - 1) * s + reach + 1 - n, 0)
        before = reach if padding == "causal" else total // 2
        widths.append((before, 0 if padding == "causal" else total - before))
    return np.pad(x, [*widths, (0, 0)])


def plain(x, kernel, strides, padding, dilation, groups):
    """The convolution by its definition, one element of the window at a time."""
    x = np.pad(x, ((0, 0), *padding, (0, 0)))
    channels, filters = kernel.shape[-2], kernel.shape[-1] // groups
    window = kernel.shape[:-2]
    found = list(taps(x.shape[1:-1], window, strides, dilation))
    sizes = tuple(n + 1 for n in found[-1][0])
    y = np.zeros((len(x), *sizes, kernel.shape[-1]))
    for place, offset, source in found:
        for i in range(groups):
            part = x[(slice(None), *source)][:, i * channels : (i + 1) * channels]
            columns = slice(i * filters, (i + 1) * filters)
            y[(slice(None), *place, columns)] += part @ kernel[offset][:, columns]
    return y


def conv(
    x, kernel, strides=1, padding="valid", data_format="channels_last", dilation_rate=1
):
    ndim = kernel.ndim - 2
    strides, dilation = each(strides, ndim), each(dilation_rate, ndim)
    first = data_format == "channels_first"
    x = np.moveaxis(x, 1, -1) if first else x
    groups = x.shape[-1] // kernel.shape[-2]
    x = padded(x, kernel.shape[:-2], strides, dilation, padding)
    none = ((0, 0),) * ndim
    y = plain(x, kernel, strides, none, dilation, groups)
    return np.moveaxis(y, -1, 1) if first else y


def depthwise(x, kernel, strides=1, padding="valid", **options):
    *window, channels, multiplier = kernel.shape
    return conv(
        x,
        kernel.reshape(*window, 1, channels * multiplier),
        strides,
        padding,
        **options,
    )


def separable(x, depth, point, strides=1, padding="valid"):
    return conv(depthwise(x, depth, strides, padding), point)


def back(g, kernel, shape, **how):
    """The gradient of `plain` at its input, by linearity: one input at a time."""
    made = np.zeros(shape)
    for index in np.ndindex(*shape):
        one = np.zeros(shape)
        one[index] = 1
        made[index] = np.sum(g * plain(one, kernel, **how))
    return made


def back_kernel(g, x, shape, **how):
    made = np.zeros(shape)
    for index in np.ndindex(*shape):
        one = np.zeros(shape)
        one[index] = 1
        made[index] = np.sum(g * plain(x, one, **how))
    return made


HOW = {
    "strides": (2, 1),
    "padding": ((0, 0), (0, 0)),
    "dilation": (1, 2),
    "groups": 2,
}
FRAMED = {**HOW, "padding": ((1, 0), (0, 2))}
CALLS = [
    ((2, 5, 2), (3, 2, 2), {}),
    ((2, 5, 2), (2, 2, 3), {"strides": 2, "padding": "same"}),
    ((1, 5, 2), (2, 2, 2), {"padding": "causal", "dilation_rate": 2}),
    ((1, 4, 5, 2), (2, 3, 2, 2), {"padding": "same"}),
    ((1, 4, 5, 2), (2, 2, 1, 4), {"strides": (2, 1)}),
    ((1, 2, 4, 4), (2, 2, 2, 1), {"data_format": "channels_first", "padding": "same"}),
    ((1, 3, 2, 3, 1), (2, 2, 2, 1, 2), {}),
]
# Computed by Keras 3.15.1 on JAX in float64, from the cosines and sines below.
X1, K1 = np.cos(np.arange(24.0)).reshape(2, 4, 3), np.sin(np.arange(18.0))
X2, K2 = np.cos(np.arange(24.0)).reshape(1, 3, 4, 2), np.sin(np.arange(24.0))
VALID = [
    0.076247, 0.131271, -0.336162, 0.534325, -1.013883, 0.977776, 0.127828, -0.336058,
    1.039646, -1.023838, 0.083066, 0.131064, -1.0446, 1.049408, -0.292296, 0.076553,
    0.140722, -0.35518, 0.887925, -0.698794, 0.495677, -0.282638, -0.992105, 1.037445,
    -0.689136, 0.483066, 0.935706, -1.000151, 0.868802, -0.673826, -0.86058, 0.942839,
    -1.03108, 0.851098, -0.654082, 0.443975,
]  # fmt: skip
PLANE = [
    0.454649, 0.985545, -1.274911, 0.075556, 0.378977, -1.602427, 1.264269, -0.534134,
    -0.581019, 0.662049, 0.222669, 0.369, 0.104602, 1.051408, -1.449594, 0.227017,
    -1.076245, 1.081078, 0.176471, -1.227954, 0.656602, -1.294149, 1.702354, 0.401501,
    -0.803017, 1.725813, -1.593329, 0.893787, 0.011744, -0.142235, -0.376236, -1.145394,
    -0.536297, -1.646259, 1.906468, 0.059517, -0.671955, 1.48009, -1.210506, 1.095858,
    -0.233979, 0.375563, -0.898972, -0.971593, 0.866694, -1.792669, 1.958714, -0.287207,
]  # fmt: skip


def stored(values, shape, kept=None):
    made = np.reshape(values, shape)[:, :kept]
    return lambda *args, **kwargs: made


def transposed(x, kernel, reference, **options):
    return sample(
        "conv_transpose",
        given(x),
        given(kernel),
        **options,
        reference=reference,
        dtypes=("float32",),
        order=1,
        batch=(0,),
    )


SAMPLES = [
    *(
        sample(
            "conv",
            floats(*x),
            floats(*k),
            **how,
            reference=conv,
            dtypes=WIDE,
            loose=3,
            batch=(0,),
        )
        for x, k, how in CALLS
    ),
    *(
        row
        for how, size in ((HOW, (1, 2, 2, 2)), (FRAMED, (1, 2, 4, 2)))
        for row in (
            sample(
                "_conv",
                floats(1, 4, 4, 2),
                floats(2, 2, 1, 2),
                **how,
                reference=plain,
                batch=(0,),
                dtypes=WIDE,
            ),
            sample(
                "_conv_input",
                floats(*size),
                floats(2, 2, 1, 2),
                (1, 4, 4, 2),
                **how,
                reference=back,
                dtypes=WIDE,
                batch=False,
            ),
            sample(
                "_conv_kernel",
                floats(*size),
                floats(1, 4, 4, 2),
                (2, 2, 1, 2),
                **how,
                reference=back_kernel,
                dtypes=WIDE,
                batch=False,
            ),
        )
    ),
    sample(
        "depthwise_conv",
        floats(1, 4, 4, 2),
        floats(2, 2, 2, 2),
        padding="same",
        reference=depthwise,
        batch=(0,),
        dtypes=WIDE,
        loose=3,
    ),
    sample(
        "depthwise_conv",
        floats(2, 5, 3),
        floats(2, 3, 1),
        strides=2,
        reference=depthwise,
        batch=(0,),
        dtypes=WIDE,
        loose=3,
    ),
    sample(
        "separable_conv",
        floats(1, 3, 3, 2),
        floats(2, 2, 2, 1),
        floats(1, 1, 2, 3),
        reference=separable,
        batch=(0,),
        dtypes=WIDE,
        loose=3,
        order=1,
    ),
    transposed(X1, K1.reshape(3, 2, 3), stored(VALID, (2, 9, 2)), strides=2),
    transposed(
        X1, K1.reshape(3, 2, 3), stored(VALID, (2, 9, 2), 8), strides=2, padding="same"
    ),
    transposed(
        X1,
        K1.reshape(3, 2, 3),
        stored(VALID, (2, 9, 2), 8),
        strides=2,
        padding="same",
        output_padding=1,
    ),
    transposed(
        X2,
        K2.reshape(2, 3, 2, 2),
        stored(PLANE, (1, 3, 8, 2)),
        strides=(1, 2),
        padding="same",
    ),
]
