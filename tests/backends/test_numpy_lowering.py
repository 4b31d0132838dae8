"""What plans bind computes what the primitives' own kernels compute."""

import zlib

import numpy as np
import pytest

from kerasish import ops  # noqa: F401, declares the primitives
from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.backends import get_backend, onednn
from kerasish.backends.numpy_lowering import _SPECIAL, ALIASING, UFUNCS, lower

FLOATS = ("float32", "float64")
TWO = {
    "add", "add_gradients", "arctan2", "divide", "equal", "greater", "greater_equal",
    "less", "less_equal", "logaddexp", "maximum", "minimum", "multiply", "not_equal",
    "power", "subtract",
}  # fmt: skip
BITS = {n for n in UFUNCS if n.startswith("bitwise_")}
LOGIC = {n for n in UFUNCS if n.startswith("logical_")}


def numbers(name, *shape, dtype="float32"):
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return rng.uniform(0.1, 0.9, shape).astype(dtype)


def check(name, arrays, tolerance=1e-6, **static):
    """Compares a bound primitive with its kernel, twice, as operands change."""
    with np.errstate(all="ignore"):
        expected = PRIMITIVES[name].function(*arrays, **static)
        out = np.empty(expected.shape, expected.dtype)
        step = lower(name, static, arrays, [out])
        assert step is not None
        for shift in (0, 1):
            for x in arrays:
                x[...] = np.roll(x, shift)
            step()
            again = PRIMITIVES[name].function(*arrays, **static)
            np.testing.assert_allclose(out, again, tolerance, 1e-7)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", sorted(set(UFUNCS) - BITS - LOGIC))
def test_universal_functions(name, dtype):
    arrays = [numbers(name, 3, 4, dtype=dtype) for _ in range(1 + (name in TWO))]
    if name == "arccosh":
        arrays[0] += 1
    check(name, arrays)


@pytest.mark.parametrize("name", sorted(BITS))
def test_bits(name):
    arrays = [np.arange(6, dtype="int32"), np.arange(6, dtype="int32")[::-1].copy()]
    check(name, arrays[: 1 if name == "bitwise_invert" else 2])


@pytest.mark.parametrize("name", sorted(LOGIC))
def test_logic(name):
    arrays = [np.array([True, False, True]), np.array([True, True, False])]
    check(name, arrays[: 1 if name == "logical_not" else 2])


SPECIAL = [
    ("_argmax", [(3, 4)], {"axis": 1}),
    ("_argmin", [(3, 4)], {"axis": 0}),
    ("_clip", [(3, 4), (), (4,)], {}),
    ("_concatenate", [(3, 4), (3, 2)], {"axis": 1}),
    ("_log_softmax", [(3, 4)], {"axis": (1,)}),
    ("_log_softmax", [(3, 4)], {"axis": (0, 1)}),
    ("_max", [(3, 4)], {"axis": (0,), "keepdims": True}),
    ("_min", [(3, 4)], {"axis": None, "keepdims": False}),
    ("_reshape", [(3, 4)], {"newshape": (2, 6)}),
    ("_softmax", [(3, 4)], {"axis": (0,)}),
    ("_softmax", [(2, 3, 4)], {"axis": (1, 2)}),
    ("_sum_to", [(3, 4)], {"shape": (4,)}),
    ("_sum_to", [(2, 3, 4)], {"shape": (3, 1)}),
    ("broadcast_to", [(4,)], {"shape": (3, 4)}),
    ("cast_to", [(3, 4)], {"dtype": "int32"}),
    ("divide_no_nan", [(3, 4), (4,)], {}),
    ("matmul", [(3, 4), (4, 5)], {}),
    ("matmul", [(2, 3, 4), (4, 5)], {}),
    ("mean", [(3, 4)], {"axis": None, "keepdims": False}),
    ("mean", [(3, 4)], {"axis": (1,), "keepdims": True}),
    ("relu", [(3, 4)], {}),
    ("rsqrt", [(3, 4)], {}),
    ("sigmoid", [(3, 4)], {}),
    ("softplus", [(3, 4)], {}),
    ("sum", [(3, 4)], {"axis": (1,), "keepdims": False}),
]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("name", "shapes", "static"), SPECIAL)
def test_special_forms(name, shapes, static, dtype):
    arrays = [numbers(name, *shape, dtype=dtype) for shape in shapes]
    if name == "_clip":
        arrays[2] += 0.1
    check(name, arrays, **static)


