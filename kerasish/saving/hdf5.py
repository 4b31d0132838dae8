"""HDF5 in memory: arrays in, arrays out, with a checksum beside each.

A file is opened from bytes only, so it cannot reach other files, and it is checked
whole (see `hdf5_checks`) before anything is read.
"""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasish.core.errors import ModelFileError
from kerasish.saving.hdf5_checks import (
    OPAQUE,
    check_bytes,
    check_file,
    library,
    reading,
)

__all__ = ["new_file", "open_file", "read_array", "read_text", "write_array"]

BFLOAT16 = "bfloat16"


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
    with library().File(buffer, "w") as file:
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
    check_bytes(data, name)
    with reading(repr(name)):
        file = library().File(io.BytesIO(data), "r")
    with file:
        check_file(file, len(data), name)
        yield file


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
        array = array.view(OPAQUE) if array.ndim else array.reshape(1).view(OPAQUE)[0]
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
    with reading(repr(dataset.name)):
        array = np.asarray(dataset[()])
        checksum = _read_checksum(dataset)
        brain = array.dtype == OPAQUE and read_text(dataset, "dtype") == BFLOAT16
    if checksum not in (None, zlib.crc32(array.tobytes())):
        raise ModelFileError(
            f"{dataset.name!r} is damaged: its checksum does not match its data."
        )
    if brain:
        bits = np.frombuffer(array.tobytes(), np.uint16).astype(np.uint32) << 16
        return bits.view(np.float32).reshape(array.shape)
    return array


def read_text(item: Any, name: str) -> str:
    """Reads a text attribute; one that is absent or no plain text is empty.

    The type is looked at first: the library may crash on an attribute whose
    description is damaged.

    Args:
        item: A group or dataset of a checked file.
        name: The attribute's name.
    """
    if name not in item.attrs:
        return ""
    attribute = item.attrs.get_id(name)
    text = attribute.get_type().get_class() == library().h5t.STRING
    if not text or attribute.shape != () or attribute.get_storage_size() > 4096:
        return ""
    value = item.attrs[name]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _read_checksum(dataset: Any) -> int | None:
    if "crc32" not in dataset.attrs:
        return None
    attribute = dataset.attrs.get_id("crc32")
    if attribute.dtype.kind != "u" or attribute.shape != ():
        return None
    return int(dataset.attrs["crc32"])
