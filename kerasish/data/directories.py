"""Files of samples in a directory: a folder for each class, or labels as given."""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from kerasish.core.errors import ArgumentError
from kerasish.data.arguments import check_validation_split

__all__ = ["FoundFiles", "as_targets", "find_files", "parts_of"]

Array = Any
LABEL_MODES = ("int", "categorical", "binary", None)
SUBSETS = ("training", "validation", "both")


class FoundFiles(NamedTuple):
    """Files, in the order of their paths.

    Args:
        paths: Their paths.
        labels: The number of the class of each, or None.
        class_names: The names of the classes, or None where there are no labels.
    """

    paths: list[str]
    labels: Array | None
    class_names: list[str] | None


def find_files(
    owner: str,
    directory: Any,
    endings: tuple[str, ...],
    labels: Any = "inferred",
    class_names: Any = None,
    follow_links: bool = False,
) -> FoundFiles:
    """Finds the files of samples below a directory.

    Args:
        owner: The function that looks, for messages.
        directory: The directory.
        endings: What names end with, in small letters.
        labels: "inferred" from the folders in the directory, one for each class; a list
            of integers, one for each file in the order of the paths; or None.
        class_names: The folders in the order of their numbers; by default all, by name.
        follow_links: Whether folders that are links are looked into.

    Raises:
        FileNotFoundError: If there is no such directory.
        ArgumentError: If there are no files, or labels or names do not fit.
    """
    directory = os.fspath(directory)
    if not os.path.isdir(directory):
        raise FileNotFoundError(
            f"`directory` of `{owner}` must be a directory. Received: {directory!r}"
        )
    if isinstance(labels, str) and labels == "inferred":
        names = _class_names(owner, directory, class_names)
        below = [
            _files(os.path.join(directory, name), endings, follow_links)
            for name in names
        ]
        numbers = np.repeat(np.arange(len(names)), [len(found) for found in below])
        found = FoundFiles(sum(below, []), numbers.astype("int32"), names)
    else:
        if class_names is not None:
            raise ArgumentError(
                f"`class_names` of `{owner}` goes with `labels='inferred'`. "
                f"Received: class_names={class_names!r}"
            )
        paths = _files(directory, endings, follow_links)
        found = FoundFiles(paths, *_given_labels(owner, labels, len(paths)))
    if not found.paths:
        raise ArgumentError(
            f"`{owner}` has found no files in {directory!r} that end with "
            f"{' or '.join(endings)}."
        )
    return found


def as_targets(owner: str, found: FoundFiles, label_mode: Any) -> Array | None:
    """Returns the targets of files.

    Args:
        owner: The function that makes them, for messages.
        found: The files.
        label_mode: "int" for numbers, "categorical" for vectors of zeros and a one,
            "binary" for one column of 0.0 and 1.0, or None for none.

    Raises:
        ArgumentError: If there is no such mode, or it does not fit.

    Example:
        >>> found = FoundFiles(["x", "y"], np.array([1, 0]), ["a", "b"])
        >>> as_targets("f", found, "categorical").tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    if label_mode not in LABEL_MODES:
        raise ArgumentError(
            f"`label_mode` of `{owner}` must be one of {LABEL_MODES}. "
            f"Received: label_mode={label_mode!r}"
        )
    if found.labels is None or found.class_names is None or label_mode is None:
        return None
    if label_mode == "int":
        return found.labels
    if label_mode == "categorical":
        return np.eye(len(found.class_names), dtype="float32")[found.labels]
    if len(found.class_names) != 2:
        raise ArgumentError(
            f"`label_mode='binary'` of `{owner}` needs two classes. "
            f"Received: {found.class_names}"
        )
    return found.labels.astype("float32")[:, np.newaxis]


def parts_of(
    owner: str, size: int, shuffle: bool, seed: Any, split: Any, subset: Any
) -> list[Array]:
    """Returns which samples are wanted: all, those of one part, or of both.

    The parts are those of Keras for the same seed.

    Args:
        owner: The function that splits, for messages.
        size: The number of samples.
        shuffle: Whether they are shuffled before they are split.
        seed: A seed of that, or None.
        split: The fraction of the last, which are for validation, or None.
        subset: "training", "validation", "both" or None.

    Raises:
        ArgumentError: If arguments do not go together, or a part is empty.

    Example:
        >>> [part.tolist() for part in parts_of("f", 5, False, None, 0.4, "both")]
        [[0, 1, 2], [3, 4]]
    """
    if (split is None) != (subset is None):
        raise ArgumentError(
            f"`validation_split` and `subset` of `{owner}` go together. "
            f"Received: validation_split={split!r}, subset={subset!r}"
        )
    order = np.arange(size)
    if split is None:
        return [order]
    if subset not in SUBSETS:
        raise ArgumentError(
            f"`subset` of `{owner}` must be one of {SUBSETS}. "
            f"Received: subset={subset!r}"
        )
    count = int(check_validation_split(split, owner) * size)
    if not 0 < count < size:
        raise ArgumentError(
            f"`validation_split` of `{owner}` leaves a part empty. "
            f"Received: validation_split={split!r} of {size} files"
        )
    if shuffle:
        if seed is None:
            raise ArgumentError(
                f"`{owner}` needs a `seed` where it shuffles and splits: without one "
                "the training and the validation part may overlap."
            )
        np.random.RandomState(seed).shuffle(order)
    both = [order[:-count], order[-count:]]
    return both if subset == "both" else [both[SUBSETS.index(subset)]]


def _class_names(owner: str, directory: str, given: Any) -> list[str]:
    there = sorted(
        name
        for name in os.listdir(directory)
        if os.path.isdir(os.path.join(directory, name))
    )
    names = there if given is None else [str(name) for name in given]
    if len(set(names)) != len(names) or not set(names) <= set(there):
        raise ArgumentError(
            f"`class_names` of `{owner}` must be names of folders in {directory!r}, "
            f"each once: {there}. Received: class_names={names}"
        )
    return names


def _files(directory: str, endings: tuple[str, ...], follow_links: bool) -> list[str]:
    found = []
    for folder, _, names in sorted(os.walk(directory, followlinks=follow_links)):
        paths = (os.path.join(folder, name) for name in sorted(names))
        found += [path for path in paths if path.lower().endswith(endings)]
    return found


def _given_labels(
    owner: str, labels: Any, size: int
) -> tuple[Array | None, list[str] | None]:
    if labels is None:
        return None, None
    whole = isinstance(labels, Sequence | np.ndarray) and not isinstance(labels, str)
    array = np.asarray(labels) if whole else np.zeros(0)
    if array.dtype.kind not in "iu" or array.ndim != 1:
        raise ArgumentError(
            f"`labels` of `{owner}` must be 'inferred', a list of integers or None. "
            f"Received: labels={labels!r:.80}"
        )
    if len(array) != size:
        raise ArgumentError(
            f"`labels` of `{owner}` must be one for each file. "
            f"Received: {len(array)} labels for {size} files"
        )
    names = [str(n) for n in range(int(array.max(initial=-1)) + 1)]
    if array.min(initial=0) < 0 or set(array.tolist()) != set(range(len(names))):
        raise ArgumentError(
            f"`labels` of `{owner}` must be the numbers of classes from 0 on, each "
            f"at least once. Received: {sorted(set(array.tolist()))}"
        )
    return array.astype("int32"), names
