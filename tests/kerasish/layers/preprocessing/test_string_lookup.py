"""StringLookup against Keras on TensorFlow."""

import numpy as np
import pandas as pd
import pytest

import kerasish as keras
from kerasish.layers import StringLookup
from tests.golden.stored_text import check_row, identify, rows

V = ["a", "b", "c", "d"]


@pytest.mark.parametrize("row", rows("StringLookup"), ids=identify)
def test_as_keras(row):
    check_row(row)


def test_text_of_any_kind_is_looked_up():
    layer = StringLookup(vocabulary=V)
    for x in (["d", "q"], np.array(["d", "q"], object), np.array([b"d", b"q"])):
        assert layer(x).tolist() == [4, 0]
    frame = pd.DataFrame({"x": ["d", "q"], "y": ["a", "b"]})
    assert layer(frame).tolist() == [[4, 1], [0, 2]]
    assert layer(frame["x"]).tolist() == [4, 0]
    assert layer(np.zeros((0, 3), "U1")).shape == (0, 3)
    latin = StringLookup(vocabulary=["é"], encoding="latin-1")
    assert latin(np.array(["é".encode("latin-1")])).tolist() == [1]
    with pytest.raises(
        TypeError, match="`StringLookup` takes text. .* `IntegerLookup`"
    ):
        layer([1, 2])


def test_the_way_back():
    layer = StringLookup(vocabulary=V, mask_token="")
    back = StringLookup(vocabulary=layer.get_vocabulary(), mask_token="", invert=True)
    texts = np.array([["a", "d"], ["", "q"]])
    assert back(layer(texts)).tolist() == [["a", "d"], ["", "[UNK]"]]
    assert back(keras.Input((2,), dtype="int64")).dtype == "string"


def test_config_with_a_file_of_terms(tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("a\nb c\nd \n")
    layer = StringLookup(vocabulary=str(path))
    assert layer.get_vocabulary() == ["[UNK]", "a", "b c", "d "]
    assert layer.get_config()["vocabulary"] is None
    layer.save_assets(tmp_path)
    again = StringLookup.from_config(layer.get_config())
    again.load_assets(tmp_path)
    assert again.get_vocabulary() == layer.get_vocabulary()
    again.load_assets(tmp_path / "nowhere")
    assert again.get_vocabulary() == layer.get_vocabulary()
