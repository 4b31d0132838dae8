"""Adagrad, Adadelta and Ftrl."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.settings import check_fraction, check_positive

__all__ = ["Adagrad", "Adadelta", "Ftrl"]


class Adagrad(Optimizer):
    """Divides by the root of the sum of all squared gradients.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        initial_accumulator_value: What the sums start from, not negative.
        epsilon: Keeps divisions finite.
        weight_decay: As for `Optimizer`, like all that follow.
        clipnorm: Largest norm of a gradient.
        clipvalue: Largest absolute value in a gradient.
        global_clipnorm: Largest norm of all gradients together.
        use_ema: Whether an average of the weights is kept.
        ema_momentum: How much of the average stays at each step.
        ema_overwrite_frequency: Steps after which weights are set to the average.
        loss_scale_factor: The loss is multiplied, and gradients divided, by it.
        gradient_accumulation_steps: Steps whose gradients make one update.
        name: A name.
        **kwargs: Refused.

    Raises:
        ArgumentError: If a number is out of range.

    Reference:
        Duchi et al., 2011, "Adaptive subgradient methods".
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
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
        super().__init__(
            learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon
        check_positive(
            self, zero=True, initial_accumulator_value=initial_accumulator_value
        )
        check_positive(self, zero=True, epsilon=epsilon)

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        start = self.initial_accumulator_value
        self._accumulators = self.add_optimizer_variables(
            variables,
            "accumulator",
            lambda shape, dtype=None: ops.full(shape, start, dtype),
        )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        total = self._accumulators[i]
        self.assign_add(total, ops.square(gradient))
        below = ops.sqrt(total.value + self.epsilon)
        self.assign_sub(variable, lr * gradient / below)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }


class Adadelta(Optimizer):
    """Divides by a running root of squared gradients, times one of changes.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        rho: How much of the running means stays.
        epsilon: Keeps divisions finite.
        weight_decay: As for `Optimizer`, like all that follow.
        clipnorm: Largest norm of a gradient.
        clipvalue: Largest absolute value in a gradient.
        global_clipnorm: Largest norm of all gradients together.
        use_ema: Whether an average of the weights is kept.
        ema_momentum: How much of the average stays at each step.
        ema_overwrite_frequency: Steps after which weights are set to the average.
        loss_scale_factor: The loss is multiplied, and gradients divided, by it.
        gradient_accumulation_steps: Steps whose gradients make one update.
        name: A name.
        **kwargs: Refused.

    Raises:
        ArgumentError: If a number is out of range.

    Reference:
        Zeiler, 2012, arXiv:1212.5701.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
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
        super().__init__(
            learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        self.rho = rho
        self.epsilon = epsilon
        check_fraction(self, rho=rho)
        check_positive(self, zero=True, epsilon=epsilon)

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        self._gradients, self._changes = self.add_optimizer_variables(
            variables, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        squares, changes = self._gradients[i], self._changes[i]
        self.assign(
            squares, squares.value * self.rho + ops.square(gradient) * (1.0 - self.rho)
        )
        up = ops.sqrt(changes.value + self.epsilon)
        change = -up * gradient / ops.sqrt(squares.value + self.epsilon)
        self.assign(
            changes, changes.value * self.rho + ops.square(change) * (1.0 - self.rho)
        )
        self.assign_add(variable, lr * change)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "epsilon": self.epsilon,
        }


class Ftrl(Optimizer):
    """Follow the regularised leader: many weights stay exactly zero.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        learning_rate_power: How the rate falls with the sum of squares, at most 0.
        initial_accumulator_value: What the sums start from, not negative.
        l1_regularization_strength: Strength of the L1 penalty.
        l2_regularization_strength: Strength of the L2 penalty.
        l2_shrinkage_regularization_strength: Strength of the shrinkage.
        beta: A constant of the paper.
        weight_decay: As for `Optimizer`, like all that follow.
        clipnorm: Largest norm of a gradient.
        clipvalue: Largest absolute value in a gradient.
        global_clipnorm: Largest norm of all gradients together.
        use_ema: Whether an average of the weights is kept.
        ema_momentum: How much of the average stays at each step.
        ema_overwrite_frequency: Steps after which weights are set to the average.
        loss_scale_factor: The loss is multiplied, and gradients divided, by it.
        gradient_accumulation_steps: Steps whose gradients make one update.
        name: A name.
        **kwargs: Refused.

    Raises:
        ArgumentError: If a number is out of range.

    Reference:
        McMahan et al., 2013, "Ad click prediction: a view from the trenches".
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
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
        super().__init__(
            learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        check_positive(
            self,
            zero=True,
            initial_accumulator_value=initial_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
            l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength,
        )
        if learning_rate_power > 0:
            raise ArgumentError(
                "`learning_rate_power` must be negative or zero. "
                f"Received: learning_rate_power={learning_rate_power}"
            )

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        start = self.initial_accumulator_value
        self._accumulators, self._linears = self.add_optimizer_variables(
            variables,
            ["accumulator", "linear"],
            [lambda shape, dtype=None: ops.full(shape, start, dtype), "zeros"],
        )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        total, linear = self._accumulators[i], self._linears[i]
        shrunk = gradient + (
            2.0 * self.l2_shrinkage_regularization_strength * variable.value
        )
        new = total.value + ops.square(gradient)
        power = -self.learning_rate_power
        grown = ops.power(new, power) - ops.power(total.value, power)
        self.assign_add(linear, shrunk - grown / lr * variable.value)
        l2 = self.l2_regularization_strength + self.beta / (2.0 * lr)
        quadratic = ops.power(new, power) / lr + 2.0 * l2
        l1 = self.l1_regularization_strength
        clipped = ops.clip(linear.value, -l1, l1)
        self.assign(variable, (clipped - linear.value) / quadratic)
        self.assign(total, new)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": (
                self.l2_shrinkage_regularization_strength
            ),
            "beta": self.beta,
        }
