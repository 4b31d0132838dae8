"""Samples of `kerasish.ops.normalization`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, fixed, floats, positive, sample


def batch(x, mean, variance, axis, offset=None, scale=None, epsilon=1e-3):
    shape = [1] * x.ndim
    shape[axis] = -1
    y = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + epsilon)
    y = y if scale is None else y * scale.reshape(shape)
    return y if offset is None else y + offset.reshape(shape)


def shaped(x, values, axis):
    axes = [a % x.ndim for a in np.atleast_1d(axis)]
    return values.reshape([x.shape[a] if a in axes else 1 for a in range(x.ndim)])


def layer(x, gamma=None, beta=None, axis=-1, epsilon=1e-7):
    away = x - x.mean(axis, keepdims=True)
    y = away / np.sqrt((away**2).mean(axis, keepdims=True) + epsilon)
    y = y if gamma is None else y * shaped(x, gamma, axis)
    return y if beta is None else y + shaped(x, beta, axis)


def rms(x, scale=None, axis=-1, epsilon=1e-7):
    y = x / np.sqrt((x**2).mean(axis, keepdims=True) + epsilon)
    return y if scale is None else y * shaped(x, scale, axis)


def moments(x, axes, keepdims=False):
    axes = tuple(np.atleast_1d(axes))
    return x.mean(axes, keepdims=keepdims), x.var(axes, keepdims=keepdims)


def normalize(x, axis=-1, order=2, epsilon=1e-7):
    total = (np.abs(x) ** order).sum(axis, keepdims=True) ** (1 / order)
    return x / np.maximum(total, epsilon)


def row(name, *args, loose=4, **kwargs):
    functions = {
        "batch_normalization": batch,
        "layer_normalization": layer,
        "rms_normalization": rms,
        "moments": moments,
        "normalize": normalize,
    }
    return sample(
        name, *args, **kwargs, reference=functions[name], dtypes=FLOATS, loose=loose
    )


SAMPLES = [
    row("batch_normalization", floats(4, 3), floats(3), positive(3), -1),
    row(
        "batch_normalization",
        floats(2, 3, 2),
        floats(3),
        positive(3),
        1,
        offset=floats(3),
        scale=floats(3),
        epsilon=0.1,
    ),
    row("layer_normalization", floats(2, 5)),
    row("layer_normalization", floats(2, 5), floats(5), floats(5)),
    row(
        "layer_normalization",
        floats(2, 3, 2),
        floats(3, 2),
        floats(3, 2),
        axis=(-1, 1),
        epsilon=0.1,
        batch=(0,),
    ),
    row("rms_normalization", floats(2, 5)),
    row("rms_normalization", floats(2, 3, 2), floats(3), axis=1, epsilon=0.1),
    row("moments", floats(3, 4), [0]),
    row("moments", floats(3, 4, 2), (0, 2), keepdims=True),
    row("normalize", floats(2, 3)),
    row("normalize", floats(2, 3), -1, 1),
    row("normalize", floats(2, 3, 2), (0, 1), 3),
    row("normalize", floats(2, 3), axis=None, epsilon=100.0),
    row("normalize", fixed([[0.0, 0.0], [3e-9, 4e-9]]), gradient=False),
]
