"""Writing at indices, recorded: indices may be constants of the step, or its inputs."""

import warnings

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.tracing import function

INDICES = np.array([[0, 1], [-1, 0], [0, 1]])
VALUES = np.array([1.0, 2.0, 4.0], "float32")
SUMS = [[0.0, 5.0], [0.0, 0.0], [2.0, 0.0]]
REST = np.ones((3, 2), "float32")
UPDATED = {
    None: [[1.0, 4.0], [1.0, 1.0], [2.0, 1.0]],
    "add": [[1.0, 6.0], [1.0, 1.0], [3.0, 1.0]],
    "max": [[1.0, 4.0], [1.0, 1.0], [2.0, 1.0]],
    "min": [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]],
    "mul": [[1.0, 4.0], [1.0, 1.0], [2.0, 1.0]],
}


def recorded(fn):
    """Returns a recorded function, and a list that counts how often it ran."""
    runs = []

    def counted(*args):
        runs.append(1)
        return fn(*args)

    return function(counted), runs


def check(fn, given, expected):
    """Checks that a function is recorded without a warning and gives numbers."""
    call, runs = recorded(fn)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(6):
            np.testing.assert_allclose(call(*given), expected, rtol=1e-6)
    assert len(runs) < 4


@pytest.mark.parametrize("indices", [INDICES, INDICES.tolist(), INDICES.astype("int8")])
def test_constant_indices(indices):
    check(lambda x: ops.scatter(indices, x, (3, 2)), (VALUES,), SUMS)


def test_indices_that_are_inputs():
    check(lambda i, x: ops.scatter(i, x, (3, 2)), (INDICES, VALUES), SUMS)


@pytest.mark.parametrize("reduction", list(UPDATED))
@pytest.mark.parametrize("constant", [True, False])
def test_updates(reduction, constant):
    if constant:
        check(
            lambda r, x: ops.scatter_update(r, INDICES, x, reduction),
            (REST, VALUES),
            UPDATED[reduction],
        )
    else:
        check(
            lambda r, i, x: ops.scatter_update(r, i, x, reduction),
            (REST, INDICES, VALUES),
            UPDATED[reduction],
        )


def test_indices_out_of_range_are_told_in_replays_too():
    call, runs = recorded(lambda i, x: ops.scatter(i, x, (3, 2)))
    for _ in range(5):
        call(INDICES, VALUES)
    with pytest.raises(ArgumentError, match="Index 2 is out of range for an axis of"):
        call(np.array([[0, 1], [1, 2], [0, 1]]), VALUES)
    np.testing.assert_allclose(call(INDICES, VALUES), SUMS, rtol=1e-6)
