"""oneDNN sees the arrays of recurrent layers where they lie."""

import numpy as np
import pytest

from kerasish.backends.onednn import library
from kerasish.backends.onednn.loading import Refused
from kerasish.backends.onednn.making import Making
from kerasish.backends.onednn.recurrent_arrays import KINDS, Arrays, Seen

pytestmark = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")


def seen(kind, **changed):
    _, parts, _ = KINDS[kind]
    shapes = {"x": (2, 3, 4), "kernel": (4, parts * 5), "recurrent": (5, parts * 5)}
    made = {k: np.arange(np.prod(s), dtype="float32").reshape(s) for k, s in
            shapes.items()}  # fmt: skip
    arrays = Arrays(**made, bias=None, first=[], y=None, last=[])
    return Seen(Making(library()), kind, arrays._replace(**changed), (2, 3, 4, 5))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_given_is_zero_and_of_the_right_shape(kind):
    made = seen(kind)
    gates = KINDS[kind][1] + (kind == "gru_reset_after")
    assert made.bias.shape == (1, 1, gates, 5)
    assert made.y.shape == (3, 2, 5)
    assert [s.shape for s in (*made.first, *made.last)] == [(1, 1, 2, 5)] * (
        2 * KINDS[kind][2]
    )
    for zeros in (made.bias, made.y, *made.first, *made.last):
        assert not zeros.any()


def test_arrays_are_seen_where_they_lie():
    made = seen("lstm")
    x = made.x.base
    assert np.may_share_memory(made.x, x) and made.x.shape == (3, 2, 4)
    assert made.kernel.shape == (1, 1, 4, 4, 5)
    assert made.kernel[0, 0, 1, 2, 3] == 1 * 20 + 2 * 5 + 3


def test_two_biases_become_one_and_fall_apart_again():
    bias = np.arange(30, dtype="float32").reshape(2, 15)
    made = seen("gru_reset_after", bias=bias)
    for step in made.fill:
        step()
    expected = np.concatenate([bias[0, :10] + bias[1, :10], bias[0, 10:], bias[1, 10:]])
    np.testing.assert_array_equal(made.bias.ravel(), expected)
    made.bias[...] = np.arange(20).reshape(1, 1, 4, 5)
    for step in made.empty:
        step()
    both = np.arange(10)
    np.testing.assert_array_equal(bias[0], [*both, *range(10, 15)])
    np.testing.assert_array_equal(bias[1], [*both, *range(15, 20)])


@pytest.mark.parametrize(
    "x",
    [
        np.ones((2, 3, 4)),
        np.ones((2, 3, 3), "float32"),
        np.ones((4, 3, 2), "float32").T,
    ],
    ids=["float64", "other", "turned"],
)
def test_other_arrays_are_refused(x):
    with pytest.raises(Refused):
        seen("gru", x=x)
