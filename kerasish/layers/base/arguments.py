"""What a call does to its arguments before `call` sees them: tensors, dtypes, masks."""

from typing import Any

from kerasish.autodiff import Tensor, Variable, is_keras_tensor
from kerasish.autodiff.casting import as_tensor, cast
from kerasish.autodiff.mode import current as current_mode
from kerasish.core import tree
from kerasish.core.dtypes import is_float_dtype
from kerasish.layers.base.call_signature import CallSignature

__all__ = ["convert", "holds_tensors", "mask_of", "noted_kwargs", "with_masks"]


def convert(x: Any, dtype: str | None, is_input: bool) -> Any:
    """Returns an argument with arrays made tensors and floats cast.

    Args:
        x: The argument, or a structure with tensors and arrays in it.
        dtype: The dtype for floats, or None to leave them.
        is_input: Whether it is the first argument, where lists of numbers are data.
    """
    if isinstance(x, Tensor):
        return _cast(x, dtype)
    if isinstance(x, list | tuple | dict):
        if is_input and _is_numbers(x):
            return _cast(as_tensor(x), dtype)
        return tree.map_structure(lambda leaf: convert(leaf, dtype, False), x)
    if isinstance(x, Variable) or hasattr(x, "__array__"):
        if getattr(getattr(x, "dtype", None), "kind", "f") in "OSU":
            return x  # strings, for layers that look them up
        return _cast(as_tensor(x), dtype)
    if is_input and isinstance(x, int | float) and not isinstance(x, bool):
        return _cast(as_tensor(x), dtype)
    return x


def mask_of(x: Any) -> Any:
    """Returns the mask that a tensor carries, or those of a structure, or None."""
    if isinstance(x, Tensor):
        return getattr(x, "_keras_mask", None)
    if isinstance(x, list | tuple | dict):
        masks = tree.map_structure(lambda leaf: getattr(leaf, "_keras_mask", None), x)
        if any(m is not None for m in tree.flatten(masks)):
            return masks
    return None


def with_masks(
    signature: CallSignature, arguments: dict[str, Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Returns keyword arguments with the masks that the inputs carry filled in.

    As in Keras, `mask` is filled in where one argument holds tensors, and
    `<argument>_mask` for each of them where several do.

    Args:
        signature: What `call` takes.
        arguments: All arguments by name.
        kwargs: The keyword arguments.
    """
    held = [name for name, x in arguments.items() if holds_tensors(x)]
    if len(held) == 1:
        wanted = {held[0]: "mask"} if signature.has_mask else {}
    else:
        names = signature.mask_names
        wanted = {name: names[name] for name in held if name in names}
    for name, mask_name in wanted.items():
        if arguments.get(mask_name) is None:
            mask = mask_of(arguments[name])
            if mask is not None:
                kwargs = {**kwargs, mask_name: mask}
    return kwargs


def holds_tensors(x: Any) -> bool:
    """Returns whether an argument is a tensor or a structure of tensors and None.

    Args:
        x: The argument.
    """
    if isinstance(x, Tensor):
        return True
    if not isinstance(x, list | tuple | dict) or not x:
        return False
    return all(leaf is None or isinstance(leaf, Tensor) for leaf in tree.flatten(x))


def noted_kwargs(
    args: Any, given: dict[str, Any], filled: dict[str, Any], dtype: str
) -> dict[str, Any]:
    """Returns the keyword arguments that a node of a graph keeps.

    Masks that the inputs carry are arguments of the node, as in Keras, where a layer is
    called on one tensor of its dtype and nothing else. All others are what the inputs
    carry when the graph is run.

    Args:
        args: The positional arguments.
        given: The keyword arguments that the layer was called with.
        filled: Those and the masks that were filled in.
        dtype: The layer's input dtype.
    """
    single = len(args) == 1 and not given and isinstance(args[0], Tensor)
    if single and args[0].dtype == dtype:
        return filled
    masks = {k for k in filled if k == "mask" or k.endswith("_mask")}
    return {k: x for k, x in filled.items() if k not in masks or k in given}


def _cast(x: Tensor, dtype: str | None) -> Tensor:
    if dtype is None or x.dtype == dtype or not is_float_dtype(x.dtype):
        return x
    if is_keras_tensor(x) and not current_mode().symbolic:
        return x  # cast when the layer is called with values
    mask = getattr(x, "_keras_mask", None)
    x = cast(x, dtype)
    if mask is not None:
        x._keras_mask = mask  # type: ignore[attr-defined]
    return x


def _is_numbers(x: Any) -> bool:
    while isinstance(x, list | tuple) and x:
        x = x[0]
    return isinstance(x, int | float | bool)
