"""The dynamic loss scale."""

import numpy as np
import pytest

from kerasish import Variable, ops, optimizers
from kerasish.optimizers import loss_scale
from tests.kerasish.optimizers.stored import gradients, near, start, stored


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


def test_steps_with_overflow_are_those_of_keras():
    (row,) = stored()["scaled"]
    names = row["names"]
    optimizer = optimizers.LossScaleOptimizer(optimizers.Adam(0.05), **row["kw"])
    variables = start(names)
    steps = zip(gradients(names), row["steps"], strict=True)
    for i, (grads, expected) in enumerate(steps):
        factor = np.float32(np.inf if i in row["bad"] else row["factor"])
        optimizer.apply([g * factor for g in grads], variables)
        near(variables, expected["weights"])
        assert float(optimizer.dynamic_scale) == expected["scale"]
        assert int(optimizer.step_counter) == expected["count"]
        assert int(optimizer.iterations) == expected["iterations"]


def test_the_scale_stays_where_it_can_be_halved_and_doubled():
    v = Variable(np.zeros(1, "float32"))
    optimizer = make(initial_scale=2.0**100, dynamic_growth_steps=1)
    optimizer.apply([np.ones(1, "float32")], [v])
    assert float(optimizer.dynamic_scale) == 2.0**100
    optimizer = make(initial_scale=2.0**-99)
    for _ in range(3):
        optimizer.apply([np.full(1, np.nan, "float32")], [v])
    assert float(optimizer.dynamic_scale) == 2.0**-100
    optimizer.apply([np.ones(1, "float32")], [v])
    assert np.isfinite(v.numpy()).all()


def test_variables_stand_as_in_keras():
    optimizer = make()
    assert [v.name for v in optimizer.variables] == [
        "iteration",
        "learning_rate",
        "step_counter",
        "dynamic_scale",
        "iteration",
        "learning_rate",
    ]


def test_a_factor_of_the_inner_optimizer_is_taken_over():
    inner = optimizers.SGD(1.0, loss_scale_factor=4.0)
    optimizer = optimizers.LossScaleOptimizer(inner, initial_scale=8.0)
    v = Variable(np.zeros(1, "float32"))
    optimizer.build([v])
    optimizer.apply([np.ones(1, "float32")])
    assert v.numpy().tolist() == [-0.125]


def test_config_and_learning_rate():
    optimizer = make()
    optimizer.learning_rate = 0.5
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert float(again.learning_rate) == 0.5
    assert again.get_config() == optimizer.get_config()


def test_wrong_arguments():
    with pytest.raises(TypeError, match="must be an optimizer"):
        optimizers.LossScaleOptimizer("adam")
    for scale in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="`initial_scale` .* positive and finite"):
            make(initial_scale=scale)
    for steps in (0, 2.5, "2"):
        with pytest.raises(ValueError, match=f"must be a positive .*={steps!r}"):
            make(dynamic_growth_steps=steps)
    with pytest.raises(ValueError, match="divided by both scales"):
        optimizers.LossScaleOptimizer(make())
    with pytest.raises(ValueError, match="give them to the inner"):
        make(clipnorm=1.0)


def test_an_optimizer_is_wrapped_once():
    inner = optimizers.SGD(1.0)
    outer = loss_scale.with_loss_scale(inner)
    assert outer.inner_optimizer is inner and outer.name == "loss_scale_optimizer"
    assert loss_scale.with_loss_scale(outer) is outer
