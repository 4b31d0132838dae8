"""Into tensors and out of them, and what they are like."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, KerasTensor, Variable
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError


def test_data_becomes_tensors():
    assert ops.convert_to_tensor([1, 2]).dtype == "int32"
    assert ops.convert_to_tensor([1.0]).dtype == "float32"
    assert ops.convert_to_tensor(np.ones(2)).dtype == "float64"
    assert ops.convert_to_tensor([1], dtype="float16").dtype == "float16"
    x = ops.convert_to_tensor(2.0)
    assert ops.convert_to_tensor(x) is x
    with pytest.raises(ArgumentTypeError, match="dense here.*sparse=True"):
        ops.convert_to_tensor([1], sparse=True)


def test_lists_of_tensors_are_stacked_on_the_tape():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = ops.convert_to_tensor([x, 2 * x])
    assert y.numpy().tolist() == [3, 6]
    assert float(tape.gradient(y, x)) == 3


def test_what_a_tensor_is_like():
    x = KerasTensor((None, 3), "float16")
    assert ops.shape(x) == (None, 3)
    assert (ops.ndim(x), ops.dtype(x)) == (2, "float16")
    assert ops.size(x).shape == ()
    assert ops.size(np.ones((2, 3))) == 6
    assert ops.shape([[1, 2]]) == (1, 2)
    assert ops.is_tensor(ops.ones(1))
    assert not any(map(ops.is_tensor, (x, np.ones(1), Variable(1.0), 1)))
    assert isinstance(ops.convert_to_numpy(ops.ones(2)), np.ndarray)


def test_bytes_are_viewed_only_where_they_fit():
    with pytest.raises(ShapeError, match="cannot be viewed as float64"):
        ops.view(ops.ones((2, 3)), "float64")
    assert ops.view(ops.ones((2, 4)), "float64").shape == (2, 2)
    assert ops.view(ops.ones(2)).tolist() == [1, 1]


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match=r"\(2, 3\) cannot be reshaped to \(4, -1\)"):
        ops.reshape(np.ones((2, 3)), (4, -1))
    with pytest.raises(ShapeError, match=r"\(2, 3\), \(2, 4\)"):
        ops.concatenate([np.ones((2, 3)), np.ones((2, 4))])
    with pytest.raises(ArgumentError, match="`axis` must be from -2 to 1"):
        ops.concatenate([np.ones((2, 3))], axis=2)
    with pytest.raises(ShapeError, match=r"\(2, 3\), \(2, 3\)"):
        ops.matmul(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(ArgumentError, match="Index 9 is out of range"):
        ops.take(np.ones((5, 2)), [9], axis=0)
    with pytest.raises(ArgumentTypeError, match="must be integers"):
        ops.take(np.ones((5, 2)), [0.5], axis=0)
    with pytest.raises(ShapeError, match="One|one size"):
        ops.einsum("ij,jk", np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(ArgumentError, match="names 2 operands"):
        ops.einsum("ij,jk", np.ones((2, 3)))
    with pytest.raises(ArgumentError, match="cannot read the formula"):
        ops.einsum("ij->ijk", np.ones((2, 3)))
    with pytest.raises(ArgumentError, match="has no arguments"):
        ops.einsum("ij", np.ones((2, 3)), order="C")
    with pytest.raises(ShapeError, match="more letters than axes"):
        ops.einsum("...ijk", np.ones((2, 3)))
    with pytest.raises(ShapeError, match="gives 3 axes"):
        ops.einsum("ijk", np.ones((2, 3)))
    with pytest.raises(ShapeError, match="2 or 3 elements"):
        ops.cross(np.ones(4), np.ones(4))
