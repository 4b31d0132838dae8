"""GroupNormalization against values of Keras, and against other normalisations."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.layers.normalization.group_normalization import __all__ as NAMES
from tests.kerasish.layers.tables import WideTable


class TestTable(WideTable):
    area = "normalization"
    names = NAMES
    atol = 0.0001


def test_far_from_zero_nothing_is_lost(rng):
    x = (1e4 + rng.normal(size=(3, 50, 4))).astype("float32")
    y = layers.GroupNormalization(2, epsilon=0.0)(x)
    wide = x.astype("float64").reshape(3, 50, 2, 2)
    wide -= wide.mean((1, 3), keepdims=True)
    wide /= wide.std((1, 3), keepdims=True)
    np.testing.assert_allclose(y, wide.reshape(x.shape), atol=2e-3)


def test_one_group_is_layer_normalization(rng):
    x = rng.normal(size=(3, 4, 6)).astype("float32")
    expected = layers.LayerNormalization(axis=(1, 2))(x)
    found = layers.GroupNormalization(1)(x)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16"])
def test_half_precision_is_computed_in_float32(dtype, rng):
    x = rng.normal(0, 500, (2, 64, 4))  # squares overflow in float16
    layer = layers.GroupNormalization(2, dtype=dtype)
    y = layer(x)
    assert y.dtype == layer.compute_dtype
    assert layer.gamma.dtype == layer.variable_dtype
    wide = layers.GroupNormalization(2)(np.asarray(ops.cast(x, y.dtype), "float32"))
    np.testing.assert_allclose(np.asarray(y, "float32"), wide, rtol=1e-2, atol=1e-2)


def test_gradients_are_those_of_differences(rng):
    x, g = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    layer = layers.GroupNormalization(2, dtype="float64")
    layer(x)
    layer.set_weights([rng.normal(size=4), rng.normal(size=4)])
    tensor = ops.convert_to_tensor(x)
    with keras.GradientTape() as tape:
        tape.watch(tensor)
        loss = ops.sum(layer(tensor) * g)
    found = np.asarray(tape.gradient(loss, tensor))
    for at in np.ndindex(x.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = x.copy()
            moved[at] += step
            ends.append(float(ops.sum(layer(moved) * g)))
        assert found[at] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-5)


@pytest.mark.parametrize(
    "kw, error, match",
    [
        ({"groups": 0}, ValueError, "`groups` of `GroupNormalization` must be a pos"),
        ({"groups": -2}, ValueError, "or -1 for one group a channel"),
        ({"groups": 1.5}, TypeError, "`groups` of `GroupNormalization`"),
        ({"axis": [1, 2]}, TypeError, "`axis` of `GroupNormalization`"),
        ({"groups": 2, "epsilon": -1.0}, ValueError, "`epsilon`"),
        ({}, ValueError, "must divide the 4 channels"),
        ({"groups": 3}, ValueError, "Received: groups=3"),
        ({"groups": 2, "axis": 5}, ValueError, "must be an axis of the inputs"),
        ({"groups": 2, "axis": 0}, ValueError, "not that of the batch"),
        ({"groups": 2, "axis": -3}, ValueError, "not that of the batch"),
    ],
)
def test_wrong_arguments(kw, error, match):
    with pytest.raises(error, match=match):
        layers.GroupNormalization(**kw)(np.ones((2, 3, 4)))


def test_channels_must_be_known():
    with pytest.raises(ValueError, match="must have a known size"):
        layers.GroupNormalization(2)(keras.Input((3, None)))
