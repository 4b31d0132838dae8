"""Operands of every kind become tensors of the dtypes that Keras' table gives."""

import ml_dtypes
import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor, Tensor, Variable, promote, promote_float
from kerasish.autodiff.casting import (
    as_spec,
    as_tensor,
    host_array,
    keep,
    standardize_operands,
)
from kerasish.core import config
from kerasish.core.errors import ArgumentTypeError


@pytest.mark.parametrize(
    "x, dtype",
    [
        (1, "int32"),
        (1.5, "float32"),
        (True, "bool"),
        (1j, "complex64"),
        ([1, 2], "int32"),
        ([2**40], "int64"),
        ([1.0, 2], "float32"),
        ([True, False], "bool"),
        (np.float64(2.0), "float32"),
        (np.int64(2), "int32"),
        (np.ones(2), "float64"),
        (np.ones(2, "float16"), "float16"),
        (np.ones(2, ml_dtypes.bfloat16), "bfloat16"),
        (np.ones((), "int8"), "int8"),
        (range(3), "int32"),
        ([], "float32"),
    ],
)
def test_dtypes_of_data(x, dtype):
    made = as_tensor(x)
    assert isinstance(made, Tensor)
    assert made.dtype == dtype
    assert made.shape == np.shape(x)


def test_the_default_float_is_followed():
    config.set_floatx("float16")
    assert as_tensor(1.5).dtype == as_tensor([1.5]).dtype == "float16"
    assert ops.add(1, 1.5).dtype == "float16"
    config.set_floatx("float32")
    assert ops.add(1, 1.5).dtype == "float32"


@pytest.mark.parametrize(
    "a, b, dtype",
    [
        ("float64", 2.0, "float64"),
        ("float64", 2, "float64"),
        ("float16", 1.5, "float16"),
        ("int8", 2, "int8"),
        ("int64", 1, "int64"),
        ("int32", 1.5, "float32"),
        ("bool", 2, "int32"),
        ("float32", np.float64(2), "float32"),
        ("uint8", True, "uint8"),
    ],
)
def test_python_numbers_are_weak(a, b, dtype):
    x = np.ones(2, a)
    assert ops.add(x, b).dtype == dtype
    assert ops.add(b, x).dtype == dtype
    assert ops.add(KerasTensor((2,), a), b).dtype == dtype


def test_rules():
    assert keep("int8", float) == ("int8", "float32")
    assert promote("int32", "float16") == ("float16", "float16")
    assert promote_float("int32", "int8") == ("float32", "float32")
    assert promote_float("complex64") == ("complex64",)


def test_operands_that_fit_are_not_touched():
    x = as_tensor([1.0])
    (same, other) = standardize_operands((x, 2.0), promote)
    assert same is x
    assert other.dtype == "float32"


def test_data_is_copied_and_tensors_are_not():
    host = np.ones(2)
    made = as_tensor(host)
    host[0] = 5
    assert made.tolist() == [1, 1]
    assert as_tensor(made) is made
    assert as_tensor(made, "float64") is made
    assert as_tensor(made, "int32").dtype == "int32"


def test_variables_are_read():
    v = Variable([1.0, 2.0])
    assert as_tensor(v) is v.value
    assert ops.add(v, v).tolist() == [2, 4]


def test_lists_of_tensors_are_stacked():
    x = as_tensor(1.0)
    made = as_tensor([[x, 2.0], [3, x]])
    assert made.tolist() == [[1, 2], [3, 1]]
    assert as_tensor([x, x], "int32").dtype == "int32"
    assert ops.add([x, Variable(2.0)], 1).tolist() == [2, 3]
    symbolic = ops.add([KerasTensor((2,)), KerasTensor((2,))], 1)
    assert symbolic.shape == (2, 2)


def test_other_libraries_by_dlpack():
    class Foreign:
        def __init__(self, array):
            self.array = array

        def __dlpack__(self, **kwargs):
            return self.array.__dlpack__(**kwargs)

        def __dlpack_device__(self):
            return self.array.__dlpack_device__()

    assert as_tensor(Foreign(np.arange(3.0))).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "x, message",
    [
        (None, "A tensor was expected. Received: None"),
        (
            [[1, 2], [3]],
            r"Lists must be rectangular .*Received: list \[\[1, 2\], \[3\]",
        ),
        ("abc", "Only numbers can become a tensor. Received: str 'abc' with NumPy dty"),
        ([object()], r"Only numbers can become a tensor. Received: list \[<object"),
        (np.zeros(2, "M8[s]"), "Only numbers can become a tensor"),
        (np.zeros(2, "V4"), "Only numbers can become a tensor"),
        (["a" * 200], r"Received: list \['aaa.*\.\.\. with NumPy dtype"),
    ],
)
def test_what_is_no_number_is_refused(x, message):
    with pytest.raises(ArgumentTypeError, match=message):
        as_tensor(x)


def test_host_arrays():
    assert host_array([1.0]).dtype == np.float32
    assert host_array([1.0], "float64").dtype == np.float64
    assert host_array(np.int16(3)).dtype == np.int16


def test_specs():
    assert as_spec([[1, 2]], "int32").shape == (1, 2)
    assert as_spec(KerasTensor((None, 2)), "int32").shape == (None, 2)
