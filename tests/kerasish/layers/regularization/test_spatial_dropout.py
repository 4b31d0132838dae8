"""Dropout of whole channels: which positions go together, and arguments."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.layers.regularization.spatial_dropout import __all__ as NAMES
from tests.golden.stored_layers import plain, stored

ROWS = [row for row in stored("normalization")["configs"] if row["cls"] in NAMES]
SHAPES = [(40, 3, 20), (40, 3, 2, 20), (40, 3, 2, 2, 20)]


@pytest.mark.parametrize("shape", SHAPES, ids=["1d", "2d", "3d"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_channels_go_as_a_whole(shape, data_format):
    name = f"SpatialDropout{len(shape) - 2}D"
    options = {"data_format": data_format} if len(shape) > 3 else {}
    layer = getattr(layers, name)(0.25, seed=3, **options)
    first = data_format == "channels_first" and len(shape) > 3
    x = np.ones((shape[0], shape[-1], *shape[1:-1]) if first else shape, "float32")
    axes = tuple(range(2, x.ndim) if first else range(1, x.ndim - 1))
    y = np.asarray(layer(x, training=True))
    assert (np.ptp(y, axis=axes) == 0).all()
    np.testing.assert_allclose(np.unique(y), [0.0, 1 / 0.75], rtol=1e-6)
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.05)
    np.testing.assert_array_equal(layer(x), x)


def test_seeds(rng):
    x = rng.normal(size=(4, 5, 30))
    one, two = (layers.SpatialDropout1D(0.5, seed=7) for _ in range(2))
    np.testing.assert_array_equal(one(x, training=True), two(x, training=True))
    assert np.any(np.asarray(one(x, training=True)) != one(x, training=True))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['cls']}-{row['config']}")
def test_configs_are_those_of_keras(row):
    layer = getattr(layers, row["cls"])(**row["kw"])
    found = layer.get_config()
    assert plain(found) == row["config"]
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == found
    shapes = [list(v.shape) for v in layer.variables]
    assert shapes == [shape for _, shape in row["variables"]]
    assert isinstance(layer, layers.Dropout)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_dtypes(dtype):
    layer = layers.SpatialDropout2D(0.5, seed=1, dtype=dtype)
    y = layer(np.ones((3, 2, 2, 9)), training=True)
    assert y.dtype == layer.compute_dtype
    assert sorted(set(np.asarray(y, "float32").ravel().tolist())) == [0.0, 2.0]
    # Keras keeps the dtype of weights alone, and loses the policy.
    assert layers.deserialize(layers.serialize(layer)).compute_dtype == y.dtype


def test_masks_and_symbolic_shapes():
    inputs = keras.Input((None, 3))
    y = layers.SpatialDropout1D(0.5)(layers.Masking()(inputs))
    assert y.shape == (None, None, 3)
    masked = layers.Masking()(np.array([[[1.0], [0.0]]]))
    y = layers.SpatialDropout1D(0.5)(masked)
    assert y._keras_mask.tolist() == [[True, False]]


def test_a_rate_of_one_leaves_nothing():
    y = layers.SpatialDropout1D(1.0)(np.ones((1, 2, 3)), training=True)
    assert not np.asarray(y).any()


@pytest.mark.parametrize(
    "make, error, match",
    [
        (lambda: layers.SpatialDropout1D(2.0), ValueError, "argument `rate`"),
        (
            lambda: layers.SpatialDropout2D(0.5, data_format="x"),
            ValueError,
            "`data_format` of `SpatialDropout2D`",
        ),
        (lambda: layers.SpatialDropout1D(0.5)(np.ones((2, 3))), ValueError, "ndim=3"),
        (lambda: layers.SpatialDropout1D(0.5, noise_shape=1), TypeError, "noise_shape"),
    ],
)
def test_wrong_arguments(make, error, match):
    with pytest.raises(error, match=match):
        make()
