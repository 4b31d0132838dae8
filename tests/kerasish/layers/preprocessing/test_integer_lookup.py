"""IntegerLookup against Keras on TensorFlow."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.layers import IntegerLookup
from tests.golden.stored_text import check_row, identify, rows

V = [12, 36, 1138, 42]


@pytest.mark.parametrize("row", rows("IntegerLookup"), ids=identify)
def test_as_keras(row):
    check_row(row)


def test_numbers_of_any_kind_are_looked_up():
    layer = IntegerLookup(vocabulary=V)
    for dtype in ("int8", "uint16", "int64", "float32"):
        assert layer(np.array([42, 7], dtype)).tolist() == [4, 0]
    assert layer(keras.ops.convert_to_tensor([42])).tolist() == [4]
    with pytest.raises(
        ValueError, match="takes integers. Received: dtype float64 with f"
    ):
        layer([1.5])
    with pytest.raises(TypeError, match="Received: text; `StringLookup`"):
        layer(["a"])


def test_a_file_of_terms(tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("3\n-5\n")
    layer = IntegerLookup(vocabulary=str(path))
    assert layer.get_vocabulary() == [-1, 3, -5]
    layer.save_assets(tmp_path)
    assert (tmp_path / "vocabulary.txt").read_text() == "-1\n3\n-5"
    again = IntegerLookup()
    again.load_assets(tmp_path)
    assert again([-5, 4]).tolist() == [2, 0]
    path.write_text("3\nfive\n")
    with pytest.raises(
        ValueError, match="`vocabulary` of `IntegerLookup` must hold int"
    ):
        IntegerLookup(vocabulary=str(path))


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({"vocabulary_dtype": "int32"}, "must be 'int64'. Received: vocabulary_dtype="),
        ({"oov_method": "x"}, "Allowed values are: .'floormod', 'farmhash'.. Rec.*'x'"),
        ({"salt": 3}, "can only be used when `oov_method='farmhash'`"),
        ({"vocabulary": ["a"]}, "must hold integers: invalid literal"),
        ({"vocabulary": [1.5]}, "takes integers"),
    ],
)
def test_arguments_that_are_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        IntegerLookup(**kw)
