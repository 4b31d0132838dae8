"""Checks of what `fit` is given that no other room can make."""

import warnings
from typing import Any

import numpy as np

from kerasish import data
from kerasish.core import config, tree
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    DataWarning,
    KerasishWarning,
)
from kerasish.losses.lookup import LOSSES

__all__ = [
    "epochs",
    "labels",
    "logits",
    "not_finite",
    "one_class",
    "rows_of",
    "trainable",
    "validates",
    "validation_data",
    "validation_freq",
]

# The activations that turn the logits of a loss into probabilities.
SQUASHES = {
    "binary_crossentropy": "sigmoid",
    "binary_focal_crossentropy": "sigmoid",
    "categorical_crossentropy": "softmax",
    "categorical_focal_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
}
LABEL_LOSSES = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)


def epochs(epochs: Any, initial_epoch: Any) -> int:
    """Returns the epoch to stop before; warns where none will run.

    Args:
        epochs: What `fit` was given.
        initial_epoch: The epoch to start at.

    Raises:
        ArgumentError: If one is not a non-negative integer.
    """
    for name, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
        if not hasattr(value, "__index__") or isinstance(value, bool) or value < 0:
            raise ArgumentError(
                f"`{name}` of `fit` must be a non-negative integer. "
                f"Received: {name}={value!r}"
            )
    limit = config.max_epochs()
    if limit is not None:
        epochs = min(epochs, limit)
    if epochs and initial_epoch >= epochs:
        warnings.warn(
            f"Nothing will be trained: initial_epoch={initial_epoch} is not below "
            f"epochs={epochs}.",
            KerasishWarning,
            stacklevel=3,
        )
    return int(epochs)


def validation_freq(freq: Any) -> None:
    """Checks how often to validate.

    Args:
        freq: A positive integer, or a collection of epochs counted from 1.

    Raises:
        ArgumentError: If it is neither.
    """
    if hasattr(freq, "__index__") and not isinstance(freq, bool):
        if freq >= 1:
            return
    elif isinstance(freq, list | tuple | set | range):
        return
    raise ArgumentError(
        "`validation_freq` must be a positive integer or a list of epochs. "
        f"Received: {freq!r}"
    )


def validates(epoch: int, freq: Any) -> bool:
    """Returns whether an epoch, counted from 0, is one to validate after.

    Args:
        epoch: The epoch.
        freq: A positive integer, or a collection of epochs counted from 1.
    """
    if hasattr(freq, "__index__"):
        return bool((epoch + 1) % freq == 0)
    return epoch + 1 in freq


def validation_data(given: Any) -> tuple[Any, Any, Any]:
    """Returns validation data as `(x, y, sample_weight)`.

    Args:
        given: A tuple or list of two or three, or something that yields batches.

    Raises:
        ArgumentError: If a tuple has another length.
    """
    if isinstance(given, tuple | list):
        if not 1 <= len(given) <= 3:
            raise ArgumentError(
                "`validation_data` must be (x, y) or (x, y, sample_weight). "
                f"Received: {len(given)} items"
            )
        x, y, sample_weight = (*given, None, None)[:3]
        return x, y, sample_weight
    if isinstance(given, np.ndarray):
        raise ArgumentTypeError(
            "`validation_data` must be (x, y), not a single array of shape "
            f"{given.shape}."
        )
    return given, None, None


def labels(model: Any, batch: Any, source: Any = None) -> None:
    """Checks the targets of a batch against the losses of the model.

    Args:
        model: A compiled model.
        batch: `(x, y, sample_weight)` of arrays.
        source: Where the batch comes from, which knows its rows.

    Raises:
        ValueError: If a label is out of range.
    """
    compiled = model._compile_loss
    if compiled is None or not compiled.built or batch[1] is None:
        return _first_labels(model, batch, source)
    targets = tree.flatten(batch[1])
    if len(targets) == len(compiled.losses):
        for loss, y in zip(compiled.losses, targets, strict=True):
            _check(model, loss, y, batch[2], source)
    return None


def rows_of(source: Any) -> Any:
    """Returns which rows of the user's data the last batch holds, 0 if unknown.

    Args:
        source: An `EpochIterator`, or None.
    """
    rows = getattr(getattr(source, "adapter", None), "rows", None)
    return 0 if rows is None else rows


def logits(model: Any) -> None:
    """Warns where a loss takes logits and the output layer makes probabilities.

    Args:
        model: A compiled model.
    """
    layers, given = _output_layers(model), getattr(model, "loss", None)
    names = getattr(model, "output_names", None) or []
    for i, layer in enumerate(layers):
        key = names[i] if isinstance(given, dict) and i < len(names) else i
        loss = _part(given, key, len(layers))
        squash = SQUASHES.get(_kind(loss))
        takes = getattr(loss, "_fn_kwargs", {}).get("from_logits", False)
        if takes and squash is not None and _ends_in(layer) == squash:
            warnings.warn(
                f"The loss {_kind(loss)!r} takes logits (`from_logits=True`), but the "
                f"output layer {layer.name!r} makes probabilities of them by "
                f"{squash!r}. Leave one of the two out.",
                KerasishWarning,
                stacklevel=3,
            )


