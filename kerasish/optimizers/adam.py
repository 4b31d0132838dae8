"""Adam and its kin."""

from typing import Any

from kerasish import ops
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.settings import check_fraction, check_positive

__all__ = ["Adam", "AdamW", "Adamax", "Nadam"]


class Adam(Optimizer):
    """Running means of gradients and of their squares, corrected for their start.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        beta_1: How much of the mean of gradients stays.
        beta_2: How much of the mean of squares stays.
        epsilon: Keeps divisions finite.
        amsgrad: Whether the largest mean of squares so far is used.
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
        Kingma and Ba, 2014, arXiv:1412.6980.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        self.amsgrad = amsgrad
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
        self._velocity_hats: list[Any] = []
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(
                variables, "velocity_hat"
            )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        m, v = self._momentums[i], self._velocities[i]
        self.assign_add(m, (gradient - m.value) * (1.0 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        size = v.value
        if self.amsgrad:
            largest = self._velocity_hats[i]
            self.assign(largest, ops.maximum(largest.value, v.value))
            size = largest.value
        power_1 = ops.power(ops.cast(self.beta_1, variable.dtype), step)
        power_2 = ops.power(ops.cast(self.beta_2, variable.dtype), step)
        alpha = lr * ops.sqrt(1.0 - power_2) / (1.0 - power_1)
        self.assign_sub(variable, m.value * alpha / (ops.sqrt(size) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }


class AdamW(Adam):
    """Adam with weight decay apart from the gradient.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        beta_1: How much of the mean of gradients stays.
        beta_2: How much of the mean of squares stays.
        epsilon: Keeps divisions finite.
        amsgrad: Whether the largest mean of squares so far is used.
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
        Loshchilov and Hutter, 2019, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
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


class Adamax(Optimizer):
    """Adam with the largest absolute gradient in place of squares.

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
        Kingma and Ba, 2014, arXiv:1412.6980, section 7.1.
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
        self._m, self._u = self.add_optimizer_variables(variables, ["momentum", "norm"])

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        m, u = self._m[i], self._u[i]
        self.assign_add(m, (gradient - m.value) * (1.0 - self.beta_1))
        self.assign(u, ops.maximum(u.value * self.beta_2, ops.absolute(gradient)))
        power = ops.power(ops.cast(self.beta_1, variable.dtype), step)
        rate = lr / (1.0 - power)
        self.assign_sub(variable, rate * m.value / (u.value + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }


class Nadam(Optimizer):
    """Adam with Nesterov's look ahead.

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
        Dozat, 2015, "Incorporating Nesterov momentum into Adam".
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
        self._u_product = self._add(1.0, "float32", "u_product")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        i = self._get_variable_index(variable)
        lr = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        dtype = variable.dtype
        u = 1.0 - 0.5 * ops.power(ops.cast(0.96, dtype), step)
        u_next = 1.0 - 0.5 * ops.power(ops.cast(0.96, dtype), step + 1.0)
        u, u_next = u * self.beta_1, u_next * self.beta_1
        product = ops.cast(self._u_product.value, dtype) * u
        m, v = self._momentums[i], self._velocities[i]
        self.assign_add(m, (gradient - m.value) * (1.0 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        ahead = u_next * m.value / (1.0 - product * u_next)
        m_hat = ahead + (1.0 - u) * gradient / (1.0 - product)
        power = ops.power(ops.cast(self.beta_2, dtype), step)
        v_hat = v.value / (1.0 - power)
        self.assign_sub(variable, m_hat * lr / (ops.sqrt(v_hat) + self.epsilon))

    def _apply_updates(self, grads: list[Any], variables: list[Any], rate: Any) -> None:
        super()._apply_updates(grads, variables, rate)
        step = ops.cast(self.iterations + 1, "float32")
        u = 1.0 - 0.5 * ops.power(ops.cast(0.96, "float32"), step)
        self._u_product.assign(self._u_product.value * u * self.beta_1)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
