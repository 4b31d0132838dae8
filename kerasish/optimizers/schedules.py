"""Learning rates as functions of the step."""

import math
from collections.abc import Mapping
from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.core.registry import (
    Serializable,
    deserialize_keras_object,
    serialize_keras_object,
)

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]


class LearningRateSchedule(Serializable):
    """The base class of schedules; subclasses override `__call__(step)`.

    Example:
        >>> class Halved(LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.1 * 0.5 ** keras.ops.cast(step, "float32")
        >>> round(float(Halved()(1)), 6)
        0.05
    """

    _public_module = "keras.optimizers.schedules"

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate.

        Args:
            step: The number of steps made so far.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not override `__call__`."
        )


class ExponentialDecay(LearningRateSchedule):
    """`initial * decay_rate ^ (step / decay_steps)`.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps for one factor of `decay_rate`, positive.
        decay_rate: The factor.
        staircase: Whether the exponent is rounded down.
        name: A name.

    Raises:
        ArgumentError: If `decay_steps` is not positive.

    Example:
        >>> round(float(ExponentialDecay(0.1, 10, 0.5)(10)), 4)
        0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        _check_steps(decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate."""
        p = _float(step) / float(self.decay_steps)
        p = ops.floor(p) if self.staircase else p
        return self.initial_learning_rate * ops.power(_float(self.decay_rate), p)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


class InverseTimeDecay(LearningRateSchedule):
    """`initial / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: How often the decay counts, positive.
        decay_rate: How strong it is.
        staircase: Whether `step / decay_steps` is rounded down.
        name: A name.

    Raises:
        ArgumentError: If `decay_steps` is not positive.

    Example:
        >>> round(float(InverseTimeDecay(0.1, 10, 1.0)(10)), 4)
        0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        _check_steps(decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate."""
        p = _float(step) / float(self.decay_steps)
        p = ops.floor(p) if self.staircase else p
        return self.initial_learning_rate / (1.0 + self.decay_rate * p)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


class PiecewiseConstantDecay(LearningRateSchedule):
    """A constant between boundaries.

    Args:
        boundaries: Steps up to which each value holds, rising.
        values: One value more than there are boundaries.
        name: A name.

    Raises:
        ArgumentError: If their numbers do not fit.

    Example:
        >>> [float(PiecewiseConstantDecay([5], [1.0, 0.5])(s)) for s in (5, 6)]
        [1.0, 0.5]
    """

    def __init__(
        self, boundaries: Any, values: Any, name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ArgumentError(
                "The length of `boundaries` must be 1 less than that of `values`. "
                f"Received: boundaries={boundaries}, values={values}"
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate."""
        step = _float(step)
        rate = _float(self.values[0])
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = ops.where(ops.greater(step, float(boundary)), _float(value), rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "boundaries": list(self.boundaries),
            "values": list(self.values),
            "name": self.name,
        }


class PolynomialDecay(LearningRateSchedule):
    """From one rate to another along a power of the time left.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps to the end, positive.
        end_learning_rate: The rate at the end.
        power: The power; 1 is a straight line.
        cycle: Whether to begin again beyond the end, over longer times.
        name: A name.

    Raises:
        ArgumentError: If `decay_steps` is not positive.

    Example:
        >>> round(float(PolynomialDecay(1.0, 10, 0.0)(5)), 4)
        0.5
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        _check_steps(decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate."""
        step, total = _float(step), _float(self.decay_steps)
        if self.cycle:
            total = total * ops.maximum(ops.ceil(step / total), 1.0)
        else:
            step = ops.minimum(step, total)
        left = ops.power(1.0 - step / total, self.power)
        reach = self.initial_learning_rate - self.end_learning_rate
        return reach * left + self.end_learning_rate

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }


class CosineDecay(LearningRateSchedule):
    """Half a cosine down to a share of the initial rate, after a linear warm-up.

    Args:
        initial_learning_rate: The rate at step 0, where the warm-up begins.
        decay_steps: Steps of the decay, positive.
        alpha: The share that is left at the end.
        name: A name.
        warmup_target: The rate after the warm-up, or None for no warm-up.
        warmup_steps: Steps of the warm-up.

    Raises:
        ArgumentError: If `decay_steps` is not positive.

    Example:
        >>> round(float(CosineDecay(1.0, 10)(5)), 4)
        0.5

    Reference:
        Loshchilov and Hutter, 2016, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        _check_steps(decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate."""
        step, start = _float(step), self.initial_learning_rate
        if self.warmup_target is None:
            return self._decayed(step, start)
        after = self._decayed(step - float(self.warmup_steps), self.warmup_target)
        share = step / float(max(self.warmup_steps, 1))
        rising = start + (self.warmup_target - start) * share
        return ops.where(ops.less(step, float(self.warmup_steps)), rising, after)

    def _decayed(self, step: Any, start: float) -> Any:
        share = ops.minimum(step, float(self.decay_steps)) / float(self.decay_steps)
        cosine = 0.5 * (1.0 + ops.cos(math.pi * share))
        return start * ((1.0 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


class CosineDecayRestarts(LearningRateSchedule):
    """Half a cosine, again and again, each longer and lower than the one before.

    Args:
        initial_learning_rate: The rate at step 0.
        first_decay_steps: Steps of the first one, positive.
        t_mul: How much longer each is.
        m_mul: How much lower each begins.
        alpha: The share of the rate that is left at the end of each.
        name: A name.

    Raises:
        ArgumentError: If `first_decay_steps` is not positive.

    Example:
        >>> round(float(CosineDecayRestarts(1.0, 10)(10)), 4)
        1.0

    Reference:
        Loshchilov and Hutter, 2016, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        _check_steps(first_decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self._t_mul = t_mul
        self._m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate."""
        done = _float(step) / float(self.first_decay_steps)
        if self._t_mul == 1.0:
            restarts = ops.floor(done)
            share = done - restarts
        else:
            # The first n periods take (1 - t^n) / (1 - t) of the first one's steps.
            t = float(self._t_mul)
            restarts = ops.floor(ops.log(1.0 - done * (1.0 - t)) / math.log(t))
            power = ops.power(_float(t), restarts)
            share = (done - (1.0 - power) / (1.0 - t)) / power
        height = ops.power(_float(self._m_mul), restarts)
        cosine = 0.5 * height * (1.0 + ops.cos(math.pi * share))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self._t_mul,
            "m_mul": self._m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }


def serialize(learning_rate_schedule: LearningRateSchedule) -> Any:
    """Returns the config of a schedule as plain data."""
    return serialize_keras_object(learning_rate_schedule)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the schedule that `serialize` described.

    Args:
        config: The config.
        custom_objects: Classes by name.
    """
    return deserialize_keras_object(config, custom_objects=custom_objects)


def _float(x: Any) -> Any:
    return ops.cast(x, "float32")


def _check_steps(steps: Any) -> None:
    if not steps > 0:
        raise ArgumentError(
            f"The number of decay steps must be positive. Received: {steps}"
        )
