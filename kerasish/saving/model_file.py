"""`.keras` files: a model's architecture, weights, optimizer and compile arguments."""

import datetime
import warnings
from collections.abc import Mapping
from typing import Any

from kerasish.core.errors import (
    ArgumentError,
    KerasishWarning,
    ModelFileError,
    SerializationError,
)
from kerasish.core.registry import (
    deserialize_keras_object,
    serialize_shared,
)
from kerasish.core.version import __version__
from kerasish.optimizers.loss_scale import with_loss_scale
from kerasish.saving.archive import read_archive, write_archive
from kerasish.saving.asset_files import collect_assets, hand_out_assets
from kerasish.saving.files import as_path, read_file, replace_file
from kerasish.saving.json_text import read_json, write_json
from kerasish.saving.weight_file import (
    has_weights,
    read_weights,
    scales_loss,
    write_weights,
)
from kerasish.saving.weights import check_overwrite

__all__ = [
    "load_model",
    "model_from_bytes",
    "model_from_json",
    "model_to_bytes",
    "save_model",
]

# The oldest Keras that reads what is written here.
KERAS_VERSION = "3.4.1"


def save_model(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    zipped: bool | None = None,
    **kwargs: Any,
) -> None:
    """Saves a model to a `.keras` file that kerasish and Keras 3 load.

    The file is made in memory and put in place in one step: whatever fails, a model
    that cannot be saved included, an existing file stays as it was.

    Args:
        model: The model.
        filepath: Path ending in `.keras`.
        overwrite: Whether an existing file may be replaced.
        zipped: None or True: the file is a zip archive.
        **kwargs: `include_optimizer`, whether the optimizer's state is saved.

    Raises:
        ArgumentError: If the path has another ending or an argument is unknown.
        SerializationError: If something in the model has no config.
        OSError: If the file exists and must not be replaced, or cannot be written.
    """
    path = as_path(filepath)
    include_optimizer = bool(kwargs.pop("include_optimizer", True))
    if kwargs:
        raise ArgumentError(
            f"`save_model` does not know the arguments {sorted(kwargs)}. It saves to "
            "the `.keras` format only, without `save_format`."
        )
    if zipped is False:
        raise ArgumentError(
            "`zipped` must be None or True: a model is saved as one file. "
            "Received: zipped=False"
        )
    if path.suffix != ".keras":
        raise ArgumentError(
            "A model is saved to a file whose name ends in `.keras` (its weights "
            "alone, with `save_weights`, in `.weights.h5`). "
            f"Received: filepath={filepath}"
        )
    check_overwrite(path, overwrite)
    replace_file(path, model_to_bytes(model, include_optimizer))


