"""Operations on images against values of Keras, which lie in `golden/images.json`."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.ndimage

from kerasish import ops
from kerasish.autodiff import KerasTensor

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/images.json").read_text())
DATA = {
    name: np.asarray(entry["values"], entry["dtype"].replace("float64", "float32"))
    for name, entry in GOLDEN["data"].items()
}


def arguments(row):
    return [DATA.get(a, a) if isinstance(a, str) else a for a in row["args"]]


def shown(row):
    options = [*row["args"][1:], *row["kwargs"].values()]
    return "-".join([row["name"], *map(str, options)])


@pytest.mark.parametrize("row", GOLDEN["rows"], ids=shown)
def test_values_are_those_of_keras(row):
    found = getattr(ops.image, row["name"])(*arguments(row), **row["kwargs"])
    assert list(found.shape) == row["shape"] and found.dtype == row["dtype"]
    host = np.asarray(found, "float64").ravel()
    np.testing.assert_allclose(
        host[:: row["step"]], row["values"], rtol=1e-4, atol=2e-5
    )
    assert host.sum() == pytest.approx(row["sum"], rel=1e-4, abs=1e-3)


FIRST = (
    ("resize", ((3, 4),), {}),
    ("affine_transform", (DATA["transforms"],), {}),
    ("perspective_transform", (DATA["start"], DATA["end"]), {}),
    ("gaussian_blur", (), {}),
    ("sobel_edges", (), {}),
    ("rgb_to_grayscale", (), {}),
    ("rgb_to_hsv", (), {}),
    ("hsv_to_rgb", (), {}),
    ("extract_patches", (2,), {}),
    ("crop_images", (1, 0, 1, 2), {}),
    ("pad_images", (1, 0, 1, 2), {}),
)


@pytest.mark.parametrize("name, args, kwargs", FIRST, ids=[row[0] for row in FIRST])
def test_channels_may_come_first(name, args, kwargs):
    call, x = getattr(ops.image, name), DATA["x"]
    last = call(x, *args, **kwargs, data_format="channels_last")
    first = call(np.moveaxis(x, -1, 1), *args, **kwargs, data_format="channels_first")
    back = np.moveaxis(np.asarray(first), 1, 3)
    np.testing.assert_allclose(back, last, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name, args, kwargs", FIRST, ids=[row[0] for row in FIRST])
def test_one_image_is_a_batch_of_one(name, args, kwargs):
    if name == "sobel_edges":
        pytest.skip("takes batches")
    call, x = getattr(ops.image, name), DATA["x"]
    args = tuple(a[0] if isinstance(a, np.ndarray) else a for a in args)
    np.testing.assert_allclose(
        call(x[0], *args, **kwargs), call(x[:1], *args, **kwargs)[0], rtol=1e-6
    )


def test_halves_are_computed_in_single_precision():
    x = DATA["x"].astype("float16")
    found = ops.image.resize(x, (3, 4))
    assert found.dtype == "float16"
    wide = ops.image.resize(x.astype("float32"), (3, 4))
    np.testing.assert_array_equal(found, np.asarray(wide).astype("float16"))


def test_blur_is_a_bell():
    x = DATA["x"]
    found = ops.image.gaussian_blur(x, (5, 3), (2.0, 0.5))
    rows, columns = (
        np.exp(-(np.arange(-r, r + 1.0) ** 2) / (2 * s**2))
        for r, s in ((2, 2.0), (1, 0.5))
    )
    window = np.outer(rows / rows.sum(), columns / columns.sum())[None, :, :, None]
    expected = scipy.ndimage.correlate(x, window, mode="constant")
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_projections_divide():
    # x' = x / (1 + x / 4): the pixels at 0 and 4 are read at 0 and 2.
    image = np.arange(5.0).reshape(1, 5, 1)
    found = ops.image.affine_transform(image, [1, 0, 0, 0, 1, 0, 0.25, 0])
    np.testing.assert_allclose(found[0, ::4, 0], [0.0, 2.0])


def test_one_pixel_is_mirrored():
    found = ops.image.map_coordinates([7.0], [[-3.0, 0.0, 5.0]], 1, "mirror")
    np.testing.assert_array_equal(found, [7.0, 7.0, 7.0])


ONES = np.ones((4, 4, 3))
UNKNOWN = KerasTensor((None, None, None, 3))
WRONG = [
    (lambda i: i.resize(ONES, (2, 2), "area"), "`interpolation` of `resize` must be"),
    (lambda i: i.resize(ONES, 2), "`size` of `resize` must be two positive"),
    (lambda i: i.resize(ONES, (0, 2)), "`size` of `resize` must be two positive"),
    (lambda i: i.resize(ONES, (2, 2), fill_mode="edge"), "`fill_mode` of `resize`"),
    (lambda i: i.resize(ONES[0], (2, 2)), "one image of 3 axes, or a batch of 4"),
    (lambda i: i.resize(UNKNOWN, (2, 2)), "known height and width"),
    (
        lambda i: i.resize(
            ONES, (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True
        ),
        "not both",
    ),
    (
        lambda i: i.scale_and_translate(ONES, (4, 4, 3), [1.0], [0.0], (0,), "area"),
        "`method` of `scale_and_translate`",
    ),
    (
        lambda i: i.scale_and_translate(ONES, (4, 4), [1.0], [0.0], (0,), "cubic"),
        "must have a size for each axis",
    ),
    (lambda i: i.map_coordinates(ONES, ONES, 2), "`order` of `map_coordinates`"),
    (lambda i: i.map_coordinates(ONES, ONES, 1), "a row for each axis"),
    (lambda i: i.map_coordinates(ONES, ONES[:3], 1, "same"), "`fill_mode` of `map_"),
    (
        lambda i: i.map_coordinates(UNKNOWN, np.ones((4, 2)), 1),
        "inputs of a known shape",
    ),
    (lambda i: i.affine_transform(ONES, [1.0]), r"the shape \(8,\) or \(batch, 8\)"),
    (lambda i: i.affine_transform(UNKNOWN, np.ones(8)), "images of a known shape"),
    (
        lambda i: i.affine_transform(ONES, np.ones(8), "bicubic"),
        "`interpolation` of `affine_transform`",
    ),
    (
        lambda i: i.perspective_transform(ONES, ONES, ONES),
        r"`start_points` of `perspective_transform` must have the shape \(4, 2\)",
    ),
    (lambda i: i.gaussian_blur(ONES, 3), "`kernel_size` of `gaussian_blur`"),
    (lambda i: i.gaussian_blur(ONES, (3, 3), (1, 0)), "`sigma` of `gaussian_blur`"),
    (lambda i: i.sobel_edges(ONES), "takes a batch of images"),
    (lambda i: i.ssim(ONES, ONES, filter_size=2), "must be odd and positive"),
    (lambda i: i.ssim(ONES, ONES[1:]), "images of one shape"),
    (lambda i: i.rgb_to_hsv(ONES.astype("int32")), "takes images of floats"),
    (lambda i: i.hsv_to_rgb(ONES[..., :2]), "takes images of 3 channels"),
    (lambda i: i.extract_patches(ONES, (1, 1, 1, 1)), "or two or three of them"),
    (lambda i: i.extract_patches(ONES, 2, padding="full"), "`padding` of `extract_"),
    (lambda i: i.crop_images(ONES, 1, 1, 1, 1, 2), "takes exactly two of `top_crop"),
    (lambda i: i.crop_images(ONES, 4, 0, 0, 0), "something must be left"),
    (lambda i: i.crop_images(ONES, 0, 0, 0, target_width=5), "Received: right_crop"),
    (lambda i: i.pad_images(ONES, 1), "`bottom_padding` and `target_height`"),
    (lambda i: i.pad_images(UNKNOWN, 1, 1, 1, 1), "known height and width"),
]


@pytest.mark.parametrize("call, match", WRONG, ids=[match for _, match in WRONG])
def test_wrong_arguments_are_named(call, match):
    with pytest.raises((ValueError, TypeError), match=match):
        call(ops.image)
