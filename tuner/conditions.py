"""When a hyperparameter is in use: only under some values of another one."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from kerasish.core.errors import ArgumentError, ArgumentTypeError, SerializationError

__all__ = ["Condition", "Parent", "Value", "as_value", "as_values"]

Value: TypeAlias = bool | int | float | str


def as_value(value: Any, what: str) -> Value:
    """Returns a value of a hyperparameter as a Python bool, int, float or str.

    Args:
        value: The value; a NumPy scalar becomes what it holds.
        what: What the value is, for the message.

    Raises:
        ArgumentError: If it is a float that is not finite.
        ArgumentTypeError: If it is none of these types.

    Example:
        >>> as_value(np.int64(3), "value")
        3
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ArgumentError(f"{what} must be finite. Received: {value}")
    if isinstance(value, (bool, int, float, str)):
        return value
    raise ArgumentTypeError(
        f"{what} must be a bool, int, float or str. Received: {value!r} of type "
        f"{type(value).__name__}. For another object, choose its name and look it up "
        "in a dict."
    )


def as_values(values: Any, what: str) -> list[Value]:
    """Returns one value or several as a list of Python values.

    Args:
        values: A value, or an iterable of them.
        what: What they are, for the message.

    Raises:
        ArgumentTypeError: If one is no bool, int, float or str.

    Example:
        >>> as_values("relu", "values"), as_values((1, 2), "values")
        (['relu'], [1, 2])
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        values = [values]
    return [as_value(value, what) for value in values]


class Condition(ABC):
    """Base of the conditions under which a hyperparameter is in use."""

    name: str

    @abstractmethod
    def is_active(self, values: Mapping[str, Value]) -> bool:
        """Returns whether the condition holds.

        Args:
            values: The values of all hyperparameters in use, by name.
        """

    @abstractmethod
    def enable(self, values: dict[str, Value]) -> None:
        """Changes a value so that the condition holds.

        Args:
            values: The values by name.
        """

    @abstractmethod
    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""

    def serialize(self) -> dict[str, Any]:
        """Returns the class and the config as JSON."""
        return {"class_name": type(self).__name__, "config": self.get_config()}

    @staticmethod
    def deserialize(config: Mapping[str, Any]) -> "Condition":
        """Makes a condition from its JSON.

        Args:
            config: What `serialize` returned.

        Raises:
            SerializationError: If it is not that of a known condition.
        """
        if config.get("class_name") != "Parent":
            raise SerializationError(
                "A condition of a hyperparameter must be a `Parent`. "
                f"Received: {config.get('class_name')!r}"
            )
        return Parent(**config["config"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.get_config() == other.get_config()

    def __hash__(self) -> int:
        return hash(repr(self.get_config()))


class Parent(Condition):
    """Holds while another hyperparameter has one of the given values.

    Args:
        name: str, the other hyperparameter.
        values: One value or a list of values.

    Example:
        >>> Parent("optimizer", ["sgd"]).is_active({"optimizer": "sgd"})
        True
    """

    def __init__(self, name: str, values: Any) -> None:
        self.name = name
        self.values = as_values(values, f"Each of the values of the parent {name!r}")

    def is_active(self, values: Mapping[str, Value]) -> bool:
        """Returns whether the parent is in use and has one of the values.

        Args:
            values: The values of all hyperparameters in use, by name.
        """
        return self.name in values and values[self.name] in self.values

    def enable(self, values: dict[str, Value]) -> None:
        """Gives the parent the first of the values, unless it has one of them.

        Args:
            values: The values by name.
        """
        if not self.is_active(values):
            values[self.name] = self.values[0]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {"name": self.name, "values": list(self.values)}
