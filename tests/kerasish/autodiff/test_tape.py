"""GradientTape: what it watches, and the gradients that it computes."""

import gc
import weakref

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, KerasTensor, Variable
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    GradientError,
    KerasishWarning,
    StateError,
)


@pytest.fixture
def x():
    return ops.convert_to_tensor(3.0)


def test_gradient_of_a_watched_tensor(x):
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x).item() == 6


def test_what_is_not_watched_has_no_gradient(x):
    with GradientTape(persistent=True) as tape:
        y = x * x
    match = r"at a tensor of shape \(\): it was not watched: call `tape.watch`"
    for ask in (tape.gradient, tape.jacobian):
        with pytest.warns(KerasishWarning, match=match):
            assert ask(y, x) is None
    assert tape.gradient(y, [x], unconnected_gradients="zero")[0].item() == 0


@pytest.mark.parametrize("source", [3.0, np.ones(2), "x", KerasTensor((2,))])
def test_sources_are_tensors(x, source):
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    match = f"`sources` of .* of type {type(source).__name__}$"
    for ask in (tape.gradient, tape.jacobian):
        with pytest.raises(ArgumentTypeError, match=match):
            ask(y, [x, source])


def test_unconnected_sources(x):
    other = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, other) is None
    zero = tape.gradient(y, other, unconnected_gradients="zero")
    assert (zero.tolist(), zero.dtype) == ([0, 0], "float32")
    with pytest.raises(
        ArgumentError, match="must be 'none' or 'zero'. Received: 'all'"
    ):
        tape.gradient(y, x, unconnected_gradients="all")


def test_structures_of_sources_and_targets(x):
    v = Variable(2.0)
    with GradientTape() as tape:
        tape.watch(x)
        y, z = x * v, x + v
    found = tape.gradient({"y": y, "z": [z]}, {"x": x, "rest": (v,)})
    assert found["x"].item() == 3
    assert found["rest"][0].item() == 4


def test_a_target_may_be_a_source(x):
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * 2
    assert tape.gradient(y, y).item() == 1
    assert [g.item() for g in tape.gradient(z, [y, x])] == [2, 12]
    v = Variable(1.0)
    with GradientTape() as tape:
        held = v.value
    assert tape.gradient(held, v).item() == 1
    with GradientTape() as tape:
        v * 1.0
    assert tape.gradient(v, v).item() == 1


def test_output_gradients(x):
    v = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y = v * v
    g = tape.gradient(y, v, output_gradients=[10.0, 1.0])
    assert g.tolist() == [20, 4]
    with pytest.raises(GradientError, match=r"target's shape \(2,\). Received: \(3,\)"):
        tape.gradient(y, v, output_gradients=ops.ones(3))
    with pytest.raises(GradientError, match="each of 2 targets. Received: 1"):
        tape.gradient([y, y], v, output_gradients=[ops.ones(2)])


def test_variables_are_watched_as_they_are_read():
    v, frozen = Variable(2.0), Variable(3.0, trainable=False)
    with GradientTape(persistent=True) as tape:
        y = v * frozen
    assert tape.watched_variables() == (v,)
    assert tape.gradient(y, v).item() == 3
    assert tape.gradient(y, frozen) is None
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(frozen)
        y = v * frozen
    assert tape.gradient(y, [v, frozen])[0] is None
    assert tape.watched_variables() == (frozen,)


def test_gradients_of_a_variable_that_changes_in_between():
    v = Variable(2.0)
    with GradientTape() as tape:
        y = v * v
        v.assign(5.0)
        y = y + v * v
    assert tape.gradient(y, v).item() == 4 + 10


def test_a_tape_is_used_once_unless_persistent(x):
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(StateError, match="Make it with `persistent=True`"):
        tape.gradient(y, x)


def test_nested_tapes_give_second_derivatives(x):
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as inner:
            inner.watch(x)
            y = ops.sin(x)
        slope = inner.gradient(y, x)
    curve = outer.gradient(slope, x)
    assert curve.item() == pytest.approx(-np.sin(3.0), rel=1e-6)


