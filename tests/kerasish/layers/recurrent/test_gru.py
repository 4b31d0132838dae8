"""GRU and its cell against values of Keras, and what only they have."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.autodiff import check_gradients
from tests.golden.stored_recurrent import check, identify, rows


@pytest.mark.parametrize("row", rows("GRU"), ids=identify)
def test_values_are_those_of_keras(row):
    check(row)


@pytest.mark.parametrize(("after", "shape"), [(True, (2, 12)), (False, (12,))])
def test_weights(after, shape):
    layer = layers.GRU(4, reset_after=after)
    layer.build((None, 5, 3))
    assert [w.shape for w in layer.weights] == [(3, 12), (4, 12), shape]
    assert layer.reset_after is after
    assert layer.get_config()["reset_after"] is after
    assert layers.GRU.from_config(layer.get_config()).cell.reset_after is after


@pytest.mark.parametrize("after", [True, False])
def test_gradients_at_weights_and_inputs(after):
    rng = np.random.default_rng(0)
    layer = layers.GRU(2, reset_after=after, dtype="float64")
    layer.build((3, 4, 2))
    weights = layer.trainable_variables

    def run(x, *values):
        others = [v.value for v in layer.non_trainable_variables]
        return layer.stateless_call(values, others, x)[0]

    check_gradients(run, rng.normal(size=(3, 4, 2)), *(w.numpy() for w in weights))


def test_a_cell_takes_its_state_alone_or_in_a_list():
    cell = layers.GRUCell(2)
    x, h = np.ones((3, 4), "float32"), np.ones((3, 2), "float32")
    y, (new,) = cell(x, [h])
    alone, state = cell(x, h)
    np.testing.assert_array_equal(y, new)
    np.testing.assert_array_equal(alone, y)
    np.testing.assert_array_equal(state, y)


def test_use_cudnn():
    assert layers.GRU(2).use_cudnn == "auto"
    with pytest.raises(ValueError, match="`use_cudnn` of `GRU` must be 'auto'"):
        layers.GRU(2, use_cudnn="no")
