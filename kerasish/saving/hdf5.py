"""HDF5 in memory: opened from bytes only, and only the plain parts of the format.

A file in memory cannot reach other files, and what is not a group or an ordinary array
of numbers in it (links, virtual or external data, references, strings, unknown
filters) is refused before anything is read. h5py is imported at the first use.
"""

import importlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasish.core.errors import ModelFileError, UnsafeModelError

__all__ = ["check_file", "new_file", "open_file", "read_array", "write_array"]

BFLOAT16 = "bfloat16"
_MAX_OBJECTS = 100_000
_MAX_DEPTH = 64
# gzip cannot make more than about 1000 bytes out of one.
_MAX_RATIO = 1100
_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}


def _h5py() -> Any:
    return importlib.import_module("h5py")


@contextmanager
def new_file() -> Iterator[tuple[Any, io.BytesIO]]:
    """Opens an empty HDF5 file in memory; its bytes are complete after the block.

    Example:
        >>> with new_file() as (file, buffer):
        ...     write_array(file, "x", np.zeros(2))
        >>> buffer.getvalue()[1:4]
        b'HDF'
    """
    buffer = io.BytesIO()
    with _h5py().File(buffer, "w") as file:
        yield file, buffer


@contextmanager
def open_file(data: bytes, name: str) -> Iterator[Any]:
    """Opens the bytes of an HDF5 file, and checks all of it before handing it out.

    Args:
        data: The bytes.
        name: The file's name, for errors.

    Raises:
        ModelFileError: If they are no HDF5 file, truncated or damaged.
        UnsafeModelError: If the file holds more than groups and plain arrays.
    """
    if not data.startswith(b"\x89HDF\r\n\x1a\n"):
        zipped = " It is a zip archive: use `load_model`." if data[:2] == b"PK" else ""
        raise ModelFileError(f"{name!r} is no HDF5 file.{zipped}")
    try:
        file = _h5py().File(io.BytesIO(data), "r")
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelFileError(f"{name!r} is truncated or damaged: {error}") from error
    with file:
        check_file(file, len(data), name)
        yield file


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
    try:
        total = _check_group(file, name)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(f"{name!r} is damaged: {error}") from error
    if total > size * _MAX_RATIO:
        raise ModelFileError(
            f"{name!r} is {size:,} bytes long but declares {total:,} bytes of arrays."
        )


def write_array(group: Any, key: str, value: Any) -> None:
    """Writes an array as Keras does, with a checksum beside it.

    bfloat16 is stored as two opaque bytes, as in Keras.

    Args:
        group: The HDF5 group.
        key: The name in it.
        value: A variable, tensor, array or number.
    """
    array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
    brain = array.dtype.name == BFLOAT16
    if brain:
        array = array.view("V2") if array.ndim else array.reshape(1).view("V2")[0]
    dataset = group.create_dataset(key, data=array)
    if brain:
        dataset.attrs["dtype"] = BFLOAT16
    dataset.attrs["crc32"] = np.uint32(zlib.crc32(array.tobytes()))


def read_array(dataset: Any) -> np.ndarray:
    """Reads an array, and compares it with its checksum where it has one.

    bfloat16 comes back as float32, which holds the same values.

    Args:
        dataset: An HDF5 dataset of a checked file.

    Raises:
        ModelFileError: If the data is damaged.
    """
    try:
        array = np.asarray(dataset[()])
        checksum = dataset.attrs.get("crc32")
        brain = dataset.attrs.get("dtype") == BFLOAT16
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelFileError(f"{dataset.name!r} is damaged: {error}") from error
    if isinstance(checksum, np.integer) and checksum != zlib.crc32(array.tobytes()):
        raise ModelFileError(
            f"{dataset.name!r} is damaged: its checksum does not match its data."
        )
    if brain:
        bits = np.frombuffer(array.tobytes(), np.uint16).astype(np.uint32) << 16
        return bits.view(np.float32).reshape(array.shape)
    return array


def _check_group(root: Any, name: str) -> int:
    """Walks all groups, without recursion; returns the bytes of all arrays."""
    h5py = _h5py()
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
    brain = dataset.dtype == np.dtype("V2")
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
