"""Samples of `kerasish.ops.image_filters`."""

import numpy as np
import scipy.ndimage

from kerasish.ops import image
from tests.kerasish.ops.sampling import floats, positive, sample

D = {"dtypes": ("float64", "float32"), "loose": 20}


def bell(size, sigma):
    x = np.arange(size) - (size - 1) / 2
    found = np.exp(-((x / sigma) ** 2) / 2)
    return found / found.sum()


def correlated(x, window):
    return scipy.ndimage.correlate(x, window[None, :, :, None], mode="constant")


def blurred(x, size=(3, 3), sigma=(1.0, 1.0)):
    return correlated(x, np.outer(bell(size[0], sigma[0]), bell(size[1], sigma[1])))


def edges(x):
    down = np.outer([-1.0, 0.0, 1.0], [1.0, 2.0, 1.0])
    return np.stack([correlated(x, down), correlated(x, down.T)], -1)


def similarity(x, y, filter_size):
    # Wang et al., 2004, equation 13, in the middle where windows fit.
    window, edge = np.outer(*[bell(filter_size, 1.5)] * 2), filter_size // 2

    def local(z):
        return correlated(z, window)[:, edge:-edge, edge:-edge]

    ux, uy = local(x), local(y)
    vx, vy = local(x * x) - ux**2, local(y * y) - uy**2
    both = local(x * y) - ux * uy
    light = (2 * ux * uy + 1e-4) / (ux**2 + uy**2 + 1e-4)
    contrast = (2 * both + 9e-4) / (vx + vy + 9e-4)
    return (light * contrast).mean((1, 2, 3))


SAMPLES = [
    sample(image.gaussian_blur, floats(2, 3, 4, 2), reference=blurred, **D),
    sample(
        image.gaussian_blur,
        floats(1, 5, 4, 2),
        (5, 3),
        (2.0, 0.5),
        reference=blurred,
        **D,
    ),
    sample(image.sobel_edges, floats(1, 4, 4, 2), reference=edges, **D),
    sample(
        image.ssim,
        positive(2, 4, 5, 1),
        positive(2, 4, 5, 1),
        filter_size=3,
        reference=similarity,
        dtypes=("float64", "float32"),
        loose=200,
    ),
]
