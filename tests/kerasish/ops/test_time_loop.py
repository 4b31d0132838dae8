"""The loop over time steps: what it costs, and its parts."""

import numpy as np

from kerasish import ops
from kerasish.autodiff import GradientTape, KerasTensor
from kerasish.ops.time_loop import gate_parts, time_steps


def records(time):
    """Returns how many primitives a backward pass over some steps runs."""
    x = ops.convert_to_tensor(np.ones((2, time, 3), "float32"))
    w, u = np.ones((3, 8), "float32"), np.ones((2, 8), "float32")
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as tape:
            tape.watch(x)
            y, *_ = ops.lstm(x, None, None, w, u)
        forward = len(outer._records)
        tape.gradient(y, x)
    return forward, len(outer._records) - forward


def test_work_grows_linearly_with_the_number_of_steps():
    few, more, most = records(5), records(10), records(15)
    for a, b, c in zip(few, more, most, strict=True):
        assert c - b == b - a
    assert (more[0] - few[0]) / 5 <= 14


def test_one_step_has_a_gradient_too():
    x = ops.convert_to_tensor([[1.0, 2.0]])
    with GradientTape() as tape:
        tape.watch(x)
        (one,) = time_steps(x)
        y = ops.sum(one * [3.0, 4.0])
    assert tape.gradient(y, x).tolist() == [[3.0, 4.0]]


def test_parts_that_are_not_used_have_no_gradient():
    x = ops.convert_to_tensor([[1.0, 2.0, 3.0, 4.0]])
    with GradientTape() as tape:
        tape.watch(x)
        _, second = gate_parts(x, count=2)
    assert tape.gradient(second, x).tolist() == [[0.0, 0.0, 1.0, 1.0]]


def test_specs_of_parts():
    with_names = gate_parts(KerasTensor((None, 6)), count=3)
    assert [y.shape for y in with_names] == [(None, 2)] * 3
    assert [y.shape for y in gate_parts(KerasTensor((2, None)), count=2)] == [
        (2, None)
    ] * 2
    assert [y.shape for y in time_steps(KerasTensor((3, None)))] == [(None,)] * 3
