"""BaseIndexLookup: what lookups of text and of integers have in common."""

from typing import Any

import numpy as np

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core import config
from kerasish.core.errors import ArgumentError
from kerasish.data import check_count
from kerasish.layers.preprocessing.encoding import (
    check_dense,
    check_output_mode,
    encode,
    encoded_shape,
)
from kerasish.layers.preprocessing.fingerprints import farm_hash, sip_hash
from kerasish.layers.preprocessing.host_layer import is_text, whole_numbers
from kerasish.layers.preprocessing.salt import checked_salt
from kerasish.layers.preprocessing.terms import BaseTerms
from kerasish.layers.preprocessing.vocabulary import Places

__all__ = ["BaseIndexLookup", "check_max_tokens"]

Array = Any
OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class BaseIndexLookup(BaseTerms):
    """Looks up the places of terms in a vocabulary, or the terms at places.

    Subclasses say how terms are read from arrays.

    Args:
        max_tokens: Most terms of the vocabulary, special ones among them, or None.
        num_oov_indices: How many places stand for terms that are not in it.
        mask_token: The term that stands for no term, or None.
        oov_token: What an inverted lookup returns where there is no term.
        vocabulary: List of terms, path of a file with a term on each line, or None to
            learn it by `adapt`.
        idf_weights: Weight of each term for "tf_idf", with `vocabulary`.
        invert: Whether places are given and terms returned.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        pad_to_max_tokens: Whether vectors have the length `max_tokens` in any case.
        sparse: Must be False.
        oov_method: "floormod" or "farmhash": how integers not in the vocabulary are
            spread over the places that stand for them; text is always hashed.
        salt: One or two integers that make the hash another one, or None.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If an argument is out of range, or two do not fit.
    """

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        pad_to_max_tokens: bool,
        sparse: bool,
        oov_method: str = "floormod",
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        size = kwargs.pop("vocabulary_size", None)
        kwargs.pop("dtype", None)
        super().__init__(**kwargs)
        kind = type(self).__name__
        self.output_mode = check_output_mode(kind, output_mode, OUTPUT_MODES)
        check_dense(kind, sparse, output_mode)
        self.num_oov_indices = check_count(num_oov_indices, "num_oov_indices", kind, 0)
        self.max_tokens = check_max_tokens(kind, max_tokens, pad_to_max_tokens)
        self.pad_to_max_tokens = bool(pad_to_max_tokens)
        self.mask_token, self.oov_token = mask_token, oov_token
        self.sparse = False
        self.oov_method = oov_method
        self.salt = checked_salt(kind, salt)
        self.invert = bool(invert)
        if invert and output_mode != "int":
            raise ArgumentError(
                f"`output_mode` of `{kind}` must be 'int' when `invert` is true. "
                f"Received: output_mode={output_mode!r}"
            )
        self._start(vocabulary, idf_weights, size)

    def call(self, inputs: Any) -> Any:
        """Returns the places of terms, or the terms at places."""
        self.check_ready()
        if self.invert:
            return self._terms_at(inputs)
        return self.encoded(self.places_of(self._read(inputs)).reshape(inputs.shape))

    def places_of(self, terms: Any) -> Array:
        """Returns the places of a flat sequence of terms, -1 for masked ones."""
        found = (self._places or Places([]))(terms)
        unknown = np.flatnonzero(found < 0)
        found += len(self._special())
        if not unknown.size:
            return found
        masks = self.mask_token is not None
        terms = terms.tolist() if isinstance(terms, np.ndarray) else terms
        asked = [terms[i] for i in unknown.tolist()]
        masked = np.array([masks and term == self.mask_token for term in asked])
        integer = self.output_mode == "int"
        found[unknown[masked]] = 0 if integer else -1
        unknown = unknown[~masked]
        found[unknown] = self._oov([terms[i] for i in unknown.tolist()])
        found[unknown] += int(masks and integer)
        return found

    def _oov(self, terms: list[Any]) -> Array:
        """Returns the places, from 0, for terms that are not in the vocabulary."""
        if not self.num_oov_indices and terms:
            raise ArgumentError(
                "When `num_oov_indices=0` all inputs should be in vocabulary, found "
                f"OOV values {terms[:10]}, consider setting `num_oov_indices=1`."
            )
        if self.num_oov_indices <= 1:
            return np.zeros(len(terms), np.int64)
        if self.oov_method == "floormod" and self._takes != "string":
            return np.array(terms, np.int64) % self.num_oov_indices
        items = [str(term).encode() for term in terms]
        hashes = farm_hash(items) if self.salt is None else sip_hash(items, self._key())
        return (hashes % np.uint64(self.num_oov_indices)).astype(np.int64)

    def _key(self) -> tuple[int, int]:
        first, second = self.salt or (0, 0)
        return first, second

    def encoded(self, ids: Array) -> Any:
        """Returns places as the output mode wants them."""
        if self.output_mode == "int":
            return ops.convert_to_tensor(ids)
        depth = self._width(self.vocabulary_size())
        floatx = config.floatx()
        if self.output_mode != "tf_idf":
            return encode(ids, self.output_mode, depth, floatx)
        counts = encode(ids, "count", depth, "float32")
        return ops.cast(counts * self._idf, floatx)

    def _terms_at(self, inputs: Any) -> Any:
        terms = self.get_vocabulary()
        ids = whole_numbers(inputs, type(self).__name__)
        ids = np.where((ids < 0) | (ids >= len(terms)), len(terms), ids)
        found = self._inverse_table([*terms, self.oov_token])[ids]
        return found if is_text(found) else ops.convert_to_tensor(found)

    def _inverse_table(self, terms: list[Any]) -> Array:
        """Returns terms as an array."""
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `_inverse_table`."
        )

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Returns the shape of the outputs."""
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        return encoded_shape(input_shape, mode, self._depth())

    def _depth(self) -> int | None:
        """Returns the length of vectors, None where it is not known yet."""
        if self._places is None and not self.pad_to_max_tokens:
            return None
        return self._width(self.vocabulary_size())

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        dtype = "int64" if self.output_mode == "int" else config.floatx()
        dtype = self._takes if self.invert else dtype
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            **self.vocabulary_config(),
            "oov_method": self.oov_method,
            "salt": self.salt,
        }


def check_max_tokens(kind: str, max_tokens: Any, padded: Any) -> int | None:
    """Returns a checked `max_tokens`.

    Args:
        kind: Class of the layer.
        max_tokens: What was given.
        padded: Whether vectors are to have that length.

    Raises:
        ArgumentError: If it is less than 2, or None though vectors need it.
        ArgumentTypeError: If it is no integer.

    Example:
        >>> check_max_tokens("StringLookup", 5, False)
        5
    """
    if max_tokens is None:
        if padded:
            raise ArgumentError(
                f"If `pad_to_max_tokens` of `{kind}` is True, `max_tokens` must be "
                "set. Received: max_tokens=None"
            )
        return None
    return check_count(max_tokens, "max_tokens", kind, 2)
