"""Text cut into tokens: standardised, split, joined to n-grams.

Text is handled as UTF-8, and only ASCII letters are lowered, punctuation stripped and
spaces split at, as TensorFlow does it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError, ArgumentTypeError

__all__ = ["joined", "split", "standardize"]

Array = Any

STANDARDIZATIONS = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLITS = ("whitespace", "character")
PUNCTUATION = b"!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"
_LOWER = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_WORD = re.compile(r"[^ \t\n\v\f\r]+")
# For each name: which letters become others, and which are left out.
_TABLES = {
    "lower_and_strip_punctuation": (_LOWER, PUNCTUATION),
    "lower": (_LOWER, b""),
    "strip_punctuation": (None, PUNCTUATION),
}

Rule = str | Callable[[Any], Any] | None


def standardize(texts: list[str], rule: Rule) -> list[str]:
    """Returns texts without what makes no difference.

    Args:
        texts: The texts.
        rule: One of `STANDARDIZATIONS`, None, or a function that gets a NumPy array
            of the texts and returns one of the same shape.

    Raises:
        ArgumentError: If the function returns something else.

    Example:
        >>> standardize(["Well, WELL."], "lower_and_strip_punctuation")
        ['well well']
    """
    if rule is None:
        return texts
    if isinstance(rule, str):
        table, dropped = _TABLES[rule]
        return [
            text.encode("utf-8", "surrogatepass")
            .translate(table, dropped)
            .decode("utf-8", "surrogatepass")
            for text in texts
        ]
    made = np.asarray(rule(np.array(texts, dtype=str)))
    if made.shape != (len(texts),) or made.dtype.kind not in "OSUT":
        raise ArgumentError(
            "`standardize` of `TextVectorization` must return an array of text of the "
            f"shape it gets, {(len(texts),)}. Received: shape {made.shape}, dtype "
            f"{made.dtype}"
        )
    return _texts(made.tolist(), "standardize")


def split(texts: list[str], rule: Rule) -> list[list[str]]:
    """Returns the tokens of each text.

    Args:
        texts: The texts.
        rule: One of `SPLITS`, or a function that gets a NumPy array of the texts and
            returns a list of tokens for each.

    Raises:
        ArgumentError: If the function returns something else.

    Example:
        >>> split(["to be"], "whitespace"), split(["ab"], "character")
        ([['to', 'be']], [['a', 'b']])
    """
    if rule == "whitespace":
        return [_WORD.findall(text) for text in texts]
    if rule == "character":
        return [list(text) for text in texts]
    made = rule(np.array(texts, dtype=str))  # type: ignore[operator, misc]
    rows = made.tolist() if hasattr(made, "tolist") else made
    fits = isinstance(rows, list | tuple) and len(rows) == len(texts)
    if not fits or any(isinstance(row, str | bytes) for row in rows):
        raise ArgumentError(
            "`split` of `TextVectorization` must return a list of tokens for each of "
            f"the {len(texts)} texts it gets. Received: {made!r:.80}"
        )
    return [_texts(list(row), "split") for row in rows]


def joined(tokens: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Returns the n-grams of tokens, with spaces between.

    Args:
        tokens: The tokens.
        sizes: How many tokens go together; all n-grams of the first size come first.

    Example:
        >>> joined(["to", "be", "or"], (1, 2))
        ['to', 'be', 'or', 'to be', 'be or']
    """
    return [
        " ".join(tokens[i : i + n]) for n in sizes for i in range(len(tokens) - n + 1)
    ]


def _texts(items: list[Any], name: str) -> list[str]:
    for item in items:
        if not isinstance(item, str | bytes):
            raise ArgumentTypeError(
                f"`{name}` of `TextVectorization` must return text. Received: "
                f"{item!r:.40} of type {type(item).__name__}"
            )
    return [item.decode() if isinstance(item, bytes) else item for item in items]
