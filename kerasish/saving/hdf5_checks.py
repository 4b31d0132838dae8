"""What an HDF5 file must be before anything is read from it.

What is not a group or an ordinary array of numbers (links, virtual or external data,
references, strings, unknown filters) is refused, and so is a file that declares more
data than it can hold. h5py is imported at the first use.
"""

import importlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasish.core.errors import KerasishError, ModelFileError, UnsafeModelError

__all__ = ["OPAQUE", "check_bytes", "check_file", "library", "reading"]

# The type in which Keras stores bfloat16.
OPAQUE = np.dtype("V2")

_HEAP = b"GCOL\1\0\0\0"
_MAX_OBJECTS = 100_000
_MAX_DEPTH = 64
# gzip cannot make more than about 1000 bytes out of one.
_MAX_RATIO = 1100
_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}
# What h5py raises about damaged files.
_LIBRARY_ERRORS = (
    ArithmeticError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


def library() -> Any:
    """Returns the module `h5py`."""
    return importlib.import_module("h5py")


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turns what h5py raises inside into an error that says what is damaged.

    Args:
        what: What is read, for the error.

    Raises:
        ModelFileError: If h5py raises.

    Example:
        >>> with reading("model.weights.h5"):
        ...     raise KeyError("no such object")
        Traceback (most recent call last):
        kerasish.core.errors.ModelFileError: ...
    """
    try:
        yield
    except KerasishError:
        raise
    except _LIBRARY_ERRORS as error:
        raise ModelFileError(f"{what} is truncated or damaged: {error}") from error


def check_bytes(data: bytes, name: str) -> None:
    """Refuses bytes that are no HDF5 file, or one that the library must not open.

    Args:
        data: The bytes.
        name: The file's name, for errors.

    Raises:
        ModelFileError: If they are another kind of file or damaged.
    """
    if not data.startswith(b"\x89HDF\r\n\x1a\n"):
        zipped = " It is a zip archive: use `load_model`." if data[:2] == b"PK" else ""
        raise ModelFileError(f"{name!r} is no HDF5 file.{zipped}")
    if not _heaps_are_sound(data):
        raise ModelFileError(f"{name!r} is damaged: a heap of texts is inconsistent.")


def check_file(file: Any, size: int, name: str) -> None:
    """Refuses a file that holds more than groups and arrays of numbers.

    Args:
        file: The open file.
        size: Its length in bytes, against which the arrays' sizes are checked.
        name: Its name, for errors.

    Raises:
        ModelFileError: If it cannot be read, or declares more data than it holds.
        UnsafeModelError: If it holds a link, external or virtual data, or a type
            that no weights have.
    """
    with reading(repr(name)):
        total = _check_group(file, name)
    if total > size * _MAX_RATIO:
        raise ModelFileError(
            f"{name!r} is {size:,} bytes long but declares {total:,} bytes of arrays."
        )


def _check_group(root: Any, name: str) -> int:
    """Walks all groups, without recursion; returns the bytes of all arrays."""
    h5py = library()
    total, seen, stack = 0, 0, [(root, 0)]
    groups: set[Any] = set()
    while stack:
        group, depth = stack.pop()
        address = h5py.h5o.get_info(group.id).addr
        if address in groups or depth > _MAX_DEPTH:
            raise UnsafeModelError(
                f"{name!r} holds a cycle of groups at {group.name!r}."
            )
        groups.add(address)
        seen += len(group)
        if seen > _MAX_OBJECTS:
            raise ModelFileError(f"{name!r} holds more than {_MAX_OBJECTS:,} objects.")
        for key in group:
            link = group.get(key, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise UnsafeModelError(
                    f"{name!r} holds a link at {group.name}/{key!s}; weights must lie "
                    "in the file itself."
                )
            item = group[key]
            if isinstance(item, h5py.Group):
                stack.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                _check_dataset(item, name)
                total += item.nbytes
            else:
                raise UnsafeModelError(f"{item.name!r} of {name!r} is no array.")
    return total


def _check_dataset(dataset: Any, name: str) -> None:
    brain = dataset.dtype == OPAQUE
    if dataset.dtype.kind not in "fiub" and not brain:
        problem = f"has the type {dataset.dtype}, which no weights have"
    elif dataset.shape is None:
        problem = "has no shape"
    elif dataset.is_virtual or dataset.external:
        problem = "lies in another file"
    elif unknown := _unknown_filters(dataset):
        problem = f"is compressed by the unknown filter {unknown}"
    else:
        return
    raise UnsafeModelError(f"The array {dataset.name!r} of {name!r} {problem}.")


def _unknown_filters(dataset: Any) -> list[int]:
    plist = dataset.id.get_create_plist()
    codes = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
    return [code for code in codes if code not in _FILTERS]


def _heaps_are_sound(data: bytes) -> bool:
    """Checks the collections in which HDF5 keeps texts.

    The library walks the objects of a collection by their sizes, and never returns
    if damaged ones lead it in a circle. Format: HDF5 File Format Specification 3.0,
    III.E "Global Heap".
    """
    start = data.find(_HEAP)
    while start >= 0:
        (size,) = struct.unpack_from("<Q", data.ljust(start + 16), start + 8)
        end, at = start + size, start + 16
        if end > len(data):
            return False
        while at + 16 <= end:
            index, length = struct.unpack_from("<H6xQ", data, at)
            if index:
                at += 16 + -(-length // 8) * 8
            elif at + length == end:  # the free space, counted from its own header
                break
            else:
                return False
        if at > end:
            return False
        start = data.find(_HEAP, start + 16)
    return True
