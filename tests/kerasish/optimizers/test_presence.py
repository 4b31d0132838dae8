"""Gradients that are there and those that are not."""

import numpy as np
import pytest

from kerasish import Variable
from kerasish.core.errors import KerasishWarning
from kerasish.optimizers.presence import present


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
