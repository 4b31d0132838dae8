"""Constraints: what a weight is projected onto after each training step."""

from collections.abc import Mapping
from typing import Any

from kerasish import ops
from kerasish.autodiff import Tensor
from kerasish.core.config import epsilon
from kerasish.core.errors import ArgumentError
from kerasish.core.registry import (
    Serializable,
    deserialize_keras_object,
    resolve,
    serialize_keras_object,
)

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "serialize",
]


class Constraint(Serializable):
    """The base class of constraints; subclasses override `__call__`.

    Example:
        >>> class Clip(Constraint):
        ...     def __call__(self, w):
        ...         return keras.ops.clip(w, -1.0, 1.0)
        >>> Clip()([2.0]).tolist()
        [1.0]
    """

    def __call__(self, w: Any) -> Tensor:
        """Returns the weight, projected.

        Args:
            w: The weight.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not override `__call__`."
        )


class MaxNorm(Constraint):
    """Scales vectors of the weight down to a length at most.

    Args:
        max_value: The length.
        axis: The axis or axes along which a vector lies; 0 for a dense layer.

    Raises:
        ArgumentError: If the length is negative.

    Example:
        >>> [round(x, 3) for x in MaxNorm(1.0)([3.0, 4.0]).tolist()]
        [0.6, 0.8]
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = _not_negative("max_value", max_value)
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        """Returns the weight, projected."""
        norms = _norms(w, self.axis)
        wanted = ops.clip(norms, 0, self.max_value)
        return w * (wanted / (epsilon() + norms))  # type: ignore[no-any-return, operator]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """Sets negative elements to zero.

    Example:
        >>> NonNeg()([-1.0, 2.0]).tolist()
        [0.0, 2.0]
    """

    def __call__(self, w: Any) -> Tensor:
        """Returns the weight, projected."""
        return ops.maximum(w, 0)  # type: ignore[no-any-return]


class UnitNorm(Constraint):
    """Scales vectors of the weight to length 1.

    Args:
        axis: The axis or axes along which a vector lies; 0 for a dense layer.

    Example:
        >>> [round(x, 3) for x in UnitNorm()([3.0, 4.0]).tolist()]
        [0.6, 0.8]
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        """Returns the weight, projected."""
        return w / (epsilon() + _norms(w, self.axis))  # type: ignore[no-any-return, operator]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Scales vectors of the weight to a length within bounds.

    Args:
        min_value: Least length.
        max_value: Largest length.
        rate: How far each step goes: 1 all the way, 0 nowhere.
        axis: The axis or axes along which a vector lies; 0 for a dense layer.

    Raises:
        ArgumentError: If a bound is negative or the rate outside [0, 1].

    Example:
        >>> [round(x, 3) for x in MinMaxNorm(max_value=1.0)([3.0, 4.0]).tolist()]
        [0.6, 0.8]
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: Any = 0,
    ) -> None:
        self.min_value = _not_negative("min_value", min_value)
        self.max_value = _not_negative("max_value", max_value)
        if not 0 <= rate <= 1:
            raise ArgumentError(f"`rate` must be from 0 to 1. Received: rate={rate}")
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        """Returns the weight, projected."""
        norms = _norms(w, self.axis)
        clipped = ops.clip(norms, self.min_value, self.max_value)
        wanted = self.rate * clipped + (1 - self.rate) * norms  # type: ignore[operator]
        return w * (wanted / (epsilon() + norms))  # type: ignore[no-any-return, operator]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


CONSTRAINTS: dict[str, Any] = {
    "max_norm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
}


def get(identifier: Any) -> Any:
    """Returns a constraint.

    Args:
        identifier: A name, a config, a constraint, a function, or None.

    Raises:
        ArgumentError: If the name is unknown.

    Example:
        >>> type(get("non_neg")).__name__
        'NonNeg'
    """
    return resolve("constraint", identifier, CONSTRAINTS)


def serialize(constraint: Constraint) -> dict[str, Any]:
    """Returns the config of a constraint as plain data."""
    return serialize_keras_object(constraint)  # type: ignore[no-any-return]


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the constraint that `serialize` described.

    Args:
        config: Config, or a name.
        custom_objects: Classes and functions by name.
    """
    return deserialize_keras_object(
        config,
        custom_objects=custom_objects,
        module_objects=CONSTRAINTS,
        printable_module_name="constraint",
    )


def _norms(w: Any, axis: Any) -> Tensor:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))  # type: ignore[no-any-return]


def _not_negative(name: str, value: float) -> float:
    if not value >= 0:
        raise ArgumentError(f"`{name}` must not be negative. Received: {name}={value}")
    return value
