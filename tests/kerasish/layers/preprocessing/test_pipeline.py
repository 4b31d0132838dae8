"""A pipeline runs its layers, tells them what is known, and comes back from a file."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from tests.golden.stored_layers import plain

X = np.array([[1, 2, 0], [3, 0, 0]])


def test_layers_come_one_after_the_other():
    pipeline = layers.Pipeline([layers.Rescaling(2.0), layers.Dense(2, name="d")], "p")
    y = pipeline(np.ones((4, 3), "float32"))
    expected = 2 * pipeline.layers[1].kernel.numpy().sum(0)
    np.testing.assert_allclose(y, np.tile(expected, (4, 1)), rtol=1e-6)
    # As Keras 3.15.1 has them.
    assert [w.path for w in pipeline.weights] == ["p/d/kernel", "p/d/bias"]
    assert pipeline.compute_output_shape((None, 3)) == (None, 2)
    assert pipeline(keras.Input((3,))).shape == (None, 2)
    assert layers.Pipeline([])(np.ones(3)).tolist() == [1, 1, 1]


def test_it_trains_unless_told_otherwise():
    pipeline = layers.Pipeline([layers.Dropout(0.5, seed=1), layers.Rescaling(1.0)])
    x = np.ones((8, 8), "float32")
    assert (pipeline(x).numpy() == 0).any()
    assert (pipeline(x, training=False).numpy() == 1).all()
    model = keras.Sequential([keras.Input((8,)), pipeline])
    assert (model.predict(x, verbose=0) == 1).all()


def test_masks_go_from_layer_to_layer():
    parts = [
        layers.Embedding(5, 2, mask_zero=True),
        layers.Dropout(0.1),
        layers.GlobalAveragePooling1D(),
    ]
    y = layers.Pipeline(parts)(X, training=False)
    vectors = parts[0].embeddings.numpy()
    np.testing.assert_allclose(y[0], vectors[[1, 2]].mean(0), rtol=1e-5)
    np.testing.assert_allclose(y[1], vectors[3], rtol=1e-5)


def test_config_and_file(tmp_path):
    pipeline = layers.Pipeline([layers.Rescaling(0.5), layers.Dense(2)])
    config = pipeline.get_config()
    assert list(config) == ["layers", "name"]
    assert config["layers"][1]["class_name"] == "Dense"
    again = layers.Pipeline.from_config(config)
    assert plain(again.get_config()) == plain(config)
    model = keras.Sequential([keras.Input((3,)), pipeline])
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    x = np.ones((2, 3), "float32")
    np.testing.assert_allclose(again(x), model(x), rtol=1e-6)


@pytest.mark.parametrize("given", [None, 3, [abs], layers.Dropout(0.1)])
def test_what_is_refused(given):
    with pytest.raises(TypeError, match="`layers` of `Pipeline` must be a list of la"):
        layers.Pipeline(given)
