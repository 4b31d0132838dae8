"""Bound pooling is the kernels', in one part and in several."""

import numpy as np
import pytest

from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.backends.numpy_lowering import lower, pooling
from kerasish.backends.numpy_lowering.pooling import POOLING
from kerasish.backends.onednn import loading
from tests.backends.numpy_lowering.lowered import check, numbers

# images, window, strides, padding
CASES = [
    ((2, 7, 3), (2,), (2,), ((0, 0),)),
    ((2, 7, 3), (3,), (1,), ((1, 1),)),
    ((2, 6, 7, 3), (2, 3), (2, 3), ((0, 0), (1, 1))),
    ((2, 6, 7, 3), (2, 3), (3, 2), ((0, 0), (0, 0))),
    ((2, 6, 7, 3), (2, 2), (3, 4), ((0, 0), (0, 1))),
    ((3, 20, 20, 3), (3, 3), (2, 2), ((0, 1), (0, 1))),
    ((2, 4, 3, 5, 2), (2, 2, 2), (2, 1, 2), ((0, 0), (0, 1), (1, 0))),
    ((1, 20, 18, 2), (18, 15), (2, 3), ((0, 0), (0, 0))),
]


@pytest.fixture(params=["oneDNN", "at once", "in parts", "two threads"], autouse=True)
def way(request, monkeypatch):
    """By oneDNN, and without it few and many images at a time, and by threads."""
    if request.param != "oneDNN":
        monkeypatch.setattr(loading, "library", lambda: None)
    if request.param == "in parts":
        monkeypatch.setattr(pooling, "BLOCK", 50)
    if request.param == "two threads":
        request.getfixturevalue("two_threads")


def largest(x, **how):
    return PRIMITIVES["_max_pool"].function(x, **how)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_pooling(case, dtype):
    shape, *how = case
    how = dict(zip(("window", "strides", "padding"), how, strict=True))
    x = numbers("x", *shape, low=-9, high=9).astype(dtype)
    expected, at = largest(x, **how)
    for given in (x, x.T.copy().T):
        y, places = np.empty_like(expected), np.empty_like(at)
        lower("_max_pool", how, [given], [y, places])()
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(places, at)
        y = np.empty_like(expected)
        lower("_max_pool", how, [given], [y, None])()
        np.testing.assert_array_equal(y, expected)
    g = numbers("g", *at.shape, low=-9, high=9).astype(dtype)
    check("_at_places", [x, at], **how)
    rtol = {"float16": 1e-2}.get(dtype, 1e-6)
    check("_from_places", [g, at], rtol, shape=shape, **how)
    if dtype != "int32":
        check("_average_pool", [x], rtol, atol=rtol, **how)
        check("_average_pool_back", [g], rtol, atol=rtol, shape=shape, **how)


def test_the_first_of_equals_and_the_first_nan_are_taken():
    nan = np.nan
    rows = [[1, 1, 0, 1], [0, nan, 3, nan], [-np.inf] * 4, [2, 1, np.inf, nan]]
    x = np.array(rows, "float32")[..., None]
    how = {"window": (4,), "strides": (4,), "padding": ((0, 0),)}
    expected, at = largest(x, **how)
    y, places = np.empty_like(expected), np.empty_like(at)
    lower("_max_pool", how, [x], [y, places])()
    np.testing.assert_array_equal(y.ravel(), [1, nan, -np.inf, nan])
    np.testing.assert_array_equal(places.ravel(), [0, 1, 0, 3])
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(places, at)


def test_infinite_gradients_reach_their_place_alone():
    g, at = np.full((1, 2, 1), np.inf, "float32"), np.zeros((1, 2, 1), "uint8")
    for stride, sizes in ((2, 4), (1, 3)):
        how = {"window": (2,), "strides": (stride,), "padding": ((0, 0),)}
        out = np.empty((1, sizes, 1), "float32")
        lower("_from_places", how | {"shape": out.shape}, [g, at], [out])()
        assert sorted(set(out.ravel())) == [0, np.inf]


def test_what_is_left_to_the_kernels():
    how = {"window": (2,), "strides": (2,), "padding": ((0, 0),)}
    x, y, at = np.ones((1, 4, 1)), np.ones((1, 2, 1)), np.zeros((1, 2, 1), "uint8")
    other, none = y.astype("float32"), np.ones((0, 4, 1))
    back = how | {"shape": x.shape}
    assert lower("_max_pool", how, [x > 0], [y > 0, at]) is None
    assert lower("_max_pool", how, [none], [y[:0], at[:0]]) is None
    assert lower("_at_places", how, [x, at], [other]) is None
    assert lower("_from_places", back, [other, at], [x]) is None
    assert lower("_average_pool", how, [x], [other]) is None
    assert lower("_average_pool_back", back, [other], [x]) is None


def test_every_form_is_tested():
    tested = "_at_places _average_pool _average_pool_back _from_places _max_pool"
    assert set(POOLING) == set(tested.split())
