"""`save_weights` and `load_weights`: the weights of a model in a file of their own."""

from pathlib import Path
from typing import Any

from kerasish.core.errors import ArgumentError
from kerasish.saving.archive import read_archive
from kerasish.saving.files import as_path, read_file, replace_file
from kerasish.saving.weight_file import check_built, read_weights, write_weights

__all__ = ["check_overwrite", "load_weights", "save_weights"]

ENDING = ".weights.h5"


def save_weights(
    model: Any, filepath: Any, overwrite: bool = True, max_shard_size: Any = None
) -> None:
    """Saves the weights of a model, and the state of its optimizer, to one file.

    The file is replaced in one step: a failure leaves the old one untouched.

    Args:
        model: A built model or layer.
        filepath: Path ending in `.weights.h5`.
        overwrite: Whether an existing file may be replaced.
        max_shard_size: Must be None: the weights go to one file.

    Raises:
        ArgumentError: If the path has another ending or `max_shard_size` is given.
        SerializationError: If the model is not built.
        OSError: If the file exists and must not be replaced, or cannot be written.
    """
    path = as_path(filepath)
    if not path.name.endswith(ENDING):
        raise ArgumentError(
            f"The filename must end in `{ENDING}`. Received: filepath={filepath}"
        )
    if max_shard_size is not None:
        raise ArgumentError(
            "`max_shard_size` must be None: weights are saved to one file. "
            f"Received: max_shard_size={max_shard_size!r}"
        )
    check_overwrite(path, overwrite)
    check_built(model, "save the weights of")
    replace_file(path, write_weights(model))


def load_weights(
    model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any
) -> None:
    """Loads weights that `save_weights` or Keras 3 saved into a model like theirs.

    Everything is compared first; if it does not fit, the model keeps its weights.

    Args:
        model: A built model or layer.
        filepath: Path of a `.weights.h5` or `.keras` file.
        skip_mismatch: Whether layers that do not fit are left as they are, with a
            warning, instead of raising.
        **kwargs: None are known.

    Raises:
        ArgumentError: If the path has another ending or there are other arguments.
        MissingFileError: If there is no such file.
        ModelFileError: If the file is damaged or does not fit the model.
    """
    if kwargs:
        raise ArgumentError(f"Invalid keyword arguments: {sorted(kwargs)}")
    path = as_path(filepath)
    if not path.name.endswith((ENDING, ".keras")):
        raise ArgumentError(
            f"File format not supported: weights are loaded from `{ENDING}` and "
            f"`.keras` files. Received: filepath={filepath}"
        )
    data = read_file(path)
    if path.name.endswith(".keras"):
        data = read_archive(data, path.name).weights
    read_weights(model, data, path.name, skip_mismatch)


def check_overwrite(path: Path, overwrite: bool) -> None:
    """Raises if a file exists that must not be replaced.

    Args:
        path: Where a model is to be saved.
        overwrite: Whether an existing file may be replaced.

    Raises:
        FileExistsError: If it must not.
    """
    if not overwrite and path.exists():
        raise FileExistsError(
            f"The file {str(path)!r} exists. Pass `overwrite=True` to replace it."
        )
