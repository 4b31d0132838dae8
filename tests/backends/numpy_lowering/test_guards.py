"""Steps that refuse numbers do so in the words of the primitives' own kernels."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import lower
from kerasish.backends.numpy_lowering.guards import GUARDS
from kerasish.core.errors import ArgumentError
from tests.backends.numpy_lowering.lowered import check, check_in_place, kernel

RANGE = {"low": 0, "high": 9, "what": "Classes"}
RIGHT = [
    ("in_range", [0, 9, 3], "int32", RANGE),
    ("in_range", [0, 9, 3], "float32", RANGE),
    ("in_range", [], "int64", RANGE),
    ("whole", [1, -2, 0], "float32", {"what": "Classes"}),
    ("whole", [1, 2], "float16", {"what": "Classes"}),
    ("whole", [], "float64", {"what": "Classes"}),
    ("_from_start", [0, 3], "int32", {"size": 4}),
    ("_from_start", [-1, 3, -4, 0], "int32", {"size": 4}),
    ("_from_start", [-1, 2], "int64", {"size": 4}),
]
WRONG = [
    ("in_range", [0, 10], "int32", RANGE, "must be from 0 to 9. Received: 10"),
    ("in_range", [-1, 10], "float32", RANGE, "must be from 0 to 9. Received: -1"),
    ("whole", [1, 2.5], "float32", {"what": "Classes"}, "must be integers"),
    ("whole", [np.inf], "float64", {"what": "Classes"}, "dtype=float64 with fract"),
    ("whole", [np.nan], "float16", {"what": "Classes"}, "must be integers"),
    ("_from_start", [0, 4], "int32", {"size": 4}, "Index 4 is out of range"),
    ("_from_start", [-5, 4], "int64", {"size": 4}, "Index -5 is out of range"),
]


@pytest.mark.parametrize(("name", "values", "dtype", "static"), RIGHT)
def test_what_is_right_passes(name, values, dtype, static):
    x = np.array(values, dtype)
    if name == "_from_start" or x.size:
        check(name, [x], **static)
    else:
        lower(name, static, [x], [x.copy()])()


@pytest.mark.parametrize(("name", "values", "dtype", "static"), RIGHT)
def test_it_may_stay_where_it_is(name, values, dtype, static):
    check_in_place(name, [np.array(values, dtype)], 0, **static)


@pytest.mark.parametrize(("name", "values", "dtype", "static", "words"), WRONG)
def test_what_is_wrong_is_refused_in_the_same_words(name, values, dtype, static, words):
    x = np.array(values, dtype)
    with pytest.raises(ArgumentError, match=words) as expected:
        kernel(name, x, **static)
    with np.errstate(all="ignore"), pytest.raises(ArgumentError) as found:
        lower(name, static, [x], [x.copy()])()
    assert str(found.value) == str(expected.value)


def test_what_is_left_to_the_kernel():
    x = np.zeros(0, "int32")
    assert lower("_from_start", {"size": 3}, [x], [x]) is None
    assert lower("whole", {"what": "Classes"}, [x], [x]) is None


def test_every_form_is_tested():
    assert set(GUARDS) == {row[0] for row in RIGHT} == {row[0] for row in WRONG}
