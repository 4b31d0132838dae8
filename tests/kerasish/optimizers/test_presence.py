"""Gradients that are there and those that are not."""

import numpy as np
import pytest

from kerasish import Variable, optimizers
from kerasish.core.errors import KerasishWarning, ShapeError
from kerasish.optimizers.presence import paired, present


def weights(*names):
    return [Variable(np.zeros(1, "float32"), name=name) for name in names]


def test_all_there():
    given = weights("a", "b")
    assert present([1.0, 2.0], given) == ([1.0, 2.0], given)


def test_those_missing_are_named():
    a, b, c = weights("a", "b", "c")
    with pytest.warns(KerasishWarning, match=r"for variables \['a', 'c'\]"):
        assert present([None, 2.0, None], [a, b, c]) == ([2.0], [b])


def test_none_at_all():
    with pytest.raises(ValueError, match=r"does not depend on \['a', 'b'\]"):
        present([None, None], weights("a", "b"))
    assert present([], []) == ([], [])


def test_gradients_are_paired_with_weights():
    a, b = weights("a", "b")
    sgd = optimizers.SGD()
    assert paired(sgd, iter([None, [1.0]]), (a, b)) == ([None, [1.0]], [a, b])
    sgd.build([a])
    assert paired(sgd, [np.ones(1)]) == ([np.ones(1)], [a])
    assert paired(sgd, [], []) == ([], [])


@pytest.mark.parametrize(
    ("grads", "variables", "error", "match"),
    [
        ([1.0], None, ValueError, "`SGD` is not built.*`build.variables.` first"),
        ([1.0, 2.0], "a", ValueError, "each of 1 variables. Received: 2 gradients"),
        ([np.ones(2)], "a", ShapeError, r"of 'a' must .* shape \(1,\). .* \(2,\)"),
        ([1.0], "a", ShapeError, r"of 'a' must .* shape \(1,\). .* \(\); are"),
        ([[1.0, 2.0]], "a", ShapeError, r"of 'a' must .* shape \(1,\). .* \(2,\)"),
    ],
)
def test_gradients_that_do_not_fit(grads, variables, error, match):
    with pytest.raises(error, match=match):
        paired(optimizers.SGD(), grads, variables and weights(*variables))
