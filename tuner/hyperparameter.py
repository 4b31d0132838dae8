"""One hyperparameter: its name, its possible values, and how they are sampled."""

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.tuner.conditions import Condition, Value, as_value

__all__ = ["Boolean", "Choice", "Fixed", "HyperParameter"]


class HyperParameter(ABC):
    """Base of the hyperparameters.

    Args:
        name: str, unique in the search space.
        default: The value where no other is asked for.
        conditions: A list of `Condition` that must all hold for it to be in use.

    Raises:
        ArgumentTypeError: If `name` is not a non-empty string.
    """

    def __init__(
        self,
        name: str,
        default: Any = None,
        conditions: Sequence[Condition] | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise ArgumentTypeError(
                f"The name of a hyperparameter must be a non-empty string. "
                f"Received: name={name!r}"
            )
        self.name = name
        self._default = default
        self.conditions = list(conditions or [])

    @property
    @abstractmethod
    def default(self) -> Value:
        """The value where no other is asked for."""

    @property
    @abstractmethod
    def values(self) -> Sequence[Value]:
        """The possible values; ten spread over the range if it is continuous."""

    @property
    def all_values(self) -> Sequence[Value] | None:
        """Every possible value, or None if they cannot be listed."""
        return self.values

    def random_sample(self, seed: int | None = None) -> Value:
        """Returns a random value.

        Args:
            seed: int; the same seed gives the same value.
        """
        return self.prob_to_value(random.Random(seed).random())

    def prob_to_value(self, prob: float) -> Value:
        """Returns the value at a cumulative probability.

        Args:
            prob: float in [0, 1).
        """
        values = self.values
        return values[min(int(prob * len(values)), len(values) - 1)]

    def value_to_prob(self, value: Value) -> float:
        """Returns the cumulative probability in the middle of a value's share.

        Args:
            value: A possible value.
        """
        values = self.values
        return (values.index(value) + 0.5) / len(values)

    def range_config(self) -> dict[str, Any]:
        """Returns what tells the possible values: two that differ are in conflict."""
        config = self.get_config()
        for key in ("default", "conditions"):
            config.pop(key, None)
        return {"class_name": type(self).__name__, **config}

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, conditions as JSON."""
        return {
            "name": self.name,
            "default": self._default,
            "conditions": [condition.serialize() for condition in self.conditions],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a hyperparameter from its config.

        Args:
            config: What `get_config` returned.
        """
        conditions = [Condition.deserialize(c) for c in config.get("conditions", [])]
        return cls(**{**config, "conditions": conditions})

    def __repr__(self) -> str:
        config = self.get_config()
        del config["conditions"]
        shown = ", ".join(f"{key}: {value!r}" for key, value in config.items())
        return f"{type(self).__name__}({shown})"


class Choice(HyperParameter):
    """One of a list of values.

    Args:
        name: str, unique in the search space.
        values: A list of bools, ints, floats or strings, all of one type.
        ordered: bool, whether the order of the values means something; by default, if
            they are numbers.
        default: One of the values, the first by default.
        conditions: A list of `Condition`.

    Raises:
        ArgumentError: If `values` is empty or has repeats, or if `default` is not one
            of them.
        ArgumentTypeError: If the values are not all of one type.

    Example:
        >>> Choice("activation", ["relu", "tanh"]).default
        'relu'
    """

    def __init__(
        self,
        name: str,
        values: Sequence[Any],
        ordered: bool | None = None,
        default: Any = None,
        conditions: Sequence[Condition] | None = None,
    ) -> None:
        super().__init__(name, default, conditions)
        self._values = _checked_choices(name, values)
        numeric = isinstance(self._values[0], (int, float))
        numeric = numeric and not isinstance(self._values[0], bool)
        if ordered and not numeric:
            raise ArgumentError(
                f"`ordered` of `Choice` {name!r} must be False for values that are not "
                f"numbers. Received: values={self._values}"
            )
        self.ordered = numeric if ordered is None else bool(ordered)
        if default is None:
            self._default = self._values[0]
        elif default not in self._values:
            raise ArgumentError(
                f"`default` of `Choice` {name!r} must be one of the values "
                f"{self._values}. Received: default={default!r}"
            )

    @property
    def default(self) -> Value:
        """The value where no other is asked for."""
        value: Value = self._default
        return value

    @property
    def values(self) -> Sequence[Value]:
        """The values to choose from."""
        return tuple(self._values)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, conditions as JSON."""
        more = {"values": list(self._values), "ordered": self.ordered}
        return super().get_config() | more


def _checked_choices(name: str, values: Sequence[Any]) -> list[Value]:
    if isinstance(values, str):
        raise ArgumentTypeError(
            f"`values` of `Choice` {name!r} must be a list. Received: values={values!r}"
        )
    checked = [as_value(v, f"Each of the values of `Choice` {name!r}") for v in values]
    if not checked:
        raise ArgumentError(
            f"`values` of `Choice` {name!r} must hold at least one value. "
            f"Received: values={values!r}"
        )
    if len({type(value) for value in checked}) > 1:
        types = sorted({type(value).__name__ for value in checked})
        raise ArgumentTypeError(
            f"`values` of `Choice` {name!r} must all be of one type, found "
            f"{' and '.join(types)}. Received: values={checked}"
        )
    if len(set(checked)) < len(checked):
        raise ArgumentError(
            f"`values` of `Choice` {name!r} must differ. Received: values={checked}"
        )
    return checked


class Boolean(HyperParameter):
    """True or False.

    Args:
        name: str, unique in the search space.
        default: bool, False by default.
        conditions: A list of `Condition`.

    Raises:
        ArgumentTypeError: If `default` is not a bool.

    Example:
        >>> Boolean("dropout").default
        False
    """

    def __init__(
        self,
        name: str,
        default: bool = False,
        conditions: Sequence[Condition] | None = None,
    ) -> None:
        super().__init__(name, default, conditions)
        if not isinstance(as_value(default, "`default`"), bool):
            raise ArgumentTypeError(
                f"`default` of `Boolean` {name!r} must be True or False. "
                f"Received: default={default!r}"
            )
        self._default = bool(default)

    @property
    def default(self) -> bool:
        """The value where no other is asked for."""
        return bool(self._default)

    @property
    def values(self) -> Sequence[Value]:
        """True and False, in the order that a probability runs through them."""
        return (False, True)


class Fixed(HyperParameter):
    """A value that is not searched for.

    Args:
        name: str, unique in the search space.
        value: A bool, int, float or string.
        conditions: A list of `Condition`.

    Raises:
        ArgumentTypeError: If `value` is of another type.

    Example:
        >>> Fixed("batch_size", 32).values
        (32,)
    """

    def __init__(
        self, name: str, value: Any, conditions: Sequence[Condition] | None = None
    ) -> None:
        value = as_value(value, f"`value` of `Fixed` {name!r}")
        super().__init__(name, value, conditions)
        self.value: Value = value

    @property
    def default(self) -> Value:
        """The value."""
        return self.value

    @property
    def values(self) -> Sequence[Value]:
        """The value alone."""
        return (self.value,)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, conditions as JSON."""
        config = super().get_config()
        del config["default"]
        return config | {"value": self.value}
