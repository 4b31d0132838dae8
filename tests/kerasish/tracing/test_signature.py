"""What belongs to the signature of a call, and what does not."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import ops
from kerasish.core import tree
from kerasish.tracing.signature import as_tensors, data_of, signature_of


def signature(*given):
    return signature_of(tree.flatten(given), given)


X = np.ones((2, 3), "float32")
SAME = [
    (X, X + 1),
    (ops.ones((2, 3)), ops.zeros((2, 3))),
    ({"a": X, "b": 1}, {"b": 1, "a": X * 2}),
    (float("nan"), float("nan")),
    (np.float32(2), np.float32(2)),
    (None, None),
]
APART = [
    (X, X[:1]),
    (X, X.astype("float64")),
    ([X], (X,)),
    ([X, X], [X, [X]]),
    (0.0, -0.0),
    (1, 1.0),
    (1, True),
    ("a", b"a"),
    (np.float32(2), np.float64(2)),
    (object(), object()),
    (lambda: 1, lambda: 1),
]


@pytest.mark.parametrize("pair", SAME, ids=range(len(SAME)))
def test_the_same(pair):
    first, second = (signature(x) for x in pair)
    assert first == second
    assert hash(first) == hash(second)


@pytest.mark.parametrize("pair", APART, ids=range(len(APART)))
def test_apart(pair):
    first, second = (signature(x) for x in pair)
    assert first != second


def test_objects_stay_alive_as_long_as_their_signature():
    held = {signature(object()): i for i in range(100)}
    assert len(held) == 100


def test_settings_belong_to_it():
    before = signature(X)
    epsilon = keras.config.epsilon()
    keras.config.set_epsilon(0.5)
    try:
        assert signature(X) != before
    finally:
        keras.config.set_epsilon(epsilon)
    assert signature(X) == before


def test_arrays_of_text_are_no_data():
    words = np.array(["a", "b"])
    x = ops.convert_to_tensor(X)
    given = {"words": words, "x": x, "n": 3, "y": X}
    first, second = data_of([words, x, 3, X])
    assert first is x and second is X
    made = as_tensors(given)
    assert made["words"] is words and made["n"] == 3
    assert made["y"].tolist() == X.tolist()


def test_one_tensor_given_twice_becomes_two():
    x = ops.convert_to_tensor(X)
    first, second = as_tensors((x, x))
    assert first._array is not second._array
    assert np.shares_memory(first._array, second._array)
