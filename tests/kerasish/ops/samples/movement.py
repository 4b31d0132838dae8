"""Samples of `kerasish.ops.movement`."""

import numpy as np

from tests.kerasish.ops.sampling import floats, sample

PAIR = [floats(2, 3), floats(2, 1)]


def taken(x, axis, start, stop):
    return np.take(x, range(start, stop), axis)


def padded(x, axis, before, after):
    widths = [(0, 0)] * x.ndim
    widths[axis] = (before, after)
    return np.pad(x, widths)


def unstacked(x, num=None, axis=0):
    return list(np.moveaxis(x, axis, 0))


SAMPLES = [
    sample("reshape", floats(2, 6), (-1, 3), reference=np.reshape),
    sample("reshape", floats(2, 6), (2, 2, 3), reference=np.reshape, batch=False),
    sample("reshape", floats(2, 6), 12, reference=np.reshape, batch=False),
    sample(
        "_reshape",
        floats(2, 6),
        newshape=(3, 4),
        reference=lambda x, newshape: np.reshape(x, newshape),
        batch=False,
    ),
    sample("transpose", floats(2, 3, 4), reference=np.transpose),
    sample("transpose", floats(2, 3, 4), (1, -1, 0), reference=np.transpose),
    sample("_transpose", floats(2, 3, 4), axes=(1, 2, 0), reference=np.transpose),
    sample("swapaxes", floats(2, 3, 4), 0, -1, reference=np.swapaxes),
    sample("moveaxis", floats(2, 3, 4), (0, 1), (2, 0), reference=np.moveaxis),
    sample("moveaxis", floats(2, 3, 4), -1, 0, reference=np.moveaxis),
    sample("ravel", floats(2, 3), reference=np.ravel),
    sample("expand_dims", floats(2, 3), (0, -1), reference=np.expand_dims),
    sample("expand_dims", floats(2, 3), 1, reference=np.expand_dims),
    sample("squeeze", floats(2, 1, 3, 1), reference=np.squeeze),
    sample("squeeze", floats(2, 1, 3, 1), axis=-1, reference=np.squeeze),
    sample("concatenate", PAIR, axis=-1, reference=np.concatenate),
    sample(
        "_concatenate",
        *PAIR,
        axis=1,
        reference=lambda *xs, axis: np.concatenate(xs, axis),
    ),
    sample("stack", [floats(2, 3), floats(2, 3)], axis=1, reference=np.stack),
    sample("stack", [floats(2, 3), floats(2, 3)], axis=-1, reference=np.stack),
    sample("_slice", floats(2, 5), axis=1, start=1, stop=4, reference=taken),
    sample("pad_axis", floats(2, 3), axis=1, before=1, after=2, reference=padded),
    sample("split", floats(2, 6), 3, axis=1, reference=np.split),
    sample("split", floats(2, 6), [1, -2], axis=1, reference=np.split),
    sample("unstack", floats(2, 3), axis=1, reference=unstacked),
    sample("flip", floats(2, 3), reference=np.flip),
    sample("flip", floats(2, 3), axis=1, reference=np.flip),
    sample("_flip", floats(2, 3), axes=(1,), reference=lambda x, axes: x[:, ::-1]),
]
