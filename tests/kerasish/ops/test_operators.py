"""Operators, methods and NumPy functions are installed."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor, Tensor, Variable
from kerasish.core.errors import DtypeError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.ops.operators import BINARY, COMPARISONS, METHODS, NUMPY, UNARY


@pytest.mark.parametrize("kind", [Tensor, Variable, KerasTensor])
def test_every_operator_is_there(kind):
    for name in {**BINARY, **COMPARISONS, **UNARY}:
        assert callable(getattr(kind, f"__{name}__"))
    for name in BINARY:
        assert callable(getattr(kind, f"__r{name}__"))
    for name in METHODS:
        assert callable(getattr(kind, name)), name


def test_numpy_names_exist():
    for name in NUMPY:
        assert hasattr(np, name)
        assert hasattr(ops, name), name


def test_bits_and_logic():
    yes, no = ops.convert_to_tensor(True), ops.convert_to_tensor(False)
    assert (yes & no).item() is False
    assert (yes | no).item() is True
    assert (yes ^ yes).item() is False
    assert (~no).item() is True
    six = ops.convert_to_tensor(6)
    assert ((six & 3).item(), (six | 3).item(), (six ^ 3).item(), (~six).item()) == (
        2,
        7,
        5,
        -7,
    )
    with pytest.raises(
        DtypeError, match="Bits are of integers and booleans. Received:"
    ):
        ops.ones(2) & ops.ones(2)


def test_symbolic_operators():
    x = KerasTensor((None, 2))
    assert (1 + x * 2 - x / 3 > 0).dtype == "bool"
    assert x.sum(axis=1).shape == (None,)


def test_variables_have_them_too():
    v = Variable([1.0, 2.0])
    assert (v @ v).item() == 5
    assert v.mean().item() == 1.5
    assert (v > 1).tolist() == [False, True]


def test_operations_can_be_named_in_configs():
    for operation in (ops.add, ops.split, ops.norm):
        data = serialize_keras_object(operation)
        assert data["config"] == operation.__name__
        assert deserialize_keras_object(data) is operation
