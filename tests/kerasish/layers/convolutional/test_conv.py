"""Layers of `conv` against values of Keras."""

import pytest

from kerasish.layers.convolutional.conv import __all__ as NAMES
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
