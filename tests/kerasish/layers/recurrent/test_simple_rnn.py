"""SimpleRNN and its cell against values of Keras."""

import pytest

from kerasish import layers
from tests.golden.stored_recurrent import check, identify, rows


@pytest.mark.parametrize("row", rows("SimpleRNN"), ids=identify)
def test_values_are_those_of_keras(row):
    check(row)


def test_weights_and_config():
    layer = layers.SimpleRNN(4, seed=3)
    layer.build((None, 5, 3))
    assert [w.shape for w in layer.weights] == [(3, 4), (4, 4), (4,)]
    assert [w.path for w in layer.weights] == [
        f"{layer.name}/simple_rnn_cell/{name}"
        for name in ("kernel", "recurrent_kernel", "bias")
    ]
    assert layer.cell.seed == 3
    assert "seed" not in layer.get_config()
    assert layers.SimpleRNNCell(4, seed=3).get_config()["seed"] == 3
