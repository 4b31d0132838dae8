"""Vocabularies given and learnt: what they are, and what is refused."""

import math

import numpy as np
import pytest

from kerasish.layers import IntegerLookup, StringLookup, TextVectorization
from kerasish.layers.preprocessing.terms import BaseTerms

TF_IDF = {"output_mode": "tf_idf"}


def test_weights_are_those_of_the_formula():
    layer = StringLookup(**TF_IDF)
    layer.adapt([["a", "b", "b"], ["c", "b", "a"]])
    idf = {t: math.log(1 + 2 / (1 + n)) for t, n in (("b", 2), ("a", 2), ("c", 1))}
    unknown = sum(idf.values()) / 3
    found = layer([["a", "b", "b", "z"]])
    wanted = [[unknown, 2 * idf["b"], idf["a"], 0]]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_counting_by_hand_is_adapting():
    layer = StringLookup()
    layer.finalize_state()
    assert layer.get_vocabulary() == ["[UNK]"]
    layer.update_state(["a", "b", "b"])
    layer.update_state([["c"], ["c"], ["c"]])
    layer.finalize_state()
    assert layer.get_vocabulary() == ["[UNK]", "c", "b", "a"]
    layer.update_state(["q"])
    layer.reset_state()
    layer.finalize_state()
    assert layer.get_vocabulary(include_special_tokens=False) == ["c", "b", "a"]
    layer.adapt(["z"])
    assert layer.get_vocabulary() == ["[UNK]", "z"]


def test_a_vocabulary_set_later():
    layer = StringLookup()
    layer.adapt(["a"])
    layer.set_vocabulary(["x", "y"])
    assert layer(["y", "a"]).tolist() == [2, 0]
    assert layer.get_config()["vocabulary"] is None
    given = StringLookup(vocabulary=["a"], idf_weights=[1.0], **TF_IDF)
    given.set_vocabulary(["x", "y"], [1.0, 2.0])
    again = StringLookup.from_config(given.get_config())
    np.testing.assert_array_equal(again(["y", "q"]), given(["y", "q"]))
    with pytest.raises(
        ValueError, match="Cannot adapt layer 'string_lookup.* after set"
    ):
        layer.adapt(["a"])


def test_a_file_in_place_of_a_list(tmp_path):
    (tmp_path / "v.txt").write_text("q\n")
    layer = StringLookup(vocabulary=["a"])
    layer.set_vocabulary(str(tmp_path / "v.txt"))
    assert layer.get_config()["vocabulary"] is None
    assert layer.asset_files() == {"vocabulary.txt": b"[UNK]\nq"}


@pytest.mark.parametrize("data", [["a\nb", "c"], ["a", "\r"]])
def test_terms_that_no_line_can_hold_go_into_the_config(data):
    for kw in ({}, TF_IDF):
        layer = TextVectorization(standardize=None, split=None, **kw)
        layer.adapt(data)
        assert layer.asset_files() == {}
        again = TextVectorization.from_config(layer.get_config())
        assert again.get_vocabulary() == layer.get_vocabulary()
        np.testing.assert_array_equal(again(data), layer(data))


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        (
            {"vocabulary": []},
            "Cannot set an empty vocabulary. `vocabulary` of `StringLo",
        ),
        ({"vocabulary": ["[UNK]"]}, "Cannot set an empty vocabulary"),
        (
            {"vocabulary": ["a", "b", "a"]},
            r"repeated term. The repeated terms are: \['a'",
        ),
        ({"vocabulary": {"a"}}, "must be a list of terms or the path of a file"),
        (
            {"vocabulary": 3},
            "must be a list of terms or the path of a file. Received: 3",
        ),
        (
            {"vocabulary": ["a", "m"], "mask_token": "m"},
            r"reserved mask token .* order: \['m', '\[UNK\]'\].* index 1",
        ),
        (
            {"vocabulary": ["a", "b"], "max_tokens": 2},
            "larger than the maximum .* size is 3; `max_tokens` is 2",
        ),
        ({"vocabulary": ["a"], "idf_weights": [1]}, "only be set if `output_mode` is"),
        (
            {"vocabulary": ["a"], **TF_IDF},
            "`idf_weights` of `StringLookup` must be set w",
        ),
        (
            {"idf_weights": [1], **TF_IDF},
            "belong to a `vocabulary`, which must be given",
        ),
        (
            {"vocabulary": ["a"], "idf_weights": [1, 2], **TF_IDF},
            r"len\(idf_weights\) is 2; len\(vocabulary\) is 1",
        ),
        (
            {"vocabulary": "v.txt", **TF_IDF},
            "does not support loading a vocabulary from",
        ),
    ],
)
def test_vocabularies_that_are_refused(kw, message):
    with pytest.raises(ValueError, match=message):
        StringLookup(**kw)


def test_weights_in_another_mode():
    with pytest.raises(ValueError, match="only be set if `output_mode` is 'tf_idf'"):
        StringLookup().set_vocabulary(["a"], [1.0])


@pytest.mark.parametrize("kind", [StringLookup, IntegerLookup, TextVectorization])
def test_a_call_without_a_vocabulary(kind):
    with pytest.raises(
        RuntimeError, match=f"`{kind.__name__}` '.*' has no vocabulary ye"
    ):
        kind()([1] if kind is IntegerLookup else ["a"])


def test_weights_go_into_files_under_the_name_of_keras():
    layer = StringLookup(max_tokens=6, pad_to_max_tokens=True, **TF_IDF)
    layer.adapt(["a", "b", "a"])
    store = {}
    layer.save_own_variables(store)
    assert list(store) == ["idf_weights"]
    assert store["idf_weights"].shape == (6,)
    again = StringLookup.from_config(layer.get_config())
    again.load_own_variables(store)
    again.set_asset_files(layer.asset_files())
    np.testing.assert_array_equal(again([["a", "b", "q"]]), layer([["a", "b", "q"]]))


def test_a_subclass_must_say_what_terms_are():
    with pytest.raises(NotImplementedError, match="`BaseTerms` must define `_read`"):
        BaseTerms()._read(np.array(["a"]))
