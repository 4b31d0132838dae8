"""What a layer's `call` takes, read once for each class.

From it follow the arguments that the base class fills in (`training`, masks), which
arguments hold tensors, and the shapes that `build` is given.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kerasish.autodiff import Tensor
from kerasish.core import tree
from kerasish.core.errors import ArgumentError

__all__ = [
    "CallSignature",
    "build_shapes",
    "call_signature",
    "shape_of",
    "tensor_shapes",
]


class CallSignature:
    """The parameters of a `call` function.

    It has these attributes:

        names: Positional parameters, without `self`.
        has_training: Whether `training` is among the parameters.
        has_mask: Whether a mask for the first argument is.
        mask_names: Mask parameters of the other arguments: `key` -> `key_mask`.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        parameters = [p for p in inspect.signature(function).parameters.values()]
        if parameters and parameters[0].name == "self":
            parameters = parameters[1:]
        positional = (
            inspect.Parameter.POSITIONAL_ONLY,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
        )
        self.names = tuple(p.name for p in parameters if p.kind in positional)
        named = {
            p.name
            for p in parameters
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        }
        self.named = named
        self.has_varargs = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.has_kwargs = any(p.kind is p.VAR_KEYWORD for p in parameters)
        self.has_training = "training" in named
        self.has_mask = "mask" in named
        self.mask_names = {
            name: f"{name}_mask" for name in self.names if f"{name}_mask" in named
        }
        self.takes_masks = self.has_mask or bool(self.mask_names)

    def name_arguments(self, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Returns the arguments by parameter name, in order."""
        named = dict(zip(self.names, args, strict=False))
        named.update(kwargs)
        return named


@lru_cache(maxsize=1024)
def _of_function(function: Callable[..., Any]) -> CallSignature:
    return CallSignature(function)


def call_signature(layer: Any) -> CallSignature:
    """Returns the signature of a layer's `call`."""
    call = layer.call
    return _of_function(getattr(call, "__func__", call))


def shape_of(x: Any) -> Any:
    """Returns the shape of a tensor, or a structure of the shapes of several."""
    if isinstance(x, Tensor):
        return tuple(x.shape)
    return tree.map_structure(
        lambda leaf: tuple(leaf.shape) if hasattr(leaf, "shape") else None, x
    )


def tensor_shapes(arguments: dict[str, Any]) -> dict[str, Any]:
    """Returns `<argument>_shape` for every argument of `call` that holds tensors.

    Args:
        arguments: The arguments by name.
    """
    return {
        f"{name}_shape": shape_of(x)
        for name, x in arguments.items()
        if _holds_tensor(x) and name != "mask" and not name.endswith("_mask")
    }


def build_shapes(
    layer: Any, arguments: dict[str, Any], function: Any = None
) -> dict[str, Any]:
    """Returns the keyword arguments for a layer's `build`.

    A `build` with one parameter gets the shape of the first tensor argument; one with
    several gets `<argument>_shape` for those that it names.

    Args:
        layer: The layer.
        arguments: The arguments of `call` by name.
        function: What takes the shapes, if not `layer.build`.

    Raises:
        ArgumentError: If `build` names an argument that was not given.
    """
    shapes = tensor_shapes(arguments)
    if not shapes:
        return {}
    function = layer.build if function is None else function
    function = getattr(function, "__wrapped__", function)
    parameters = [
        p for p in inspect.signature(function).parameters.values() if p.name != "self"
    ]
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return shapes
    names = [p.name for p in parameters]
    if len(names) == 1:
        return {names[0]: next(iter(shapes.values()))}
    missing = [p.name for p in parameters if p.default is p.empty]
    missing = [name for name in missing if name not in shapes]
    if missing:
        raise ArgumentError(
            f"`{function.__name__}` of layer {layer.name!r} takes {names}, which "
            "must be the names of tensor arguments of `call` followed by '_shape'. "
            f"Not given: {missing}. Known: {sorted(shapes)}"
        )
    return {name: shapes[name] for name in names if name in shapes}


def _holds_tensor(x: Any) -> bool:
    if isinstance(x, Tensor):
        return True
    if isinstance(x, list | tuple | dict):
        return any(map(_holds_tensor, tree.flatten(x)))
    return hasattr(x, "shape") and hasattr(x, "dtype")  # text
