"""Lion and Lamb."""

from typing import Any

from kerasish import ops
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.settings import check_fraction, check_positive

__all__ = ["Lion", "Lamb"]


class Lion(Optimizer):
    """Moves every weight by the sign of a mix of gradient and momentum.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        beta_1: How much momentum is in the mix, above 0.
        beta_2: How much of the momentum stays.
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
        Chen et al., 2023, arXiv:2302.06675.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        check_fraction(self, beta_1=beta_1, beta_2=beta_2)
        check_positive(self, beta_1=beta_1)

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        m = self._momentums[i]
        mix = m.value * self.beta_1 + gradient * (1.0 - self.beta_1)
        self.assign_sub(variable, lr * ops.sign(mix))
        self.assign(m, m.value * self.beta_2 + gradient * (1.0 - self.beta_2))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
        }


class Lamb(Optimizer):
    """Adam whose steps are scaled to the norm of each weight.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        beta_1: How much of the mean of gradients stays.
        beta_2: How much of the mean of squares stays.
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
        You et al., 2019, arXiv:1904.00962.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        check_fraction(self, beta_1=beta_1, beta_2=beta_2)
        check_positive(self, zero=True, epsilon=epsilon)

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        m, v = self._momentums[i], self._velocities[i]
        self.assign_add(m, (gradient - m.value) * (1.0 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        m_hat = m.value / (1.0 - ops.power(ops.cast(self.beta_1, variable.dtype), step))
        v_hat = v.value / (1.0 - ops.power(ops.cast(self.beta_2, variable.dtype), step))
        change = m_hat / (ops.sqrt(v_hat) + self.epsilon)
        weight_norm = ops.sqrt(ops.sum(ops.square(variable.value)))
        change_norm = ops.sqrt(ops.sum(ops.square(change)))
        known = ops.logical_and(weight_norm > 0, change_norm > 0)
        safe = ops.where(change_norm > 0, change_norm, 1.0)
        ratio = ops.where(known, weight_norm / safe, 1.0)
        self.assign_sub(variable, ratio * change * lr)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
