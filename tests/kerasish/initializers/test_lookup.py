import numpy as np
import pytest

from kerasish import initializers
from kerasish.initializers.lookup import INITIALIZERS


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_name(name):
    assert isinstance(initializers.get(name), INITIALIZERS[name])


@pytest.mark.parametrize(
    "identifier",
    [
        "HeNormal",
        "he_normal",
        initializers.HeNormal,
        initializers.HeNormal(),
        {"class_name": "HeNormal", "config": {"seed": 3}},
        initializers.serialize(initializers.HeNormal(seed=3)),
    ],
)
def test_forms_of_an_initializer(identifier):
    assert isinstance(initializers.get(identifier), initializers.HeNormal)


def test_none_and_functions():
    def twos(shape, dtype=None):
        return np.full(shape, 2.0, dtype)

    assert initializers.get(None) is None
    assert initializers.get(twos) is twos


def test_array_is_its_own_value():
    value = np.arange(3.0)
    np.testing.assert_array_equal(initializers.get(value)((3,)), value)


def test_unknown_name():
    message = "Unknown initializer: 'he_norml'. Did you mean 'he_normal'?"
    with pytest.raises(ValueError, match=message):
        initializers.get("he_norml")