def test_a_persistent_tape_differentiates_its_own_gradients(x):
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x * x
        slope = tape.gradient(y, x)
        curve = tape.gradient(slope, x)
    assert slope.item() == 27
    assert curve.item() == 18
    assert tape.gradient(curve, x).item() == 6


def test_stop_recording_and_reset(x):
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
        with tape.stop_recording():
            z = y * 2
        w = y * 3
    assert tape.gradient([z, w], x).item() == 18
    with pytest.raises(StateError, match="needs a `GradientTape` that records"):
        with tape.stop_recording():
            pass
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
        tape.reset()
    with pytest.warns(KerasishWarning, match="was not watched"):
        assert tape.gradient(y, x) is None


def test_a_recording_tape_cannot_be_entered_again():
    with GradientTape() as tape:
        with pytest.raises(StateError, match="is recording already"):
            tape.__enter__()
    with tape:
        pass


def test_stop_gradient(x):
    with GradientTape() as tape:
        tape.watch(x)
        y = x * ops.stop_gradient(x * x)
    assert tape.gradient(y, x).item() == 9


def test_jacobian(x):
    v = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = ops.reshape(ops.concatenate([v * v, v * x]), (2, 2))
    rows = tape.jacobian(y, v)
    assert rows.shape == (2, 2, 2)
    assert rows.tolist() == [[[2, 0], [0, 4]], [[3, 0], [0, 3]]]
    assert tape.jacobian(y, {"x": x})["x"].tolist() == [[0, 0], [1, 2]]
    other = Variable([[1.0]])
    assert tape.jacobian(y, other) is None
    zero = tape.jacobian(y, other, unconnected_gradients="zero")
    assert zero.shape == (2, 2, 1, 1)
    assert tape.jacobian(v, v).tolist() == [[1, 0], [0, 1]]


def test_only_tensors_are_watched_and_differentiated(x):
    tape = GradientTape()
    with pytest.raises(
        ArgumentTypeError, match="needs tensors or variables. Received: 3"
    ):
        tape.watch(3)
    with pytest.raises(ArgumentTypeError, match="needs tensors or variables"):
        tape.watch(KerasTensor((1,)))
    with pytest.raises(
        ArgumentTypeError, match="`target` .* must be tensors. Received"
    ):
        tape.gradient(None, x)


def test_integers_have_no_gradient():
    i = ops.convert_to_tensor(3)
    with GradientTape() as tape:
        with pytest.warns(
            KerasishWarning, match="dtype int32 has no gradient and is n"
        ):
            tape.watch(i)
        y = i * 2.0
    with pytest.warns(KerasishWarning, match="tensors of dtype int32 have none"):
        assert tape.gradient(y, i) is None
    v = Variable(2.0)
    with GradientTape() as tape:
        y = ops.cast(v, "int32") * 3
    with pytest.warns(KerasishWarning, match="A target of dtype int32 has no gradient"):
        assert tape.gradient(y, v) is None


def test_nothing_flows_through_integers():
    v = Variable(2.5)
    with GradientTape() as tape:
        y = ops.cast(ops.cast(v, "int32"), "float32") + v
    assert tape.gradient(y, v).item() == 1


def test_gradients_have_the_dtypes_of_their_sources():
    v = Variable([1.0, 2.0], dtype="float16")
    w = Variable(3.0, dtype="float64")
    with GradientTape() as tape:
        y = ops.sum(v * w)
    gv, gw = tape.gradient(y, [v, w])
    assert (gv.dtype, gw.dtype) == ("float16", "float64")


def test_a_used_tape_lets_go_of_its_tensors(x):
    with GradientTape() as tape:
        tape.watch(x)
        middle = x * x
        y = middle * 2
    seen = weakref.ref(middle)
    del middle
    tape.gradient(y, x)
    gc.collect()
    assert seen() is None


def test_only_what_depends_on_the_watched_is_kept(x):
    with GradientTape() as tape:
        tape.watch(x)
        (ops.ones(3) * 2.0).sum()
    assert tape._records == []
