"""HashedCrossing against Keras on TensorFlow, bin by bin."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.layers import HashedCrossing
from tests.golden.stored_text import check_row, identify, rows

STRINGS, NUMBERS = np.array(["A", "B"]), np.array([1, 2])


@pytest.mark.parametrize("row", rows("HashedCrossing"), ids=identify)
def test_as_keras(row):
    check_row(row)


@pytest.mark.parametrize("mode", ["int", "one_hot"])
def test_symbolic_outputs_are_those_computed(mode):
    layer = HashedCrossing(5, output_mode=mode)
    inputs = [keras.Input((1,), dtype="string"), keras.Input((1,), dtype="int64")]
    symbolic = layer(inputs)
    found = layer([STRINGS[:, None], NUMBERS[:, None]])
    assert symbolic.shape == (None, *found.shape[1:])
    assert symbolic.dtype == found.dtype
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert again.get_config() == layer.get_config()


def test_arguments_that_are_refused():
    with pytest.raises(ValueError, match="must be an integer of at least 1"):
        HashedCrossing(0)
    with pytest.raises(ValueError, match="Allowed values are: .'int', 'one_hot'."):
        HashedCrossing(2, output_mode="count")
    with pytest.raises(ValueError, match="there are no sparse tensors"):
        HashedCrossing(2, output_mode="one_hot", sparse=True)
    with pytest.raises(
        ValueError, match="`dtype` of `HashedCrossing` must be an integ"
    ):
        HashedCrossing(2, dtype="float32")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (STRINGS, "on a list or tuple of inputs. Received: inputs=array"),
        ((STRINGS,), "on at least two inputs"),
        ((STRINGS, NUMBERS / 2), "integer or string dtype. Received: dtype float64"),
        ((STRINGS, NUMBERS[:1]), "should have equal shape. Received: .*2,.*1,"),
        ((STRINGS[None], NUMBERS[None]), "should have shape `..`, `.batch_size.` or"),
    ],
)
def test_inputs_that_are_refused(inputs, message):
    with pytest.raises((ValueError, TypeError), match=message):
        HashedCrossing(5)(inputs)


def test_a_call_without_inputs():
    with pytest.raises(ValueError, match="was called without inputs"):
        HashedCrossing(5)()
    assert HashedCrossing(5)(inputs=(STRINGS, NUMBERS)).shape == (2,)
