"""Hashing against Keras on TensorFlow, bin by bin."""

import numpy as np
import pandas as pd
import pytest

import kerasish as keras
from kerasish.layers import Hashing
from kerasish.layers.preprocessing.hashing import check_num_bins, hashed_dtype
from tests.golden.stored_text import check_row, identify, rows


@pytest.mark.parametrize("row", rows("Hashing"), ids=identify)
def test_as_keras(row):
    check_row(row)


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
def test_symbolic_outputs_are_those_computed(mode):
    layer = Hashing(5, output_mode=mode)
    symbolic = layer(keras.Input((3,), dtype="string"))
    found = layer([["a", "b", "c"]] * 2)
    assert symbolic.shape == (None, *found.shape[1:])
    assert symbolic.dtype == found.dtype
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    np.testing.assert_array_equal(again([["a", "b", "c"]] * 2), found)


def test_numbers_that_are_whole_and_text_of_any_kind():
    layer = Hashing(1000)
    assert (
        layer([1.0, 2.0]).tolist()
        == layer([1, 2]).tolist()
        == layer(["1", "2"]).tolist()
    )
    assert layer(pd.Series(["x", "y"])).tolist() == layer(["x", "y"]).tolist()
    assert layer(np.zeros((0, 2), "U1")).shape == (0, 2)
    assert Hashing(7, dtype="int32")(["a"]).dtype == "int32"
    assert Hashing(7, output_mode="count", dtype="float16")([["a"]]).dtype == "float16"


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        (
            {"num_bins": 0},
            "The `num_bins` for `Hashing` must be an integer of at least 1",
        ),
        (
            {"num_bins": None},
            "must be an integer of at least 1. Received: num_bins=None",
        ),
        ({"num_bins": 2.5}, "must be an integer of at least 1. Received: num_bins=2.5"),
        (
            {"num_bins": 1, "mask_value": ""},
            "with a `mask_value` must be .* at least 2",
        ),
        ({"num_bins": 3, "salt": "a"}, "The `salt` argument for `Hashing` can only be"),
        (
            {"num_bins": 3, "output_mode": "x"},
            "Unknown value for `output_mode` argument",
        ),
        ({"num_bins": 3, "sparse": True}, "may only be true if `output_mode`"),
        ({"num_bins": 3, "dtype": "float32"}, "must be an integer type, as 'int32' or"),
    ],
)
def test_arguments_that_are_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        Hashing(**kw)


def test_inputs_that_are_refused():
    with pytest.raises(ValueError, match="`Hashing` takes integers. .* with fractions"):
        Hashing(3)([1.5])
    with pytest.raises(
        TypeError, match="kind of the inputs, which are strings. Received"
    ):
        Hashing(3, mask_value=2)(["2"])
    with pytest.raises(
        TypeError, match="inputs, which are integers. Received: mask_val"
    ):
        Hashing(3, mask_value="2")([2])


def test_the_checks_it_shares():
    assert check_num_bins("X", np.int64(3)) == 3
    assert hashed_dtype("X", None, "count") == "float32"
    assert hashed_dtype("X", "uint8", "int") == "uint8"
