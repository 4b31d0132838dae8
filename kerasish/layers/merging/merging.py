"""Layers that take several inputs and make one output of them."""

from functools import reduce
from typing import Any

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer
from kerasish.ops.specs import broadcast_shapes

__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Dot",
    "Maximum",
    "Minimum",
    "Multiply",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]


class _Merge(Layer):
    """A layer over a list of inputs of shapes that broadcast."""

    supports_masking = True
    _least = 1

    def build(self, input_shape: Any) -> None:
        """Checks the shapes of the inputs."""
        shapes = _shape_list(input_shape, type(self).__name__)
        if len(shapes) < self._least:
            raise ArgumentError(
                f"A `{type(self).__name__}` layer needs at least {self._least} inputs. "
                f"Received: {len(shapes)}"
            )
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape that the inputs broadcast to."""
        shapes = _shape_list(input_shape, type(self).__name__)
        ndim = max(map(len, shapes))
        # Inputs of fewer axes get new ones behind the batch axis.
        wide = [(s[0], *(1,) * (ndim - len(s)), *s[1:]) if s else s for s in shapes]
        try:
            return broadcast_shapes(*wide)
        except ShapeError as error:
            shown = ", ".join(map(str, shapes))
            raise ShapeError(
                f"Inputs of `{type(self).__name__}` {self.name!r} have incompatible "
                f"shapes. Received: {shown}"
            ) from error

    def call(self, inputs: Any) -> Any:
        """Merges the inputs."""
        return self._merge(self._wide(inputs))

    def _wide(self, inputs: Any) -> list[Any]:
        """Returns the inputs with as many axes as the widest has."""
        if not isinstance(inputs, list | tuple):
            raise ArgumentError(
                f"A `{type(self).__name__}` layer is called on a list of inputs. "
                f"Received: {inputs!r:.80}"
            )
        ndim = max(len(x.shape) for x in inputs)
        wide = []
        for x in inputs:
            for _ in range(ndim - len(x.shape)):
                x = ops.expand_dims(x, 1)
            wide.append(x)
        return wide

    def _merge(self, inputs: list[Any]) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not override `_merge`.")

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        shape = self.compute_output_shape([x.shape for x in inputs])
        return KerasTensor(shape, inputs[0].dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns where an input is unmasked; None if one has no mask."""
        if not isinstance(mask, list | tuple) or any(m is None for m in mask):
            return None
        return reduce(ops.logical_or, mask)


