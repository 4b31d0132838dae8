"""Files of layers in a model's file."""

import zipfile

import numpy as np
import pytest

import kerasish as keras
from kerasish.saving.archive import read_archive, write_archive
from kerasish.saving.asset_files import collect_assets, hand_out_assets

TEXTS = ["foo bar foo", "bar baz"]


def model(**kw):
    """Returns a model of text and its layer of text."""
    layer = keras.layers.TextVectorization(**kw)
    layer.adapt(TEXTS)
    inputs = keras.Input((1,), dtype="string")
    x = layer(inputs)
    if layer.output_mode == "int":
        x = keras.layers.GlobalMaxPooling1D()(keras.layers.Embedding(9, 3)(x))
    return keras.Model(inputs, keras.layers.Dense(1)(x)), layer


@pytest.mark.parametrize("mode", ["int", "tf_idf"])
def test_a_vocabulary_lies_where_keras_has_it(mode, tmp_path):
    made, layer = model(output_mode=mode)
    made.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        names = [n for n in archive.namelist() if n.startswith("assets/")]
        texts = {archive.read(n).decode() for n in names}
    folder = "assets/layers/text_vectorization"
    assert sorted(names) == [
        f"{folder}/_lookup_layer/vocabulary.txt",
        f"{folder}/vocabulary.txt",
    ]
    assert texts == {"\n".join(layer.get_vocabulary())}
    again = keras.saving.load_model(tmp_path / "model.keras")
    found = again.layers[1]
    assert found.get_vocabulary() == layer.get_vocabulary()
    np.testing.assert_array_equal(found(["foo q"]), layer(["foo q"]))


def test_a_vocabulary_that_was_given_lies_in_the_config():
    layer = keras.layers.StringLookup(vocabulary=["a"])
    assert collect_assets(layer) == {}
    hand_out_assets(layer, {"vocabulary.txt": b"[UNK]\nq"}, "model.keras")
    assert layer.get_vocabulary() == ["[UNK]", "a"]


def test_layers_in_layers_have_their_own():
    outer = keras.Sequential([keras.layers.StringLookup(), keras.layers.Hashing(3)])
    outer.layers[0].adapt(["a", "b", "b"])
    assets = collect_assets(outer)
    assert assets == {"layers/string_lookup/vocabulary.txt": b"[UNK]\nb\na"}
    other = keras.Sequential([keras.layers.StringLookup(), keras.layers.Hashing(3)])
    hand_out_assets(other, {}, "model.keras")
    assert other.layers[0].get_vocabulary() == ["[UNK]"]
    hand_out_assets(other, assets, "model.keras")
    assert other.layers[0].get_vocabulary() == ["[UNK]", "b", "a"]


def test_files_that_a_layer_cannot_use():
    layer = keras.layers.IntegerLookup()
    message = "files of `IntegerLookup` '.*' in 'm.keras' cannot be used: .* integers"
    with pytest.raises(ValueError, match=message):
        hand_out_assets(layer, {"vocabulary.txt": b"-1\nfive"}, "m.keras")


def test_archives_hold_files_below_assets():
    data = write_archive("{}", "{}", b"w", {"layers/a/b.txt": b"x"})
    assert read_archive(data, "m.keras").assets == {"layers/a/b.txt": b"x"}
