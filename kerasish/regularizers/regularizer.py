"""Regularizers: penalties on weights or outputs that are added to the loss."""

import math
from collections.abc import Mapping
from typing import Any

from kerasish import ops
from kerasish.autodiff import Tensor
from kerasish.core.errors import ArgumentError
from kerasish.core.registry import (
    Serializable,
    deserialize_keras_object,
    resolve,
    serialize_keras_object,
)

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "serialize",
]


class Regularizer(Serializable):
    """The base class of regularizers; subclasses override `__call__`.

    Example:
        >>> class Mean(Regularizer):
        ...     def __call__(self, x):
        ...         return keras.ops.mean(x)
        >>> float(Mean()(np.ones(3)))
        1.0
    """

    def __call__(self, x: Any) -> Tensor:
        """Returns the penalty, a scalar.

        Args:
            x: The weight or output.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not override `__call__`."
        )


class L1L2(Regularizer):
    """The penalty `l1 * sum(|x|) + l2 * sum(x^2)`.

    Args:
        l1: A finite number, not negative.
        l2: A finite number, not negative.

    Raises:
        ArgumentError: If a factor is out of range.

    Example:
        >>> float(L1L2(1.0, 1.0)([1.0, -2.0]))
        8.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _factor("l1", 0.0 if l1 is None else l1)
        self.l2 = _factor("l2", 0.0 if l2 is None else l2)

    def __call__(self, x: Any) -> Tensor:
        """Returns the penalty."""
        x = _wide(x)
        penalty: Any = ops.zeros((), x.dtype)
        if self.l1:
            penalty = penalty + self.l1 * ops.sum(ops.absolute(x))
        if self.l2:
            penalty = penalty + self.l2 * ops.sum(ops.square(x))
        return penalty  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """Returns the factors."""
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """The penalty `l1 * sum(|x|)`.

    Args:
        l1: A finite number, not negative.

    Example:
        >>> float(L1(1.0)([1.0, -2.0]))
        3.0
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _factor("l1", 0.01 if l1 is None else l1)

    def __call__(self, x: Any) -> Tensor:
        """Returns the penalty."""
        return self.l1 * ops.sum(ops.absolute(_wide(x)))  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """Returns the factor."""
        return {"l1": self.l1}


class L2(Regularizer):
    """The penalty `l2 * sum(x^2)`.

    Args:
        l2: A finite number, not negative.

    Example:
        >>> float(L2(1.0)([1.0, -2.0]))
        5.0
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _factor("l2", 0.01 if l2 is None else l2)

    def __call__(self, x: Any) -> Tensor:
        """Returns the penalty."""
        return self.l2 * ops.sum(ops.square(_wide(x)))  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """Returns the factor."""
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """The mean absolute cosine between different rows, or columns, of a matrix.

    Args:
        factor: A finite number, not negative.
        mode: "rows" or "columns".

    Raises:
        ArgumentError: If an argument is out of range, or the weight is no matrix of
            more than one row or column.

    Example:
        >>> float(OrthogonalRegularizer(1.0)([[1.0, 0.0], [0.0, 1.0]]))
        0.0
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor("factor", factor)
        if mode not in ("rows", "columns"):
            raise ArgumentError(
                f"`mode` must be 'rows' or 'columns'. Received: mode={mode!r}"
            )
        self.mode = mode

    def __call__(self, x: Any) -> Tensor:
        """Returns the penalty."""
        x = _wide(x)
        if x.ndim != 2:
            raise ArgumentError(
                "Inputs to `OrthogonalRegularizer` must have two axes. "
                f"Received: shape={x.shape}"
            )
        if self.mode == "columns":
            x = ops.transpose(x)
        size = x.shape[0]
        length = ops.sqrt(ops.maximum(ops.sum(ops.square(x), 1, keepdims=True), 1e-12))
        unit = x / length
        products = ops.matmul(unit, ops.transpose(unit))
        apart = products * (1.0 - ops.eye(size, dtype=x.dtype))  # type: ignore[operator]
        pairs = size * (size - 1.0) / 2.0
        total = 0.5 * ops.sum(ops.absolute(apart))
        return self.factor * total / max(pairs, 1.0)  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"factor": self.factor, "mode": self.mode}


REGULARIZERS: dict[str, Any] = {
    "l1": L1,
    "l2": L2,
    "l1_l2": L1L2,
    "L1L2": L1L2,
    "orthogonal_regularizer": OrthogonalRegularizer,
}


def get(identifier: Any) -> Any:
    """Returns a regularizer.

    Args:
        identifier: A name, a config, a regularizer, a function, or None.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> get("l2").get_config()
        {'l2': 0.01}
    """
    return resolve("regularizer", identifier, REGULARIZERS)


def serialize(regularizer: Regularizer) -> dict[str, Any]:
    """Returns the config of a regularizer as plain data."""
    return serialize_keras_object(regularizer)  # type: ignore[no-any-return]


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the regularizer that `serialize` described.

    Args:
        config: Config, or a name.
        custom_objects: Classes and functions by name.
    """
    return deserialize_keras_object(
        config,
        custom_objects=custom_objects,
        module_objects=REGULARIZERS,
        printable_module_name="regularizer",
    )


def _wide(x: Any) -> Tensor:
    """Returns a tensor, half precision as float32: sums of squares pass 65,504 soon."""
    x = ops.convert_to_tensor(x)
    half = x.dtype in ("float16", "bfloat16")
    return ops.cast(x, "float32") if half else x  # type: ignore[no-any-return]


def _factor(name: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise ArgumentError(
            f"Invalid value for argument `{name}`: it must be a non-negative finite "
            f"number. Received: {name}={value!r}"
        )
    return float(value)
