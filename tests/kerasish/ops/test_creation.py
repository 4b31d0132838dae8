"""Tensors made from nothing."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ArgumentError, DtypeError, ShapeError


def test_shapes_of_every_form():
    for shape in (3, (3,), [3], np.array([3])):
        assert ops.zeros(shape).shape == ops.ones(shape).shape == (3,)
    assert ops.zeros(()).shape == ()
    assert ops.full((2,), [1, 2]).tolist() == [1, 2]


def test_wrong_arguments():
    with pytest.raises(
        ArgumentError, match="`num` must not be negative. Received: num="
    ):
        ops.linspace(0, 1, -1)
    with pytest.raises(ArgumentError, match="`step` of `arange` must not be 0"):
        ops.arange(1, 2, 0)
    with pytest.raises(DtypeError, match="Did you mean 'float32'"):
        ops.zeros(2, "flaot32")
    with pytest.raises(ShapeError, match="broadcast"):
        ops.full((2,), [1, 2, 3])


def test_ranges():
    assert ops.arange(3).dtype == "int32"
    assert ops.arange(3.0).dtype == "float32"
    assert ops.arange(0, 1, 0.25).dtype == "float32"
    assert ops.arange(3, dtype="float16").dtype == "float16"
    assert ops.arange(ops.convert_to_tensor(2), 5).tolist() == [2, 3, 4]
    assert ops.arange(3, 0).shape == (0,)


def test_spaced_numbers_end_exactly():
    made = ops.linspace(0.1, 0.7, 7)
    assert made.numpy()[-1] == np.float32(0.7)
    values, step = ops.linspace(0, 1, 5, retstep=True)
    assert step.item() == 0.25
    assert ops.linspace(np.zeros(2), np.ones(2), 3, axis=-1).shape == (2, 3)
    assert ops.linspace(1, 2, 2, dtype="int32").tolist() == [1, 2]


def test_like_follows_dtype_and_shape():
    x = np.ones((2, 3), "float16")
    assert ops.zeros_like(x).dtype == "float16"
    assert ops.ones_like(x, dtype="int8").dtype == "int8"
    assert ops.full_like(x, 2.5).numpy().tolist() == [[2.5] * 3] * 2


def test_identity():
    assert ops.eye(2, 3, k=-1).tolist() == [[0, 0, 0], [1, 0, 0]]
    assert ops.identity(2, "int32").tolist() == [[1, 0], [0, 1]]
