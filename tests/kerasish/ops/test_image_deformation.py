"""Elastic deformations: how far, how alike, and what SciPy reads there."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.ndimage

from kerasish import KerasTensor, Sequential, function, layers, ops, random

GOLDEN = Path(__file__).parents[2] / "golden/deformation.json"
STORED = json.loads(GOLDEN.read_text("utf-8"))
transform = ops.image.elastic_transform


def places(shape, *args, dtype="float32", **kwargs):
    """Returns the x and y that are read, as images that hold these are deformed."""
    count, height, width = shape
    across = np.broadcast_to(np.arange(width, dtype=dtype), shape)
    down = np.broadcast_to(np.arange(height, dtype=dtype)[:, np.newaxis], shape)
    found = transform(np.stack([across, down], -1), *args, **kwargs).numpy()
    return found[..., 0], found[..., 1]


@pytest.mark.parametrize("row", STORED["rows"], ids=lambda row: f"{row['sigma']}")
def test_displacements_are_as_large_and_as_alike_as_those_of_keras(row):
    x, y = places((128, 96, 96), row["alpha"], row["sigma"], seed=3)
    moved = np.stack([x - np.arange(96), y - np.arange(96)[:, np.newaxis]], -1)
    moved = moved[:, 24:72, 24:72]
    deviation = np.sqrt((moved**2).mean())
    assert deviation == pytest.approx(row["deviation"], rel=0.05)
    for lag, alike in zip(STORED["lags"], row["alike"], strict=True):
        found = (moved[:, :, :-lag] * moved[:, :, lag:]).mean() / deviation**2
        assert found == pytest.approx(alike, abs=0.03)
    assert abs(np.corrcoef(moved[..., 0].ravel(), moved[..., 1].ravel())[0, 1]) < 0.1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("order", "name"), [(0, "nearest"), (1, "bilinear")])
def test_images_are_read_where_pixels_moved(order, name, dtype):
    images = np.random.default_rng(0).normal(size=(3, 20, 17, 2)).astype(dtype)
    x, y = places((3, 20, 17), 20.0, 4.0, seed=7, dtype=dtype)
    found = transform(images, 20.0, 4.0, name, seed=7)
    assert found.dtype == dtype
    for image, made, at in zip(images, found.numpy(), np.stack([y, x], 1), strict=True):
        for i in range(2):
            wanted = scipy.ndimage.map_coordinates(image[..., i], at, order=order)
            np.testing.assert_allclose(made[..., i], wanted, atol=1e-4)
    assert 0 <= x.min() and x.max() <= 16.001 and y.max() <= 19.001


def test_the_seed_decides():
    images = np.random.default_rng(0).normal(size=(2, 9, 9, 1)).astype("float32")
    first = transform(images, seed=1).numpy()
    np.testing.assert_array_equal(transform(images, seed=1), first)
    assert not np.allclose(transform(images, seed=2), first)
    generator = random.SeedGenerator(1)
    np.testing.assert_array_equal(transform(images, seed=generator), first)
    assert not np.allclose(transform(images, seed=generator), first)
    random.set_random_seed(4)
    drawn = transform(images).numpy()
    random.set_random_seed(4)
    np.testing.assert_array_equal(transform(images), drawn)
    x, _ = places((2, 9, 9), seed=1)
    assert not np.allclose(x[0], x[1])


def test_layouts_and_dtypes():
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 6, 3)).astype("uint8")
    found = transform(images, seed=1)
    assert found.dtype == "uint8"
    exact = transform(images.astype("float32"), seed=1).numpy()
    np.testing.assert_array_equal(found, np.round(exact))
    first = transform(np.moveaxis(images, -1, 1), seed=1, data_format="channels_first")
    np.testing.assert_array_equal(np.moveaxis(first.numpy(), 1, -1), found)
    np.testing.assert_array_equal(transform(images[0], seed=1).shape, (8, 6, 3))
    assert transform(images.astype("float16"), seed=1).dtype == "float16"


def test_graphs_and_plans_draw_anew():
    generator = random.SeedGenerator(3)
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 1)).astype("float32")
    recorded = function(lambda x: transform(x, seed=generator))
    seen = [recorded(images).numpy() for _ in range(6)]
    again = random.SeedGenerator(3)
    for found in seen:
        np.testing.assert_allclose(found, transform(images, seed=again), atol=1e-5)
    assert not np.allclose(seen[4], seen[5])
    model = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Lambda(lambda x: transform(x, seed=5)),
        ]
    )
    np.testing.assert_allclose(
        model.predict(images, verbose=0), transform(images, seed=5), atol=1e-5
    )
    assert transform(KerasTensor((None, 8, 8, 1))).shape == (None, 8, 8, 1)


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({"sigma": 0}, "`sigma` of `elastic_transform` must be positive. Rec.*sigma=0"),
        ({"sigma": float("nan")}, "must be positive. Received: sigma=nan"),
        ({"interpolation": "bicubic"}, "`interpolation` of `elastic_transform` must"),
        ({"fill_mode": "same"}, "`fill_mode` of `elastic_transform` must be one of"),
        ({"images": np.ones(3)}, "takes one image of 3 axes, or a batch of 4"),
        (
            {"images": KerasTensor((None, None, None, 3))},
            "`elastic_transform` needs images of a known shape",
        ),
        ({"seed": -1}, "`seed` must be a non-negative integer"),
    ],
)
def test_what_is_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        transform(**{"images": np.ones((4, 4, 1)), **kw})
