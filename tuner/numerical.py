"""Hyperparameters that are numbers in a range: integers and floats."""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias

from kerasish.core.errors import ArgumentError, ArgumentTypeError, suggest
from kerasish.tuner.conditions import Condition, Value, as_value
from kerasish.tuner.hyperparameter import HyperParameter

__all__ = ["Float", "Int", "Numerical"]

Sampling: TypeAlias = Literal["linear", "log", "reverse_log"]

SAMPLINGS = ("linear", "log", "reverse_log")
# A range without steps is shown to a grid as this many points.
POINTS = 10


class Numerical(HyperParameter):
    """Base of the numbers in a range.

    With p uniform in [0, 1), a value is min + p (max - min) for `"linear"`,
    min (max / min)^p for `"log"`, and max + min - min (max / min)^(1 - p) for
    `"reverse_log"`, which favours large values. A `step` is added from one value to
    the next for `"linear"` and multiplied for the others.

    Args:
        name: str, unique in the search space.
        min_value: The least value, included.
        max_value: The largest value, included where a step meets it.
        step: The distance or, for `"log"` and `"reverse_log"`, the ratio.
        sampling: `"linear"`, `"log"` or `"reverse_log"`.
        default: A value in the range, the least by default.
        conditions: A list of `Condition`.

    Raises:
        ArgumentError: If the range is empty, or the step, sampling or default does
            not fit it.
        ArgumentTypeError: If a number is none.
    """

    # Integers are sampled up to the end of the last one's share, [n, n + 1).
    width = 0.0

    def __init__(
        self,
        name: str,
        min_value: Any,
        max_value: Any,
        step: Any = None,
        sampling: Sampling = "linear",
        default: Any = None,
        conditions: Sequence[Condition] | None = None,
    ) -> None:
        super().__init__(name, default, conditions)
        self.min_value = self._number("min_value", min_value)
        self.max_value = self._number("max_value", max_value)
        self.step = None if step is None else self._number("step", step)
        self.sampling = sampling
        self._check()
        if default is not None:
            self._default = self._checked_default(default)

    def _number(self, argument: str, value: Any) -> int | float:
        number = as_value(value, f"`{argument}` of {self._title}")
        if isinstance(number, (bool, str)):
            raise ArgumentTypeError(
                f"`{argument}` of {self._title} must be a number. "
                f"Received: {argument}={value!r}"
            )
        return number

    @property
    def _title(self) -> str:
        return f"`{type(self).__name__}` {self.name!r}"

    def _check(self) -> None:
        if self.sampling not in SAMPLINGS:
            raise ArgumentError(
                f"`sampling` of {self._title} must be one of {', '.join(SAMPLINGS)}."
                f"{suggest(str(self.sampling), SAMPLINGS)} "
                f"Received: sampling={self.sampling!r}"
            )
        if self.min_value > self.max_value:
            raise ArgumentError(
                f"`min_value` of {self._title} must not be greater than `max_value`. "
                f"Received: min_value={self.min_value}, max_value={self.max_value}"
            )
        if self.sampling == "linear":
            least: float = 0
        else:
            least = 1
            if self.min_value <= 0:
                raise ArgumentError(
                    f"`min_value` of {self._title} must be positive for "
                    f"sampling={self.sampling!r}. Received: min_value={self.min_value}"
                )
        if self.step is not None and self.step <= least:
            raise ArgumentError(
                f"`step` of {self._title} must be greater than {least} for "
                f"sampling={self.sampling!r}. Received: step={self.step}"
            )

    def _checked_default(self, default: Any) -> int | float:
        number = self._number("default", default)
        if not self.min_value <= number <= self.max_value:
            raise ArgumentError(
                f"`default` of {self._title} must be between {self.min_value} and "
                f"{self.max_value}. Received: default={default}"
            )
        return number

    @property
    def default(self) -> int | float:
        """The value where no other is asked for."""
        value: int | float = self._default
        return self.min_value if self._default is None else value

    @cached_property
    def values(self) -> Sequence[Value]:
        """The possible values; ten spread over the range if it has no steps."""
        if self.step is not None:
            return tuple(self._at_index(i) for i in range(self._count))
        spread = (self.prob_to_value((i + 0.5) / POINTS) for i in range(POINTS))
        return tuple(dict.fromkeys(spread))

    @property
    def all_values(self) -> Sequence[Value] | None:
        """Every possible value, or None if they cannot be listed."""
        listed = self.step is not None or self.min_value == self.max_value
        return self.values if listed else None

    def prob_to_value(self, prob: float) -> Value:
        """Returns the value at a cumulative probability.

        Args:
            prob: float in [0, 1).
        """
        if self.step is not None:
            return self._at_index(min(int(prob * self._count), self._count - 1))
        low, high = self.min_value, self.max_value + self.width
        if self.sampling == "linear":
            value = low + prob * (high - low)
        elif self.sampling == "log":
            value = low * (high / low) ** prob
        else:
            value = high + low - low * (high / low) ** (1 - prob)
        # Rounding must not leave the range.
        return self._rounded(min(max(value, self.min_value), self.max_value))

    def value_to_prob(self, value: Value) -> float:
        """Returns the cumulative probability of a value, or of its share's middle.

        Args:
            value: A possible value.
        """
        number = float(value)
        if self.step is not None:
            return (self._index_of(number) + 0.5) / self._count
        low, high = self.min_value, self.max_value + self.width
        if low == high:
            return 0.5
        number += self.width / 2
        if self.sampling == "linear":
            return (number - low) / (high - low)
        if self.sampling == "log":
            return math.log(number / low) / math.log(high / low)
        return 1 - math.log((high + low - number) / low) / math.log(high / low)

    def _rounded(self, value: float) -> int | float:
        return value

    @cached_property
    def _count(self) -> int:
        # The largest value counts even where rounding puts it a hair too high.
        return int(self._index_of(self.max_value, reverse=False) + 1e-8) + 1

    def _at_index(self, index: int) -> int | float:
        step = self.step or 1
        if self.sampling == "linear":
            value = self.min_value + index * step
        elif self.sampling == "log":
            value = self.min_value * step**index
        else:
            value = self.max_value + self.min_value - self.min_value * step**index
        # 0.3, not the 0.30000000000000004 of 0.1 + 0.2.
        return float(f"{value:.12g}") if isinstance(value, float) else value

    def _index_of(self, number: float, reverse: bool = True) -> float:
        step = self.step or 1
        if self.sampling == "linear":
            return (number - self.min_value) / step
        if self.sampling == "reverse_log" and reverse:
            number = self.max_value + self.min_value - number
        return math.log(number / self.min_value) / math.log(step)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, conditions as JSON."""
        return super().get_config() | {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "step": self.step,
            "sampling": self.sampling,
        }


class Int(Numerical):
    """An integer in a range, both ends included.

    Args:
        name: str, unique in the search space.
        min_value: int, the least value.
        max_value: int, the largest value.
        step: int, the distance of the values, 1 by default; for `"log"` and
            `"reverse_log"` the ratio, and by default every integer is possible.
        sampling: `"linear"`, `"log"` or `"reverse_log"`.
        default: int in the range, `min_value` by default.
        conditions: A list of `Condition`.

    Raises:
        ArgumentError: If the range is empty, or the step, sampling or default does
            not fit it.
        ArgumentTypeError: If a number is no integer.

    Example:
        >>> Int("units", 32, 128, step=32).values
        (32, 64, 96, 128)
        >>> Int("batch_size", 16, 256, step=2, sampling="log").values
        (16, 32, 64, 128, 256)
    """

    width = 1.0

    def __init__(
        self,
        name: str,
        min_value: int,
        max_value: int,
        step: int | None = None,
        sampling: Sampling = "linear",
        default: int | None = None,
        conditions: Sequence[Condition] | None = None,
    ) -> None:
        if step is None and sampling == "linear":
            step = 1
        super().__init__(
            name, min_value, max_value, step, sampling, default, conditions
        )

    @property
    def all_values(self) -> Sequence[Value]:
        """Every possible value, though a grid takes fewer where there is no step."""
        if self.step is not None:
            return self.values
        return range(int(self.min_value), int(self.max_value) + 1)

    def _number(self, argument: str, value: Any) -> int:
        number = super()._number(argument, value)
        if number != int(number):
            raise ArgumentTypeError(
                f"`{argument}` of {self._title} must be an integer. "
                f"Received: {argument}={value!r}"
            )
        return int(number)

    def _rounded(self, value: float) -> int:
        return int(value)


class Float(Numerical):
    """A float in a range.

    Args:
        name: str, unique in the search space.
        min_value: float, the least value.
        max_value: float, the largest value.
        step: float, the distance of the values; for `"log"` and `"reverse_log"` the
            ratio. Without it, every float in the range is possible.
        sampling: `"linear"`, `"log"` or `"reverse_log"`.
        default: float in the range, `min_value` by default.
        conditions: A list of `Condition`.

    Raises:
        ArgumentError: If the range is empty, or the step, sampling or default does
            not fit it.
        ArgumentTypeError: If a number is none.

    Example:
        >>> Float("rate", 0.1, 0.5, step=0.2).values
        (0.1, 0.3, 0.5)
        >>> rate = Float("learning_rate", 1e-4, 1e-2, sampling="log")
        >>> round(rate.prob_to_value(0.5), 12)
        0.001
    """

    def __init__(
        self,
        name: str,
        min_value: float,
        max_value: float,
        step: float | None = None,
        sampling: Sampling = "linear",
        default: float | None = None,
        conditions: Sequence[Condition] | None = None,
    ) -> None:
        super().__init__(
            name, min_value, max_value, step, sampling, default, conditions
        )
        if self._default is None:
            self._default = self.min_value

    def _number(self, argument: str, value: Any) -> float:
        return float(super()._number(argument, value))