def test_choosing():
    x1, x2 = numbers("a", 3, 4), numbers("b", 4)
    check("_choose", [np.array([[True], [False], [True]]), x1, x2])


def test_every_special_form_is_tested():
    assert set(_SPECIAL) <= {row[0] for row in SPECIAL} | {
        "_choose",
        "_reshaped",
        "dense",
    }


def test_division_by_zero_without_nan():
    x1, x2, out = np.ones(3), np.array([0.0, 2.0, -0.0]), np.full(3, 7.0)
    lower("divide_no_nan", {}, [x1, x2], [out])()
    assert out.tolist() == [0.0, 0.5, 0.0]


@pytest.mark.parametrize("name", sorted(ALIASING - {"fused"} - BITS - LOGIC))
def test_operands_may_be_written_over(name):
    """Every operand in turn is the output; the other ones stay as they are."""
    count = 3 if name == "_clip" else 1 + (name in TWO)
    arrays = [numbers(f"{name}{i}", 12) for i in range(count)]
    if name == "arccosh":
        arrays[0] += 1
    expected = PRIMITIVES[name].function(*arrays)
    if expected.dtype != arrays[0].dtype:
        return  # no operand has the shape and dtype of the result
    for i in range(1 if name == "_clip" else count):
        given = [x.copy() for x in arrays]
        lower(name, {}, given, [given[i]])()
        np.testing.assert_allclose(given[i], expected, 1e-6)


def test_what_numpy_would_have_to_copy_is_not_bound():
    half, one = np.ones(3, "float16"), np.ones(3, "float32")
    assert lower("add", {}, [half, one], [np.empty(3, "float32")]) is None
    assert lower("sum", {"axis": None, "keepdims": False}, [half], [half[0]]) is None
    for name in ("sigmoid", "rsqrt"):
        assert lower(name, {}, [half], [half]) is None
    for name in ("_softmax", "_log_softmax"):
        assert lower(name, {"axis": (0,)}, [half], [half]) is None
    assert lower("mean", {"axis": None, "keepdims": False}, [half], [half[0]]) is None
    assert lower("_sum_to", {"shape": (1,)}, [half], [half[:1]]) is None
    yes = np.ones(3, bool)
    assert lower("_max", {"axis": 0, "keepdims": False}, [yes], [yes[0]]) is None
    z = np.ones(3, "complex64")
    assert lower("cast_to", {"dtype": "float32"}, [z], [one]) is None
    assert (
        lower("matmul", {}, [np.ones((2, 2), "int32")] * 2, [np.ones((2, 2))]) is None
    )
    assert lower("no_such_primitive", {}, [one], [one]) is None


@pytest.mark.parametrize("by", ["oneDNN", "NumPy"])
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid"])
def test_products_with_epilogues(activation, by, monkeypatch):
    if by == "NumPy":
        monkeypatch.setattr(onednn, "library", lambda: None)
    elif onednn.library() is None:
        pytest.skip("oneDNN is not installed")
    x, w, b = (
        numbers(n, *s) - 0.5 for n, s in zip("xwb", [(3, 4), (4, 5), (5,)], strict=True)
    )
    out = np.empty((3, 5), "float32")
    lower("dense", {"activation": activation}, [x, w, b], [out])()
    y = x.astype("float64") @ w + b
    act = {
        None: lambda v: v,
        "relu": lambda v: np.maximum(v, 0),
        "tanh": np.tanh,
        "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    }
    np.testing.assert_allclose(out, act[activation](y), 1e-5, 1e-6)


def test_without_onednn_numpy_multiplies(monkeypatch):
    monkeypatch.setattr(onednn, "library", lambda: None)
    assert get_backend("numpy").epilogues is None
    check("matmul", [numbers("a", 3, 4), numbers("b", 4, 5)])
