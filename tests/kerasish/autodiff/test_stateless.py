"""StatelessScope: code on variables as a pure function."""

import pytest

from kerasish.autodiff import GradientTape, StatelessScope, Variable
from kerasish.core.errors import ArgumentError


def test_values_and_assignments_stay_in_the_scope():
    v, w = Variable(1.0), Variable(2.0)
    with StatelessScope([(v, 5.0)]) as scope:
        assert float(v) == 5
        v.assign_add(1.0)
        w.assign(7.0)
        assert (float(v), float(w)) == (6, 7)
    assert (float(v), float(w)) == (1, 2)
    assert float(scope.get_current_value(v)) == 6
    assert scope.get_current_value(Variable(0.0)) is None


def test_scopes_nest():
    v = Variable(1.0)
    with StatelessScope([(v, 2.0)]):
        with StatelessScope([(v, 3.0)]):
            assert float(v) == 3
        assert float(v) == 2


def test_gradients_reach_the_variables():
    v = Variable(1.0)
    with StatelessScope([(v, 5.0)]):
        with GradientTape() as tape:
            y = v * v
        assert float(tape.gradient(y, v)) == 10


def test_values_must_fit():
    v = Variable([1.0, 2.0], name="v")
    with pytest.raises(
        ArgumentError, match=r"'v' in a `Stateless.*\(2,\). Received: \(\)"
    ):
        StatelessScope([(v, 1.0)])


def test_losses_are_collected():
    with StatelessScope(collect_losses=True) as scope:
        scope.add_loss(3.0)
    assert scope.losses == [3.0]
    assert scope.collect_losses
    assert scope.initialize_variables
