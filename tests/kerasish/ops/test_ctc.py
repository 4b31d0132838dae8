"""Connectionist temporal classification beyond its samples."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.core.errors import ArgumentError, ShapeError
from tests.kerasish.ops.samples.ctc import alignments

Z = np.random.default_rng(0).normal(0, 2, (1, 3, 3))


def test_labels_that_do_not_fit_cost_much_and_have_a_gradient():
    x = ops.convert_to_tensor(Z)
    with GradientTape() as tape:
        tape.watch(x)
        cost = ops.ctc_loss([[1, 1, 2]], x, [3], [3])
    assert 0.9e5 < float(cost[0]) < 1.2e5
    assert np.isfinite(np.asarray(tape.gradient(cost, x))).all()


def test_half_precision_is_computed_in_float32():
    cost = ops.ctc_loss([[1, 2]], Z.astype("float16"), [2], [3])
    expected = -np.log(alignments(Z[0], 3, 0)[(1, 2)])
    assert cost.dtype == "float32"
    np.testing.assert_allclose(np.asarray(cost), [expected], rtol=1e-3)


def test_integers_are_taken_as_floats():
    cost = ops.ctc_loss([[1]], [[[0, 0]]], [1], [1])
    np.testing.assert_allclose(np.asarray(cost), np.log([2.0]), rtol=1e-6)


def test_a_narrow_beam_keeps_what_is_best_so_far():
    z = np.log([[[0.4, 0.6, 1e-9], [0.4, 1e-9, 0.6]]])
    labels, scores = ops.ctc_decode(z, [2], "beam_search", beam_width=1)
    assert np.asarray(labels).tolist() == [[[1, 2]]]
    np.testing.assert_allclose(np.asarray(scores), np.log([[0.36]]), rtol=1e-6)


def test_fewer_labels_than_paths_leave_the_rest_empty():
    labels, scores = ops.ctc_decode(Z, [0], "beam_search", top_paths=2)
    assert np.asarray(labels).tolist() == [[[-1] * 3]] * 2
    assert np.asarray(scores).tolist() == [[0.0, -np.inf]]


REFUSED = [
    (lambda: ops.ctc_decode(Z, [3], "best"), ArgumentError, "'greedy' or 'beam_sea"),
    (
        lambda: ops.ctc_decode(Z, [3], "beam_search", beam_width=1, top_paths=2),
        ArgumentError,
        "from 1 to `beam_width`",
    ),
    (lambda: ops.ctc_decode(Z[0], [3]), ShapeError, r"\(batch, frames, classes\)"),
    (lambda: ops.ctc_loss([1], Z, [1], [3]), ShapeError, r"\(batch, labels\)"),
    (lambda: ops.ctc_loss([[1]], Z, 1, [3]), ShapeError, "`target_length` of `ctc_l"),
    (lambda: ops.ctc_loss([[1]], Z, [1], [3, 3]), ShapeError, "as many rows"),
    (
        lambda: ops.ctc_loss([[1], [2]], Z, [1, 1], [3]),
        ShapeError,
        r"Received shapes: \(2, 1\), \(1, 3, 3\)",
    ),
]


@pytest.mark.parametrize(("call", "error", "match"), REFUSED)
def test_wrong_arguments_are_named(call, error, match):
    with pytest.raises(error, match=match):
        call()
