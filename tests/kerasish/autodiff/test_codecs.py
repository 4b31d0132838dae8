"""Arrays and tensors in configs; the forms are those that Keras 3.15.1 writes."""

import json

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor, Tensor, Variable
from kerasish.autodiff.codecs import ARRAY_MARKS
from kerasish.core.codecs import decode
from kerasish.core.errors import SerializationError
from kerasish.core.registry import (
    Serializable,
    deserialize_keras_object,
    serialize_keras_object,
)
from kerasish.layers import Input


def through_json(value):
    return deserialize_keras_object(json.loads(json.dumps(value)))


def deep(depth):
    return [deep(depth - 1)] if depth else 1


ARRAYS = [
    np.array([[1, 2], [3, 4]], "int8"),
    np.array([0.1, np.inf, -np.inf]),
    np.array([0.1, 0.2], "float16"),
    np.array([True, False]),
    np.array([2**63 + 1], "uint64"),
    np.array(3.0, "float32"),
    np.array(["a", "bcd"]),
    np.zeros((2, 0), "float32"),
]


@pytest.mark.parametrize("x", ARRAYS, ids=lambda x: f"{x.dtype.name}{x.ndim}")
def test_arrays_come_back_bit_for_bit(x):
    back = through_json(serialize_keras_object(x))
    assert type(back) is np.ndarray
    assert back.dtype == x.dtype
    assert back.shape == x.shape
    assert back.tobytes() == x.tobytes()


def test_forms_of_keras():
    assert serialize_keras_object(np.array([1, 2], "int8")) == {
        "class_name": "__numpy__",
        "config": {"value": [1, 2], "dtype": "int8"},
    }
    assert serialize_keras_object(ops.ones((2,))) == {
        "class_name": "__tensor__",
        "config": {"value": [1.0, 1.0], "dtype": "float32"},
    }
    x = Input((3,), name="pixels")
    assert serialize_keras_object(x) == {
        "class_name": "__keras_tensor__",
        "config": {
            "shape": [None, 3],
            "dtype": "float32",
            "keras_history": ["pixels", 0, 0],
        },
    }
    marks = [serialize_keras_object(v)["class_name"] for v in (ARRAYS[0], x)]
    assert marks == list(ARRAY_MARKS[:2])


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "bool", "int64"])
def test_tensors_come_back(dtype):
    x = ops.convert_to_tensor([[1, 0], [0, 1]], dtype)
    back = through_json(serialize_keras_object(x))
    assert type(back) is Tensor
    assert back.dtype == dtype
    assert back.tolist() == x.tolist()


def test_arrays_of_bfloat16_come_back():
    x = ops.convert_to_tensor([1.5, 2.0], "bfloat16").numpy()
    back = through_json(serialize_keras_object(x))
    assert back.dtype == x.dtype
    assert back.tolist() == [1.5, 2.0]


def test_symbols_come_back_without_their_place():
    back = through_json(serialize_keras_object(KerasTensor((None, 4), "int32")))
    assert isinstance(back, KerasTensor)
    assert (back.shape, back.dtype) == ((None, 4), "int32")
    assert serialize_keras_object(back)["config"]["keras_history"] is None


def test_an_array_in_the_config_of_an_object():
    class Table(Serializable):
        def __init__(self, values):
            self.values = values

        def get_config(self):
            return {"values": self.values}

        @classmethod
        def from_config(cls, config):
            return cls(deserialize_keras_object(config["values"]))

    saved = json.loads(json.dumps(serialize_keras_object(Table(ARRAYS[0]))))
    back = deserialize_keras_object(saved, custom_objects={"Table": Table})
    assert np.array_equal(back.values, ARRAYS[0])


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.array([None]), r"real numbers.*shape \(1,\) and dtype object"),
        (np.array([1j]), "dtype complex128"),
        (np.zeros(2, [("a", "f4")]), "dtype"),
        (np.array(["2020-01-01"], "datetime64[D]"), "dtype datetime64"),
    ],
)
def test_other_arrays_are_refused(x, message):
    with pytest.raises(SerializationError, match=message):
        serialize_keras_object(x)


def test_variables_are_refused():
    with pytest.raises(SerializationError, match="Variable cannot be saved"):
        serialize_keras_object(Variable([1.0]))


@pytest.mark.parametrize(
    ("name", "config", "message"),
    [
        ("__numpy__", {"value": [1], "dtype": "object"}, "`dtype` must be one of"),
        ("__numpy__", {"value": [1], "dtype": "V10"}, "`dtype` must be one of"),
        ("__numpy__", {"value": [1], "dtype": ["f4"]}, "`dtype` must be a name"),
        ("__numpy__", {"value": [1], "dtype": "complex64"}, "complex numbers"),
        ("__numpy__", {"value": ["1"], "dtype": "int32"}, "type str is no element"),
        ("__numpy__", {"value": [{}], "dtype": "float32"}, "type dict is no element"),
        ("__numpy__", {"value": [1], "dtype": "bool"}, "type int is no element"),
        ("__numpy__", {"value": [[1], [1, 2]], "dtype": "int32"}, "cannot be read"),
        ("__numpy__", {"value": [2**70], "dtype": "int32"}, "does not fit int32"),
        ("__numpy__", {"value": deep(33), "dtype": "int32"}, "more than 32 deep"),
        ("__numpy__", {"dtype": "int32"}, "cannot be read: 'value'"),
        ("__tensor__", {"value": ["a"], "dtype": "string"}, "holds no text"),
        ("__tensor__", {"value": [[1], 2], "dtype": "float32"}, "cannot be read"),
        ("__keras_tensor__", {"shape": [True], "dtype": "int32"}, "sizes of a shape"),
        ("__keras_tensor__", {"shape": ["9"], "dtype": "int32"}, "sizes of a shape"),
        ("__keras_tensor__", {"shape": 3, "dtype": "int32"}, "cannot be read"),
    ],
)
def test_malformed_configs_are_refused(name, config, message):
    with pytest.raises(SerializationError, match=message):
        decode(name, config)