def load_model(
    filepath: Any,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Loads a model that `model.save` of kerasish or Keras 3 saved.

    Args:
        filepath: Path of a `.keras` file.
        custom_objects: Classes and functions by name that the model uses, beside
            those registered with `register_keras_serializable`.
        compile: Whether the model is compiled as it was, with its optimizer's state.
        safe_mode: Whether a file that brings code of its own (a lambda) is refused.

    Returns:
        The model.

    Raises:
        ArgumentError: If the path has another ending.
        MissingFileError: If there is no such file.
        ModelFileError: If the file is damaged or incomplete.
        SerializationError: If it names something that is not known here.
        UnsafeModelError: If it brings code and safe mode is on.
    """
    path = as_path(filepath)
    if path.suffix != ".keras":
        legacy = path.suffix in (".h5", ".hdf5")
        hint = (
            " Legacy HDF5 models cannot be read here: load it with Keras and save it "
            "as `.keras`."
            if legacy
            else ""
        )
        raise ArgumentError(
            "File format not supported: models are loaded from `.keras` files. "
            f"Received: filepath={filepath}.{hint}"
        )
    data = read_file(path)
    return model_from_bytes(data, path.name, custom_objects, compile, safe_mode)


def model_to_bytes(model: Any, include_optimizer: bool = True) -> bytes:
    """Returns the bytes of the `.keras` file of a model.

    Args:
        model: The model.
        include_optimizer: Whether the optimizer's state is part of it.

    Raises:
        SerializationError: If something in the model has no config.
    """
    if not hasattr(model, "get_config") or not hasattr(model, "save_own_variables"):
        raise SerializationError(
            f"`model` must be a model. Received: {model!r:.80} of type "
            f"{type(model).__name__}"
        )
    config = write_json(serialize_shared(model))
    if '"__lambda__"' in config:
        warnings.warn(
            "The model holds a lambda, which is saved as bytecode: it loads only with "
            "`safe_mode=False` and the same Python version. Use a named function "
            "decorated with `@keras.saving.register_keras_serializable()` instead.",
            KerasishWarning,
            stacklevel=4,
        )
    metadata = {
        "keras_version": KERAS_VERSION,
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
        "kerasish_version": __version__,
    }
    weights = write_weights(model, include_optimizer)
    return write_archive(write_json(metadata), config, weights, collect_assets(model))


def model_from_bytes(
    data: bytes,
    name: str = "model.keras",
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Makes a model from the bytes of a `.keras` file.

    Args:
        data: The bytes.
        name: The file's name, for messages.
        custom_objects: Classes and functions by name that the model uses.
        compile: Whether the model is compiled as it was.
        safe_mode: Whether code in the data is refused.

    Returns:
        The model.

    Raises:
        ModelFileError: If the data is damaged or incomplete.
        SerializationError: If it names something that is not known here.
    """
    archive = read_archive(data, name)
    _check_metadata(archive.metadata, name)
    config = _model_config(archive.config, f"config.json of {name!r}")
    if not compile:
        config.pop("compile_config", None)
    model = _from_config(config, custom_objects, safe_mode)
    hand_out_assets(model, archive.assets, name)
    if getattr(model, "built", True):
        if getattr(model, "optimizer", None) is not None:
            # Keras writes the optimizer as `compile` got it, and of functional models
            # no policy that tells that their loss was scaled; the weights do.
            if scales_loss(archive.weights, name):
                model.optimizer = with_loss_scale(model.optimizer)
        read_weights(model, archive.weights, name, with_optimizer=compile)
    elif has_weights(archive.weights, name):
        raise ModelFileError(
            f"{name!r} holds weights, but its `{type(model).__name__}` is not built "
            "after it was made from its config, so they cannot be loaded. Make the "
            "layers in `__init__` or `build()`, and call the model before saving it."
        )
    return model


def model_from_json(
    json_string: str, custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """Makes a model, without weights, from what `model.to_json()` returned.

    Args:
        json_string: The JSON text.
        custom_objects: Classes and functions by name that the model uses.

    Returns:
        A new model, compiled if the other one was.

    Raises:
        ArgumentError: If it is no string.
        ModelFileError: If it is no JSON of a model.
        SerializationError: If it names something that is not known here.
    """
    if not isinstance(json_string, str):
        raise ArgumentError(
            "`json_string` must be the string that `model.to_json()` returned. "
            f"Received: {json_string!r:.80}"
        )
    config = _model_config(json_string, "`json_string`")
    return _from_config(config, custom_objects, safe_mode=True)


def _check_metadata(text: bytes, name: str) -> None:
    metadata = read_json(text, f"metadata.json of {name!r}")
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    if not isinstance(version, str) or not version.startswith(("2.", "3.")):
        raise ModelFileError(
            f"metadata.json of {name!r} must give the `keras_version` 2 or 3. "
            f"Received: {metadata!r:.80}"
        )


def _model_config(text: str | bytes, what: str) -> dict[str, Any]:
    config = read_json(text, what)
    if not isinstance(config, dict) or not {"class_name", "config"} <= config.keys():
        raise ModelFileError(
            f"{what} must be a JSON object with `class_name` and `config`. "
            f"Received: {config!r:.80}"
        )
    return config


def _from_config(
    config: dict[str, Any], custom_objects: Mapping[str, Any] | None, safe_mode: bool
) -> Any:
    model = deserialize_keras_object(config, custom_objects, safe_mode)
    if not hasattr(model, "load_own_variables"):
        raise ModelFileError(
            f"A model was expected. Received: the config of a `{type(model).__name__}`"
        )
    return model
