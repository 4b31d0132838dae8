"""HostLayer: the base of layers that compute with Python's objects, text among them.

Tensors hold numbers, so text comes to these layers as it is, and what they make of it
is a tensor. A functional model runs them on each batch before the rest of it, which
is recorded; elsewhere they are called as other layers are.
"""

from typing import Any

import numpy as np

from kerasish.autodiff import Tensor
from kerasish.autodiff.symbolic import is_keras_tensor
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.layers.base import Layer

__all__ = [
    "HostLayer",
    "as_host",
    "decoded",
    "is_text",
    "is_text_list",
    "whole_numbers",
]

Array = Any
_MISSING = "None, NaN and the like are no text; fill them first, as with `''`"


class HostLayer(Layer):
    """A layer whose `call` gets NumPy arrays of numbers or text.

    It has no weights and no gradient, and is the same in training and in inference.

    Args:
        **kwargs: Arguments of `Layer`.

    Example:
        >>> class Length(HostLayer):
        ...     def call(self, inputs):
        ...         return np.array([len(text) for text in inputs])
        >>> Length()(["one", "three"]).tolist()
        [3, 5]
    """

    # What its inputs are where nothing else tells: "string" or "int64".
    _takes = "string"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "autocast": False})

    def _converted(self, args: Any, kwargs: Any) -> tuple[Any, dict[str, Any]]:
        if not args and not kwargs:
            return super()._converted(args, kwargs)
        return (
            tuple(as_host(x, type(self).__name__) for x in args),
            {
                k: x if k == "training" else as_host(x, type(self).__name__)
                for k, x in kwargs.items()
            },
        )

    @property
    def compute_dtype(self) -> str:
        """The dtype of the inputs."""
        return self._takes

    @property
    def variable_dtype(self) -> str:
        """The dtype of the inputs: there are no weights."""
        return self._takes


def as_host(x: Any, kind: str) -> Any:
    """Returns an argument as a NumPy array of numbers or of text.

    Args:
        x: Text, numbers, nested lists or arrays of them, a tensor, a column of a data
            frame; symbolic tensors and None are returned as they are.
        kind: Class of the layer, for messages.

    Raises:
        ArgumentError: If lists have different lengths.
        ArgumentTypeError: If text and numbers are mixed, or text is missing.

    Example:
        >>> as_host([["a"], ["b"]], "StringLookup").shape
        (2, 1)
    """
    if x is None or is_keras_tensor(x):
        return x
    if isinstance(x, Tensor):
        return x.numpy()
    if hasattr(x, "to_numpy"):
        x = x.to_numpy()
    elif isinstance(x, list | tuple):
        if any(map(is_keras_tensor, x)):
            return x
        return _from_lists(x, kind)
    array = np.asarray(x)
    if array.dtype.kind == "T":  # NumPy's text of any length
        array = array.astype(object)
    if array.dtype.kind == "O":
        return _from_objects(array, kind)
    if array.dtype.kind not in "biufUS":
        raise ArgumentTypeError(
            f"`{kind}` takes text or numbers. Received: {x!r:.80} of dtype "
            f"{array.dtype}"
        )
    return array


def is_text(array: Any) -> bool:
    """Returns whether an array holds text.

    Args:
        array: A NumPy array.

    Example:
        >>> is_text(np.array(["a"])), is_text(np.array([1]))
        (True, False)
    """
    return isinstance(array, np.ndarray) and array.dtype.kind in "OSU"


def is_text_list(x: Any) -> bool:
    """Returns whether a value is a list that begins with text, or lists of lists.

    Args:
        x: Anything.

    Example:
        >>> is_text_list([["a"], ["b"]]), is_text_list([1]), is_text_list("a")
        (True, False, False)
    """
    inside = x
    while isinstance(inside, list | tuple) and inside:
        inside = inside[0]
    return inside is not x and isinstance(inside, str | bytes)


def decoded(array: Array, kind: str, encoding: str = "utf-8") -> list[str]:
    """Returns the text in an array as a flat list.

    Args:
        array: Array of text, or of bytes.
        kind: Class of the layer, for messages.
        encoding: How bytes are to be read.

    Raises:
        ArgumentTypeError: If it holds numbers.
        ArgumentError: If bytes are not in that encoding.

    Example:
        >>> decoded(np.array([[b"a"], [b"b"]]), "StringLookup")
        ['a', 'b']
    """
    if not is_text(array):
        raise ArgumentTypeError(
            f"`{kind}` takes text. Received: an array of dtype {array.dtype}, which is "
            "looked up by `IntegerLookup`, or becomes text by `.astype(str)`"
        )
    items = array.ravel().tolist()
    if array.dtype.kind == "U":
        return items  # type: ignore[no-any-return]
    try:
        return [x if isinstance(x, str) else x.decode(encoding) for x in items]
    except UnicodeDecodeError as error:
        raise ArgumentError(
            f"`{kind}` was given bytes that are no text in its `encoding`, "
            f"{encoding!r}: {error}"
        ) from error


def whole_numbers(array: Array, kind: str) -> Array:
    """Returns an array of numbers as int64.

    Args:
        array: A NumPy array.
        kind: Class of the layer, for messages.

    Raises:
        ArgumentTypeError: If it holds text.
        ArgumentError: If a number has a fraction.

    Example:
        >>> whole_numbers(np.array([1.0, 2.0]), "IntegerLookup").tolist()
        [1, 2]
    """
    if is_text(array) and array.size:
        raise ArgumentTypeError(
            f"`{kind}` takes integers. Received: text; `StringLookup` looks up text"
        )
    with np.errstate(invalid="ignore"):
        found = array.astype(np.int64)
    if array.dtype.kind == "f" and not np.array_equal(found, array):
        raise ArgumentError(
            f"`{kind}` takes integers. Received: dtype {array.dtype} with fractions"
        )
    return found


def _from_lists(x: Any, kind: str) -> Array:
    items = [as_host(item, kind) if hasattr(item, "__array__") else item for item in x]
    try:
        array = np.array(items, dtype=object)
        ragged = any(hasattr(item, "__len__") for item in _not_text(array))
    except ValueError:
        ragged = True
    if ragged:
        raise ArgumentError(
            f"`{kind}` takes lists of one length. Received: {x!r:.80}; fill shorter "
            "ones up, as with `''`"
        )
    return _from_objects(array, kind)


def _not_text(array: Array) -> list[Any]:
    return [item for item in array.flat if not isinstance(item, str | bytes)]


def _from_objects(array: Array, kind: str) -> Array:
    types = set(map(type, array.ravel().tolist()))
    if not types or all(issubclass(t, str | bytes) for t in types):
        return array
    if all(issubclass(t, int | float | np.number | np.bool_) for t in types):
        return np.array(array.tolist())
    text = any(issubclass(t, str | bytes) for t in types)
    names = sorted(t.__name__ for t in types)
    raise ArgumentTypeError(
        f"`{kind}` takes text or numbers, all of one kind. Received: an array with "
        f"entries of the types {', '.join(names)}.{f' {_MISSING}' if text else ''}"
    )
