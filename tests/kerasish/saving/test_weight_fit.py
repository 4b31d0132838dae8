"""Whether stored weights fit, and what is suspicious about them."""

import numpy as np
import pytest

from kerasish.core.errors import KerasishError
from kerasish.layers.base import Layer
from kerasish.saving import weight_fit
from tests.kerasish.saving.nets import Scale, stack


class Stored(dict):
    """Stands for a fetched reader."""

    path = "layers/scale/vars"

    def __init__(self, *arrays):
        super().__init__({str(i): np.asarray(a) for i, a in enumerate(arrays)})

    @property
    def shapes(self):
        return {key: array.shape for key, array in self.items()}


class Own(Layer):
    """Loads its weights itself."""

    def load_own_variables(self, store):
        """Takes anything."""


@pytest.fixture
def scale():
    layer = Scale(name="s")
    layer.build((None, 3))
    return layer


def test_what_fits(scale):
    assert weight_fit.find_misfit(scale, Stored([1, 2, 3], 4)) is None
    assert weight_fit.find_misfit(Own(), Stored(1, 2)) is None


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        (
            Stored(),
            "`Scale` 's' needs 2 weights (scale (3,), count ()); "
            "the file has none at 'layers/scale/vars'",
        ),
        (
            Stored([1, 2, 3]),
            "`Scale` 's' needs 2 weights (scale (3,), count ()); "
            "the file has 1 at 'layers/scale/vars': (3,)",
        ),
        (
            Stored([[1, 2, 3]], 4),
            "weight 's/scale' of `Scale` 's' has the shape (3,), but "
            "layers/scale/vars/0 in the file has (1, 3)",
        ),
    ],
)
def test_what_does_not_fit(scale, stored, problem):
    assert weight_fit.find_misfit(scale, stored) == problem


def test_a_layer_that_is_not_built():
    problem = weight_fit.find_misfit(Scale(name="s"), Stored([1.0], 2))
    assert "needs 0 weights () (it is not built yet); the file has 2" in problem


@pytest.mark.parametrize(
    ("arrays", "doubt"),
    [
        (([1.0, 2.0, 3.0], 4), ""),
        ((np.ones(3), 4.0), ""),
        (
            ([1, 2, 3], 4),
            "'s/scale' of `Scale` 's' holds float32 but was saved as int64",
        ),
        (([1.0, np.nan, np.inf], 4), "holds 2 NaN or infinite values"),
        (([1.0, 1e39, 0.0], 4), "holds values too large for float32, which become"),
        (([1.0, 2.0, 3.0], 4.5), "holds int32 but was saved with fractions"),
    ],
)
def test_doubts(scale, arrays, doubt):
    found = weight_fit.find_doubts(scale, Stored(*arrays))
    assert len(found) == bool(doubt)
    assert doubt in "".join(found)


def test_no_doubts_about_what_is_missing_or_has_no_dtype(scale):
    assert weight_fit.find_doubts(scale, Stored()) == []

    class Odd(Own):
        def save_own_variables(self, store):
            store["0"] = [1.0]

    assert weight_fit.find_doubts(Odd(), Stored([np.nan])) == []


def test_names_that_users_chose():
    net = stack("enc", "dec")
    enc, dec = net.scales
    same = [(enc, "enc"), (dec, "dec")]
    assert weight_fit.find_swapped(same) == ""
    assert weight_fit.find_renamed(same) == []
    assert weight_fit.find_swapped([(enc, "dec"), (dec, "enc")]) == (
        "'enc' would get the weights of 'dec', 'dec' would get the weights of 'enc'"
    )
    assert weight_fit.find_renamed([(enc, "other"), (dec, "")]) == [
        "`Scale` 'enc' gets the weights that were saved as 'other'"
    ]


def test_automatic_names_say_nothing():
    net = stack(None, "scale_7")
    names = [(net.scales[0], "scale_7"), (net.scales[1], "scale_12")]
    assert weight_fit.find_swapped(names) == ""
    assert weight_fit.find_renamed([*names, (net, "mine"), (object(), "x")]) == []


def test_describe():
    assert weight_fit.describe(Scale(name="s")) == "`Scale` 's'"
    assert weight_fit.describe(KerasishError()) == "`KerasishError`"
