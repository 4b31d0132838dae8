"""The contents of a `.weights.h5` file: the weights of a model and its optimizer.

The layout is that of Keras 3 (see `walk`), with a checksum beside each array. Reading
first compares everything with the model; if anything does not fit, nothing is changed.
"""

import warnings
from collections.abc import Sequence
from typing import Any

from kerasish.core.errors import (
    DataWarning,
    KerasishWarning,
    ModelFileError,
    SerializationError,
)
from kerasish.saving.hdf5 import new_file, open_file, read_text
from kerasish.saving.hdf5_checks import reading
from kerasish.saving.walk import walk
from kerasish.saving.weight_fit import (
    describe,
    find_doubts,
    find_misfit,
    find_renamed,
    find_swapped,
)
from kerasish.saving.weight_store import WeightReader, WeightWriter

__all__ = [
    "check_built",
    "has_weights",
    "read_weights",
    "scales_loss",
    "write_weights",
]

_LEGACY = "_layer_checkpoint_dependencies"
# What an optimizer that has not stepped yet saves: iterations and learning rate.
_UNBUILT = 2

Part = tuple[Any, WeightReader]


def write_weights(model: Any, with_optimizer: bool = True) -> bytes:
    """Returns the bytes of the weights file of a model.

    Args:
        model: A model or layer.
        with_optimizer: Whether the state of its optimizer is saved too.
    """
    left_out = set() if with_optimizer else _optimizer_parts(model)
    with new_file() as (file, buffer):
        for path, obj in walk(model):
            if id(obj) in left_out:
                continue
            group = file.require_group(f"{path}/vars" if path else "vars")
            if getattr(obj, "name", None):
                group.attrs["name"] = str(obj.name)
            obj.save_own_variables(WeightWriter(group))
    return buffer.getvalue()


def read_weights(
    model: Any,
    data: bytes,
    name: str,
    skip_mismatch: bool = False,
    with_optimizer: bool = True,
) -> None:
    """Sets the weights of a model from the bytes of a weights file.

    Args:
        model: A built model or layer.
        data: The bytes.
        name: The file's name, for messages.
        skip_mismatch: Whether what does not fit is left as it is, with a warning.
        with_optimizer: Whether the optimizer's state is loaded too.

    Raises:
        ModelFileError: If the file is damaged or does not fit; the model is
            unchanged then.
    """
    check_built(model, "load weights into")
    optimizer = _optimizer_parts(model)
    with open_file(data, name) as file:
        with reading(repr(name)):
            _check_layout(file, name)
            parts = [(obj, _stored(file, path)) for path, obj in walk(model)]
        if not with_optimizer:
            parts = [part for part in parts if id(part[0]) not in optimizer]
        _build_optimizer(model, parts)
        fitting, misfits = [], []
        for obj, stored in parts:
            problem = find_misfit(obj, stored)
            if problem is None:
                fitting.append((obj, stored))
            elif id(obj) not in optimizer:
                misfits.append(problem)
            elif len(stored) == _UNBUILT:
                fitting.append((obj, stored))
            elif stored:
                _warn(f"The state of the optimizer was not loaded: {problem}.")
        _report_misfits(misfits, name, skip_mismatch)
        _check_names(parts, name)
        for obj, stored in fitting:
            _fetch(obj, stored, name)
        with reading(repr(name)):
            unused = _unused(file, parts)
    if unused:
        _warn(
            f"{name!r} holds the weights of {len(unused)} objects that the model does "
            f"not have: {', '.join(unused[:10])}"
        )
    _warn_of_doubts(fitting, name)
    _assign(model, fitting)


def has_weights(data: bytes, name: str) -> bool:
    """Returns whether a weights file holds any, apart from an optimizer's state.

    Args:
        data: The bytes of the file.
        name: Its name, for errors.

    Raises:
        ModelFileError: If the file is damaged.
    """
    with open_file(data, name) as file, reading(repr(name)):
        return bool(_unused(file, []))


def scales_loss(data: bytes, name: str) -> bool:
    """Returns whether the optimizer of a weights file is a `LossScaleOptimizer`.

    Args:
        data: The bytes of the file.
        name: Its name, for errors.

    Raises:
        ModelFileError: If the file is damaged.
    """
    with open_file(data, name) as file, reading(repr(name)):
        return "optimizer/inner_optimizer" in file


def check_built(model: Any, action: str) -> None:
    """Raises if a model has no weights yet.

    Args:
        model: A model or layer.
        action: What cannot be done with it, for the error.

    Raises:
        SerializationError: If it is not built.
    """
    if not getattr(model, "built", True):
        raise SerializationError(
            f"Cannot {action} {describe(model)}: it is not built yet. Call it on some "
            "data or use `build()` first."
        )


