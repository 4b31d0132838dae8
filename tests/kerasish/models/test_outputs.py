"""Outputs of batches end up in one array, whatever they look like."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.models.outputs import Outputs


def gathered(rows, *batches):
    outputs = Outputs(rows)
    for batch in batches:
        memory = np.array(batch)
        part = outputs.add(memory)
        np.testing.assert_array_equal(part, batch)
        memory[...] = 99  # the next batch may lie in the same memory
    return outputs.joined()


A, B = np.arange(6.0).reshape(3, 2), np.arange(4.0).reshape(2, 2)


@pytest.mark.parametrize("rows", [5, 9, 4, None])
def test_rows_are_joined(rows):
    """However many were expected: as many, more, fewer, or nobody knew."""
    np.testing.assert_array_equal(gathered(rows, A, B), np.concatenate([A, B]))


def test_the_whole_is_written_once():
    outputs = Outputs(5)
    part = outputs.add(A)
    outputs.add(B)
    assert np.shares_memory(part, outputs.joined())


def test_dtypes_and_shapes_may_change():
    whole = gathered(5, A.astype("float32"), B)
    assert whole.dtype == "float64"
    np.testing.assert_array_equal(whole, np.concatenate([A, B]))
    with pytest.raises(
        ValueError, match=r"must have one shape. Received: rows of the shapes \[\(2,"
    ):
        gathered(5, A, np.ones((2, 3)))


def test_numbers_without_rows():
    assert gathered(3, 5.0) == 5.0


def test_structures():
    outputs = Outputs(5)
    for x in (A, B):
        outputs.add({"a": x, "b": [x * 2]})
    joined = outputs.joined()
    np.testing.assert_array_equal(joined["b"][0], np.concatenate([A, B]) * 2)


def test_nothing():
    assert Outputs(3).joined() is None


class Seen(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.ends, self.outputs = [], []

    def on_predict_batch_end(self, batch, logs=None):
        self.ends.append(batch)
        self.outputs.append(np.array(logs["outputs"]))

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(batch)

    on_test_batch_end = on_train_batch_end


@pytest.mark.parametrize(("every", "ends"), [(1, [0, 1, 2, 3]), (3, [2, 3])])
def test_callbacks_see_the_outputs_of_an_execution(every, ends):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.compile("sgd", "mse", steps_per_execution=every)
    x, seen = np.arange(14.0).reshape(7, 2), Seen()
    y = model.predict(x, batch_size=2, verbose=0, callbacks=[seen])
    assert seen.ends == ends
    np.testing.assert_array_equal(np.concatenate(seen.outputs), y)
    for call in (model.fit, model.evaluate):
        seen.ends.clear()
        call(x, np.ones((7, 3)), batch_size=2, verbose=0, callbacks=[seen])
        assert seen.ends == ends


def test_rows_in_another_order_are_put_back():
    outputs = Outputs(None)
    outputs.add(np.array([30, 10]), np.array([3, 1]))
    outputs.add(np.array([0]), np.array([0]))
    assert outputs.joined().tolist() == [0, 10, 30]


class Later:
    """A result of a device that is still computing."""

    def __init__(self, value, log):
        self.value, self.log = value, log

    def fetched(self):
        return lambda: self.log.append(self.value[0]) or np.array(self.value)


def test_what_arrives_later_is_waited_for_some_batches_later():
    outputs, log = Outputs(20, is_asynchronous=True, kept=2), []
    for i in range(0, 12, 2):
        outputs.take(Later([i, i + 1], log))
    assert log == [0, 2]  # four are on their way
    assert outputs.recent(2).tolist() == [8, 9, 10, 11]
    assert outputs.recent(1).tolist() == [10, 11]
    assert log == [0, 2, 4, 6, 8, 10]
    outputs.take(Later([12, 13], log))
    assert outputs.joined().tolist() == list(range(14))
