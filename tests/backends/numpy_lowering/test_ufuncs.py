"""Universal functions are bound with operands of any dtype, shape and order."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import lower, ufuncs
from kerasish.backends.numpy_lowering.ufuncs import (
    UFUNCS,
    calling,
    converting,
    overlap,
    row_width,
)
from tests.backends.numpy_lowering.lowered import check, numbers


@pytest.mark.parametrize("dtypes", [("float16", "float32"), ("int32", "float64"),
                                    ("int32", "int64")], ids=str)  # fmt: skip
@pytest.mark.parametrize("name", ["add", "maximum", "less", "equal"])
def test_operands_of_several_dtypes(name, dtypes):
    check(name, [numbers(d, 3, 4, high=9).astype(d) for d in dtypes])


def test_results_of_another_dtype():
    out = np.zeros(3, "float16")
    lower("add", {}, [np.ones(3, "float32")] * 2, [out])()
    assert out.tolist() == [2, 2, 2]


def test_what_no_loop_computes_is_not_bound():
    yes = np.ones(3, bool)
    assert lower("subtract", {}, [yes, yes], [yes]) is None


@pytest.mark.parametrize("shapes", [((3, 4), (4,)), ((3, 1), (1, 4)), ((), (3, 4))])
def test_operands_broadcast(shapes):
    for name in ("add", "divide_no_nan", "greater"):
        check(name, [numbers(str(i), *s) for i, s in enumerate(shapes)])


ORDERS = {
    "one": lambda x: x[:1, :1],
    "row": lambda x: x[0],
    "column": lambda x: x[:, :1],
    "turned": lambda x: x.T.copy().T,
    "gaps": lambda x: np.repeat(x, 2, 1)[:, ::2],
}


@pytest.mark.parametrize("size", [3, 300])
@pytest.mark.parametrize("second", ORDERS)
@pytest.mark.parametrize("first", ORDERS)
def test_operands_in_any_order(first, second, size):
    x1, x2 = numbers("a", size, size), numbers("b", size, size)
    x1, x2, out = ORDERS[first](x1), ORDERS[second](x2), np.empty((size, size), "f4")
    for ufunc in (np.subtract, np.maximum):
        calling(ufunc, [x1, x2], out)()
        np.testing.assert_array_equal(out, np.broadcast_to(ufunc(x1, x2), out.shape))


@pytest.mark.parametrize("second", ["row", "column", "turned"])
def test_results_over_an_operand(second):
    x1, x2 = numbers("a", 4, 4), ORDERS[second](numbers("b", 4, 4))
    expected = x1 - x2
    calling(np.subtract, [x1, x2], x1)()
    np.testing.assert_array_equal(x1, expected)


def test_conditions_of_operands_that_broadcast():
    x1, x2, out = numbers("a", 4, 1), numbers("b", 5), np.zeros((4, 5), bool)
    calling(np.less, [x1, x2], out)()
    np.testing.assert_array_equal(out, x1 < x2)


@pytest.mark.parametrize(
    "shapes",
    [((16, 4, 3), (3,)), ((3,), (16, 4, 3)), ((16, 4, 3), (1, 4, 3)), ((8, 8), ())]
    + [
        ((16, 4, 3), (16, 1, 3)),
        ((13, 5), (5,)),
        ((16, 4, 3), (4, 1)),
        ((4, 1), (4, 9)),
    ]
    + [((1, 1, 3), (16, 1, 1)), ((16, 4), (16, 4)), ((4, 1, 8), (1, 4, 1))],
    ids=str,
)
@pytest.mark.parametrize("name", ["add", "maximum", "less", "subtract"])
def test_rows_of_large_results_are_joined(name, shapes, monkeypatch):
    monkeypatch.setattr(ufuncs, "SMALL", 30)
    monkeypatch.setattr(ufuncs, "WIDE", 32)
    check(name, [numbers(str(i), *s, low=-9) for i, s in enumerate(shapes)])


def test_the_width_of_rows():
    assert row_width(128 * 1024, 16) == 2048
    assert row_width(2 * 3 * 1024, 3) == 1536
    assert row_width(7 * 5003, 7) == 7
    assert row_width(5003) == 1


def test_results_with_gaps():
    x1, x2, out = numbers("a", 4, 1), numbers("b", 5), np.zeros((4, 10), "float32")
    calling(np.add, [x1, x2], out[:, ::2])()
    np.testing.assert_array_equal(out[:, ::2], x1 + x2)


def test_without_a_loop_nothing_is_bound():
    yes = np.ones(3, bool)
    assert converting(np.subtract)(yes, yes, yes) is None


def test_overlap():
    x = np.ones(4)
    assert overlap(x[:2], x[1:])
    assert not overlap(x[:2], x[2:])


def test_names_are_those_of_one_or_two_operands():
    assert all(u.nout == 1 and u.nin in (1, 2) for u in UFUNCS.values())
