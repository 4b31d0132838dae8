"""The files that layers keep beside their weights, such as vocabularies.

They lie below `assets/`, each under the path of its layer (see `walk`), as in Keras.
"""

from collections.abc import Mapping
from typing import Any

from kerasish.core.errors import KerasishError, ModelFileError
from kerasish.saving.walk import walk
from kerasish.saving.weight_fit import describe

__all__ = ["collect_assets", "hand_out_assets"]


def collect_assets(model: Any) -> dict[str, bytes]:
    """Returns the files of all layers of a model, by path.

    Args:
        model: A model or layer. Those that keep files have a method `asset_files`,
            which returns them by name, and `set_asset_files`, which takes them.

    Example:
        >>> class Words:
        ...     def save_own_variables(self, store): ...
        ...     def asset_files(self): return {"words.txt": b"one"}
        >>> collect_assets(Words())
        {'words.txt': b'one'}
    """
    return {
        f"{path}/{name}" if path else name: data
        for path, obj in walk(model)
        if hasattr(type(obj), "asset_files")
        for name, data in obj.asset_files().items()
    }


def hand_out_assets(model: Any, assets: Mapping[str, bytes], name: str) -> None:
    """Gives every layer of a model its files.

    Args:
        model: A model or layer.
        assets: What `collect_assets` returned.
        name: The name of the model's file, for errors.

    Raises:
        ModelFileError: If a layer cannot use a file.
    """
    if not assets:
        return
    for path, obj in walk(model):
        if not hasattr(type(obj), "set_asset_files"):
            continue
        folder = f"{path}/" if path else ""
        own = {
            key.removeprefix(folder): data
            for key, data in assets.items()
            if key.startswith(folder) and "/" not in key.removeprefix(folder)
        }
        try:
            obj.set_asset_files(own)
        except KerasishError as error:
            raise ModelFileError(
                f"The files of {describe(obj)} in {name!r} cannot be used: {error}"
            ) from error
