"""A folder of object files, by what they were made from.

Safe with several processes: a file is written under another name and moved into place,
and one that is damaged or cannot be written is as if it were not there.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

__all__ = ["cache_folder", "find", "keep", "key_of"]

SEAL = 32  # bytes of the checksum before the code


def cache_folder() -> Path:
    """Returns where kernels are kept: `KERASISH_CACHE`, or the user's cache."""
    named = os.environ.get("KERASISH_CACHE")
    if named:
        return Path(named).expanduser() / "kernels"
    if sys.platform == "win32":
        root = os.environ.get("LOCALAPPDATA", "~/AppData/Local")
    elif sys.platform == "darwin":
        root = "~/Library/Caches"
    else:
        root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(root).expanduser() / "kerasish" / "kernels"


def key_of(*parts: str) -> str:
    """Returns a file name for what machine code depends on."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def find(key: str) -> bytes | None:
    """Returns a kept object file, or None."""
    try:
        held = (cache_folder() / f"{key}.o").read_bytes()
    except OSError:
        return None
    code = held[SEAL:]
    return code if hashlib.sha256(code).digest() == held[:SEAL] else None


def keep(key: str, code: bytes) -> None:
    """Keeps an object file, if the folder can be written."""
    folder = cache_folder()
    path = None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, path = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(code).digest() + code)
        os.replace(path, folder / f"{key}.o")
    except OSError:
        if path is not None:
            Path(path).unlink(missing_ok=True)
