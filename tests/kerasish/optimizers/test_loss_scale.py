"""The dynamic loss scale."""

import numpy as np
import pytest

from kerasish import Variable, ops, optimizers


def make(**kw):
    return optimizers.LossScaleOptimizer(optimizers.SGD(1.0), **kw)


def test_loss_up_gradients_down():
    optimizer = make(initial_scale=8.0)
    assert float(optimizer.scale_loss(ops.convert_to_tensor(2.0))) == 16.0
    v = Variable(np.zeros(2, "float32"))
    optimizer.apply([np.full(2, 8.0, "float32")], [v])
    assert v.numpy().tolist() == [-1.0, -1.0]


def test_a_step_that_overflows_is_skipped_and_halves_the_scale():
    optimizer = make(initial_scale=8.0)
    v = Variable(np.zeros(2, "float32"))
    optimizer.apply([np.array([np.inf, 1.0], "float32")], [v])
    assert v.numpy().tolist() == [0.0, 0.0]
    assert float(optimizer.dynamic_scale) == 4.0 and int(optimizer.iterations) == 0


def test_finite_steps_double_the_scale():
    optimizer = make(initial_scale=8.0, dynamic_growth_steps=2)
    v = Variable(np.zeros(2, "float32"))
    for _ in range(2):
        optimizer.apply([np.ones(2, "float32")], [v])
    assert float(optimizer.dynamic_scale) == 16.0


def test_config_and_learning_rate():
    optimizer = make()
    optimizer.learning_rate = 0.5
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert float(again.learning_rate) == 0.5
    assert again.get_config() == optimizer.get_config()


def test_wrong_arguments():
    with pytest.raises(TypeError, match="must be an optimizer"):
        optimizers.LossScaleOptimizer("adam")
    with pytest.raises(ValueError, match="must be positive"):
        make(initial_scale=0.0)
    with pytest.raises(ValueError, match="give them to the inner"):
        make(clipnorm=1.0)