class _Choice(_Merge):
    """A merging layer that leaves out the masked steps of each input.

    Where all are masked, the result is that of `_nothing`.
    """

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Merges the inputs."""
        wide = self._wide(inputs)
        masks = list(mask) if isinstance(mask, list | tuple) else [None] * len(wide)
        if all(m is None for m in masks):
            return self._merge(wide)
        y, seen = wide[0], _over(masks[0], wide[0])
        for x, m in zip(wide[1:], masks[1:], strict=True):
            m = _over(m, x)
            both = self._merge([y, x])
            y = ops.where(m, ops.where(seen, both, x), y)
            seen = ops.logical_or(seen, m)
        return self._nothing(y, seen)

    def _nothing(self, y: Any, seen: Any) -> Any:
        return y

    def compute_output_spec(self, inputs: Any, mask: Any = None) -> Any:
        """Infers the symbolic outputs."""
        return super().compute_output_spec(inputs)


def _over(mask: Any, x: Any) -> Any:
    """Returns a mask with as many axes as an input."""
    if mask is None:
        return ops.ones((1,) * len(x.shape), dtype="bool")
    for _ in range(len(x.shape) - len(mask.shape)):
        mask = ops.expand_dims(mask, -1)
    return mask


class Add(_Merge):
    """Adds inputs element by element.

    Args:
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Add()([np.ones((1, 2)), np.ones((1, 2))]).tolist()
        [[2.0, 2.0]]
    """

    def _merge(self, inputs: list[Any]) -> Any:
        return reduce(ops.add, inputs)


class Subtract(_Merge):
    """Subtracts the second of two inputs from the first.

    Args:
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Subtract()([np.ones((1, 2)), np.ones((1, 2))]).tolist()
        [[0.0, 0.0]]
    """

    _least = 2

    def build(self, input_shape: Any) -> None:
        """Checks that there are two inputs."""
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ArgumentError(
                "A `Subtract` layer should be called on exactly 2 inputs. "
                f"Received: {len(input_shape)}"
            )

    def _merge(self, inputs: list[Any]) -> Any:
        return ops.subtract(inputs[0], inputs[1])


class Multiply(_Choice):
    """Multiplies inputs element by element.

    Args:
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Multiply()([np.ones((1, 2)), np.zeros((1, 2))]).tolist()
        [[0.0, 0.0]]
    """

    def _merge(self, inputs: list[Any]) -> Any:
        return reduce(ops.multiply, inputs)

    def _nothing(self, y: Any, seen: Any) -> Any:
        return ops.where(seen, y, ops.zeros_like(y))


class Average(_Merge):
    """Averages inputs element by element.

    Args:
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Average()([np.ones((1, 2)), np.zeros((1, 2))]).tolist()
        [[0.5, 0.5]]
    """

    def _merge(self, inputs: list[Any]) -> Any:
        return ops.divide(reduce(ops.add, inputs), float(len(inputs)))


class Maximum(_Choice):
    """Takes the largest of the inputs element by element.

    Args:
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Maximum()([np.ones((1, 2)), np.zeros((1, 2))]).tolist()
        [[1.0, 1.0]]
    """

    def _merge(self, inputs: list[Any]) -> Any:
        return reduce(ops.maximum, inputs)


class Minimum(_Choice):
    """Takes the smallest of the inputs element by element.

    Args:
        **kwargs: Arguments of `Layer`.

    Example:
        >>> Minimum()([np.ones((1, 2)), np.zeros((1, 2))]).tolist()
        [[0.0, 0.0]]
    """

    def _merge(self, inputs: list[Any]) -> Any:
        return reduce(ops.minimum, inputs)


class Concatenate(_Merge):
    """Joins inputs along an axis.

    Args:
        axis: The axis.
        **kwargs: Arguments of `Layer`.

    Raises:
        ShapeError: If the inputs do not agree in the other axes.

    Example:
        >>> Concatenate()([np.ones((1, 2)), np.zeros((1, 1))]).shape
        (1, 3)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the joined shape."""
        shapes = _shape_list(input_shape, "Concatenate")
        ndim = len(shapes[0])
        if not -ndim <= self.axis < ndim:
            raise ShapeError(
                f"`axis` of `Concatenate` {self.name!r} must be from {-ndim} to "
                f"{ndim - 1} for inputs of {ndim} axes. Received: axis={self.axis}"
            )
        axis = self.axis % ndim
        result = list(shapes[0])
        for shape in shapes[1:]:
            fits = len(shape) == ndim and all(
                i == axis or a is None or b is None or a == b
                for i, (a, b) in enumerate(zip(result, shape, strict=True))
            )
            if not fits:
                raise ShapeError(
                    "A `Concatenate` layer requires inputs with matching shapes except "
                    f"for the concatenation axis {self.axis}. "
                    f"Received: input_shape={shapes}"
                )
            joined = (result[axis], shape[axis])
            result = [a if b is None else b for a, b in zip(result, shape, strict=True)]
            result[axis] = None if None in joined else sum(joined)
        return tuple(result)

    def call(self, inputs: Any) -> Any:
        """Joins the inputs."""
        return ops.concatenate(list(inputs), axis=self.axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the joined masks; inputs without one are unmasked."""
        if mask is None or all(m is None for m in mask):
            return None
        parts = []
        for x, m in zip(inputs, mask, strict=True):
            if m is None:
                parts.append(ops.ones_like(x, dtype="bool"))
            else:
                while len(m.shape) < len(x.shape):
                    m = ops.expand_dims(m, -1)
                parts.append(ops.broadcast_to(m, x.shape))
        return ops.any(ops.concatenate(parts, axis=self.axis), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "axis": self.axis}


