"""The call replayed last is recognised; its buffers may be given in place of copies."""

import threading

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.revision import revise
from kerasish.tracing import function

X = np.arange(6, dtype="float32").reshape(2, 3)


@pytest.fixture
def last():
    """Returns the last call of a function of two arrays that is replayed."""
    f = function(lambda x, y: x + y)
    for _ in range(5):
        f(X, X)
    return f._last


def test_the_same_signature_is_taken(last):
    assert last.takes((X, X + 1))
    np.testing.assert_array_equal(last.replay((X, X + 1)).read(), X + X + 1)


@pytest.mark.parametrize(
    "args",
    [
        (X, X[:1]),
        (X, X.astype("float64")),
        (X, ops.convert_to_tensor(X)),
        (X, None),
        (X,),
        ((X, X),),
    ],
    ids=["rows", "dtype", "tensor", "none", "fewer", "tuple"],
)
def test_another_signature_is_not(last, args):
    assert not last.takes(args)


def test_what_has_changed_is_looked_at_again(last):
    revise()
    assert not last.takes((X, X))


def test_another_thread_has_a_plan_of_its_own(last):
    seen = []
    thread = threading.Thread(
        target=lambda: seen.append((last.takes((X, X)), last.buffers()))
    )
    thread.start()
    thread.join()
    assert seen == [(False, [])]


def test_a_batch_may_be_gathered_into_the_buffers(last):
    first, second = last.buffers()
    first[...], second[...] = X, 2 * X
    assert last.takes((first, second))
    np.testing.assert_array_equal(last.replay((first, second)).read(), 3 * X)


def test_a_tuple_and_none():
    f = function(lambda batch: batch[0] * 2)
    for _ in range(5):
        f((X, None))
    assert f._last.takes(((X, None),))
    assert not f._last.takes((X, None))
    (buffer, nothing) = f.buffers()
    assert buffer.shape == X.shape and nothing is None


def test_other_arguments_have_none():
    f = function(lambda x, k: x * k)
    assert f.buffers() == []
    for _ in range(5):
        f(X, 2.0)
    assert f._last is None and f.buffers() == []
