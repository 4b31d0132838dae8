"""What lookups know: their terms, the weights of these, and where both come from."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError, StateError
from kerasish.layers.preprocessing.adaptation import input_batches
from kerasish.layers.preprocessing.assets import VOCABULARY_FILE, Assets
from kerasish.layers.preprocessing.host_layer import HostLayer, as_host
from kerasish.layers.preprocessing.vocabulary import (
    Places,
    count_rows,
    most_frequent,
    read_terms,
    write_terms,
)

__all__ = ["BaseTerms"]

Array = Any


class BaseTerms(Assets, HostLayer):
    """A layer with a vocabulary, given or learnt from data.

    Subclasses read terms from arrays, and have the attributes that their arguments
    are kept in.

    Args:
        **kwargs: Arguments of `Layer`.
    """

    encoding = "utf-8"
    mask_token: Any
    oov_token: Any
    num_oov_indices: int
    max_tokens: int | None
    output_mode: str
    pad_to_max_tokens: bool

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._given: _Given | None = None
        self._places: Places | None = None
        self._idf: Array = None
        self._fixed = False
        self.reset_state()

    def _start(self, vocabulary: Any, idf_weights: Any, size: int | None) -> None:
        """Takes the vocabulary that the constructor was given, if any."""
        if idf_weights is not None and self.output_mode != "tf_idf":
            raise ArgumentError(
                f"`idf_weights` of `{type(self).__name__}` should only be set if "
                f"`output_mode` is 'tf_idf'. Received: output_mode={self.output_mode}"
            )
        if idf_weights is not None and vocabulary is None:
            raise ArgumentError(
                f"`idf_weights` of `{type(self).__name__}` belong to a `vocabulary`, "
                "which must be given too"
            )
        if vocabulary is not None:
            self._given = _Given([], None)
            self.set_vocabulary(vocabulary, idf_weights)
        elif size is not None and self.output_mode == "tf_idf":
            # A file tells how many terms there are; they follow, with their weights.
            self._idf = np.zeros(self._width(size), "float32")

    def check_ready(self, owner: Any = None) -> None:
        """Raises if there is no vocabulary yet.

        Args:
            owner: The layer that the user knows, if not this one.

        Raises:
            StateError: If there is none.
        """
        owner = self if owner is None else owner
        if self._places is None:
            raise StateError(
                f"`{type(owner).__name__}` {owner.name!r} has no vocabulary yet. Call "
                "`adapt`, or give it one: `vocabulary=[...]` or `set_vocabulary`."
            )

    def _read(self, array: Array) -> Any:
        """Returns the terms in an array, as `Places` takes them."""
        raise NotImplementedError(f"`{type(self).__name__}` must define `_read`.")

    def _special(self) -> list[Any]:
        masks = self.mask_token is not None and self.output_mode == "int"
        first = [self.mask_token] if masks else []
        return first + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Returns the terms in order.

        Args:
            include_special_tokens: Whether those for masks and unknown terms are
                among them.
        """
        special = self._special() if include_special_tokens else []
        return special + self._terms

    def vocabulary_size(self) -> int:
        """Returns the number of terms, those for masks and unknown terms among them."""
        return len(self._special()) + len(self._terms)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Sets the terms.

        Args:
            vocabulary: List of terms, with or without the special ones, or a path.
            idf_weights: Weight of each term, for "tf_idf".

        Raises:
            ArgumentError: If a term occurs twice, there are none or too many, or the
                weights do not fit.
        """
        kind = type(self).__name__
        from_file = isinstance(vocabulary, str)
        if from_file and self.output_mode == "tf_idf":
            raise ArgumentError(
                f"`output_mode='tf_idf'` of `{kind}` does not support loading a "
                "vocabulary from a file. Give lists of terms and of weights"
            )
        if from_file:
            vocabulary = read_terms(vocabulary, kind, self.encoding)
        terms = self._as_terms(vocabulary)
        special = self._special()
        start = len(special) if terms[: len(special)] == special else 0
        self._check_terms(terms, start, special)
        if self.output_mode == "tf_idf":
            self._idf = self._all_weights(terms, start, idf_weights)
        elif idf_weights is not None:
            raise ArgumentError(
                f"`idf_weights` of `{kind}` should only be set if `output_mode` is "
                f"'tf_idf'. Received: output_mode={self.output_mode!r}"
            )
        self._take(terms[start:])
        self._fixed = True
        # As in Keras, the config tells the terms that the constructor was given; those
        # that come later, or out of a file, go into files of their own.
        if self._given is not None:
            weights = None if idf_weights is None else np.asarray(idf_weights).tolist()
            self._given = None if from_file else _Given(terms, weights)

    def _as_terms(self, given: Any) -> list[Any]:
        """Returns a list of terms from what was given as a vocabulary."""
        if isinstance(given, set | frozenset | dict) or not hasattr(given, "__len__"):
            raise ArgumentError(
                f"`vocabulary` of `{type(self).__name__}` must be a list of terms or "
                f"the path of a file. Received: {given!r:.80}"
            )
        terms = self._read(as_host(list(given), type(self).__name__).ravel())
        return terms if isinstance(terms, list) else terms.tolist()

    def _take(self, terms: list[Any]) -> None:
        self._places = Places(terms)

    @property
    def _terms(self) -> list[Any]:
        """The terms, without special ones; empty where there are none yet."""
        return [] if self._places is None else self._places.terms

    def _check_terms(self, terms: list[Any], start: int, special: list[Any]) -> None:
        kind = type(self).__name__
        if not terms[start:]:
            raise ArgumentError(
                f"Cannot set an empty vocabulary. `vocabulary` of `{kind}` must hold "
                f"terms. Received: vocabulary={terms!r:.80}"
            )
        repeated = [term for term, n in Counter(terms[start:]).items() if n > 1]
        if repeated:
            raise ArgumentError(
                f"`vocabulary` of `{kind}` has at least one repeated term. The "
                f"repeated terms are: {repeated[:10]}"
            )
        if self.mask_token is not None and self.mask_token in terms[start:]:
            raise ArgumentError(
                "Found reserved mask token at unexpected location in `vocabulary` of "
                f"`{kind}`. It need not include the OOV and mask tokens. Either remove "
                "them, or include them only at the start, in precisely this order: "
                f"{special}. Received: mask_token={self.mask_token!r} at vocabulary "
                f"index {terms.index(self.mask_token, start)}"
            )
        size = len(terms) - start + len(special)
        if self.max_tokens is not None and size > self.max_tokens:
            raise ArgumentError(
                "Attempted to set a vocabulary larger than the maximum vocab size of "
                f"`{kind}`. Received vocabulary size is {size}; `max_tokens` is "
                f"{self.max_tokens}"
            )

    def _all_weights(self, terms: list[Any], start: int, weights: Any) -> Array:
        kind = type(self).__name__
        if weights is None:
            raise ArgumentError(
                f"`idf_weights` of `{kind}` must be set with `vocabulary` if "
                "`output_mode` is 'tf_idf'"
            )
        given = np.asarray(weights, "float32")
        if given.shape != (len(terms),):
            raise ArgumentError(
                f"`idf_weights` of `{kind}` must be the same length as vocabulary. "
                f"len(idf_weights) is {len(given)}; len(vocabulary) is {len(terms)}"
            )
        return self._padded(given[start:], given[:start] if start else None)

    def _padded(self, weights: Array, unknown: Array = None) -> Array:
        if unknown is None:  # unknown terms weigh what others do on average
            unknown = np.full(self.num_oov_indices, weights.mean(), "float32")
        found = np.concatenate([unknown, weights])
        return np.pad(found, (0, self._width(len(found)) - len(found)))

    def _width(self, size: int) -> int:
        """Returns the length of vectors for a number of terms."""
        return self.max_tokens if self.pad_to_max_tokens else size  # type: ignore[return-value]

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learns the vocabulary, and for "tf_idf" the weights, from data.

        Args:
            data: Terms as `call` takes them, or anything that yields batches of them.
            steps: How many batches to take; by default all.

        Raises:
            ArgumentError: If the vocabulary was given.
        """
        self.check_adaptable()
        self.reset_state()
        for batch in input_batches(data, type(self).__name__, None, steps):
            self.update_state(batch)
        self.finalize_state()

    def check_adaptable(self, owner: Any = None) -> None:
        """Raises if the vocabulary was given.

        Args:
            owner: The layer that the user knows, if not this one.

        Raises:
            ArgumentError: If it was.
        """
        if self._fixed:
            name = self.name if owner is None else owner.name
            raise ArgumentError(
                f"Cannot adapt layer {name!r} after setting a static vocabulary "
                "via the `vocabulary` argument or `set_vocabulary()`."
            )

    def reset_state(self) -> None:
        """Forgets what `update_state` has counted."""
        self._counts: Counter[Any] = Counter()
        self._documents: Counter[Any] = Counter()
        self._num_documents = 0

    def update_state(self, data: Any) -> None:
        """Counts the terms of a batch.

        Args:
            data: Terms as `call` takes them; each row is a document.
        """
        (batch,), _ = self._converted((data,), {})
        terms = self._read(batch)
        width = batch.shape[-1] if batch.ndim > 1 else 1
        starts = range(0, len(terms), max(width, 1))
        self.count([list(terms[i : i + width]) for i in starts])

    def count(self, rows: list[list[Any]]) -> None:
        """Counts documents, each a list of terms."""
        counts, documents = count_rows(rows)
        self._counts += counts
        self._documents += documents
        self._num_documents += len(rows)

    def finalize_state(self) -> None:
        """Makes a vocabulary of what was counted, if anything was."""
        if not self._num_documents:
            return
        special = self._special()
        room = None if self.max_tokens is None else self.max_tokens - len(special)
        left_out = [t for t in (self.mask_token, self.oov_token) if t is not None]
        self._take(most_frequent(self._counts, room, left_out))
        if self.output_mode == "tf_idf":
            seen = np.array([self._documents[t] for t in self._terms])
            idf = np.log(1 + self._num_documents / (1 + seen))
            self._idf = self._padded(idf.astype("float32"))
        self.reset_state()

    def vocabulary_config(self) -> dict[str, Any]:
        """Returns what was given, or what no file of lines can hold."""
        terms: list[Any] | None = None
        weights: list[float] | None = None
        if self._given is not None:
            terms, weights = self._given.terms, self._given.weights
        elif self._breaks_lines():
            terms = self.get_vocabulary()
            weights = None if self._idf is None else self._idf[: len(terms)].tolist()
        size = None if self._places is None else self.vocabulary_size()
        return {"idf_weights": weights, "vocabulary": terms, "vocabulary_size": size}

    def _breaks_lines(self) -> bool:
        return any("\n" in t or "\r" in t for t in map(str, self._terms))

    def save_own_variables(self, store: Any) -> None:
        """Writes the weights of terms into a mapping of arrays.

        Args:
            store: A mapping.
        """
        if self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store: Any) -> None:
        """Reads the weights of terms from a mapping of arrays.

        Args:
            store: What `save_own_variables` wrote.
        """
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            self._idf = np.array(store["idf_weights"], "float32")

    def asset_files(self) -> dict[str, bytes]:
        """Returns the files that a model's file holds for the layer, by name."""
        if self._given is not None or not self._terms or self._breaks_lines():
            return {}
        return {VOCABULARY_FILE: write_terms(self.get_vocabulary(), self.encoding)}

    def set_asset_files(self, files: Mapping[str, bytes]) -> None:
        """Takes what `asset_files` returned.

        Args:
            files: Contents by name.
        """
        if self._given is None and VOCABULARY_FILE in files:
            kind = type(self).__name__
            lines = read_terms(files[VOCABULARY_FILE], kind, self.encoding)
            self._take(self._as_terms(lines)[len(self._special()) :])


class _Given:
    """The vocabulary that a constructor was given, for the config."""

    def __init__(self, terms: list[Any], weights: list[float] | None) -> None:
        self.terms = terms
        self.weights = weights
