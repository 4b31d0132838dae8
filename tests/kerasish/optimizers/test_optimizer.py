"""The base class of optimizers: what surrounds the rule of a step."""

import numpy as np
import pytest

from kerasish import Variable, constraints, optimizers


def step(optimizer, *grads, start=1.0):
    variables = [
        Variable(np.full(2, start, "float32"), name=f"v{i}") for i in range(len(grads))
    ]
    optimizer.apply_gradients(zip(grads, variables, strict=True))
    return [v.numpy().tolist() for v in variables]


def test_constraints_hold_after_a_step():
    v = Variable(np.zeros(2, "float32"))
    v.constraint = constraints.NonNeg()
    optimizers.SGD(1.0).apply([np.array([1.0, -1.0])], [v])
    assert v.numpy().tolist() == [0.0, 1.0]


def test_a_missing_gradient_is_warned_about_by_name():
    with pytest.warns(UserWarning, match="do not exist for variables.*'v1'"):
        found = step(optimizers.SGD(1.0), np.ones(2), None)
    assert found == [[0.0, 0.0], [1.0, 1.0]]


def test_no_gradients_at_all_is_an_error():
    with pytest.raises(ValueError, match="No gradients provided"):
        step(optimizers.SGD(1.0), None)


def test_numbers_and_variables_must_fit():
    optimizer = optimizers.SGD()
    v = Variable(np.zeros(2, "float32"))
    with pytest.raises(ValueError, match="a gradient for each of 1"):
        optimizer.apply([], [v])
    optimizer.apply([np.ones(2)], [v])
    with pytest.raises(ValueError, match="does not know"):
        optimizer.apply([np.ones(2)], [Variable(np.zeros(2, "float32"), name="new")])


def test_weights_left_out_of_decay():
    optimizer = optimizers.SGD(1.0, weight_decay=0.5)
    kernel, bias = (Variable(np.ones(2, "float32"), name=n) for n in ("kernel", "bias"))
    scale = Variable(np.ones(2, "float32"), name="scale")
    optimizer.exclude_from_weight_decay(var_list=[scale], var_names=["bias"])
    optimizer.apply([np.zeros(2)] * 3, [kernel, bias, scale])
    assert scale.numpy().tolist() == [1.0, 1.0]
    assert kernel.numpy().tolist() == [0.5, 0.5]
    assert bias.numpy().tolist() == [1.0, 1.0]


def test_averages_replace_weights_at_the_end():
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    v = Variable(np.zeros(2, "float32"))
    optimizer.apply([np.full(2, -1.0)], [v])
    optimizer.apply([np.full(2, -1.0)], [v])
    optimizer.finalize_variable_values([v])
    assert v.numpy().tolist() == [1.5, 1.5]


def test_variables_that_are_overwritten_with_their_gradient():
    v = Variable(np.zeros(2, "float32"))
    v.overwrite_with_gradient = True
    optimizers.Adam().apply([np.array([3.0, 4.0])], [v])
    assert v.numpy().tolist() == [3.0, 4.0]


def test_stateless_apply_changes_nothing():
    optimizer = optimizers.Adam(0.1)
    v = Variable(np.zeros(2, "float32"))
    optimizer.build([v])
    held = [x.value for x in optimizer.variables]
    new, state = optimizer.stateless_apply(held, [np.ones(2)], [v.value])
    assert v.numpy().tolist() == [0.0, 0.0] and int(optimizer.iterations) == 0
    assert (
        new[0].numpy() == pytest.approx([-0.1, -0.1], rel=1e-4) and int(state[0]) == 1
    )


def test_stateless_apply_needs_slots():
    with pytest.raises(ValueError, match="needs an optimizer that is built"):
        optimizers.Adam().stateless_apply([], [np.ones(2)], [np.ones(2)])


def test_the_learning_rate_can_be_set_and_computed():
    optimizer = optimizers.SGD(0.1)
    optimizer.learning_rate = 0.5
    assert float(optimizer.learning_rate) == 0.5
    optimizer.learning_rate = lambda: 0.25
    assert float(optimizer.learning_rate) == 0.25


def test_a_schedule_takes_the_place_of_a_number():
    optimizer = optimizers.SGD(0.1)
    optimizer.learning_rate = optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    optimizer.iterations.assign(1)
    assert float(optimizer.learning_rate) == 0.25
    assert [v.name for v in optimizer.variables] == ["iteration"]
    with pytest.raises(TypeError, match="set a new schedule.*learning_rate=0.1"):
        optimizer.learning_rate = 0.1
    config = optimizer.get_config()
    again = optimizers.SGD(config["learning_rate"])
    assert again.get_config()["learning_rate"] == config["learning_rate"]


def test_weights_go_out_and_in():
    optimizer = optimizers.Adam()
    v = Variable(np.zeros(2, "float32"))
    optimizer.apply([np.ones(2)], [v])
    held = [x.numpy() for x in optimizer.variables]
    other = optimizers.Adam()
    other.build([v])
    other.set_weights(held)
    assert int(other.iterations) == 1
    with pytest.raises(ValueError, match="needs 4 arrays"):
        other.set_weights(held[:-1])


def test_unknown_arguments():
    with pytest.raises(TypeError, match=r"no arguments \['lr'\]"):
        optimizers.Adam(lr=0.1)


def test_a_rule_is_needed():
    with pytest.raises(NotImplementedError, match="no `update_step`"):
        step(optimizers.Optimizer(0.1), np.ones(2))