def _optimizer_parts(model: Any) -> set[int]:
    """Returns the ids of a model's optimizer and of what is in it."""
    optimizer = getattr(model, "optimizer", None)
    return set() if optimizer is None else {id(part) for _, part in walk(optimizer)}


def _build_optimizer(model: Any, parts: Sequence[Part]) -> None:
    """Makes the slots of an optimizer for which the file holds some."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or getattr(optimizer, "built", True):
        return
    stored = [s for obj, s in parts if obj is optimizer]
    if stored and len(stored[0]) > _UNBUILT:
        optimizer.build(model.trainable_variables)


def _stored(file: Any, path: str) -> WeightReader:
    """Returns what a file holds for the object at a path; nothing if it has none."""
    where = f"{path}/vars" if path else "vars"
    group = file.get(where)
    if group is None:
        older = where.split("/")
        older = [_LEGACY if part == "layers" else part for part in older]
        group = file.get("/".join(older))
    if group is None:
        return WeightReader({}, where)
    if not hasattr(group, "items"):
        raise ModelFileError(f"{where!r} must be a group, but is an array.")
    arrays = {key: item for key, item in group.items() if hasattr(item, "dtype")}
    return WeightReader(arrays, where, read_text(group, "name"))


def _fetch(obj: Any, stored: WeightReader, name: str) -> None:
    try:
        stored.fetch()
    except ModelFileError as error:
        raise ModelFileError(
            f"The weights of {describe(obj)} in {name!r} cannot be read: {error}"
        ) from error


def _check_layout(file: Any, name: str) -> None:
    if "layer_names" in file.attrs or "model_weights" in file:
        raise ModelFileError(
            f"{name!r} has the layout of Keras 1 and 2, which cannot be read here: "
            "load it with Keras and save it as `.weights.h5` or `.keras`."
        )


def _report_misfits(misfits: list[str], name: str, skip: bool) -> None:
    if not misfits:
        return
    more = f"\n... and {len(misfits) - 10} more" if len(misfits) > 10 else ""
    text = f"{name!r} does not fit the model:\n" + "\n".join(misfits[:10]) + more
    if not skip:
        raise ModelFileError(text)
    _warn(f"Skipped, as `skip_mismatch=True`: {text}")


def _check_names(parts: Sequence[Part], name: str) -> None:
    """Compares the names that the user chose with those in the file.

    The model's own name, which comes first, and those of layers without weights do
    not matter.
    """
    names = [(obj, stored.name) for obj, stored in parts[1:] if stored]
    swapped = find_swapped(names)
    if swapped:
        raise ModelFileError(
            f"{name!r} holds the weights of the same layers in another order: "
            f"{swapped}. Nothing was loaded."
        )
    for line in find_renamed(names):
        _warn(f"{name!r}: {line}")


def _warn_of_doubts(parts: Sequence[Part], name: str) -> None:
    lines = [line for obj, stored in parts for line in find_doubts(obj, stored)]
    if lines:
        shown = "\n".join(lines[:10])
        _warn(f"{name!r} holds suspicious values:\n{shown}", DataWarning)


def _unused(file: Any, parts: Sequence[Part]) -> list[str]:
    """Lists where the file has weights of layers that the model does not have."""
    used = {stored.path.replace("layers", _LEGACY) for _, stored in parts}
    unused = []

    def visit(path: str, item: Any) -> None:
        ignored = path.startswith(("optimizer", "metrics")) or "seed_generator" in path
        in_vars = path.endswith("/vars") and hasattr(item, "items") and len(item)
        if in_vars and not ignored and path.replace("layers", _LEGACY) not in used:
            unused.append(path)

    file.visititems(visit)
    return unused


def _assign(model: Any, parts: Sequence[Part]) -> None:
    """Gives every object its weights; if one refuses, all get their old ones back."""
    optimizer = getattr(model, "optimizer", None)
    owners = [model] if optimizer is None else [model, optimizer]
    kept = [(v, v.value) for owner in owners for v in getattr(owner, "variables", [])]
    try:
        for obj, stored in parts:
            own = getattr(obj, "variables", [])
            if obj is optimizer and len(stored) < len(own):
                for key, variable in zip(stored, own, strict=False):
                    variable.assign(stored[key])
            else:
                obj.load_own_variables(stored)
    except Exception as error:
        for variable, value in kept:
            variable.assign(value)
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"{describe(obj)} could not load its weights: {error}"
        ) from error


def _warn(text: str, category: type[Warning] = KerasishWarning) -> None:
    warnings.warn(text, category, stacklevel=4)
