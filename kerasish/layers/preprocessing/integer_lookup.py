"""IntegerLookup: the places of integers in a vocabulary."""

from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError
from kerasish.layers.preprocessing.host_layer import whole_numbers
from kerasish.layers.preprocessing.index_lookup import BaseIndexLookup

__all__ = ["IntegerLookup"]

Array = Any


class IntegerLookup(BaseIndexLookup):
    """Looks up the places of integers in a vocabulary, or the integers at places.

    The vocabulary begins with the mask token, where one is set and `output_mode` is
    "int", and the tokens for what is not in the vocabulary; then come the terms, the
    most frequent first where they were learnt.

    Args:
        max_tokens: Most terms of the vocabulary, special ones among them, or None.
        num_oov_indices: How many places stand for integers that are not in it. With
            0, such an integer is an error.
        mask_token: The integer that stands for none: place 0 in mode "int", not
            counted in the others; or None.
        oov_token: What an inverted lookup returns where there is no term.
        vocabulary: List of terms, path of a file with a term on each line, or None to
            learn it by `adapt`.
        vocabulary_dtype: Must be "int64".
        idf_weights: Weight of each term for "tf_idf", with `vocabulary`.
        invert: Whether places are given and integers returned.
        output_mode: "int" for places, "one_hot" for a vector for each, "multi_hot",
            "count" or "tf_idf" for a vector for each row that tells which terms it
            has, how often, or how often times their weight.
        sparse: Must be False.
        pad_to_max_tokens: Whether vectors have the length `max_tokens` in any case.
        oov_method: How integers that are not in the vocabulary are spread over several
            places: "floormod" by the remainder, "farmhash" by a hash.
        salt: One or two integers that make the hash another one, or None.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: Any, of integers.

    Output shape: That of the inputs, or with an axis of vectors as Keras has it.

    Raises:
        ArgumentError: If an argument is out of range, or two do not fit.

    Example:
        >>> layer = IntegerLookup(vocabulary=[12, 36, 1138, 42])
        >>> layer([[12, 1138, 42], [42, 1000, 36]]).tolist()
        [[1, 3, 4], [4, 0, 2]]
    """

    _takes = "int64"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if vocabulary_dtype != "int64":
            raise ArgumentError(
                "`vocabulary_dtype` of `IntegerLookup` must be 'int64'. "
                f"Received: vocabulary_dtype={vocabulary_dtype!r}"
            )
        if oov_method not in ("floormod", "farmhash"):
            raise ArgumentError(
                "Unknown value for `oov_method` argument of `IntegerLookup`. Allowed "
                f"values are: ('floormod', 'farmhash'). Received: {oov_method!r}"
            )
        if salt is not None and oov_method != "farmhash":
            raise ArgumentError(
                "`salt` of `IntegerLookup` can only be used when "
                f"`oov_method='farmhash'`. Received: oov_method={oov_method!r}"
            )
        self.vocabulary_dtype = vocabulary_dtype
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
            oov_method,
            salt,
            name=name,
            **kwargs,
        )

    def _read(self, array: Array) -> Array:
        return whole_numbers(array, type(self).__name__).ravel()

    def _as_terms(self, given: Any) -> list[Any]:
        if isinstance(given, list) and given and isinstance(given[0], str):
            try:  # the lines of a file
                given = [int(line) for line in given]
            except ValueError as error:
                raise ArgumentError(
                    f"`vocabulary` of `IntegerLookup` must hold integers: {error}"
                ) from error
        return super()._as_terms(given)

    def _inverse_table(self, terms: list[Any]) -> Array:
        return np.array(terms, dtype=np.int64)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "vocabulary_dtype": self.vocabulary_dtype}
