"""Models inside pickles: as the bytes of a `.keras` file."""

import tempfile
from pathlib import Path
from typing import Any

from kerasish import models, saving

__all__ = ["PackedModel", "pack_model", "unpack_model"]


class PackedModel:
    """A model as bytes: architecture, weights, and the state of its optimizer.

    Args:
        data: The content of a `.keras` file.

    Example:
        >>> PackedModel(b"...").data
        b'...'
    """

    def __init__(self, data: bytes) -> None:
        self.data = data


def pack_model(model: models.Model) -> PackedModel:
    """Returns a model in the form in which it is pickled.

    Args:
        model: A built model.

    Returns:
        The packed model.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        saving.save_model(model, path)
        return PackedModel(path.read_bytes())


def unpack_model(value: Any) -> Any:
    """Returns the model out of a `PackedModel`, and anything else as it is.

    Args:
        value: Part of a pickled state.

    Returns:
        A model, or `value`.
    """
    if not isinstance(value, PackedModel):
        return value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(value.data)
        return saving.load_model(path)
