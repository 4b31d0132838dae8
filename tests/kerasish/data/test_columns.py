"""Columns: arrays of every library, and what is refused."""

import array

import ml_dtypes
import numpy as np
import pytest
import scipy.sparse

from kerasish.data import columns

LABEL = "`x` of `fit`"


class Tensor:
    """Stands for a tensor of another library."""

    def __init__(self, values):
        self._values = np.asarray(values)


class Arraylike(Tensor):
    def __array__(self, dtype=None, copy=None):
        return self._values


class Exchanged(Tensor):
    def __dlpack__(self, **options):
        return self._values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self._values.__dlpack_device__()


class Torchlike(Arraylike):
    """Refuses `__array__` until it is detached and brought to the host."""

    ready = False

    def __array__(self, dtype=None, copy=None):
        if not self.ready:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self._values

    def detach(self):
        return self

    def cpu(self):
        self.ready = True
        return self


class Cupylike(Tensor):
    """A device array: its `__array__` refuses, its `get` copies to the host."""

    __cuda_array_interface__ = {}

    def __array__(self, dtype=None, copy=None):
        raise TypeError("Implicit conversion to a NumPy array is not allowed")

    def get(self):
        return self._values


@pytest.mark.parametrize(
    "given",
    [
        np.array([1, 2]),
        [1, 2],
        (1, np.int8(2)),
        range(1, 3),
        array.array("i", [1, 2]),
        memoryview(array.array("i", [1, 2])),
        Arraylike([1, 2]),
        Exchanged([1, 2]),
        Torchlike([1, 2]),
        Cupylike([1, 2]),
    ],
)
def test_arrays_of_every_library(given):
    assert columns.is_array_like(given)
    column = columns.as_column(given, LABEL)
    assert type(column) is np.ndarray
    assert column.tolist() == [1, 2]


@pytest.mark.parametrize("given", ["ab", b"ab", None, [], [[1]], {"a": 1}, 3, Tensor])
def test_what_is_no_array(given):
    assert not columns.is_array_like(given)


def test_a_class_is_no_array():
    assert not columns.is_array_like(Arraylike)


@pytest.mark.parametrize(
    "dtype", ["float64", "float16", "int64", "uint8", "bool", ml_dtypes.bfloat16]
)
def test_dtypes_and_memory_are_kept(dtype):
    given = np.ones((2, 3), dtype)
    column = columns.as_column(given, LABEL)
    assert column.dtype == np.dtype(dtype)
    assert np.shares_memory(column, given)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (
            np.ones(2, complex),
            TypeError,
            "must hold real numbers.*complex128.*imaginar",
        ),
        (np.array(["a", "b"]), TypeError, "dtype <U1, shape .2,.. Encode text"),
        (np.array([b"a"]), TypeError, "Encode text as numbers"),
        (np.array(["2020-01-01"], "M8[D]"), TypeError, "Turn times into numbers"),
        (np.zeros(2, [("a", "i4")]), TypeError, "one array for each field"),
        (
            np.array([1, None], object),
            TypeError,
            "dtype object.*first entry is 1. Conv",
        ),
        (np.array([], object), TypeError, "first entry is None"),
        (
            np.array([[1, 2], [3]], dtype=object),
            ValueError,
            "rectangular.*list of length 2. Pad rows .* `pad_sequences`",
        ),
        (np.array(3.0), ValueError, "must have a first axis of samples.*scalar 3.0"),
        (np.float32(3.0), ValueError, "must have a first axis of samples"),
        (np.ma.array([1, 2], mask=[0, 1]), ValueError, "1 masked entries.*filled"),
    ],
)
def test_refusals_say_what_came_and_how_to_mend_it(given, error, message):
    with pytest.raises(error, match=f"^{LABEL} .*{message}"):
        columns.as_column(given, LABEL)


def test_a_tensor_that_cannot_be_read_says_why():
    class Closed:
        def __array__(self, dtype=None, copy=None):
            raise ValueError("the file is closed")

    with pytest.raises(TypeError, match="cannot be read as a NumPy.*file is closed"):
        columns.as_column(Closed(), LABEL)


def test_a_masked_array_without_masked_entries_is_an_array():
    column = columns.as_column(np.ma.array([1, 2]), LABEL)
    assert type(column) is np.ndarray
    assert column.tolist() == [1, 2]


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil", "dok", "bsr"])
def test_sparse_matrices_stay_sparse_until_rows_are_taken(kind):
    dense = np.diag([1.0, 2.0, 3.0])
    for given in (
        getattr(scipy.sparse, f"{kind}_matrix")(dense),
        getattr(scipy.sparse, f"{kind}_array")(dense),
    ):
        column = columns.as_column(given, LABEL)
        assert columns.is_sparse(column)
        rows = columns.take_rows(column, np.array([2, 0]))
        assert type(rows) is np.ndarray
        assert (rows == dense[[2, 0]]).all()
        assert (columns.take_rows(column, slice(1, 3)) == dense[1:3]).all()
        assert (columns.dense(column) == dense).all()


def test_sparse_matrices_are_checked_too():
    with pytest.raises(TypeError, match="real numbers. Received: dtype complex128"):
        columns.as_column(scipy.sparse.csr_array(np.eye(2) * 1j), LABEL)
    with pytest.raises(ValueError, match=r"two axes. Received: shape \(3,\)"):
        columns.as_column(scipy.sparse.coo_array(np.ones(3)), LABEL)


def test_rows_are_views_in_order_and_copies_otherwise():
    column = np.arange(6).reshape(3, 2)
    assert np.shares_memory(columns.take_rows(column, slice(0, 2)), column)
    assert columns.take_rows(column, np.array([2, 2])).tolist() == [[4, 5], [4, 5]]
    assert columns.dense(column) is column


def test_nested_lists_where_they_can_only_mean_one_array():
    assert columns.as_one_column([[1, 2], (3, 4)], LABEL).tolist() == [[1, 2], [3, 4]]
    assert columns.as_one_column(np.ones(2), LABEL).tolist() == [1, 1]
    with pytest.raises(ValueError, match="`x` of `fit` must be a rectangular array"):
        columns.as_one_column([[1, 2], [3]], LABEL)
    with pytest.raises(TypeError, match="must hold real numbers"):
        columns.as_one_column([["a"]], LABEL)


def test_rows_are_gathered_into_an_array_that_fits():
    column, index = np.arange(12.0).reshape(4, 3), np.array([3, 0])
    into = np.empty((2, 3))
    assert columns.take_rows(column, index, into) is into
    assert into.tolist() == [[9, 10, 11], [0, 1, 2]]
    for other in (np.empty((3, 3)), np.empty((2, 3), "float32")):
        made = columns.take_rows(column, index, other)
        assert made is not other
        np.testing.assert_array_equal(made, into)
    assert np.shares_memory(columns.take_rows(column, slice(2), into), column)


@pytest.mark.parametrize(
    "given",
    [
        ["a", "é"],
        (b"a", b"b"),
        np.array(["a", "b"]),
        np.array(["a", "b"], object),
        np.array(["a", "b"], np.dtypes.StringDType()),
    ],
    ids=["list", "bytes", "U", "object", "T"],
)
def test_text_where_it_may_be(given):
    found = columns.as_column(given, "`x` of `fit`", text=True)
    assert found.shape == (2,)
    assert columns.is_text_list(list(given)) or found.dtype.kind == "T"


def test_text_with_gaps_is_refused():
    for given in (np.array(["a", None], object), np.array(["a", 1], object)):
        with pytest.raises(TypeError, match="`x` of `fit` must hold numbers"):
            columns.as_column(given, "`x` of `fit`", text=True)
