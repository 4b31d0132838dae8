"""Keywords that a function does not have."""

import inspect

import pytest

from kerasish.core.errors import ArgumentTypeError
from kerasish.core.keywords import checks_keywords, nearest_keywords


class Net:
    @checks_keywords
    def fit(self, x, epochs=1, *, batch_size=None):
        """Fits."""
        return x, epochs, batch_size


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["epoch"], " Did you mean 'epochs'?"),
        (["bs"], " Did you mean 'batch_size'?"),
        (["colour"], ""),
        (["x"], " Did you mean 'x'?"),
        (["e"], ""),
        (["Epochs", "batchsize"], " Did you mean 'epochs'? Did you mean 'batch_size'?"),
    ],
)
def test_nearest_names(names, hint):
    assert nearest_keywords(Net.fit, names) == hint


def test_those_of_classes_and_their_bases():
    class Base:
        def __init__(self, name=None, *args):
            pass

    class Child(Base):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)

    hint = " Did you mean 'units'? Did you mean 'name'?"
    assert nearest_keywords(Child, ["unit", "nam"]) == hint
    assert nearest_keywords(Child, ["kwarg", "args", "selv"]) == ""


def test_what_is_right_goes_through():
    assert Net().fit(1, batch_size=2) == (1, 1, 2)
    assert Net.fit(Net(), x=1, epochs=3) == (1, 3, None)
    assert str(inspect.signature(Net.fit)) == "(self, x, epochs=1, *, batch_size=None)"
    assert (Net.fit.__name__, Net.fit.__doc__) == ("fit", "Fits.")


def test_what_is_wrong_is_named():
    match = r"^`fit` of `Net` has no argument 'epoch'\. Did you mean 'epochs'\?$"
    with pytest.raises(ArgumentTypeError, match=match):
        Net().fit(1, epoch=3)
    with pytest.raises(TypeError, match=r"has no argument 'colour'\.$"):
        Net().fit(1, colour="red")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Net().fit(epochs=3)
    with pytest.raises(TypeError, match="`fit` has no argument 'y'"):
        Net.fit(y=3)
