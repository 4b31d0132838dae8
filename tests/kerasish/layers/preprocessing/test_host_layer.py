"""What layers on the host take, and what they refuse."""

import numpy as np
import pandas as pd
import pytest

import kerasish as keras
from kerasish.layers.preprocessing.host_layer import (
    HostLayer,
    as_host,
    decoded,
    is_text,
    whole_numbers,
)

TEXTS = [["a", "é"], ["c", ""]]


@pytest.mark.parametrize(
    "given",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, object),
        np.char.encode(np.array(TEXTS)),
        np.array(TEXTS, np.dtypes.StringDType()),
        [np.array(row) for row in TEXTS],
        pd.DataFrame(TEXTS),
        pd.DataFrame(TEXTS).astype("string"),
    ],
    ids=["list", "tuple", "U", "object", "bytes", "T", "arrays", "frame", "strings"],
)
def test_text_in_any_form(given):
    found = as_host(given, "StringLookup")
    assert is_text(found)
    assert found.shape == (2, 2)
    assert decoded(found, "StringLookup") == ["a", "é", "c", ""]


def test_numbers_and_single_values():
    assert as_host("a", "X").shape == ()
    assert as_host(b"a", "X").shape == ()
    assert as_host([1, 2], "X").dtype.kind == "i"
    assert as_host([1.5, 2], "X").dtype.kind == "f"
    assert as_host(keras.ops.ones(2), "X").tolist() == [1, 1]
    assert as_host(np.array([1, 2], object), "X").tolist() == [1, 2]
    assert as_host(None, "X") is None
    assert as_host([], "X").size == 0
    symbolic = [keras.Input((1,)), keras.Input((1,))]
    assert as_host(symbolic, "X") is symbolic


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([["a"], ["b", "c"]], "`X` takes lists of one length. Received: .*, as with"),
        ([np.ones(2), np.ones(3)], "takes lists of one length"),
        ([["a"], "b"], "takes lists of one length"),
        (["a", 1], "all of one kind. Received: .* types int, str. None, NaN"),
        (["a", None], "NaN and the like are no text; fill them first"),
        ([1, None], r"types NoneType, int\.$"),
        (np.array(["2000"], "M8"), "takes text or numbers. Received: .*datetime64"),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises((ValueError, TypeError), match=message):
        as_host(given, "X")


def test_bytes_are_read_in_an_encoding():
    assert decoded(np.array(["é".encode("latin-1")]), "X", "latin-1") == ["é"]
    with pytest.raises(ValueError, match="no text in its `encoding`, 'utf-8'"):
        decoded(np.array(["é".encode("latin-1")]), "X")
    with pytest.raises(TypeError, match="`X` takes text. Received: .* dtype int64"):
        decoded(np.array([1]), "X")


def test_integers_are_whole():
    assert whole_numbers(np.array([1.0, -2.0]), "X").dtype == np.int64
    for wrong in (np.array([1.5]), np.array([np.nan])):
        with pytest.raises(ValueError, match="`X` takes integers. .* with fractions"):
            whole_numbers(wrong, "X")
    with pytest.raises(TypeError, match="Received: text; `StringLookup`"):
        whole_numbers(np.array(["a"]), "X")


class Length(HostLayer):
    """Lengths of texts."""

    def call(self, inputs):
        """Returns the lengths."""
        return np.array([len(text) for text in decoded(inputs, "Length")])


def test_a_layer_of_ones_own():
    layer = Length()
    assert layer(["a", "bcd"]).tolist() == [1, 3]
    assert layer.compute_dtype == layer.variable_dtype == "string"
    assert not layer.weights
    with pytest.raises(ValueError, match="was called without inputs"):
        layer()
