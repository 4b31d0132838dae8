"""Finding terms, counting them, and their files."""

from collections import Counter

import numpy as np
import pytest

from kerasish.layers.preprocessing.vocabulary import (
    Places,
    count_rows,
    most_frequent,
    read_terms,
    write_terms,
)


def test_places_of_integers_are_those_of_a_loop():
    rng = np.random.default_rng(0)
    terms = rng.permutation(1000)[:300].tolist()
    values = rng.integers(-5, 1005, 500)
    wanted = [terms.index(v) if v in terms else -1 for v in values]
    assert Places(terms)(values).tolist() == wanted
    assert Places([])(values).tolist() == [-1] * 500


def test_places_of_text():
    assert Places(["b", "a"])(["a", "", "b", "A"]).tolist() == [1, -1, 0, -1]


def test_the_most_frequent_come_first_and_then_the_last_in_order():
    counts = Counter({"a": 2, "b": 2, "é": 2, "c": 9, "": 5})
    assert most_frequent(counts, None, [""]) == ["c", "é", "b", "a"]
    assert most_frequent(counts, 2) == ["c", ""]


def test_rows_are_documents():
    terms, documents = count_rows([["a", "a", "b"], ["a"], []])
    assert (terms["a"], documents["a"], documents["b"]) == (3, 2, 1)


def test_files_hold_a_term_on_each_line(tmp_path):
    terms = ["", "[UNK]", "two words ", "é"]
    path = tmp_path / "terms.txt"
    path.write_bytes(write_terms(terms))
    assert read_terms(str(path), "StringLookup") == terms
    assert read_terms(b"a\r\nb\n", "StringLookup") == ["a", "b"]
    assert read_terms(write_terms([3, -4]), "IntegerLookup") == ["3", "-4"]
    assert read_terms("é".encode("latin-1"), "StringLookup", "latin-1") == ["é"]


def test_what_is_no_file_of_terms(tmp_path):
    with pytest.raises(
        ValueError, match="'nowhere.txt' of `StringLookup` does not exi"
    ):
        read_terms("nowhere.txt", "StringLookup")
    with pytest.raises(ValueError, match="is no text in the encoding 'utf-8'"):
        read_terms(b"\xff\xfe", "StringLookup")
