"""ScheduleFreeAdamW."""

from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.settings import check_fraction, check_positive

__all__ = ["ScheduleFreeAdamW"]


class ScheduleFreeAdamW(Optimizer):
    """Adam without momentum whose weights are the mean of all its steps.

    The slot `momentum` holds the weights that steps are made on, the weights
    themselves are the mean of those so far. So the learning rate need not fall, and
    nobody has to know when training ends.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        beta_1: Kept for the config, as in Keras: gradients are taken at the mean.
        beta_2: How much of the mean of squares stays.
        epsilon: Keeps divisions finite.
        warmup_steps: Steps in which the rate grows from 0.
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
        Defazio et al., 2024, arXiv:2405.15682.
    """

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
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
        self.warmup_steps = warmup_steps
        check_fraction(self, beta_1=beta_1, beta_2=beta_2)
        check_positive(self, zero=True, epsilon=epsilon)
        if not isinstance(warmup_steps, int) or warmup_steps < 0:
            raise ArgumentError(
                "`warmup_steps` of `ScheduleFreeAdamW` must be an integer >= 0. "
                f"Received: warmup_steps={warmup_steps!r}"
            )

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        variables = list(variables)
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )
        for held, v in zip(self._momentums, variables, strict=True):
            held.assign(v.value)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        if self.warmup_steps:
            lr = lr * ops.minimum(step / self.warmup_steps, 1.0)
        m, v = self._momentums[i], self._velocities[i]
        self.assign_add(v, (ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        power = ops.power(ops.cast(self.beta_2, variable.dtype), step)
        size = ops.sqrt(v.value / (1.0 - power))
        self.assign_sub(m, lr * gradient / (size + self.epsilon))
        self.assign_add(variable, (m.value - variable.value) / step)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "warmup_steps": self.warmup_steps,
        }
