"""The `.keras` archive: a zip file with three members, checked before it is used.

Members are stored, not compressed, in Keras' order: `metadata.json`, `config.json`,
`model.weights.h5`; then come the files of single layers, below `assets/`. Reading takes
a member by name into memory; nothing is ever extracted to the disk.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

from kerasish.core.errors import ModelFileError

__all__ = [
    "ASSETS",
    "CONFIG",
    "METADATA",
    "WEIGHTS",
    "Archive",
    "read_archive",
    "write_archive",
]

METADATA = "metadata.json"
CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
ASSETS = "assets/"

_MAX_MEMBERS = 10_000
# Stored sizes are the true ones; compressed members may be at most this much larger.
_MAX_RATIO = 1000
_ENCRYPTED = 0x1
_LINK = 0o120000


class Archive(NamedTuple):
    """The members of a `.keras` file that make up a model."""

    metadata: bytes
    config: bytes
    weights: bytes
    assets: dict[str, bytes]


def write_archive(
    metadata: str,
    config: str,
    weights: bytes,
    assets: Mapping[str, bytes] | None = None,
) -> bytes:
    """Returns the bytes of a `.keras` file.

    Args:
        metadata: JSON text.
        config: JSON text.
        weights: The bytes of the HDF5 file.
        assets: Files of single layers, by their paths below `assets/`.

    Example:
        >>> read_archive(write_archive("{}", "[]", b"w"), "x.keras").config
        b'[]'
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(METADATA, metadata)
        archive.writestr(CONFIG, config)
        archive.writestr(WEIGHTS, weights)
        for path, data in (assets or {}).items():
            archive.writestr(f"{ASSETS}{path}", data)
    return buffer.getvalue()


def read_archive(data: bytes, name: str) -> Archive:
    """Returns the members of a `.keras` file.

    Args:
        data: The bytes of the file.
        name: Its name, for errors.

    Raises:
        ModelFileError: If it is no zip file, truncated, damaged, lacks a member, or
            has members no model needs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive.infolist(), name)
            for member in (METADATA, CONFIG, WEIGHTS):
                if member not in archive.namelist():
                    raise ModelFileError(
                        f"{name!r} is no complete Keras model: the archive has no "
                        f"member {member!r}."
                    )
            return Archive(
                _read(archive, METADATA, name),
                _read(archive, CONFIG, name),
                _read(archive, WEIGHTS, name),
                {
                    member.removeprefix(ASSETS): _read(archive, member, name)
                    for member in archive.namelist()
                    if member.startswith(ASSETS) and not member.endswith("/")
                },
            )
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise ModelFileError(_reason(data, name, error)) from error


def _read(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """Reads a member; `zipfile` stops at its declared size and checks its CRC."""
    try:
        return archive.read(member)
    except Exception as error:
        raise ModelFileError(
            f"The member {member!r} of {name!r} is damaged: {error}"
        ) from error


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > _MAX_MEMBERS:
        raise ModelFileError(
            f"{name!r} has {len(members):,} members; at most {_MAX_MEMBERS:,} are read."
        )
    seen: set[str] = set()
    for member in members:
        problem = _problem(member)
        if member.filename.lower() in seen:
            problem = "occurs twice"
        seen.add(member.filename.lower())
        if problem:
            shown = repr(member.filename[:80])
            raise ModelFileError(f"The member {shown} of {name!r} {problem}.")


def _problem(member: zipfile.ZipInfo) -> str:
    """Says what is wrong with a member, or returns an empty string."""
    path = member.filename
    absolute = path.startswith("/") or path[1:2] == ":"
    if absolute or "\\" in path or "\0" in path or ".." in path.split("/"):
        return "has an unsafe name"
    if (member.external_attr >> 16) & 0o170000 == _LINK:
        return "is a link"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.file_size > _MAX_RATIO * max(member.compress_size, 1):
        return (
            f"declares {member.file_size:,} bytes but stores "
            f"{member.compress_size:,}, which is more than compression explains"
        )
    return ""


def _reason(data: bytes, name: str, error: Exception) -> str:
    """Says why bytes are no readable zip file."""
    if data.startswith(b"PK\x03\x04"):
        return (
            f"{name!r} is truncated or damaged: it starts as a zip file, but its "
            f"directory cannot be read ({error})."
        )
    kind = "an HDF5 file" if data.startswith(b"\x89HDF\r\n\x1a\n") else "something else"
    return f"{name!r} is no `.keras` file: a zip archive was expected, it is {kind}."
