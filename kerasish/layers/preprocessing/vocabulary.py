"""Vocabularies: the tokens of a lookup in their order, found fast, and their files."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError

__all__ = ["Places", "count_rows", "most_frequent", "read_terms", "write_terms"]

Array = Any


class Places:
    """Finds the places of values among terms.

    It has the attribute `terms`. Layers hold it rather than a list, which all that
    looks through a layer's attributes would look through, too.

    Args:
        terms: Different terms: all text or all integers.

    Example:
        >>> Places(["a", "b"])(["b", "c"]).tolist()
        [1, -1]
        >>> Places([7, 3])(np.array([3, 7, 0])).tolist()
        [1, 0, -1]
    """

    def __init__(self, terms: Sequence[Any]) -> None:
        self.terms = list(terms)
        self._table = {term: i for i, term in enumerate(terms)}
        self._order: Array = None
        self._sorted: Array = None

    def __call__(self, values: Sequence[Any] | Array) -> Array:
        """Returns the place of each value, -1 where it is none of the terms.

        Args:
            values: A flat list of text, or a flat array of integers.
        """
        if isinstance(values, np.ndarray):
            return self._integers(values)
        get = self._table.get
        return np.fromiter((get(v, -1) for v in values), np.int64, len(values))

    def _integers(self, values: Array) -> Array:
        if not self._table:
            return np.full(values.shape, -1, np.int64)
        if self._order is None:
            terms = np.array(self.terms, np.int64)
            self._order = np.argsort(terms)
            self._sorted = terms[self._order]
        at = np.minimum(np.searchsorted(self._sorted, values), len(self._sorted) - 1)
        return np.where(self._sorted[at] == values, self._order[at], -1)


def most_frequent(
    counts: Counter[Any], most: int | None, left_out: Sequence[Any] = ()
) -> list[Any]:
    """Returns terms by falling frequency, and by falling order where it is equal.

    Args:
        counts: How often each occurs.
        most: How many are wanted, or None for all.
        left_out: Terms that are no part of a vocabulary.

    Example:
        >>> most_frequent(Counter("abcbd"), 3)
        ['b', 'd', 'c']
    """
    pairs = [(n, term) for term, n in counts.items() if term not in left_out]
    return [term for _, term in sorted(pairs, reverse=True)[:most]]


def count_rows(rows: Sequence[Sequence[Any]]) -> tuple[Counter[Any], Counter[Any]]:
    """Returns how often terms occur, and in how many rows.

    Args:
        rows: Lists of terms.

    Example:
        >>> count_rows([["a", "a"], ["b"]])[1]["a"]
        1
    """
    terms: Counter[Any] = Counter()
    documents: Counter[Any] = Counter()
    for row in rows:
        terms.update(row)
        documents.update(set(row))
    return terms, documents


def read_terms(data: bytes | str, kind: str, encoding: str = "utf-8") -> list[str]:
    """Returns the lines of a vocabulary file.

    Args:
        data: The bytes of the file, or its path.
        kind: Class of the layer, for messages.
        encoding: How bytes are to be read.

    Raises:
        ArgumentError: If there is no such file, or it is no text.

    Example:
        >>> read_terms(b"one\\ntwo\\n", "StringLookup")
        ['one', 'two']
    """
    name = "vocabulary.txt"
    if isinstance(data, str):
        name, path = data, Path(data).expanduser()
        if not path.is_file():
            raise ArgumentError(
                f"Vocabulary file {data!r} of `{kind}` does not exist. A vocabulary of "
                "one term is a list of one"
            )
        data = path.read_bytes()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ArgumentError(
            f"Vocabulary file {name!r} of `{kind}` is no text in the encoding "
            f"{encoding!r}: {error}"
        ) from error
    lines = text.split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    return [line.removesuffix("\r") for line in lines]


def write_terms(terms: Sequence[Any], encoding: str = "utf-8") -> bytes:
    """Returns the bytes of a vocabulary file, a term on each line.

    Args:
        terms: Text or integers, without line breaks.
        encoding: How text is to be written.

    Example:
        >>> write_terms(["", "[UNK]", "a"])
        b'\\n[UNK]\\na'
    """
    return "\n".join(map(str, terms)).encode(encoding)