class Dot(_Merge):
    """Sums the products of two inputs over an axis of each, for every sample.

    Args:
        axes: The axis, or a pair of axes, one for each input; not the batch axis.
        normalize: Whether vectors are scaled to length 1: the cosine.
        **kwargs: Arguments of `Layer`.

    Raises:
        ShapeError: If the sizes of the axes differ.

    Example:
        >>> Dot(axes=1)([np.ones((1, 3)), np.ones((1, 3))]).tolist()
        [[3.0]]
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = axes if isinstance(axes, list | tuple) else (axes, axes)
        if len(pair) != 2 or not all(isinstance(a, int) for a in pair):
            raise ArgumentError(
                f"`axes` of `Dot` must be an integer or two. Received: axes={axes}"
            )
        self.axes = axes
        self.normalize = normalize

    def _pair(self, shapes: Any) -> tuple[int, int]:
        axes = self.axes if isinstance(self.axes, list | tuple) else (self.axes,) * 2
        a, b = (axis % len(shape) for axis, shape in zip(axes, shapes, strict=True))
        return a, b

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape without the axes."""
        shapes = _shape_list(input_shape, "Dot")
        if len(shapes) != 2:
            raise ArgumentError(
                f"A `Dot` layer is called on 2 inputs. Received: {len(shapes)}"
            )
        a, b = self._pair(shapes)
        sizes = (shapes[0][a], shapes[1][b])
        if None not in sizes and sizes[0] != sizes[1]:
            raise ShapeError(
                f"The axes of `Dot` {self.name!r} must have the same size. "
                f"Received: {sizes} of the shapes {shapes}"
            )
        left = [n for i, n in enumerate(shapes[0]) if i not in (0, a)]
        right = [n for i, n in enumerate(shapes[1]) if i not in (0, b)]
        rest = (*left, *right)
        return (shapes[0][0], *(rest or (1,)))

    def call(self, inputs: Any) -> Any:
        """Computes the products."""
        x, y = inputs
        a, b = self._pair([x.shape, y.shape])
        if self.normalize:
            x, y = _unit(x, a), _unit(y, b)
        shape = self.compute_output_shape([x.shape, y.shape])
        x = ops.moveaxis(x, a, -1)
        y = ops.moveaxis(y, b, -1)
        n = x.shape[-1]
        x = ops.reshape(x, (x.shape[0], -1, n))
        y = ops.reshape(y, (y.shape[0], -1, n))
        product = ops.matmul(x, ops.swapaxes(y, 1, 2))
        return ops.reshape(product, tuple(-1 if m is None else m for m in shape))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns no mask."""

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def _unit(x: Any, axis: int) -> Any:
    total = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(total, 1e-12)))


def _shape_list(shapes: Any, name: str) -> list[Any]:
    several = isinstance(shapes, list | tuple) and shapes and isinstance(
        shapes[0], list | tuple
    )  # fmt: skip
    if not several:
        raise ArgumentError(
            f"A `{name}` layer should be called on a list of inputs. "
            f"Received: input_shape={shapes} (not a list of shapes)"
        )
    return [tuple(s) for s in shapes]


def add(inputs: Any, **kwargs: Any) -> Any:
    """Adds inputs; calls an `Add` layer."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """Subtracts the second input from the first; calls a `Subtract` layer."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """Multiplies inputs; calls a `Multiply` layer."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """Averages inputs; calls an `Average` layer."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """Takes the largest of inputs; calls a `Maximum` layer."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """Takes the smallest of inputs; calls a `Minimum` layer."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """Joins inputs along an axis; calls a `Concatenate` layer."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """Sums products of two inputs; calls a `Dot` layer."""
    return Dot(axes=axes, **kwargs)(inputs)
