"""Optimizer: what happens to gradients before and after the rule of a subclass.

A step unscales and accumulates the gradients, clips them, decays the weights, lets the
subclass update each weight in `update_step`, and keeps averages and constraints.
"""

from typing import Any, Self

from kerasish import ops
from kerasish.autodiff import StatelessScope, Variable
from kerasish.autodiff.mode import part
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.core.keywords import nearest_keywords
from kerasish.core.naming import auto_name
from kerasish.core.registry import (
    Serializable,
    deserialize_keras_object,
    serialize_keras_object,
)
from kerasish.distribution.gradients import global_gradients
from kerasish.optimizers.accumulation import accumulate
from kerasish.optimizers.averages import overwrite, update_averages
from kerasish.optimizers.clipping import clip_gradients
from kerasish.optimizers.presence import paired, present
from kerasish.optimizers.rates import asked_rate
from kerasish.optimizers.schedules import LearningRateSchedule
from kerasish.optimizers.settings import checked_rate, checked_settings
from kerasish.optimizers.state import OptimizerState

__all__ = ["Optimizer"]


class Optimizer(OptimizerState, Serializable):
    """The base class of optimizers.

    A subclass makes its slots in `build` with `add_optimizer_variables` and changes a
    weight in `update_step(gradient, variable, learning_rate)`.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        weight_decay: Share of a weight that is taken off, times the learning rate, at
            every step.
        clipnorm: Largest norm of a gradient.
        clipvalue: Largest absolute value in a gradient.
        global_clipnorm: Largest norm of all gradients together.
        use_ema: Whether an exponential moving average of the weights is kept.
        ema_momentum: How much of the average stays at each step.
        ema_overwrite_frequency: Steps after which the weights are set to the average;
            None for the end of training only.
        loss_scale_factor: The loss is multiplied, and gradients divided, by it.
        gradient_accumulation_steps: Steps whose gradients are averaged to one update.
        name: A name, made up if None.

    Raises:
        ArgumentError: If a number is out of range, or several kinds of clipping given.
    """

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise ArgumentTypeError(
                f"`{type(self).__name__}` has no arguments {sorted(kwargs)}."
                f"{nearest_keywords(type(self), sorted(kwargs))}"
            )
        self.name = name or auto_name(type(self).__name__)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        checked_settings(self)
        self.built = False
        self._variables: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._places: dict[int, int] = {}
        self._averages: list[Variable] = []
        self._accumulated: list[Variable] = []
        self._undecayed: list[Variable] = []
        self._undecayed_names: list[str] = []
        self._iterations = self._add(0, "int64", "iteration")
        self._learning_rate: Any = self._rate(learning_rate)

    # -------------------------------------------------------------- learning rate

    def _rate(self, value: Any) -> Any:
        if isinstance(value, dict):
            value = deserialize_keras_object(value)
        if callable(value):  # a schedule, or a function
            return value
        number = checked_rate(type(self).__name__, value)
        return self._add(number, "float32", "learning_rate")

    @property
    def learning_rate(self) -> Any:
        """The current learning rate: a variable, or a tensor from a schedule."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            return rate(self._iterations)
        if isinstance(rate, Variable):
            return rate
        return asked_rate(self._iterations, ask=rate, owner=type(self).__name__)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        held = self._learning_rate
        if callable(value):  # a schedule, or a function
            self._variables = [v for v in self._variables if v is not held]
            self._learning_rate = value
            return
        if not isinstance(held, Variable):
            raise ArgumentTypeError(
                "This optimizer has a learning-rate schedule or a function, so its "
                "learning rate cannot be set to a number; make it with one, or set a "
                f"new schedule. Received: learning_rate={value!r}"
            )
        held.assign(checked_rate(type(self).__name__, value))

    @property
    def iterations(self) -> Any:
        """The number of updates made: steps over `gradient_accumulation_steps`."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    def build(self, variables: Any) -> None:
        """Makes the slots for weights.

        Args:
            variables: The weights.
        """
        variables = list(variables)
        self._trainable_variables = variables
        self._places = {id(v): i for i, v in enumerate(variables)}
        if self.use_ema:
            self._averages = self.add_optimizer_variables(variables, "average")
            for average, v in zip(self._averages, variables, strict=True):
                average.assign(v.value)
        if self.gradient_accumulation_steps:
            self._accumulated = self.add_optimizer_variables(
                variables, "gradient_accumulator"
            )
        self.built = True

    def _get_variable_index(self, variable: Variable) -> int:
        return self._places[id(variable)]

    # ----------------------------------------------------------------------- step

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight; subclasses override it.

        Args:
            gradient: Its gradient.
            variable: The weight.
            learning_rate: The current learning rate.
        """
        raise NotImplementedError(f"{type(self).__name__} has no `update_step`.")

    def apply_gradients(self, grads_and_vars: Any) -> Any:
        """Makes a step.

        Args:
            grads_and_vars: Pairs `(gradient, weight)`.

        Returns:
            The step count.

        Raises:
            ArgumentError: If there are no pairs; and as `apply` does.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ArgumentError(
                "`apply_gradients` needs pairs of gradients and variables. Received "
                "none: did the tape see the model run, and has it trainable weights?"
            )
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self.iterations

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Makes a step; none where the list of gradients is empty, as in Keras.

        Where several processes train together, it is one with the mean of their
        gradients (`kerasish.distribution`).

        Args:
            grads: A gradient, or None, for each weight.
            trainable_variables: The weights; those of `build` if None.

        Raises:
            ArgumentError: If all gradients are None, their number is wrong, a weight
                is new, or no weights are given before `build`.
            ShapeError: If a gradient has another shape than its weight.
        """
        grads, variables = paired(self, grads, trainable_variables)
        if not grads:
            return
        if not self.built:
            self.build(variables)
        self._check_known(variables)
        grads, variables = present(grads, variables)
        with part("optimizer"), global_gradients(grads) as grads:
            self._step(grads, variables)

    def _step(self, grads: list[Any], variables: list[Any]) -> None:
        """Does the work of `apply` for gradients that are there."""
        if self.loss_scale_factor is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        if self.gradient_accumulation_steps:
            accumulate(self, grads, variables)
        else:
            self._update(grads, variables)
        if self.use_ema:
            update_averages(self, self._trainable_variables)
        for v in variables:
            if v.constraint is not None:
                v.assign(v.constraint(v.value))
        self._iterations.assign_add(1)

    def _check_known(self, variables: list[Any]) -> None:
        new = [v.path for v in variables if id(v) not in self._places]
        if new:
            raise ArgumentError(
                f"The optimizer was built for other variables and does not know {new}. "
                "Make a new optimizer, or compile the model again."
            )

    def _update(self, grads: list[Any], variables: list[Any]) -> None:
        plain, taken = [], []
        for g, v in zip(grads, variables, strict=True):
            if v.overwrite_with_gradient:
                v.assign(g)
            else:
                plain.append(g)
                taken.append(v)
        plain = clip_gradients(self, plain)
        rate = ops.cast(self.learning_rate, "float32")
        for v in taken:
            decay = self._decay_of(v)
            if decay is not None and self._decays(v):
                self.assign_sub(v, v.value * (ops.cast(rate, v.dtype) * decay))
        self._apply_updates(plain, taken, rate)

    def _decay_of(self, variable: Variable) -> float | None:
        """Returns how much a weight decays; some optimizers tell weights apart."""
        return self.weight_decay

    def _apply_updates(self, grads: list[Any], variables: list[Any], rate: Any) -> None:
        for g, v in zip(grads, variables, strict=True):
            self.update_step(ops.cast(g, v.dtype), v, rate)

    def _decays(self, variable: Variable) -> bool:
        if any(variable is v for v in self._undecayed):
            return False
        return not any(name in variable.name for name in self._undecayed_names)

    def exclude_from_weight_decay(
        self, var_list: Any = None, var_names: Any = None
    ) -> None:
        """Leaves weights out of weight decay; called before the first step.

        Args:
            var_list: The weights.
            var_names: Parts of the names of weights.
        """
        self._undecayed += list(var_list or ())
        self._undecayed_names += list(var_names or ())

    def finalize_variable_values(self, var_list: Any) -> None:
        """Sets weights to their averages at the end of training, if there are any.

        Args:
            var_list: The weights.
        """
        if self.use_ema and self._averages:
            overwrite(self, var_list)

    def scale_loss(self, loss: Any) -> Any:
        """Returns the loss times the loss scale.

        Args:
            loss: Scalar tensor.
        """
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    # ------------------------------------------------------------------ stateless

    def stateless_apply(
        self, optimizer_variables: Any, grads: Any, trainable_variables: Any
    ) -> tuple[list[Any], list[Any]]:
        """Returns the weights' and the optimizer's values after a step, changing none.

        Args:
            optimizer_variables: Values for `optimizer.variables`.
            grads: A gradient for each weight.
            trainable_variables: Values for the weights.
        """
        if not self.built:
            raise ArgumentError("`stateless_apply` needs an optimizer that is built.")
        own, weights = self.variables, self._trainable_variables
        given = [*zip(weights, trainable_variables, strict=True)]
        given += [*zip(own, optimizer_variables, strict=True)]
        with StatelessScope(given) as scope:
            self.apply(grads, weights)
        value = scope.get_current_value
        return [value(v) for v in weights], [value(v) for v in own]

    # --------------------------------------------------------------------- config

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        rate = self._learning_rate
        held = isinstance(rate, Variable)
        return {
            "name": self.name,
            "learning_rate": float(rate) if held else serialize_keras_object(rate),
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes an optimizer from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        config = dict(config)
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config["learning_rate"] = deserialize_keras_object(rate, custom_objects)
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
