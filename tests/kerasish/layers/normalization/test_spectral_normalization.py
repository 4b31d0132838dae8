"""SpectralNormalization against values of Keras, and against singular values."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.core import naming
from kerasish.tracing import Function
from tests.golden.stored_layers import stored

ROWS = stored("normalization")["spectral"]


def spectral(row):
    """Returns the layer of a row, with its weights, and its inputs."""
    naming.reset_uids()
    inner = getattr(layers, row["cls"])(**row["kw"])
    iterations = row["power_iterations"]
    layer = layers.SpectralNormalization(inner, power_iterations=iterations)
    dtype = "int32" if row["cls"] == "Embedding" else "float32"
    x = np.array(stored("normalization")["inputs"][row["x"]], dtype)
    layer(x)
    layer.set_weights([np.array(w, "float32") for w in row["weights"]])
    return layer, x


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["cls"])
def test_outputs_and_weights_are_those_of_keras(row):
    layer, x = spectral(row)
    assert [w.path for w in layer.weights] == row["names"]
    assert [w.trainable for w in layer.weights] == row["trainable"]
    assert list(layer.get_config()) == row["config_keys"]
    if "inference" in row:
        np.testing.assert_allclose(layer(x), row["inference"], atol=1e-4)
    for i in range(2):
        y = layer(x, training=True)
        if "y" in row:
            np.testing.assert_allclose(y, row["y"][i], rtol=1e-5, atol=1e-5)
    for w, expected in zip(layer.weights, row["after"], strict=True):
        np.testing.assert_allclose(w, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["cls"])
def test_config_and_symbolic_shapes(row):
    layer, x = spectral(row)
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    again(x)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x, training=True), layer(x, training=True))
    y = layer(keras.Input(x.shape[1:], dtype=str(x.dtype)))
    assert y.shape == (None, *layer(x).shape[1:])
    assert layer.compute_output_shape(x.shape) == layer(x).shape


def test_the_largest_singular_value_becomes_one(rng):
    layer = layers.SpectralNormalization(layers.Conv2D(3, 2), power_iterations=100)
    x = rng.normal(size=(1, 4, 4, 2))
    layer(x)
    matrix = layer.layer.kernel.numpy().reshape(-1, 3)
    layer(x, training=True)
    expected = matrix / np.linalg.svd(matrix)[1][0]
    np.testing.assert_allclose(
        layer.layer.kernel.numpy().reshape(-1, 3), expected, rtol=1e-5, atol=1e-7
    )


def test_inference_changes_nothing(rng):
    layer = layers.SpectralNormalization(layers.Dense(3))
    layer(rng.normal(size=(2, 4)))
    before = layer.get_weights()
    layer(rng.normal(size=(2, 4)))
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_zeros_stay_zeros():
    layer = layers.SpectralNormalization(layers.Dense(3, kernel_initializer="zeros"))
    y = layer(np.ones((2, 4)), training=True)
    assert np.asarray(y).tolist() == [[0.0] * 3] * 2
    assert np.abs(layer.vector_u.numpy()).max() > 0


def test_a_training_step_starts_at_the_divided_kernel(rng):
    # As Keras on PyTorch and TensorFlow: the kernel is assigned before it is used.
    x = rng.normal(size=(4, 3)).astype("float32")
    layer = layers.SpectralNormalization(layers.Dense(2))
    model = keras.Sequential([keras.Input((3,)), layer])
    kernel, u = rng.normal(size=(3, 2)), np.array([[0.6, 0.8]])
    model.set_weights([kernel, u, np.array([0.1, 0.2])])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    for _ in range(4):
        v = u @ kernel.T
        v /= np.linalg.norm(v)
        u = v @ kernel
        sigma = np.linalg.norm(u)
        kernel, u = kernel / sigma, u / sigma
        bias = layer.layer.bias.numpy()
        error = 2 * (x @ kernel + bias - 1.0) / 8
        kernel = kernel - 0.01 * x.T @ error
        model.train_on_batch(x, np.ones((4, 2), "float32"))
        np.testing.assert_allclose(layer.kernel, kernel, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(layer.vector_u, u, rtol=1e-4, atol=1e-5)


def test_recorded_is_eager(rng):
    x = rng.normal(size=(2, 5, 5, 2)).astype("float32")

    def make():
        layer = layers.SpectralNormalization(layers.Conv2D(3, 2), power_iterations=2)
        layer(x)
        return layer

    eager, layer = make(), make()
    layer.set_weights(eager.get_weights())

    def step(x):
        with keras.GradientTape() as tape:
            loss = ops.sum(ops.square(layer(x, training=True)))
        return loss, tape.gradient(loss, layer.trainable_variables)

    recorded = Function(step, roots=lambda: [layer])
    for i in range(5):
        batch = x * (1.0 + i)
        with keras.GradientTape() as tape:
            loss = ops.sum(ops.square(eager(batch, training=True)))
        expected = tape.gradient(loss, eager.trainable_variables)
        found, gradients = recorded(ops.convert_to_tensor(batch))
        np.testing.assert_allclose(found, loss, rtol=1e-4)
        for a, b in zip(gradients, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3)
        for a, b in zip(layer.get_weights(), eager.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "float64"])
def test_dtypes(dtype, rng):
    inner = layers.Dense(3, dtype=dtype)
    layer = layers.SpectralNormalization(inner, power_iterations=40, dtype=dtype)
    y = layer(rng.normal(size=(2, 4)), training=True)
    assert y.dtype == inner.compute_dtype
    assert layer.vector_u.dtype == inner.variable_dtype
    kernel = np.asarray(inner.kernel.numpy(), "float64")
    tolerance = 2e-2 if dtype in ("float16", "bfloat16") else 1e-5
    assert np.linalg.svd(kernel)[1][0] == pytest.approx(1.0, abs=tolerance)


def test_it_is_saved_with_its_layer(tmp_path, rng):
    x = rng.normal(size=(4, 3)).astype("float32")
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.SpectralNormalization(layers.Dense(2))(inputs))
    model.compile("sgd", "mse")
    model.fit(x, np.ones((4, 2)), verbose=0)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("iterations", [0, -1, 1.5, True, "a"])
def test_wrong_iterations(iterations):
    match = "`power_iterations` of `SpectralNormalization` must be a positive"
    with pytest.raises(ValueError, match=match):
        layers.SpectralNormalization(layers.Dense(2), power_iterations=iterations)


def test_a_layer_without_a_kernel():
    layer = layers.SpectralNormalization(layers.ReLU())
    with pytest.raises(ValueError, match="must have a `kernel` or `embeddings`"):
        layer(np.ones((2, 3)))
