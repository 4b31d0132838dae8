"""Text cut into tokens, as TensorFlow cuts it."""

import string

import numpy as np
import pytest

from kerasish.layers.preprocessing.splitting import joined, split, standardize


def test_letters_and_punctuation_are_those_of_ascii():
    text = f"Ä{string.printable}’é"
    stripped = "".join(c for c in text if c not in string.punctuation)
    assert standardize([text], "strip_punctuation") == [stripped]
    lower = "".join(c.lower() if c.isascii() else c for c in text)
    assert standardize([text], "lower") == [lower]
    both = "".join(c for c in lower if c not in string.punctuation)
    assert standardize([text], "lower_and_strip_punctuation") == [both]
    assert standardize([text], None) == [text]


def test_spaces_are_those_of_ascii():
    text = " a\tb\nc\x0bd\x0ce\rf\x1cg\x85h\u00a0i\u2003j "
    wanted = [word.decode() for word in text.encode().split()]
    assert split([text, ""], "whitespace") == [wanted, []]
    assert len(wanted) == 6


def test_characters():
    assert split(["aé😀 ", ""], "character") == [["a", "é", "😀", " "], []]


def test_functions_get_and_return_arrays():
    assert standardize(["a", "bc"], np.char.upper) == ["A", "BC"]
    assert standardize(["a"], lambda x: [b"c"]) == ["c"]
    assert split(["a-b", "c"], lambda x: [t.split("-") for t in x]) == [
        ["a", "b"],
        ["c"],
    ]
    assert split(["ab", "cd"], lambda x: np.array([list(t) for t in x])) == [
        ["a", "b"],
        ["c", "d"],
    ]


def test_n_grams():
    tokens = list("abcd")
    assert joined(tokens, (1, 3)) == ["a", "b", "c", "d", "a b c", "b c d"]
    assert joined(["a"], (2,)) == []


@pytest.mark.parametrize(
    ("function", "rule", "message"),
    [
        (standardize, lambda x: x[:1], "array of text of the shape it gets, .2,.. Rec"),
        (standardize, lambda x: np.ones(2), "Received: shape .2,., dtype float64"),
        (
            standardize,
            lambda x: ["a", None],
            "`standardize` .* must return text. .*None",
        ),
        (split, lambda x: x, "list of tokens for each of the 2 texts"),
        (split, lambda x: [["a"]], "list of tokens for each of the 2 texts"),
        (split, lambda x: [[1], [2]], "`split` .* must return text. Received: 1 of"),
    ],
)
def test_functions_that_return_something_else(function, rule, message):
    with pytest.raises((ValueError, TypeError), match=message):
        function(["a", "b"], rule)
