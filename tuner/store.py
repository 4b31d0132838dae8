"""Files of a search: JSON that is whole or not there, read with suspicion."""

import re
import shutil
from pathlib import Path
from typing import Any

from kerasish.core.errors import ArgumentError, SerializationError
from kerasish.saving import files, json_text

__all__ = [
    "TRIAL_ID",
    "has_project",
    "project_folder",
    "read_json",
    "remove_project",
    "write_json",
]

TRIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")

# A search of a million trials stays far below.
LARGEST = 64 * 2**20


def project_folder(directory: Any, project_name: str | None) -> Path:
    """Returns the folder of a project, which need not exist.

    Args:
        directory: Where projects lie, the current folder if None.
        project_name: str, name of the project within, `"untitled_project"` if None.

    Raises:
        ArgumentError: If the name is not that of a folder below `directory`.

    Example:
        >>> project_folder("searches", "digits").as_posix()
        'searches/digits'
    """
    name = "untitled_project" if project_name is None else str(project_name)
    inner = Path(name)
    if not inner.parts or inner.is_absolute() or ".." in inner.parts:
        raise ArgumentError(
            "`project_name` must be the name of a folder within `directory`. "
            f"Received: project_name={project_name!r}"
        )
    return Path("." if directory is None else directory) / inner


def write_json(path: Path, content: Any) -> None:
    """Writes JSON in one step: a crash leaves the old file or the new one.

    Args:
        path: The file; its folder is made where it is missing.
        content: Plain data, without NaN and infinity.

    Raises:
        OSError: If it cannot be written; the old file is untouched then.
        SerializationError: If it holds what is no plain data.
    """
    text = json_text.write_json(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace_file(path, text.encode())


def read_json(path: Path) -> dict[str, Any]:
    """Returns the JSON object in a file.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If there is none.
        SerializationError: If it is too large, or is no whole JSON object.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise SerializationError(
            f"{path} has {size:,} bytes, more than the {LARGEST:,} that a file of a "
            "search may have."
        )
    content = json_text.read_json(files.read_file(path), f"{path}, of {size} bytes,")
    if not isinstance(content, dict):
        raise SerializationError(
            f"{path} is damaged: it must hold a JSON object. "
            f"Received: {type(content).__name__}"
        )
    return content


def has_project(folder: Path) -> bool:
    """Returns whether a folder has the files of a search.

    Args:
        folder: The folder.
    """
    files = (folder / "oracle.json", *folder.glob("trial_*/trial.json"))
    return any(file.exists() for file in files)


def remove_project(folder: Path) -> None:
    """Removes the files of a search and nothing else that may be in the folder.

    Args:
        folder: The folder.
    """
    for file in (*folder.glob("oracle.json"), *folder.glob("tuner*.json")):
        file.unlink()
    for trial in folder.glob("trial_*"):
        if trial.is_symlink():
            trial.unlink()
        elif trial.is_dir():
            shutil.rmtree(trial)
