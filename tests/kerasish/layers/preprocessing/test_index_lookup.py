"""What lookups of text and of integers have in common."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.layers import IntegerLookup, StringLookup
from kerasish.layers.preprocessing.index_lookup import BaseIndexLookup, check_max_tokens

V = ["a", "b", "c", "d"]


@pytest.mark.parametrize("padded", [{}, {"max_tokens": 9, "pad_to_max_tokens": True}])
@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count", "tf_idf"])
@pytest.mark.parametrize("shape", [(), (1,), (3,)])
def test_symbolic_outputs_are_those_computed(mode, padded, shape):
    layer = StringLookup(output_mode=mode, **padded)
    layer.adapt(V)
    symbolic = layer(keras.Input(shape, dtype="string"))
    found = layer(np.full((2, *shape), "a"))
    assert symbolic.dtype == found.dtype
    assert symbolic.shape[1:] == found.shape[1:]
    assert tuple(layer.compute_output_shape((2, *shape))) == found.shape


def test_lengths_are_unknown_before_there_is_a_vocabulary():
    assert StringLookup(output_mode="count").compute_output_shape((2, 3)) == (2, None)
    layer = StringLookup(output_mode="count", max_tokens=5, pad_to_max_tokens=True)
    assert layer.compute_output_shape((2, 3)) == (2, 5)


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        (
            {"output_mode": "x"},
            "Unknown value for `output_mode` argument of `StringLook",
        ),
        (
            {"num_oov_indices": -1},
            "`num_oov_indices` of `StringLookup` must be an integ",
        ),
        (
            {"max_tokens": 1},
            "`max_tokens` of `StringLookup` must be an integer of at le",
        ),
        (
            {"pad_to_max_tokens": True},
            "`max_tokens` must be set. Received: max_tokens=N",
        ),
        (
            {"invert": True, "output_mode": "count"},
            "must be 'int' when `invert` is true",
        ),
        ({"sparse": True}, "may only be true if `output_mode` is 'one_hot'"),
        ({"sparse": True, "output_mode": "count"}, "there are no sparse tensors"),
        ({"salt": [1]}, "The `salt` argument for `StringLookup` can only be a tuple"),
    ],
)
def test_arguments_that_are_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        StringLookup(**kw)
    with pytest.raises(
        TypeError, match="`max_tokens` of `StringLookup` must be an int"
    ):
        StringLookup(max_tokens="a")
    assert check_max_tokens("X", None, False) is None


def test_unknown_terms_without_a_place_for_them():
    layer = StringLookup(vocabulary=V, num_oov_indices=0)
    with pytest.raises(
        ValueError, match=r"OOV values \['z'\], consider setting `num_o"
    ):
        layer(["a", "z"])
    numbers = IntegerLookup(vocabulary=[1], num_oov_indices=0)
    with pytest.raises(ValueError, match=r"found OOV values \[7\]"):
        numbers([7])


def test_a_subclass_must_say_what_terms_are():
    class Lookup(BaseIndexLookup):
        """A lookup that does not."""

    layer = Lookup(None, 1, None, "?", None, None, False, "int", False, False)
    with pytest.raises(NotImplementedError, match="`Lookup` must define `_read`"):
        layer.adapt(["a"])
    with pytest.raises(NotImplementedError, match="must define `_inverse_table`"):
        layer._inverse_table([])
