"""Layers of `layer_normalization` against values of Keras."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.normalization.layer_normalization import __all__ as NAMES
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


def test_arguments_out_of_range():
    with pytest.raises(ValueError, match="`epsilon`"):
        layers.LayerNormalization(epsilon=-1.0)
    with pytest.raises(TypeError, match="`axis`"):
        layers.LayerNormalization(axis="x")


def test_scaling_without_the_mean_for_old_models():
    with pytest.warns(UserWarning, match="use `RMSNormalization`"):
        layer = layers.LayerNormalization(rms_scaling=True)
    y = layer(np.array([[1.0, 2.0, 3.0]]))
    keras_says = [[1.2238274, 2.4476547, 3.671482]]  # 3.15.1 on JAX
    np.testing.assert_allclose(y, keras_says, rtol=1e-6)
    assert [w.name for w in layer.weights] == ["gamma"]
    config = layer.get_config()
    assert config["rms_scaling"] is config["center"] is True
    with pytest.warns(UserWarning, match="use `RMSNormalization`"):
        again = layers.LayerNormalization.from_config(config)
    np.testing.assert_array_equal(again(np.array([[1.0, 2.0, 3.0]])), y)
    with pytest.warns(UserWarning, match="use `RMSNormalization`"):
        layer = layers.LayerNormalization(
            axis=1, epsilon=0.1, scale=False, rms_scaling=True
        )
    y = layer(np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.1]]]))
    keras_says = [[0.6523281, 1.3046561, 1.8964187], [2.6093123, 3.2616403, 3.8560512]]
    np.testing.assert_allclose(y[0], keras_says, rtol=1e-6)
    assert [w.shape for w in layer.weights] == [(2,)]


def test_without_weights():
    layer = layers.LayerNormalization(center=False, scale=False)
    y = np.asarray(layer(np.array([[1.0, 2.0, 6.0]])))
    assert y.mean() == pytest.approx(0.0, abs=1e-6) and layer.weights == []
