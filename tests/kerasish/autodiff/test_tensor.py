"""Tensors behave as arrays in the user's hands, and never change."""

import copy
import pickle

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape, Tensor
from kerasish.core.errors import ArgumentTypeError


@pytest.fixture
def x():
    return ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])


def test_attributes(x):
    assert (x.shape, x.dtype, x.ndim, x.size, len(x)) == ((2, 2), "float32", 2, 4, 2)
    assert x.tolist() == [[1, 2], [3, 4]]
    assert isinstance(x.array, np.ndarray)
    assert x.T.tolist() == [[1, 3], [2, 4]]
    assert x.astype("int32").dtype == "int32"


def test_values_cannot_be_changed(x):
    with pytest.raises(ValueError, match="read-only"):
        x.numpy()[0, 0] = 5
    with pytest.raises(TypeError, match="Tensors do not change: make a new one"):
        x[0] = 5
    made = np.asarray(x)
    assert made.tolist() == x.tolist()
    free = np.array(x)
    free[0, 0] = 5
    assert x.tolist()[0][0] == 1


def test_conversion(x):
    assert np.asarray(x, "float64").dtype == np.float64
    assert float(x[0, 1]) == 2.0
    assert int(x[1, 0]) == 3
    assert complex(x[0, 0]) == 1
    assert bool(x[0, 0])
    assert [10, 20, 30][ops.convert_to_tensor(1)] == 20
    assert f"{x[0, 0]:.2f}" == "1.00"
    assert f"{x}".startswith("[[1.")
    assert [row.tolist() for row in x] == [[1, 2], [3, 4]]
    assert 3.0 in x
    assert 7.0 not in x


def test_shown(x):
    assert repr(x[0]) == "<Tensor [1., 2.], shape=(2,), dtype=float32>"
    assert str(x[0]) == "[1. 2.]"


@pytest.mark.parametrize(
    "expression, expected",
    [
        (lambda x: x + 1, [3, 4]),
        (lambda x: 1 + x, [3, 4]),
        (lambda x: x - 1, [1, 2]),
        (lambda x: 1 - x, [-1, -2]),
        (lambda x: x * 2, [4, 6]),
        (lambda x: 2 * x, [4, 6]),
        (lambda x: x / 2, [1, 1.5]),
        (lambda x: 6 / x, [3, 2]),
        (lambda x: x // 2, [1, 1]),
        (lambda x: 7 // x, [3, 2]),
        (lambda x: x % 2, [0, 1]),
        (lambda x: 7 % x, [1, 1]),
        (lambda x: x**2, [4, 9]),
        (lambda x: 2**x, [4, 8]),
        (lambda x: -x, [-2, -3]),
        (lambda x: abs(-x), [2, 3]),
        (lambda x: x @ x, 13),
        (lambda x: [1, 1] @ x, 5),
        (lambda x: x == 2, [True, False]),
        (lambda x: x != 2, [False, True]),
        (lambda x: x < 3, [True, False]),
        (lambda x: x <= 2, [True, False]),
        (lambda x: x > 2, [False, True]),
        (lambda x: x >= 3, [False, True]),
        (lambda x: x & 2, [2, 2]),
        (lambda x: 1 | x, [3, 3]),
        (lambda x: x ^ 1, [3, 2]),
        (lambda x: ~x, [-3, -4]),
        (lambda x: x << 1, [4, 6]),
        (lambda x: 1 << x, [4, 8]),
        (lambda x: x >> 1, [1, 1]),
        (lambda x: ~(x > 2), [True, False]),
        (lambda x: (x > 2) & (x < 9), [False, True]),
        (lambda x: np.array([1, 1]) + x, [3, 4]),
        (lambda x: np.int64(3) * x, [6, 9]),
    ],
)
def test_operators(expression, expected):
    made = expression(ops.convert_to_tensor([2, 3]))
    assert isinstance(made, Tensor)
    assert made.tolist() == expected


def test_operators_leave_others_alone(x):
    assert (x == None) is False  # noqa: E711
    assert x != "text"
    with pytest.raises(TypeError, match="unsupported operand"):
        x + None
    with pytest.raises(TypeError, match="can only concatenate str"):
        "text" + x


def test_methods(x):
    assert x.sum().item() == 10
    assert x.mean(axis=0).tolist() == [2, 3]
    assert x.max(axis=1, keepdims=True).tolist() == [[2], [4]]
    assert x.reshape((4,)).tolist() == [1, 2, 3, 4]
    assert x.argmax().item() == 3
    assert x.cumsum().tolist() == [1, 3, 6, 10]


def test_numpy_functions_give_tensors(x):
    for made in (np.mean(x), np.exp(x), np.add(1, x), np.concatenate([x, x])):
        assert isinstance(made, Tensor)
    assert np.concatenate([x, x]).shape == (4, 2)
    assert np.where(x > 2, x, 0).tolist() == [[0, 0], [3, 4]]


def test_numpy_functions_stay_on_the_tape(x):
    with GradientTape() as tape:
        tape.watch(x)
        y = np.sum(np.square(x))
    assert tape.gradient(y, x).tolist() == [[2, 4], [6, 8]]


def test_numpy_functions_without_an_operation_give_arrays(x):
    assert np.unwrap(x[0]).tolist() == [1, 2]
    assert np.add.reduce(x).tolist() == [4, 6]
    assert np.mean(x, dtype="float64") == 2.5
    assert np.array_equal(x, x)
    assert np.allclose([x, x], 1.0, atol=10)
    assert np.apply_along_axis(func1d=sum, axis=0, arr=x).tolist() == [4, 6]
    assert np.spacing(x[0]).shape == (2,)


def test_dlpack(x):
    assert np.from_dlpack(x).tolist() == x.tolist()
    assert x.__dlpack_device__() == (1, 0)


def test_no_gpu_address_on_a_cpu(x):
    with pytest.raises(AttributeError, match="__cuda_array_interface__"):
        x.__cuda_array_interface__  # noqa: B018


def test_scalars_are_no_sequences():
    scalar = ops.convert_to_tensor(1.0)
    with pytest.raises(ArgumentTypeError, match=r"shape \(\) has no length"):
        len(scalar)
    with pytest.raises(ArgumentTypeError, match="cannot be iterated over"):
        iter(scalar)


def test_truth_of_many_elements_is_refused(x):
    with pytest.raises(ValueError, match="truth value"):
        bool(x)


def test_copies(x):
    assert copy.copy(x) is x
    assert copy.deepcopy(x) is x
    loaded = pickle.loads(pickle.dumps(x))
    assert loaded.tolist() == x.tolist()
    assert loaded.dtype == x.dtype
    assert len({x, loaded}) == 2
