"""Assets: the files that a layer keeps beside its weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Assets"]

VOCABULARY_FILE = "vocabulary.txt"


class Assets:
    """A layer whose vocabulary is kept in a file.

    A model's `.keras` file holds what `asset_files` returns, where Keras looks for it.

    Example:
        >>> class Words(Assets):
        ...     def asset_files(self): return {"vocabulary.txt": b"one"}
        >>> Words().asset_files()
        {'vocabulary.txt': b'one'}
    """

    def asset_files(self) -> dict[str, bytes]:
        """Returns the files by name; empty where nothing is to be kept."""
        raise NotImplementedError(f"`{type(self).__name__}` must define `asset_files`.")

    def set_asset_files(self, files: Mapping[str, bytes]) -> None:
        """Takes what `asset_files` returned.

        Args:
            files: Contents by name.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `set_asset_files`."
        )

    def save_assets(self, dir_path: Any) -> None:
        """Writes the files into a folder.

        Args:
            dir_path: Path of a folder that exists.
        """
        for name, data in self.asset_files().items():
            (Path(dir_path) / name).write_bytes(data)

    def load_assets(self, dir_path: Any) -> None:
        """Reads the files from a folder that `save_assets` wrote to.

        Args:
            dir_path: Path of the folder.
        """
        path = Path(dir_path) / VOCABULARY_FILE
        if path.is_file():
            self.set_asset_files({VOCABULARY_FILE: path.read_bytes()})
