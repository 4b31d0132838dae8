"""StringLookup: the places of text in a vocabulary."""

from typing import Any

import numpy as np

from kerasish.layers.preprocessing.host_layer import decoded
from kerasish.layers.preprocessing.index_lookup import BaseIndexLookup

__all__ = ["StringLookup"]

Array = Any


class StringLookup(BaseIndexLookup):
    """Looks up the places of strings in a vocabulary, or the strings at places.

    The vocabulary begins with the mask token, where one is set and `output_mode` is
    "int", and the tokens for what is not in the vocabulary; then come the terms, the
    most frequent first where they were learnt.

    Args:
        max_tokens: Most terms of the vocabulary, special ones among them, or None.
        num_oov_indices: How many places stand for strings that are not in it; they
            are spread over several by a hash. With 0, such a string is an error.
        mask_token: The string that stands for no string: place 0 in mode "int", not
            counted in the others; or None.
        oov_token: What an inverted lookup returns where there is no term.
        vocabulary: List of terms, path of a file with a term on each line, or None to
            learn it by `adapt`.
        idf_weights: Weight of each term for "tf_idf", with `vocabulary`.
        invert: Whether places are given and strings returned.
        output_mode: "int" for places, "one_hot" for a vector for each, "multi_hot",
            "count" or "tf_idf" for a vector for each row that tells which terms it
            has, how often, or how often times their weight.
        pad_to_max_tokens: Whether vectors have the length `max_tokens` in any case.
        sparse: Must be False.
        encoding: How bytes are read, and files of terms.
        name: A name, made up if None.
        salt: One or two integers that make the hash another one, or None.
        **kwargs: Arguments of `Layer`.

    Input shape: Any, of strings; or of integers with `invert`.

    Output shape: That of the inputs, or with an axis of vectors as Keras has it.

    Raises:
        ArgumentError: If an argument is out of range, or two do not fit.

    Example:
        >>> layer = StringLookup()
        >>> layer.adapt([["a", "c", "d"], ["d", "z", "b"]])
        >>> layer.get_vocabulary()
        ['[UNK]', 'd', 'z', 'c', 'b', 'a']
        >>> layer(["a", "d", "q"]).tolist()
        [5, 1, 0]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        self.encoding = encoding
        kwargs.pop("oov_method", None)  # of integers; configs of Keras have it
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            pad_to_max_tokens,
            sparse,
            salt=salt,
            name=name,
            **kwargs,
        )

    def _read(self, array: Array) -> list[str]:
        return decoded(array, type(self).__name__, self.encoding)

    def _inverse_table(self, terms: list[Any]) -> Array:
        return np.array(terms, dtype=str)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "encoding": self.encoding}