def one_class(model: Any) -> None:
    """Warns of a softmax over a single unit, which is 1 whatever goes in.

    Args:
        model: A compiled model.
    """
    for layer in _output_layers(model):
        if _ends_in(layer) == "softmax" and getattr(layer, "units", None) == 1:
            warnings.warn(
                f"The output layer {layer.name!r} applies a softmax to one unit, which "
                "is always 1. Use 'sigmoid', or one unit for each class.",
                KerasishWarning,
                stacklevel=3,
            )


def not_finite(batch: Any, source: Any, place: str, trains: bool = False) -> None:
    """Warns of a loss that is not finite, naming the data that are not.

    Args:
        batch: `(x, y, sample_weight)` of arrays.
        source: Where the batch comes from, which knows its rows.
        place: Which batch it was.
        trains: Whether the model may have diverged.
    """
    x, y, sample_weight = batch
    report = data.nonfinite_report(x, y, sample_weight, first_row=rows_of(source))
    where = f"The loss is not finite after batch {place}"
    if report:
        warnings.warn(f"{where}: {report}.", DataWarning, stacklevel=6)
    elif trains:
        warnings.warn(
            f"{where}, though the data are: training has diverged. Try a smaller "
            "learning rate, or `clipnorm`.",
            KerasishWarning,
            stacklevel=6,
        )


def trainable(model: Any) -> None:
    """Warns where training would change nothing.

    Args:
        model: A compiled model.
    """
    if model.built and not model.trainable_weights:
        warnings.warn(
            f"Nothing will be trained: {model.name!r} has no trainable weights.",
            KerasishWarning,
            stacklevel=3,
        )


def _output_layers(model: Any) -> list[Any]:
    """Returns the layers that make the outputs, as far as they are known."""
    try:
        return [x._keras_history.operation for x in tree.flatten(model.outputs)]
    except (AttributeError, RuntimeError):  # subclassed, or not built
        return list(getattr(model, "layers", []))[-1:]


def _ends_in(layer: Any) -> str:
    if type(layer).__name__ == "Softmax":
        return "softmax"
    return getattr(getattr(layer, "activation", None), "__name__", "")


def _part(given: Any, key: Any, count: int) -> Any:
    """Returns the entry for an output of what may be a list or a dict."""
    if isinstance(given, dict):
        return given.get(key, list(given.values())[0] if count == 1 else None)
    if isinstance(given, list | tuple):
        return given[key] if isinstance(key, int) and key < len(given) else None
    return given


def _first_labels(model: Any, batch: Any, source: Any) -> None:
    """Checks targets before the losses are matched with the outputs."""
    y = batch[1]
    if isinstance(y, dict):
        targets = y
    else:
        targets = dict(enumerate(y if isinstance(y, list | tuple) else [y]))
    for key, target in targets.items():
        if isinstance(target, np.ndarray):
            loss = _part(getattr(model, "loss", None), key, len(targets))
            _check(model, loss, target, batch[2], source)


def _check(model: Any, loss: Any, y: Any, sample_weight: Any, source: Any) -> None:
    kind = _kind(loss)
    if kind not in LABEL_LOSSES:
        return
    width = _width(model)
    if kind.startswith("sparse") and width is None:
        return
    shape = None if width is None else (len(y), width)
    smooth = getattr(loss, "label_smoothing", 0)
    if kind == "categorical_crossentropy" and (smooth or y.ndim < 2):
        return
    data.check_labels(
        kind,
        y,
        width,
        first_row=rows_of(source),
        pred_shape=shape if kind.startswith("sparse") and y.ndim <= 2 else None,
        ignore_class=getattr(loss, "ignore_class", None),
        sample_weight=sample_weight if isinstance(sample_weight, np.ndarray) else None,
    )


def _kind(loss: Any) -> str:
    """Returns the name of the function that a loss, or the name of one, stands for."""
    if isinstance(loss, str):
        loss = LOSSES.get(loss)
        loss = loss() if isinstance(loss, type) else loss
    return getattr(getattr(loss, "fn", loss), "__name__", "")


def _width(model: Any) -> int | None:
    try:
        shape = model.output_shape
    except (AttributeError, RuntimeError):
        return None
    if isinstance(shape, tuple) and len(shape) == 2 and isinstance(shape[-1], int):
        return shape[-1]
    return None
