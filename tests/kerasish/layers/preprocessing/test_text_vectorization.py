"""TextVectorization against Keras on TensorFlow."""

import numpy as np
import pandas as pd
import pytest

import kerasish as keras
from kerasish.layers import TextVectorization
from tests.golden.stored_text import check_row, identify, rows

DOCS = ["foo bar", "bar baz", "baz bada boom"]


def shout(texts):
    """Returns texts in capitals."""
    return np.char.upper(texts)


def at_dashes(texts):
    """Splits texts at dashes."""
    return [text.split("-") for text in texts]


@pytest.mark.parametrize("row", rows("TextVectorization"), ids=identify)
def test_as_keras(row):
    check_row(row)


def test_functions_of_ones_own():
    for function in (shout, at_dashes):
        keras.saving.register_keras_serializable("tests")(function)
    layer = TextVectorization(standardize=shout, split=at_dashes)
    layer.adapt(["a-b", "b c"])
    assert layer.get_vocabulary() == ["", "[UNK]", "B C", "B", "A"]
    assert layer([["a-B"], ["b c"]]).tolist() == [[4, 3], [2, 0]]
    config = keras.layers.serialize(layer)
    assert config["config"]["standardize"]["config"] == "tests>shout"
    again = keras.layers.deserialize(config)
    assert (again.standardize, again.split) == (shout, at_dashes)


def test_texts_of_any_kind():
    layer = TextVectorization()
    layer.adapt(pd.Series(DOCS))
    wanted = [[4, 3], [2, 0]]
    for texts in (["foo bar", "baz"], [["foo bar"], ["baz"]], ("foo bar", "baz")):
        assert layer(texts).tolist() == wanted
        assert layer(np.array(texts)).tolist() == wanted
        assert layer(np.array(texts, object)).tolist() == wanted
        assert layer(np.char.encode(texts)).tolist() == wanted
    assert layer(pd.DataFrame({"x": ["foo bar", "baz"]})).tolist() == wanted
    assert layer([]).shape == (0, 0)


def test_data_it_adapts_to():
    layer = TextVectorization()
    layer.adapt([text] for text in DOCS)
    assert layer.get_vocabulary()[2:4] == ["baz", "bar"]
    layer.adapt(DOCS, batch_size=1, steps=1)
    assert layer.get_vocabulary() == ["", "[UNK]", "foo", "bar"]
    layer.reset_state()
    layer.update_state("one two two")
    layer.finalize_state()
    assert layer.get_vocabulary(False) == ["two", "one"]
    layer.set_vocabulary(["a"])
    assert layer.vocabulary_size() == 3
    with pytest.raises(
        ValueError, match="Cannot adapt layer 'text_vectorization.* aft"
    ):
        layer.adapt(DOCS)


@pytest.mark.parametrize(
    "kw",
    [
        {},
        {"output_sequence_length": 4},
        {"output_mode": "count"},
        {"output_mode": "tf_idf"},
        {"output_mode": "multi_hot", "max_tokens": 20, "pad_to_max_tokens": True},
        {"split": None},
        {"split": None, "ngrams": 2},
    ],
)
@pytest.mark.parametrize("shape", [(), (1,)])
def test_symbolic_outputs_are_those_computed(kw, shape):
    layer = TextVectorization(**kw)
    layer.adapt(DOCS)
    symbolic = layer(keras.Input(shape, dtype="string"))
    found = layer(np.full((2, *shape), "foo bar"))
    assert symbolic.dtype == found.dtype
    assert len(symbolic.shape) == len(found.shape)
    for size, n in zip(symbolic.shape[1:], found.shape[1:], strict=True):
        assert size in (None, n)
    assert layer.max_tokens == kw.get("max_tokens")


def test_files_of_the_layer(tmp_path):
    layer = TextVectorization(output_mode="tf_idf")
    layer.adapt(DOCS)
    layer.save_assets(tmp_path)
    store = {}
    layer.save_own_variables(store)
    again = TextVectorization.from_config(layer.get_config())
    again.load_own_variables(store)
    again.load_assets(tmp_path)
    np.testing.assert_array_equal(again(DOCS), layer(DOCS))


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        (
            {"ragged": True},
            "there are no ragged tensors.*mask_zero=True.* Received: rag",
        ),
        ({"sparse": True}, "may only be true if `output_mode`"),
        ({"output_mode": "x"}, "Unknown value for `output_mode` argument"),
        (
            {"standardize": "x"},
            "`standardize` argument of .* Received: standardize='x'",
        ),
        ({"split": "x"}, "`split` argument of `TextVectorization`. Allowed values are"),
        ({"ngrams": "x"}, "`ngrams` of .* must be None, a positive integer or a tuple"),
        ({"ngrams": 0}, "must be None, a positive integer or a tuple"),
        ({"ngrams": ()}, "must be None, a positive integer or a tuple"),
        (
            {"output_sequence_length": 3, "output_mode": "count"},
            "must not be set if `output_mode` is not 'int'. Received: .*=3",
        ),
        ({"output_sequence_length": "a"}, "must be None or an integer of at least 0"),
        ({"output_sequence_length": -1}, "must be None or an integer of at least 0"),
    ],
)
def test_arguments_that_are_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        TextVectorization(**kw)


def test_texts_that_are_refused():
    layer = TextVectorization()
    with pytest.raises(
        ValueError, match="must be 1 or the last shape dimension must be"
    ):
        layer.adapt([["a", "b"]])
    layer.adapt(DOCS)
    with pytest.raises(ValueError, match="Received: inputs.shape=.1, 2. with rank=2"):
        layer([["a", "b"]])
    with pytest.raises(
        TypeError, match="`TextVectorization` takes text. Received: an a"
    ):
        layer(np.ones(2))
