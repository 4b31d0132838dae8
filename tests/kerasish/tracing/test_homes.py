"""Homes hold variables where plans change them; nobody outside notices."""

import copy
import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from kerasish import Variable, backends
from kerasish.core.revision import revision
from kerasish.tracing.homes import ALIGNMENT, Home, Store, offsets, settle


def variables(*shapes, dtype="float32"):
    made = []
    for i, shape in enumerate(shapes):
        size = int(np.prod(shape))
        made.append(Variable((np.arange(size) + 10 * i).reshape(shape), dtype=dtype))
    return made


def settled(row):
    return settle(row, backends.current())


def test_a_home_is_a_part_of_its_store():
    store = Store(np.arange(10.0))
    home = Home(store, 2, (2, 3))
    assert home.array.tolist() == [[2, 3, 4], [5, 6, 7]]
    assert np.shares_memory(home.array, store.buffer)


def test_what_was_read_stays_when_the_home_changes():
    home = Home(Store(np.zeros(4, "float32")), 0, (4,))
    before = home.read()
    assert home.read() is before  # one copy for each change
    home.write(np.ones(4))
    assert before.numpy().tolist() == [0, 0, 0, 0]
    assert home.read().numpy().tolist() == [1, 1, 1, 1]


def test_a_plan_that_changed_the_memory_counts_up():
    home = Home(Store(np.zeros(2, "float32")), 0, (2,))
    home.read()
    home.array[...] = 5
    home.store.version += 1
    assert home.read().numpy().tolist() == [5, 5]


def test_a_write_converts():
    home = Home(Store(np.zeros(2, "float16")), 0, (2,))
    home.write(np.array([1.5, 2.5], "float64"))
    assert home.read().dtype == "float16"


@pytest.mark.parametrize(
    ("shapes", "starts", "size"),
    [
        (((2, 3),), [0], ALIGNMENT),
        (((2, 3), (3,)), [0, ALIGNMENT], 2 * ALIGNMENT),
        (((65,), (64,), ()), [0, 2 * ALIGNMENT, 3 * ALIGNMENT], 4 * ALIGNMENT),
        (((0,),), [0], 1),
        ((), [], 1),
    ],
    ids=["one", "two", "gaps", "empty", "none"],
)
def test_offsets_start_whole_cache_lines(shapes, starts, size):
    assert offsets(variables(*shapes)) == (starts, size)


def test_variables_move_in_with_their_values():
    row = variables((2, 3), (70,))
    before = [v.numpy().copy() for v in row]
    store = settled(row)
    assert store.buffer.ctypes.data % 64 == 0
    for v, value, start in zip(row, before, offsets(row)[0], strict=True):
        np.testing.assert_array_equal(v.numpy(), value)
        assert (v._home.start, v._home.store) == (start, store)
        assert v.shape == value.shape


def test_the_same_row_stays_where_it_is():
    row = variables((2,), (3,))
    store = settled(row)
    homes = [v._home for v in row]
    before = revision()
    assert settled(row) is store
    assert [v._home for v in row] == homes
    assert revision() == before


def test_a_variable_of_a_row_stays_in_it():
    row = variables((2,), (3,))
    store = settled(row)
    assert settled(row[1:]) is store
    assert settled(row[:1]) is store


def test_a_variable_moves_from_its_own_home_into_a_row():
    row = variables((2,), (3,))
    alone = settled(row[:1])
    before = revision()
    store = settled(row)
    assert store is not alone
    assert revision() > before  # plans bound to the old place must be bound again
    assert [v.numpy().tolist() for v in row] == [[0, 1], [10, 11, 12]]


def test_another_order_is_another_row():
    a, b = variables((3,), (3,))
    first = settled([a, b])
    assert settled([b, a]) is not first
    assert [v.numpy().tolist() for v in (a, b)] == [[0, 1, 2], [10, 11, 12]]


def test_a_part_of_a_row_becomes_its_own():
    row = variables((3,), (3,), (3,))
    settled(row)
    store = settled(row[1:])
    assert [v._home.store is store for v in row] == [False, True, True]
    assert [v.numpy()[0] for v in row] == [0, 10, 20]


class Watched(Variable):
    """A variable during whose move another thread comes by.

    Args:
        before: Called with the variable before it has its new home.
        after: Called with it afterwards.
    """

    def __init__(self, value, before=lambda v: None, after=lambda v: None):
        self._before = self._after = lambda v: None
        super().__init__(value)
        self._before, self._after = before, after

    @property
    def _home(self):
        return vars(self)["home"]

    @_home.setter
    def _home(self, home):
        self._before(self)
        vars(self)["home"] = home
        self._after(self)


def test_who_reads_while_a_variable_moves_sees_its_value():
    seen = []
    v = Watched([1.0, 2.0], after=lambda v: seen.append(v.numpy().tolist()))
    settled([v])
    assert seen == [[1, 2]]
    assert v.numpy().tolist() == [1, 2]


def test_who_assigns_while_a_variable_moves_in_is_heard():
    v = Watched([1.0, 2.0], before=lambda v: v.assign([7.0, 8.0]))
    settled([v])
    assert v._home.array.tolist() == v.numpy().tolist() == [7, 8]


def test_who_assigns_while_a_variable_moves_on_is_heard(monkeypatch):
    v, w = variables((2,), (3,))
    settled([v])
    real = Home.write

    def write(home, array):
        monkeypatch.undo()
        settled([w, v])
        real(home, array)

    monkeypatch.setattr(Home, "write", write)
    v.assign([7.0, 8.0])
    assert v._home.array.tolist() == v.numpy().tolist() == [7, 8]


def test_what_changes_while_it_is_read_is_read_again():
    home = Home(Store(np.zeros(2, "float32")), 0, (2,))
    real = home.array

    def copy():
        made = real.copy()
        real[...] = 1  # as a plan does that another thread runs
        home.store.version += 1
        return made

    home.array = SimpleNamespace(copy=copy)
    assert home.read().numpy().tolist() == [0, 0]
    home.array = real
    assert home.read().numpy().tolist() == [1, 1]


def test_an_assignment_writes_into_the_home():
    (v,) = variables((2,))
    store = settled([v])
    before = v.value
    v.assign([7.0, 8.0])
    assert store.buffer[:2].tolist() == [7, 8]
    assert before.numpy().tolist() == [0, 1]
    assert v.numpy().tolist() == [7, 8]
    v.assign_add([1.0, 1.0])
    assert store.buffer[:2].tolist() == [8, 9]


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16", "int32", "bool"])
def test_every_dtype_has_homes(dtype):
    (v,) = variables((3,), dtype=dtype)
    before = v.numpy().copy()
    settled([v])
    assert v.dtype == dtype
    np.testing.assert_array_equal(v.numpy(), before)


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))],
    ids=["deepcopy", "pickle"],
)
def test_copies_have_no_home(duplicate):
    (v,) = variables((2,))
    settled([v])
    made = duplicate(v)
    made.assign([5.0, 5.0])
    assert v.numpy().tolist() == [0, 1]
    assert made.numpy().tolist() == [5, 5]
