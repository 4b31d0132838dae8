"""Gradient descent with momentum, and RMSprop."""

from typing import Any

from kerasish import ops
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.settings import check_fraction, check_positive

__all__ = ["SGD", "RMSprop"]


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        momentum: How much of the last change is kept, from 0 to 1.
        nesterov: Whether the momentum looks ahead.
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
        Sutskever et al., 2013, "On the importance of initialization and momentum".
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
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
        self.momentum = momentum
        self.nesterov = nesterov
        check_fraction(self, one=True, momentum=momentum)

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        self.momentums: list[Any] = []
        if self.momentum != 0:
            self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        if not self.momentums:
            self.assign_sub(variable, gradient * lr)
            return
        held = self.momentums[i]
        change = held.value * self.momentum - gradient * lr
        self.assign(held, change)
        if self.nesterov:
            change = change * self.momentum - gradient * lr
        self.assign_add(variable, change)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "nesterov": self.nesterov,
        }


class RMSprop(Optimizer):
    """Divides by a running root of squared gradients.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        rho: How much of the running mean stays.
        momentum: How much of the last change is kept.
        epsilon: Keeps divisions finite.
        centered: Whether the mean of gradients is taken off.
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
        Hinton, 2012, lecture 6e of "Neural networks for machine learning".
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        check_fraction(self, rho=rho, momentum=momentum)
        check_positive(self, zero=True, epsilon=epsilon)

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        self._velocities = self.add_optimizer_variables(variables, "velocity")
        self._momentums: list[Any] = []
        if self.momentum > 0:
            self._momentums = self.add_optimizer_variables(variables, "momentum")
        self._average_gradients: list[Any] = []
        if self.centered:
            self._average_gradients = self.add_optimizer_variables(
                variables, "average_gradient"
            )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        velocity = self._velocities[i]
        self.assign(
            velocity,
            velocity.value * self.rho + ops.square(gradient) * (1.0 - self.rho),
        )
        below = velocity.value
        if self.centered:
            mean = self._average_gradients[i]
            self.assign(mean, mean.value * self.rho + gradient * (1.0 - self.rho))
            below = below - ops.square(mean.value)
        change = lr * gradient * ops.rsqrt(below + self.epsilon)
        if self._momentums:
            held = self._momentums[i]
            self.assign(held, held.value * self.momentum + change)
            change = held.value
        self.assign_sub(variable, change)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
