"""Wrong arguments of operations: each is named, with what was expected."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, KerasTensor
from kerasish.core.errors import KerasishError

ONES = np.ones((2, 3))
CALLS = [
    (lambda: ops.array_split(ONES, 0), "positive number of parts"),
    (lambda: ops.dsplit(ONES, 1), "`dsplit` needs a tensor of at least 3 axes"),
    (lambda: ops.vsplit(ONES[0], 1), "`vsplit` needs a tensor of at least 2 axes"),
    (lambda: ops.fliplr(ONES[0]), "`fliplr` needs a tensor of at least 2 axes"),
    (lambda: ops.rot90(ONES, axes=(0,)), "must be two"),
    (lambda: ops.rot90(ONES, axes=(0, -2)), "must differ"),
    (lambda: ops.roll(ONES, (1, 2), axis=0), "must be as many"),
    (lambda: ops.diagonal(ONES[0]), "at least 2 axes"),
    (lambda: ops.diagonal(ONES, axis1=1), "must differ"),
    (lambda: ops.diagonal(KerasTensor((None, 3))), "rows' number must be known"),
    (lambda: ops.diagonal(KerasTensor((3, None))), "columns' number must be known"),
    (lambda: ops.diag(np.ones((1, 1, 1))), "vector or a matrix"),
    (lambda: ops.diag(KerasTensor((None,))), "size must be known"),
    (lambda: ops.tril(ONES[0]), "at least 2 axes"),
    (lambda: ops.searchsorted(ONES, 1.0), "must be a vector"),
    (lambda: ops.searchsorted(ONES[0], 1.0, side="up"), "'left' or 'right'"),
    (lambda: ops.argpartition(ONES, 3), "`kth` must be from"),
    (lambda: ops.select([], []), "one at least"),
    (lambda: ops.diff(ONES, n=-1), "must not be negative"),
    (lambda: ops.repeat(ONES, -1), "`repeats` of `repeat` must not be negative"),
    (lambda: ops.repeat(ONES, [1] * 9, 0), "one for each of the .* Received: 9"),
    (lambda: ops.scatter([0], [1.0], (3,)), r"shape \(updates, axes\)"),
    (lambda: ops.scatter([[3]], [1.0], (3,)), "Index 3 is out of range for an axis"),
    (lambda: ops.scatter([[-4]], [1.0], (3,)), "Index -4"),
    (lambda: ops.scatter([[0]], [1.0, 2.0], (3,)), r"must have the shape \(1,\)"),
    (lambda: ops.scatter_update(ONES, [[0, 0]], [1.0], "mean"), "must be one of"),
    (lambda: ops.slice(ONES, (0,), (1,)), "for each of 2 axes"),
    (lambda: ops.slice(ONES, (0, 2), (1, 2)), "must lie inside"),
    (lambda: ops.slice_update(ONES, (1, 0), ONES), "must lie inside"),
    (lambda: ops.segment_sum(ONES, [0]), "a number for each row"),
    (lambda: ops.segment_sum(ONES, [0, 5], 3), "must be from 0 to 2"),
    (lambda: ops.segment_max(ONES, [0, -1]), "Received: -1"),
    (lambda: ops.det(ONES), "`det` needs square matrices"),
    (lambda: ops.slogdet(ONES), "`slogdet` needs square matrices"),
    (lambda: ops.inv(ONES), "`inv` needs square matrices"),
    (lambda: ops.inv(np.zeros((2, 2))), "`inv` failed for the given matrix"),
    (lambda: ops.solve(np.eye(2), np.ones((3, 1))), "as many rows"),
    (lambda: ops.pinv(ONES[0]), "`pinv` needs matrices"),
    (lambda: ops.cholesky(-np.eye(2)), "`cholesky` failed"),
    (lambda: ops.svd(ONES[0]), "`svd` needs matrices"),
    (lambda: ops.qr(ONES[0]), "`qr` needs matrices"),
    (lambda: ops.qr(ONES, "r"), "`mode` of `qr` must be"),
    (lambda: ops.eig(ONES), "`eig` needs square matrices"),
    (lambda: ops.lu_factor(ONES), "`lu_factor` needs square matrices"),
    (lambda: ops.norm(ONES, "fro", axis=0), "must be a number"),
    (lambda: ops.norm(ONES, 7), "must be one of"),
    (lambda: ops.norm(np.ones((1, 1, 1)), 1), "one axis or two"),
    (lambda: ops.matrix_rank(ONES[0]), "`matrix_rank` needs matrices"),
    (lambda: ops.space_to_depth(np.ones((1, 3, 4, 1)), 2), "multiples of `block_size`"),
    (lambda: ops.depth_to_space(np.ones((1, 3, 4, 1)), 2), "`block_size` 2 squared"),
    (lambda: ops.depth_to_space(ONES, 2), "must have 4 axes"),
    (lambda: ops.extract_sequences(ONES, 4, 1), "no shorter than"),
    (lambda: ops.unfold(np.ones((1, 1, 2, 2)), 3), "does not fit into 2"),
    (lambda: ops.unfold(np.ones((1, 1, 2, 2)), (1, 1, 1)), "one number or two"),
    (lambda: ops.fold(np.ones((1, 4, 5)), (2, 2), 2), "`fold` needs 1 patches"),
    (lambda: ops.fft(ONES), "tuple of the real and the imaginary part"),
    (lambda: ops.fft((ONES, ONES[0])), "must have one shape"),
]


@pytest.mark.parametrize(("call", "match"), CALLS, ids=[m for _, m in CALLS])
def test_wrong_arguments_are_named(call, match):
    with pytest.raises(KerasishError, match=match):
        call()


def test_empty_updates_change_nothing():
    nothing = np.zeros((0, 1), "int32")
    made = ops.scatter_update(ONES, nothing, np.zeros((0, 3)))
    np.testing.assert_array_equal(made, ONES)
    assert ops.segment_max(np.zeros((0, 2)), np.zeros(0, "int32"), 1).tolist() == [
        [-np.inf, -np.inf]
    ]


def test_the_norm_of_zeros_has_a_derivative():
    x = ops.convert_to_tensor(np.zeros(3))
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.norm(x)
    assert tape.gradient(y, x).tolist() == [0, 0, 0]
