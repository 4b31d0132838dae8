"""What a model builder calls to ask for a hyperparameter: `hp.Int` and its kin."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from kerasish.tuner import hyperparameter, numerical
from kerasish.tuner.hyperparameter import HyperParameter

__all__ = ["Definitions"]


class Definitions(ABC):
    """Base of `HyperParameters`: each method defines one and returns its value."""

    def Int(
        self,
        name: str,
        min_value: int,
        max_value: int,
        step: int | None = None,
        sampling: numerical.Sampling = "linear",
        default: int | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> int:
        """Returns an integer in a range, both ends included.

        Args:
            name: str, unique in the search space.
            min_value: int, the least value.
            max_value: int, the largest value.
            step: int, the distance of the values, 1 by default; for `"log"` and
                `"reverse_log"` the ratio, and by default every integer is possible.
            sampling: `"linear"`, `"log"` or `"reverse_log"`.
            default: int in the range, `min_value` by default.
            parent_name: str, a hyperparameter on which this one depends.
            parent_values: The values of the parent under which this one is in use.

        Returns:
            The value in this trial.

        Example:
            >>> keras.tuner.HyperParameters().Int("units", 32, 128, step=32, default=64)
            64
        """
        made = numerical.Int(
            self._scoped(name), min_value, max_value, step, sampling, default
        )
        value: int = self._retrieve(made, parent_name, parent_values)
        return value

    def Float(
        self,
        name: str,
        min_value: float,
        max_value: float,
        step: float | None = None,
        sampling: numerical.Sampling = "linear",
        default: float | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> float:
        """Returns a float in a range.

        Args:
            name: str, unique in the search space.
            min_value: float, the least value.
            max_value: float, the largest value.
            step: float, the distance of the values; for `"log"` and `"reverse_log"`
                the ratio. Without it, every float in the range is possible.
            sampling: `"linear"`, `"log"` or `"reverse_log"`.
            default: float in the range, `min_value` by default.
            parent_name: str, a hyperparameter on which this one depends.
            parent_values: The values of the parent under which this one is in use.

        Returns:
            The value in this trial.

        Example:
            >>> hp = keras.tuner.HyperParameters()
            >>> hp.Float("learning_rate", 1e-4, 1e-2, sampling="log")
            0.0001
        """
        made = numerical.Float(
            self._scoped(name), min_value, max_value, step, sampling, default
        )
        value: float = self._retrieve(made, parent_name, parent_values)
        return value

    def Choice(
        self,
        name: str,
        values: Sequence[Any],
        ordered: bool | None = None,
        default: Any = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """Returns one of a list of values.

        Args:
            name: str, unique in the search space.
            values: A list of bools, ints, floats or strings, all of one type.
            ordered: bool, whether the order of the values means something; by default,
                if they are numbers.
            default: One of the values, the first by default.
            parent_name: str, a hyperparameter on which this one depends.
            parent_values: The values of the parent under which this one is in use.

        Returns:
            The value in this trial.

        Example:
            >>> keras.tuner.HyperParameters().Choice("activation", ["relu", "tanh"])
            'relu'
        """
        made = hyperparameter.Choice(self._scoped(name), values, ordered, default)
        return self._retrieve(made, parent_name, parent_values)

    def Boolean(
        self,
        name: str,
        default: bool = False,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> bool:
        """Returns True or False.

        Args:
            name: str, unique in the search space.
            default: bool, False by default.
            parent_name: str, a hyperparameter on which this one depends.
            parent_values: The values of the parent under which this one is in use.

        Returns:
            The value in this trial.

        Example:
            >>> keras.tuner.HyperParameters().Boolean("dropout")
            False
        """
        made = hyperparameter.Boolean(self._scoped(name), default)
        value: bool = self._retrieve(made, parent_name, parent_values)
        return value

    def Fixed(
        self,
        name: str,
        value: Any,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """Returns a value that is not searched for.

        Given beforehand, it takes a hyperparameter of the builder out of the search.

        Args:
            name: str, unique in the search space.
            value: A bool, int, float or string.
            parent_name: str, a hyperparameter on which this one depends.
            parent_values: The values of the parent under which this one is in use.

        Returns:
            The value.

        Example:
            >>> keras.tuner.HyperParameters().Fixed("optimizer", "adam")
            'adam'
        """
        made = hyperparameter.Fixed(self._scoped(name), value)
        return self._retrieve(made, parent_name, parent_values)

    @abstractmethod
    def _scoped(self, name: str) -> str:
        """Returns a name with the open scopes before it."""

    @abstractmethod
    def _retrieve(
        self, hp: HyperParameter, parent_name: str | None, parent_values: Any
    ) -> Any:
        """Returns the value of a hyperparameter that is defined if it was not."""
