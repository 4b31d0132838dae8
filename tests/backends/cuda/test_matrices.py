"""Matrices are told by columns, as the library counts."""

import numpy as np

from kerasish.backends.cuda.matrices import Matrix

X = np.zeros((5, 14), "float32")


def test_a_matrix_in_order_is_its_turned_one_by_columns():
    assert Matrix.of(X, ()) == (14, 5, 14, False, 0)
    assert Matrix.of(X.T, ()) == (14, 5, 14, True, 0)
    assert Matrix.of(X[:, 3:7], ()) == (4, 5, 14, False, 0)


def test_a_row_and_a_column():
    assert Matrix.of(X[:1], ()) == (14, 1, 14, False, 0)
    assert Matrix.of(X[:, :1], ()) == (1, 5, 14, False, 0)
    assert Matrix.of(X.T[:1], ()) == (1, 5, 14, True, 0)


def test_stacks():
    stack = np.zeros((2, 3, 5, 7), "float32")
    assert Matrix.of(stack, (2, 3)).stride == 35
    assert Matrix.of(stack[:, :1], (2, 3)) is None
    assert Matrix.of(stack[0], (2, 3)) is None
    assert Matrix.of(stack[0, 0], (2, 3)).stride == 0


def test_what_cannot_be_told():
    assert Matrix.of(X[:, ::2], ()) is None
    assert Matrix.of(X[::-1], ()) is None
    assert Matrix.of(np.zeros((2, 3, 5, 7)).swapaxes(0, 1), (3, 2)) is None
