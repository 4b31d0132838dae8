"""Adafactor."""

from typing import Any

from kerasish import ops
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.settings import check_positive

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Adam's squares kept as sums of rows and columns, to save memory.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        beta_2_decay: Exponent of the decay of running means.
        epsilon_1: Keeps squares positive.
        epsilon_2: Least scale of a step.
        clip_threshold: Largest root mean square of a step.
        relative_step: Whether the rate falls with the step and scales with the weight.
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
        Shazeer and Stern, 2018, arXiv:1804.04235.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 0.001,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
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
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step
        check_positive(self, epsilon_2=epsilon_2, clip_threshold=clip_threshold)

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        super().build(variables)
        self._rows: list[Any] = []
        self._columns: list[Any] = []
        self._velocities: list[Any] = []
        for v in variables:
            # Keras has two numbers for vectors too, which it does not use.
            above = () if len(v.shape) < 2 else v.shape[:-1]
            below = () if len(v.shape) < 2 else (*v.shape[:-2], v.shape[-1])
            self._rows.append(self.add_variable(above, name=v.name))
            self._columns.append(self.add_variable(below, name=v.name))
            self._velocities.append(self.add_variable_from_reference(v, "velocity"))

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        if self.relative_step:
            lr = ops.minimum(lr, ops.rsqrt(step))
        size = ops.sqrt(ops.mean(ops.square(variable.value)))
        lr = lr * ops.maximum(size, self.epsilon_2)
        beta_2 = 1.0 - ops.power(step, self.beta_2_decay)
        squares = ops.square(gradient) + self.epsilon_1
        r, c, v = self._rows[i], self._columns[i], self._velocities[i]
        if len(variable.shape) < 2:
            self.assign(v, beta_2 * v.value + (1.0 - beta_2) * squares)
        else:
            self.assign(
                r, beta_2 * r.value + (1.0 - beta_2) * ops.mean(squares, axis=-1)
            )
            self.assign(
                c, beta_2 * c.value + (1.0 - beta_2) * ops.mean(squares, axis=-2)
            )
            share = r.value / ops.mean(r.value, axis=-1, keepdims=True)
            self.assign(v, ops.expand_dims(share, -1) * ops.expand_dims(c.value, -2))
        change = gradient * ops.rsqrt(v.value)
        size = ops.sqrt(ops.mean(ops.square(change)))
        change = change / ops.maximum(1.0, size / self.clip_threshold)
        self.assign_sub(variable, lr * change)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }
