"""Layers of `batch_normalization` against values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.layers.normalization.batch_normalization import __all__ as NAMES
from tests.backends.communication.threads import as_group
from tests.golden import stored_layers
from tests.kerasish.layers.tables import SmallTable

STORED = stored_layers.stored("normalization")
STEPS = [row for row in STORED["layers"] if row["cls"] in NAMES]


def identify_step(row):
    mask = np.shape(row["mask"]) if "mask" in row else ""
    return f"{stored_layers.identify(row)}{row['training']}{mask}".replace(" ", "")


class TestTable(SmallTable):
    names = NAMES


def test_training_uses_and_keeps_the_moments_of_the_batch(rng):
    x = rng.normal(3.0, 2.0, (64, 4)).astype("float32")
    layer = layers.BatchNormalization(momentum=0.5)
    y = np.asarray(layer(x, training=True))
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(y.var(0), 1, atol=1e-3)
    np.testing.assert_allclose(layer.moving_mean, 0.5 * x.mean(0), rtol=1e-4)
    np.testing.assert_allclose(layer.moving_variance, 0.5 + 0.5 * x.var(0), rtol=1e-4)


def test_a_frozen_layer_keeps_its_moments():
    layer = layers.BatchNormalization()
    layer.trainable = False
    layer(np.ones((4, 2), "float32"), training=True)
    assert layer.moving_mean.numpy().tolist() == [0.0, 0.0]


def test_masked_steps_do_not_count():
    x = np.array([[[1.0], [9.0]], [[3.0], [9.0]]], "float32")
    mask = np.array([[True, False], [True, False]])
    layer = layers.BatchNormalization(momentum=0.0)
    layer(x, training=True, mask=mask)
    assert layer.moving_mean.numpy() == pytest.approx([2.0])
    assert layer.moving_variance.numpy() == pytest.approx([1.0])


@pytest.mark.parametrize("row", STEPS, ids=identify_step)
def test_steps_are_those_of_keras(row):
    layer, x = stored_layers.made("normalization", row)
    mask = np.array(row["mask"], bool) if "mask" in row else None
    for _ in range(row.get("steps", 1)):
        y = layer(x, training=row["training"], mask=mask)
    assert y.dtype == row["out_dtype"]
    np.testing.assert_allclose(y, row["y"], rtol=1e-5, atol=5e-5)
    assert [w.name for w in layer.weights] == row["names"]
    for w, expected in zip(layer.weights, row.get("after", []), strict=False):
        np.testing.assert_allclose(w, expected, rtol=1e-5, atol=1e-6)
    assert stored_layers.config(stored_layers.new(row)) == row["config"]


@pytest.mark.parametrize("row", STORED["half"], ids=lambda row: row["policy"])
def test_half_precision_is_that_of_keras(row):
    layer = layers.BatchNormalization(momentum=0.5, dtype=row["policy"])
    y = layer(np.array(STORED["inputs"]["x3"]), training=True)
    assert y.dtype == row["dtype"]
    step = 2.0**-7 if "b" in row["policy"] else 2.0**-10
    np.testing.assert_allclose(np.asarray(y, "float32"), row["y"], step, step)
    for w, (dtype, expected) in zip(layer.weights, row["weights"], strict=True):
        assert w.dtype == dtype
        found = np.asarray(w.numpy(), "float32")
        tolerance = 1e-5 if dtype == "float32" else step
        np.testing.assert_allclose(found, expected, tolerance, tolerance)


def test_statistics_of_half_precision_do_not_overflow():
    x = np.array([[60000.0], [-60000.0]])
    layer = layers.BatchNormalization(momentum=0.0, dtype="mixed_float16")
    y = layer(x, training=True)
    np.testing.assert_allclose(np.asarray(y, "float32").ravel(), [1, -1], rtol=1e-3)
    assert layer.moving_variance.numpy()[0] == pytest.approx(60000.0**2, rel=1e-3)


def test_float64(rng):
    x = 1e6 + rng.normal(size=(50, 2))
    layer = layers.BatchNormalization(epsilon=0.0, momentum=0.0, dtype="float64")
    y = layer(x, training=True)
    np.testing.assert_allclose(y, (x - x.mean(0)) / x.std(0), atol=1e-7)
    np.testing.assert_allclose(layer.moving_variance, x.var(0), rtol=1e-9)


def test_inference_of_integers_uses_the_averages_unrounded():
    layer = layers.BatchNormalization(epsilon=0.0, scale=False, center=False)
    layer(np.ones((1, 2), "int32"))
    layer.set_weights([np.array([0.5, 1.5]), np.array([0.25, 4.0])])
    y = layer(np.array([[1, 2]], "int32"))
    np.testing.assert_allclose(y, [[1.0, 0.25]])


@pytest.mark.parametrize("shape", [(2,), (2, 3, 1), (2, 3, 4)])
def test_masks_have_one_axis_less(shape):
    layer = layers.BatchNormalization()
    with pytest.raises(ValueError, match="one axis less than the inputs"):
        layer(np.ones((2, 3, 4)), training=True, mask=np.ones(shape, bool))


@pytest.mark.parametrize("masked", [False, True], ids=["all", "masked"])
def test_replicas_count_as_one_batch(masked, rng):
    x = (100 + rng.normal(size=(7, 3))).astype("float32")
    keep = np.array([1, 0, 1, 1, 1, 0, 1], bool) if masked else np.ones(7, bool)
    parts = slice(0, 3), slice(3, 7)

    def normalised(rows):
        layer = layers.BatchNormalization(momentum=0.5, synchronized=True)
        y = layer(x[rows], training=True, mask=keep[rows] if masked else None)
        return [np.asarray(y), *layer.get_weights()]

    expected, *weights = normalised(slice(None))
    made = as_group(2, lambda group: normalised(parts[group.rank]))
    for rows, (y, *found) in zip(parts, made, strict=True):
        np.testing.assert_allclose(y, expected[rows], rtol=1e-4, atol=1e-4)
        for a, b in zip(found, weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4)


def test_gradients_of_replicas_are_those_of_the_whole_batch(rng):
    x, g = rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
    parts = slice(0, 2), slice(2, 6)

    def gradient(rows):
        layer = layers.BatchNormalization(synchronized=True, dtype="float64")
        tensor = ops.convert_to_tensor(x[rows])
        with keras.GradientTape() as tape:
            tape.watch(tensor)
            loss = ops.sum(layer(tensor, training=True) * g[rows])
        return np.asarray(tape.gradient(loss, tensor))

    expected = gradient(slice(None))
    made = as_group(2, lambda group: gradient(parts[group.rank]))
    np.testing.assert_allclose(np.concatenate(made), expected, rtol=1e-8, atol=1e-10)


def plain(x, epsilon=1e-3):
    """Normalises over all axes but the second, in the simplest way."""
    away = x - ops.mean(x, axis=(0, 2), keepdims=True)
    variance = ops.mean(away * away, axis=(0, 2), keepdims=True)
    return away / ops.sqrt(variance + epsilon)


def gradients(normalise, x, g):
    """Returns the first gradient of a function, and one of that."""
    x = ops.convert_to_tensor(x)
    with keras.GradientTape() as outer:
        outer.watch(x)
        with keras.GradientTape() as tape:
            tape.watch(x)
            loss = ops.sum(normalise(x) ** 2 * g)
        first = tape.gradient(loss, x)
        again = ops.sum(first**2 * ops.sin(x))
    return first, outer.gradient(again, x)


def test_gradients_of_both_orders(rng):
    x, g = rng.normal(3, 2, (4, 3, 2)), rng.normal(size=(4, 3, 2))
    layer = layers.BatchNormalization(axis=1, dtype="float64")
    layer(x)
    found = gradients(lambda t: layer(t, training=True), x, g)
    for ours, expected in zip(found, gradients(plain, x, g), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-10)


def test_the_gradient_is_that_of_differences(rng):
    x, g = rng.normal(3, 2, (3, 2)), rng.normal(size=(3, 2))
    layer = layers.BatchNormalization(dtype="float64")
    layer(x)
    tensor = ops.convert_to_tensor(x)
    with keras.GradientTape() as tape:
        tape.watch(tensor)
        loss = ops.sum(layer(tensor, training=True) * g)
    found = np.asarray(tape.gradient(loss, tensor))
    for at in np.ndindex(x.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = x.copy()
            moved[at] += step
            ends.append(float(ops.sum(layer(moved, training=True) * g)))
        assert found[at] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)


def test_layers_that_are_not_synchronised_ask_nobody(rng):
    x = rng.normal(size=(4, 2))

    def work(group):
        layers.BatchNormalization()(x, training=True)
        layers.BatchNormalization(synchronized=True)(x)
        return group.joined

    assert as_group(2, work) == [0, 0]


def test_synchronised_on_one_device_is_the_same(rng):
    x = rng.normal(2, 3, (8, 3)).astype("float32")
    one, two = (layers.BatchNormalization(synchronized=s) for s in (False, True))
    np.testing.assert_array_equal(one(x, training=True), two(x, training=True))
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert two.get_config()["synchronized"] is True


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"momentum": 3.0}, "`momentum`"),
        ({"epsilon": -1.0}, "`epsilon`"),
        ({"renorm_momentum": 2.0}, "`renorm_momentum`"),
        ({"renorm": True, "renorm_clipping": {"q": 1.0}}, "Received: 'q'"),
        ({"renorm_clipping": {"rmax": 0.5, "rmin": 2.0}}, "rmin from 0 to below"),
        ({"renorm_clipping": {"dmax": -1.0}}, "dmax not negative"),
    ],
)
def test_arguments_out_of_range(kw, match):
    with pytest.raises(ValueError, match=match):
        layers.BatchNormalization(**kw)


def test_an_axis_that_is_not_there():
    with pytest.raises(ValueError, match="`axis` of `BatchNormalization`"):
        layers.BatchNormalization(axis=3)(np.ones((2, 2)))


# Three steps with batches that grow, by Keras 3.15.1 (JAX): of each step the outputs'
# first row, then moving_mean, moving_variance, moving_stddev, renorm_mean and
# renorm_stddev of the first channel.
RENORM = [
    ([1.1702, 0.5444, 2.3864], [0.06033, 1.55152, 1.246, 0.12067, 1.49201]),
    ([1.1702, 0.5444, 2.3866], [0.17497, 3.28737, 1.81339, 0.33787, 2.57757]),
    ([1.1703, 0.5444, 2.3866], [0.33847, 7.12801, 2.67002, 0.63229, 4.138]),
]


def test_renormalization():
    limits = {"rmax": 1.5, "rmin": 0.5, "dmax": 0.4}
    layer = layers.BatchNormalization(
        renorm=True, renorm_clipping=limits, renorm_momentum=0.8, momentum=0.9
    )
    rng = np.random.default_rng(0)
    x = rng.normal(2, 3, (6, 3)).round(2).astype("float32")
    for i, (outputs, averages) in enumerate(RENORM):
        y = layer(x * (1 + i), training=True)
        np.testing.assert_allclose(y[0], outputs, atol=1e-4)
        found = [float(w[0]) for w in layer.weights[2:]]
        np.testing.assert_allclose(found, averages, rtol=1e-4)
    y = layer(x)
    np.testing.assert_allclose(y[0], [0.7646, 0.4835, 1.7436], atol=1e-4)
    again = layers.BatchNormalization.from_config(layer.get_config())
    assert again.renorm_clipping == limits and again.renorm
    assert [w.name for w in layer.weights[4:]] == [
        "moving_stddev",
        "renorm_mean",
        "renorm_stddev",
    ]


def test_renormalization_without_limits_is_what_inference_computes():
    # With averages that are those of the batch the correction takes it back.
    layer = layers.BatchNormalization(
        renorm=True,
        moving_mean_initializer=keras.initializers.Constant(3.0),
        moving_variance_initializer=keras.initializers.Constant(4.0),
    )
    x = np.random.default_rng(1).normal(size=(8, 2)).astype("float32")
    np.testing.assert_allclose(
        layer(x, training=True), (x - 3.0) / 2.0, rtol=1e-4, atol=1e-5
    )


def test_no_gradient_flows_through_the_correction():
    layer = layers.BatchNormalization(renorm=True)
    x = np.random.default_rng(1).normal(2, 3, (2, 4, 3)).astype("float32")
    layer(x, training=True)
    tensor = keras.ops.convert_to_tensor(x)
    with keras.GradientTape() as tape:
        tape.watch(tensor)
        y = layer(tensor, training=True)
        loss = keras.ops.sum(y**2 * np.arange(24.0).reshape(2, 4, 3))
    found = tape.gradient(loss, tensor).numpy().ravel()[:6]
    # By Keras 3.15.1 (JAX).
    expected = [-54.848232, -89.049805, -63.75658, 14.672316, -66.87334, -54.451595]
    np.testing.assert_allclose(found, expected, rtol=1e-3)
