"""TextVectorization: text made integers, or vectors that count its words."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

from kerasish.autodiff import KerasTensor
from kerasish.core import config
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.core.registry import serialize_keras_object
from kerasish.layers.preprocessing.adaptation import input_batches
from kerasish.layers.preprocessing.assets import Assets
from kerasish.layers.preprocessing.host_layer import HostLayer, decoded
from kerasish.layers.preprocessing.splitting import (
    SPLITS,
    STANDARDIZATIONS,
    joined,
)
from kerasish.layers.preprocessing.splitting import (
    split as split_texts,
)
from kerasish.layers.preprocessing.splitting import (
    standardize as standardize_texts,
)
from kerasish.layers.preprocessing.string_lookup import StringLookup

__all__ = ["TextVectorization"]

Array = Any


class TextVectorization(Assets, HostLayer):
    """Standardises text, splits it into tokens, and looks these up in a vocabulary.

    In mode "int" the vocabulary begins with `""`, the padding, and `"[UNK]"` for what
    is not in it; in other modes with `"[UNK]"`.

    A model whose first layer this is takes text: `keras.Input((1,), dtype="string")`.

    Args:
        max_tokens: Most terms of the vocabulary, special ones among them, or None.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation"
            (which know ASCII), None, or a function that gets a NumPy array of texts
            and returns one of the same shape.
        split: "whitespace", "character", None, or a function that gets a NumPy array
            of texts and returns a list of tokens for each.
        ngrams: An integer for n-grams of up to so many tokens, a tuple of sizes, or
            None.
        output_mode: "int" for the places of the tokens, filled up with 0; "multi_hot",
            "count" or "tf_idf" for a vector that tells which terms a text has, how
            often, or how often times their weight.
        output_sequence_length: Length that results have in mode "int"; by default
            that of the longest text of a batch.
        pad_to_max_tokens: Whether vectors have the length `max_tokens` in any case.
        vocabulary: List of terms, path of a file with a term on each line, or None to
            learn it by `adapt`.
        idf_weights: Weight of each term for "tf_idf", with `vocabulary`.
        sparse: Must be False.
        ragged: Must be False: results are filled up.
        encoding: How bytes are read.
        name: A name, made up if None.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch,)` or `(batch, 1)` of strings, or one string.

    Output shape: `(batch, length)`, or `(batch, terms)`.

    Raises:
        ArgumentError: If an argument is out of range, or two do not fit.

    Example:
        >>> layer = TextVectorization()
        >>> layer.adapt(["foo bar", "bar baz", "baz bada boom"])
        >>> layer.get_vocabulary()
        ['', '[UNK]', 'baz', 'bar', 'foo', 'boom', 'bada']
        >>> layer([["Foo qux bar!"], ["qux baz"]]).tolist()
        [[4, 1, 3], [1, 2, 0]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        size = kwargs.pop("vocabulary_size", None)
        super().__init__(name=name, **kwargs)
        self.standardize = _choice("standardize", standardize, STANDARDIZATIONS)
        self.split = _choice("split", split, SPLITS)
        self.ngrams = ngrams
        self._sizes = _sizes(ngrams)
        self.output_sequence_length = _length(output_sequence_length, output_mode)
        if ragged:
            raise ArgumentError(
                "`ragged` of `TextVectorization` must be False: there are no ragged "
                "tensors. Results are filled up with 0, which "
                "`Embedding(mask_zero=True)` leaves out. Received: ragged=True"
            )
        self.ragged = False
        self.encoding = encoding
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            mask_token="",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            sparse=sparse,
            encoding=encoding,
            # A layer that has learnt nothing says how many special terms it has.
            vocabulary_size=size if size and size > 2 else None,
        )

    @property
    def max_tokens(self) -> int | None:
        """Most terms of the vocabulary, or None."""
        return self._lookup_layer.max_tokens

    @property
    def output_mode(self) -> str:
        """What results are."""
        return self._lookup_layer.output_mode

    @property
    def pad_to_max_tokens(self) -> bool:
        """Whether vectors have the length `max_tokens` in any case."""
        return self._lookup_layer.pad_to_max_tokens

    # --------------------------------------------------------------- vocabulary

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """Returns the terms in order.

        Args:
            include_special_tokens: Whether those for padding and unknown terms are
                among them.
        """
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """Returns the number of terms, special ones among them."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Sets the terms.

        Args:
            vocabulary: List of terms, with or without the special ones, or a path.
            idf_weights: Weight of each term, for "tf_idf".

        Raises:
            ArgumentError: If a term occurs twice, there are none or too many, or the
                weights do not fit.
        """
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def adapt(
        self, data: Any, batch_size: int | None = None, steps: int | None = None
    ) -> None:
        """Learns the vocabulary, and for "tf_idf" the weights, from texts.

        Args:
            data: Texts as `call` takes them, or anything that yields batches of them.
            batch_size: Texts in a batch, where `data` is one array; by default all.
            steps: How many batches to take; by default all.

        Raises:
            ArgumentError: If the vocabulary was given, or there are no texts.
        """
        self._lookup_layer.check_adaptable(self)
        self.reset_state()
        for batch in input_batches(data, type(self).__name__, batch_size, steps):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forgets what `update_state` has counted."""
        self._lookup_layer.reset_state()

    def update_state(self, data: Any) -> None:
        """Counts the tokens of a batch.

        Args:
            data: Texts as `call` takes them.
        """
        (batch,), _ = self._converted((data,), {})
        self._lookup_layer.count(self._tokens(batch)[0])

    def finalize_state(self) -> None:
        """Makes a vocabulary of what was counted, if anything was."""
        self._lookup_layer.finalize_state()

    # --------------------------------------------------------------------- call

    def build(self, input_shape: Any = None) -> None:
        """Makes no weights."""

    def call(self, inputs: Any) -> Any:
        """Returns what the tokens of texts are in the vocabulary."""
        lookup = self._lookup_layer
        lookup.check_ready(self)
        rows, shape = self._tokens(inputs)
        limit = self.output_sequence_length
        rows = rows if limit is None else [row[:limit] for row in rows]
        sizes = np.fromiter(map(len, rows), np.int64, len(rows))
        width = int(sizes.max(initial=0)) if limit is None else limit
        ids = np.full((len(rows), width), 0 if self.output_mode == "int" else -1)
        filled = np.arange(width) < sizes[:, np.newaxis]
        ids[filled] = lookup.places_of(list(chain.from_iterable(rows)))
        if self.split is None and not inputs.ndim > 1 and self._sizes is None:
            return lookup.encoded(ids.reshape(shape))  # a text is a token
        return lookup.encoded(ids.reshape(*shape, width))

    def _tokens(self, inputs: Array) -> tuple[list[list[str]], tuple[int, ...]]:
        """Returns the tokens of each text, and the shape that the texts have."""
        texts = decoded(inputs, type(self).__name__, self.encoding)
        texts = standardize_texts(texts, self.standardize)
        shape = inputs.shape
        if self.split is not None:
            if inputs.ndim > 1 and shape[-1] != 1:
                raise ShapeError(
                    "When using `TextVectorization` to tokenize strings, the input "
                    "rank must be 1 or the last shape dimension must be 1. Received: "
                    f"inputs.shape={shape} with rank={inputs.ndim}"
                )
            shape = shape[:-1] if inputs.ndim > 1 else shape
            rows = split_texts(texts, self.split)
        elif inputs.ndim > 1:
            shape, width = shape[:-1], shape[-1]
            rows = [texts[i : i + width] for i in range(0, len(texts), max(width, 1))]
        else:
            rows = [[text] for text in texts]
        if self._sizes is not None:
            rows = [joined(row, self._sizes) for row in rows]
        return rows, shape

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the outputs; the number of tokens may be unknown."""
        shape = tuple(input_shape)
        if self.split is not None or len(shape) > 1 or self._sizes is not None:
            length = self.output_sequence_length
            if self.split is None and length is None and self._sizes is None:
                length = shape[-1]
            kept = shape[:-1] if len(shape) > 1 else shape
            shape = (*kept, length)
        return self._lookup_layer.compute_output_shape(shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        dtype = "int64" if self.output_mode == "int" else config.floatx()
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype)

    # -------------------------------------------------------------------- files

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        rules = {"standardize": self.standardize, "split": self.split}
        return {
            **super().get_config(),
            "max_tokens": self.max_tokens,
            **{
                name: serialize_keras_object(rule) if callable(rule) else rule
                for name, rule in rules.items()
            },
            "ngrams": self.ngrams,
            "output_mode": self.output_mode,
            "output_sequence_length": self.output_sequence_length,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "sparse": False,
            "ragged": self.ragged,
            **self._lookup_layer.vocabulary_config(),
            "encoding": self.encoding,
            "vocabulary_size": self.vocabulary_size(),
        }

    def save_own_variables(self, store: Any) -> None:
        """Writes the weights of terms into a mapping of arrays.

        Args:
            store: A mapping.
        """
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        """Reads the weights of terms from a mapping of arrays.

        Args:
            store: What `save_own_variables` wrote.
        """
        self._lookup_layer.load_own_variables(store)

    def asset_files(self) -> dict[str, bytes]:
        """Returns the files that a model's file holds for the layer, by name."""
        return self._lookup_layer.asset_files()

    def set_asset_files(self, files: Mapping[str, bytes]) -> None:
        """Takes what `asset_files` returned.

        Args:
            files: Contents by name.
        """
        self._lookup_layer.set_asset_files(files)


def _choice(name: str, value: Any, allowed: tuple[str, ...]) -> Any:
    if value is None or callable(value) or value in allowed:
        return value
    raise ArgumentError(
        f"Unknown value for `{name}` argument of `TextVectorization`. Allowed values "
        f"are: {allowed}, None or a function. Received: {name}={value!r}"
    )


def _sizes(ngrams: Any) -> tuple[int, ...] | None:
    if ngrams is None:
        return None
    sizes = tuple(ngrams) if isinstance(ngrams, list | tuple) else (ngrams,)
    fits = all(hasattr(n, "__index__") and not isinstance(n, bool) for n in sizes)
    if not fits or not sizes or min(sizes) < 1:
        raise ArgumentError(
            "`ngrams` of `TextVectorization` must be None, a positive integer or a "
            f"tuple of them. Received: ngrams={ngrams!r}"
        )
    return sizes if isinstance(ngrams, list | tuple) else tuple(range(1, ngrams + 1))


def _length(length: Any, output_mode: str) -> int | None:
    if length is None:
        return None
    if output_mode != "int":
        raise ArgumentError(
            "`output_sequence_length` of `TextVectorization` must not be set if "
            f"`output_mode` is not 'int'. Received: output_sequence_length={length}"
        )
    if not hasattr(length, "__index__") or isinstance(length, bool) or length < 0:
        raise ArgumentError(
            "`output_sequence_length` of `TextVectorization` must be None or an "
            f"integer of at least 0. Received: output_sequence_length={length!r}"
        )
    return int(length)
