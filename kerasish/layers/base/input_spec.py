"""InputSpec: what a layer demands of its inputs, checked before every call."""

from typing import Any

from kerasish.core import tree
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.core.registry import Serializable

__all__ = ["InputSpec", "check_inputs"]


class InputSpec(Serializable):
    """The rank, shape and dtype that an input of a layer must have.

    Args:
        dtype: Dtype name, or None for any.
        shape: Shape with None for any size, or None for any shape.
        ndim: Number of axes.
        max_ndim: Largest number of axes.
        min_ndim: Smallest number of axes.
        axes: Dict of axis to the size that it must have.
        allow_last_axis_squeeze: Whether a last axis of size 1 may be absent or extra.
        name: The input's key where inputs are a dict.
        optional: Whether the input may be None.

    Example:
        >>> InputSpec(min_ndim=2, axes={-1: 3})
        InputSpec(min_ndim=2, axes={-1: 3})
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, Any] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.axes = {int(k): v for k, v in (axes or {}).items()}
        limit = self.ndim if self.ndim is not None else self.max_ndim
        if limit is not None and any(not -limit <= a < limit for a in self.axes):
            raise ArgumentError(
                f"`axes` of `InputSpec` must be within {limit} axes. "
                f"Received: axes={axes}"
            )

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {
            "dtype": self.dtype,
            "shape": self.shape,
            "ndim": self.ndim,
            "max_ndim": self.max_ndim,
            "min_ndim": self.min_ndim,
            "axes": self.axes,
            "allow_last_axis_squeeze": self.allow_last_axis_squeeze,
            "name": self.name,
            "optional": self.optional,
        }

    def __repr__(self) -> str:
        given = {k: v for k, v in self.get_config().items() if v}
        return f"InputSpec({', '.join(f'{k}={v!r}' for k, v in given.items())})"

    def problem(self, x: Any) -> str | None:
        """Returns what is wrong with an input, or None if it fits."""
        if x is None:
            return None if self.optional else "a tensor was expected, not None"
        shape = tuple(x.shape)
        if self.allow_last_axis_squeeze and self.shape is not None:
            if len(shape) == len(self.shape) + 1 and shape[-1] == 1:
                shape = shape[:-1]
            elif len(shape) == len(self.shape) - 1 and self.shape[-1] == 1:
                shape = (*shape, 1)
        ndim = len(shape)
        if self.ndim is not None and ndim != self.ndim:
            return f"expected ndim={self.ndim}, found ndim={ndim}"
        if self.max_ndim is not None and ndim > self.max_ndim:
            return f"expected max_ndim={self.max_ndim}, found ndim={ndim}"
        if self.min_ndim is not None and ndim < self.min_ndim:
            return f"expected min_ndim={self.min_ndim}, found ndim={ndim}"
        if self.dtype is not None and standardize_dtype(x.dtype) != self.dtype:
            return f"expected dtype={self.dtype}, found dtype={x.dtype}"
        for axis, size in self.axes.items():
            found = shape[axis]
            if size is not None and found is not None and found not in {size, None}:
                return f"expected axis {axis} of the input to have the size {size}"
        if self.shape is not None:
            for wanted, found in zip(self.shape, shape, strict=True):
                if wanted is not None and found is not None and wanted != found:
                    return f"expected shape={self.shape}"
        return None


def check_inputs(input_spec: Any, inputs: Any, layer: Any) -> None:
    """Raises if a layer's inputs do not fit its input spec.

    Args:
        input_spec: An `InputSpec`, or a list or dict of them.
        inputs: The first argument of the layer's call.
        layer: The layer, for the message.

    Raises:
        ShapeError: If an input does not fit; it names the layer and both shapes.
    """
    if not input_spec:
        return
    if isinstance(input_spec, InputSpec) and not isinstance(
        inputs, list | tuple | dict
    ):
        found = [inputs]
        specs = [input_spec]
    else:
        specs = tree.flatten(input_spec)
        found = _in_order(specs, inputs, layer)
    if len(found) != len(specs):
        raise ShapeError(
            f"Layer {layer.name!r} expects {len(specs)} input(s), but it received "
            f"{len(found)} input tensors. Inputs received: {_shown(inputs)}"
        )
    for i, (x, spec) in enumerate(zip(found, specs, strict=True)):
        if spec is None:
            continue
        if x is not None and not hasattr(x, "shape"):
            raise ArgumentTypeError(
                f"Inputs of layer {layer.name!r} must be tensors. Received: {x!r} of "
                f"type {type(x).__name__}"
            )
        problem = spec.problem(x)
        if problem:
            shape = None if x is None else tuple(x.shape)
            raise ShapeError(
                f"Input {i} of layer {layer.name!r} ({type(layer).__name__}) is "
                f"incompatible with the layer: {problem}. Full shape received: {shape}"
                f"{_mend(spec, shape)}"
            )


def _mend(spec: InputSpec, shape: tuple[int | None, ...] | None) -> str:
    """Returns how inputs of another rank are usually made to fit."""
    if shape is None or spec.ndim is None or len(shape) == spec.ndim:
        return ""
    if len(shape) == spec.ndim - 1:
        one = "`x[None]` makes a batch of a single sample"
        return f"; {one}, `x[..., None]` adds an axis of channels"
    if len(shape) > spec.ndim == 2:
        return "; a `Flatten` layer before it makes one axis of those after the first"
    return ""


def _in_order(specs: list[Any], inputs: Any, layer: Any) -> list[Any]:
    if isinstance(inputs, dict):
        names = [spec.name for spec in specs]
        if all(names):
            missing = [name for name in names if name not in inputs]
            if missing:
                raise ArgumentError(
                    f"Layer {layer.name!r} expects the inputs {names}. "
                    f"Missing: {missing}. Received: {sorted(inputs)}"
                )
            return [inputs[name] for name in names]
    return tree.flatten(inputs)


def _shown(inputs: Any) -> Any:
    return tree.map_structure(lambda x: getattr(x, "shape", x), inputs)
