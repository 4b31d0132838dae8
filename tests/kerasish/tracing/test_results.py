"""Results are read from the plan's memory once, and stay what they were."""

import numpy as np
import pytest

from kerasish import Variable, metrics, ops
from kerasish.autodiff import Tensor
from kerasish.backends import current
from kerasish.tracing.recorder import Recorder
from kerasish.tracing.results import Result, places


class Plan:
    """Stands for a plan: only its output buffers.

    Args:
        outputs: Arrays.
    """

    def __init__(self, *outputs):
        self.outputs = [np.array(x, "float32") for x in outputs]
        self.backend = current()


def recorded(fn):
    """Returns the structure with places of what a function returns, and its tensors."""
    x = Tensor(np.array([1.0, 3.0], "float32"))
    with Recorder([x]) as recorder:
        value = fn(x)
    return places(value, recorder)


def test_a_complete_result_is_read_as_it_is():
    value = {"a": Tensor(np.float32(2)), "b": 3}
    result = Result(value)
    assert result.read() is value
    assert result.arrays() == {"a": 2.0, "b": 3}
    assert result.number("a") == 2.0
    assert result.number("c") is None
    assert Result(3).number("a") is None


def test_variables_are_arrays_too():
    assert Result([Variable([1.0])]).arrays()[0].tolist() == [1.0]


def test_tensors_get_places_and_the_rest_stays():
    structure, outputs = recorded(lambda x: {"b": [x + 1.0], "a": (x, None, "c", 2)})
    plan = Plan(*(x.numpy() for x in outputs))
    found = Result(structure, plan).read()
    assert found["a"][0].numpy().tolist() == [1.0, 3.0]
    assert found["a"][1:] == (None, "c", 2)
    assert found["b"][0].numpy().tolist() == [2.0, 4.0]


def test_what_was_read_outlives_the_next_run():
    structure, _ = recorded(lambda x: x * 2.0)
    plan = Plan([2.0, 6.0])
    result = Result(structure, plan)
    found = result.read()
    plan.outputs[0][...] = 0
    assert found.numpy().tolist() == [2.0, 6.0]
    assert result.read() is found


def test_arrays_are_the_plans_own():
    structure, _ = recorded(lambda x: [x * 2.0])
    plan = Plan([2.0, 6.0])
    assert Result(structure, plan).arrays()[0] is plan.outputs[0]


def test_a_number_is_read_without_the_rest():
    structure, _ = recorded(lambda x: {"loss": ops.sum(x), "n": 3})
    result = Result(structure, Plan(4.0))
    assert result.number("loss") == 4.0
    assert result.number("n") is None
    assert result.number("other") is None
    assert Result([1], Plan()).number("loss") is None


def test_what_is_deferred_is_computed_when_it_is_read():
    mean = metrics.Mean()

    def fn(x):
        mean.update_state(x)
        return {"mean": mean.result(), "sum": ops.sum(x)}

    structure, outputs = recorded(fn)
    assert len(outputs) == 1
    result = Result(structure, Plan(4.0))
    mean.update_state([8.0, 8.0])
    assert result.number("mean") is None  # not computed yet
    found = result.read()
    assert float(found["mean"]) == 5.0
    assert float(found["sum"]) == 4.0
    assert result.number("mean") == 5.0


def test_several_results_of_one_metric_are_computed_once():
    calls = []

    class Two(metrics.Mean):
        def result(self):
            calls.append(1)
            return {"a": super().result(), "b": super().result() * 2.0}

    two = Two()

    def fn(x):
        two.update_state(x)
        return two.result()

    structure, _ = recorded(fn)
    del calls[:]
    found = Result(structure, Plan()).read()
    assert {k: float(v) for k, v in found.items()} == {"a": 2.0, "b": 4.0}
    assert len(calls) == 1


@pytest.mark.parametrize("value", [None, 3, "a", (), {}], ids=repr)
def test_what_has_no_tensors_is_kept(value):
    structure, outputs = recorded(lambda x: value)
    assert outputs == []
    assert Result(structure, Plan()).read() == value
