"""Pooling over windows against values and configs of Keras."""

import pytest

from kerasish import layers
from kerasish.layers.pooling.pooling import __all__ as NAMES
from tests.golden import stored_convolutions as stored
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


@pytest.mark.parametrize("row", stored.rows(*NAMES), ids=lambda row: row.name)
def test_every_option_gives_what_keras_gives(row):
    stored.check_outputs(row)


@pytest.mark.parametrize("row", stored.rows(*NAMES)[::3], ids=lambda row: row.name)
def test_gradients_are_those_of_differences(row):
    stored.check_gradients(row)


@pytest.mark.parametrize("cls, kwargs, config", stored.configs(*NAMES))
def test_configs_are_those_of_keras(cls, kwargs, config):
    stored.check_config(cls, kwargs, config)


@pytest.mark.parametrize("name", NAMES)
def test_aliases(name):
    alias = name.replace("Pooling", "Pool").replace("Average", "Avg")
    assert getattr(layers, alias) is getattr(layers, name)


def test_a_mean_needs_the_size_of_the_window():
    assert layers.MaxPooling2D().pool_size == (2, 2)
    with pytest.raises(TypeError, match="pool_size"):
        layers.AveragePooling2D()
