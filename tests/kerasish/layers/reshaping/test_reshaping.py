"""Layers of `reshaping` against values of Keras."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.reshaping.reshaping import __all__ as NAMES
from tests.kerasish.layers.tables import SmallTable


class TestTable(SmallTable):
    names = NAMES


@pytest.mark.parametrize(
    "make_wrong, match",
    [
        (lambda: layers.Reshape((-1, -1)), "may hold -1 once"),
        (lambda: layers.Reshape((4,))(np.ones((2, 6))), "cannot make"),
        (lambda: layers.Permute((0, 1)), "`dims` of `Permute`"),
        (lambda: layers.Flatten(data_format="x"), "`data_format`"),
        (lambda: layers.RepeatVector(1.5), "integer value for `n`"),
    ],
)
def test_wrong_arguments(make_wrong, match):
    with pytest.raises((ValueError, TypeError), match=match):
        make_wrong()


def test_channels_first_is_flattened_as_channels_last():
    x = np.arange(8.0).reshape(1, 2, 2, 2)
    found = layers.Flatten(data_format="channels_first")(x)
    assert found.tolist() == x.transpose(0, 2, 3, 1).reshape(1, -1).tolist()
