"""Transposed convolutions against values and configs of Keras."""

import pytest

from kerasish import layers
from kerasish.layers.convolutional.conv_transpose import __all__ as NAMES
from tests.golden.stored_convolutions import (
    check_config,
    check_gradients,
    check_outputs,
    configs,
    rows,
)


@pytest.mark.parametrize("row", rows(*NAMES), ids=lambda row: row.name)
def test_outputs_are_those_of_keras(row):
    check_outputs(row)


@pytest.mark.parametrize("row", rows(*NAMES)[::3], ids=lambda row: row.name)
def test_gradients_are_those_of_differences(row):
    check_gradients(row)


@pytest.mark.parametrize("cls, kwargs, config", configs(*NAMES))
def test_configs_are_those_of_keras(cls, kwargs, config):
    check_config(cls, kwargs, config)


@pytest.mark.parametrize("name", NAMES)
def test_aliases(name):
    alias = name.replace("Conv", "Convolution")
    assert getattr(layers, alias) is getattr(layers, name)
