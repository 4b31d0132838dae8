"""Texts in files, read batch by batch."""

from typing import Any

import numpy as np

from kerasish.core.errors import ArgumentError
from kerasish.data.arguments import check_count, make_rng
from kerasish.data.directories import as_targets, find_files, parts_of
from kerasish.data.py_dataset import PyDataset

__all__ = ["TextFiles", "text_dataset_from_directory"]

Array = Any
_OWNER = "text_dataset_from_directory"


class TextFiles(PyDataset):
    """Batches of texts in files, with targets.

    `predict` gives its results in the order of the paths.

    Args:
        paths: The files, in UTF-8.
        targets: An array of targets, or None.
        class_names: The names of the classes, or None.
        batch_size: Texts in a batch, None for single texts.
        max_length: Most characters of a text that are kept, or None.
        rng: Draws a new order for each pass, or None.

    Example:
        >>> files = TextFiles(["a.txt", "b.txt", "c.txt"], None, None, 2, None, None)
        >>> files.num_batches
        2
    """

    def __init__(
        self,
        paths: list[str],
        targets: Array | None,
        class_names: list[str] | None,
        batch_size: int | None,
        max_length: int | None,
        rng: np.random.Generator | None,
    ) -> None:
        super().__init__()
        self.file_paths = paths
        self.class_names = class_names
        self._targets = targets
        self._batch_size = batch_size
        self._max_length = max_length
        self._rng = rng
        self._order = np.arange(len(paths))
        self.on_pass_begin()

    def __len__(self) -> int:
        return -(-len(self.file_paths) // (self._batch_size or 1))

    def __getitem__(self, index: int) -> Any:
        """Returns a batch, texts or `(texts, targets)`."""
        rows = self.rows_of(index)
        if not len(rows):
            raise IndexError(f"There is no batch {index}.")
        texts = np.array([self._read(self.file_paths[i]) for i in rows], object)
        if self._batch_size is None:
            target = None if self._targets is None else self._targets[rows[0]]
            return texts[0] if target is None else (texts[0], target)
        return texts if self._targets is None else (texts, self._targets[rows])

    def rows_of(self, index: int) -> Array:
        """Returns which of the files are in a batch.

        Args:
            index: The number of the batch.
        """
        size = self._batch_size or 1
        return self._order[index * size : (index + 1) * size]

    def on_pass_begin(self) -> None:
        """Draws a new order."""
        if self._rng is not None:
            self._order = self._rng.permutation(len(self.file_paths))

    def _read(self, path: str) -> str:
        try:
            with open(path, encoding="utf-8", newline="") as file:
                return file.read(-1 if self._max_length is None else self._max_length)
        except UnicodeDecodeError as error:
            raise ArgumentError(
                f"`{_OWNER}` reads UTF-8, and {path!r} is not: {error}"
            ) from error


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Any = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Makes a data set of the `.txt` files below a directory, a folder for each class.

    Args:
        directory: The directory.
        labels: "inferred" from the folders; a list of integers, one for each file in
            the order of the paths; or None.
        label_mode: "int" for numbers of classes, "categorical" for vectors of zeros and
            a one, "binary" for one column of 0.0 and 1.0, or None for none.
        class_names: The folders in the order of their numbers; by default all, by name.
        batch_size: Texts in a batch, None for single texts.
        max_length: Most characters of a text that are kept, or None.
        shuffle: Whether texts come in a new order each epoch; if not, by their paths.
        seed: A seed of the order and of the split.
        validation_split: The fraction of the files that is for validation, or None.
        subset: "training", "validation", or "both" for a list of both.
        follow_links: Whether folders that are links are looked into.
        format: "tf" or "grain"; the data set is a `PyDataset` either way.
        verbose: Whether to print how many files there are.

    Returns:
        A `PyDataset` with `class_names` and `file_paths`, or a list of two.

    Raises:
        FileNotFoundError: If there is no such directory.
        ArgumentError: If an argument is out of range or there are no files.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as root:
        ...     for name in ("bad", "good"):
        ...         pathlib.Path(root, name).mkdir()
        ...         _ = pathlib.Path(root, name, "1.txt").write_text(f"It was {name}.")
        ...     data = text_dataset_from_directory(root, shuffle=False, verbose=False)
        ...     texts, numbers = data[0]
        >>> texts.tolist(), numbers.tolist(), data.class_names
        (['It was bad.', 'It was good.'], [0, 1], ['bad', 'good'])
    """
    if format not in ("tf", "grain"):
        raise ArgumentError(
            f"`format` of `{_OWNER}` must be 'tf' or 'grain'. "
            f"Received: format={format!r}"
        )
    for name, count in (("batch_size", batch_size), ("max_length", max_length)):
        if count is not None:
            check_count(count, name, _OWNER)
    found = find_files(_OWNER, directory, (".txt",), labels, class_names, follow_links)
    targets = as_targets(_OWNER, found, label_mode)
    size = len(found.paths)
    parts = parts_of(_OWNER, size, shuffle, seed, validation_split, subset)
    if verbose:
        classes = found.class_names
        kinds = "" if classes is None else f" belonging to {len(classes)} classes"
        print(f"Found {size} files{kinds}.")
        if subset is not None:
            names = ["training", "validation"] if subset == "both" else [subset]
            for name, part in zip(names, parts, strict=True):
                print(f"Using {len(part)} files for {name}.")
    made = [
        TextFiles(
            [found.paths[i] for i in part],
            None if targets is None else targets[part],
            found.class_names,
            batch_size,
            max_length,
            make_rng(seed) if shuffle else None,
        )
        for part in parts
    ]
    return made if subset == "both" else made[0]
