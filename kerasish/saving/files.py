"""Files that are either the old one or the new one, never half of each.

A save is a transaction: the bytes are made first, written to a file beside the target,
flushed to the disk, and put in the target's place in one step. Whatever goes wrong
before that step leaves the old file as it was.
"""

import contextlib
import os
import re
import secrets
import stat
from pathlib import Path
from typing import Any

from kerasish.core.errors import ArgumentTypeError, ModelFileError

__all__ = ["MissingFileError", "as_path", "read_file", "replace_file"]


class MissingFileError(ModelFileError, FileNotFoundError):
    """A file or folder that is not there, also a `FileNotFoundError`."""


def as_path(filepath: Any, argument: str = "filepath") -> Path:
    """Returns a path from a string or path-like object.

    Args:
        filepath: What a user gave.
        argument: The argument's name, for the error.

    Raises:
        ArgumentTypeError: If it is neither, or an empty string.

    Example:
        >>> as_path("model.keras").suffix
        '.keras'
    """
    if not isinstance(filepath, str | os.PathLike) or not os.fspath(filepath):
        raise ArgumentTypeError(
            f"`{argument}` must be a path: a non-empty string or a `pathlib.Path`. "
            f"Received: {filepath!r} of type {type(filepath).__name__}"
        )
    return Path(os.fsdecode(os.fspath(filepath))).expanduser()


def read_file(path: Path) -> bytes:
    """Reads a regular file whole.

    Args:
        path: The file.

    Raises:
        MissingFileError: If there is no such file.
        ModelFileError: If it is a folder, device or pipe, or empty.
        OSError: If it cannot be read.
    """
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        raise MissingFileError(
            f"File not found: {str(path)!r}. The current folder is {os.getcwd()!r}."
        ) from None
    if stat.S_ISDIR(kind):
        raise ModelFileError(f"A file was expected, but {str(path)!r} is a folder.")
    if not stat.S_ISREG(kind):
        raise ModelFileError(f"{str(path)!r} is no regular file.")
    data = path.read_bytes()
    if not data:
        raise ModelFileError(f"The file {str(path)!r} is empty (0 bytes).")
    return data


def replace_file(path: Path, data: bytes) -> None:
    """Writes a file in one step: afterwards it holds the old bytes or the new.

    A link is followed, and the mode bits of an old file are kept. Temporary files
    that a killed process left behind for the same target are removed.

    Args:
        path: The target.
        data: Its new contents.

    Raises:
        MissingFileError: If the folder does not exist.
        ModelFileError: If the target is a folder.
        OSError: If it cannot be written; the old file is untouched then.
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise MissingFileError(
            f"Cannot save to {str(path)!r}: the folder {str(target.parent)!r} does not "
            "exist."
        )
    if target.is_dir():
        raise ModelFileError(f"Cannot save to {str(path)!r}: it is a folder.")
    _remove_stale(target)
    name = f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    temporary = target.with_name(name)
    try:
        _write(temporary, data, _mode_of(target))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _write(path: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        if mode is not None:
            os.chmod(path, mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _mode_of(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    """Makes the new name last; where folders cannot be opened, that is skipped."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_stale(target: Path) -> None:
    """Removes temporary files of this target whose process is gone."""
    ours = re.compile(rf"\.{re.escape(target.name)}\.(\d+)-[0-9a-f]{{8}}\.tmp")
    for name in os.listdir(target.parent):
        match = ours.fullmatch(name)
        if match and not _is_alive(int(match[1])):
            with contextlib.suppress(OSError):
                (target.parent / name).unlink()


def _is_alive(pid: int) -> bool:
    if os.name != "posix":  # there, signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
