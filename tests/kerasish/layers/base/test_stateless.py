"""Calls as pure functions of the variables."""

import numpy as np
import pytest

from kerasish import layers

X = np.array([[1.0], [3.0]], "float32")


def test_other_values_for_the_variables():
    layer = layers.BatchNormalization(momentum=0.5)
    layer.build((None, 1))
    trainable = [np.full(1, 2.0), np.full(1, 5.0)]
    y, updated = layer.stateless_call(trainable, [0.0 * X[0], X[0]], X, training=True)
    np.testing.assert_allclose(y, [[3.0], [7.0]], atol=0.01)
    assert float(updated[0]) == 1.0
    assert layer.moving_mean.numpy().tolist() == [0.0]


def test_losses():
    layer = layers.Dense(1, kernel_regularizer="l2")
    layer.build((None, 1))
    values = [v.value for v in layer.trainable_variables]
    _, _, losses = layer.stateless_call(values, [], X, return_losses=True)
    assert len(losses) == 1


def test_wrong_use():
    layer = layers.Dense(1)
    with pytest.raises(RuntimeError, match="must be built"):
        layer.stateless_call([], [], X)
    layer.build((None, 1))
    with pytest.raises(ValueError, match="must hold 2 values"):
        layer.stateless_call([], [], X)
