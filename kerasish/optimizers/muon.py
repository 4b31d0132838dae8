"""Muon."""

import re
from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.settings import check_fraction, check_positive

__all__ = ["Muon"]


class Muon(Optimizer):
    """Momentum whose singular values are made nearly equal; Adam where that is amiss.

    Matrices move by the momentum brought near an orthogonal matrix, by Newton-Schulz
    iterations. All other weights, embeddings and those left out move as by `AdamW`.

    Args:
        learning_rate: A number, a schedule, or a function without arguments.
        adam_beta_1: How much of Adam's mean of gradients stays.
        adam_beta_2: How much of Adam's mean of squares stays.
        adam_weight_decay: The weight decay of weights that move as by Adam.
        epsilon: Keeps Adam's divisions finite.
        weight_decay: The weight decay of matrices.
        clipnorm: Largest norm of a gradient.
        clipvalue: Largest absolute value in a gradient.
        global_clipnorm: Largest norm of all gradients together.
        use_ema: Whether an average of the weights is kept.
        ema_momentum: How much of the average stays at each step.
        ema_overwrite_frequency: Steps after which weights are set to the average.
        loss_scale_factor: The loss is multiplied, and gradients divided, by it.
        gradient_accumulation_steps: Steps whose gradients make one update.
        name: A name.
        exclude_layers: Regular expressions; matrices in whose path one is found move as
            by Adam, as the output layer should.
        exclude_embeddings: Whether matrices with "embedding" in their path do.
        muon_a: Factor of the first power in an iteration.
        muon_b: Factor of the third power.
        muon_c: Factor of the fifth power.
        adam_lr_ratio: Adam's learning rate over that of matrices.
        momentum: How much of the momentum stays.
        ns_steps: The number of iterations.
        nesterov: Whether to look ahead.
        rms_rate: Root mean square of a step over the learning rate, so that a rate
            for Adam serves; None leaves steps orthogonal.
        **kwargs: Refused.

    Raises:
        ArgumentError: If an argument is out of range.

    Reference:
        Jordan et al., 2024, "Muon"; Liu et al., 2025, arXiv:2502.16982.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: list[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.775,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
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
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = _checked_patterns(exclude_layers)
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate
        self._check()

    def _check(self) -> None:
        check_fraction(
            self,
            adam_beta_1=self.adam_beta_1,
            adam_beta_2=self.adam_beta_2,
            momentum=self.momentum,
        )
        check_positive(
            self,
            zero=True,
            adam_weight_decay=self.adam_weight_decay,
            epsilon=self.epsilon,
            adam_lr_ratio=self.adam_lr_ratio,
        )
        check_positive(self, rms_rate=self.rms_rate)
        if not isinstance(self.ns_steps, int) or self.ns_steps < 0:
            raise ArgumentError(
                "`ns_steps` of `Muon` must be an integer >= 0. "
                f"Received: ns_steps={self.ns_steps!r}"
            )

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if self.built:
            return
        variables = list(variables)
        super().build(variables)
        self._momentums: list[Any] = []
        self._velocities: list[Any] = []  # None where Muon's rule holds
        for v in variables:
            self._momentums.append(self.add_variable_from_reference(v, "momentum"))
            velocity = None
            if not self._is_matrix(v):
                velocity = self.add_variable_from_reference(v, "velocity")
            self._velocities.append(velocity)

    def _is_matrix(self, variable: Any) -> bool:
        path = getattr(variable, "path", variable.name)
        if self.exclude_embeddings and "embedding" in path.lower():
            return False
        excluded = any(re.search(pattern, path) for pattern in self.exclude_layers)
        return len(variable.shape) == 2 and not excluded

    def _decay_of(self, variable: Any) -> float | None:
        adam = self._velocities[self._get_variable_index(variable)] is not None
        return self.adam_weight_decay if adam else self.weight_decay

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one weight."""
        lr = ops.cast(learning_rate, variable.dtype)
        if self._velocities[self._get_variable_index(variable)] is None:
            self._muon_step(gradient, variable, lr)
        else:
            self._adam_step(gradient, variable, lr * self.adam_lr_ratio)

    def _muon_step(self, gradient: Any, variable: Any, lr: Any) -> None:
        m = self._momentums[self._get_variable_index(variable)]
        self.assign(m, m.value * self.momentum + gradient)
        change = m.value
        if self.nesterov:
            change = gradient + change * self.momentum
        change = self._orthogonal(change)
        if self.rms_rate is not None:
            # An orthogonal matrix has the root mean square 1 / sqrt(longer side).
            change = change * (self.rms_rate * max(variable.shape) ** 0.5)
        self.assign_sub(variable, lr * change)

    def _orthogonal(self, x: Any) -> Any:
        """Returns a matrix with the singular vectors of `x` and values near 1."""
        tall = x.shape[0] > x.shape[1]
        x = ops.transpose(x) if tall else x
        x = x / (ops.sqrt(ops.sum(ops.square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            square = ops.matmul(x, ops.transpose(x))
            odd = self.muon_b * square + self.muon_c * ops.matmul(square, square)
            x = self.muon_a * x + ops.matmul(odd, x)
        return ops.transpose(x) if tall else x

    def _adam_step(self, gradient: Any, variable: Any, lr: Any) -> None:
        i, dtype = self._get_variable_index(variable), variable.dtype
        step = ops.cast(self.iterations + 1, dtype)
        m, v = self._momentums[i], self._velocities[i]
        self.assign_add(m, (gradient - m.value) * (1.0 - self.adam_beta_1))
        self.assign_add(v, (ops.square(gradient) - v.value) * (1.0 - self.adam_beta_2))
        power_1 = ops.power(ops.cast(self.adam_beta_1, dtype), step)
        power_2 = ops.power(ops.cast(self.adam_beta_2, dtype), step)
        alpha = lr * ops.sqrt(1.0 - power_2) / (1.0 - power_1)
        self.assign_sub(variable, m.value * alpha / (ops.sqrt(v.value) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "adam_beta_1": self.adam_beta_1,
            "adam_beta_2": self.adam_beta_2,
            "epsilon": self.epsilon,
            "exclude_layers": self.exclude_layers,
            "muon_a": self.muon_a,
            "muon_b": self.muon_b,
            "muon_c": self.muon_c,
            "adam_lr_ratio": self.adam_lr_ratio,
            "momentum": self.momentum,
            "ns_steps": self.ns_steps,
            "nesterov": self.nesterov,
            "exclude_embeddings": self.exclude_embeddings,
            "adam_weight_decay": self.adam_weight_decay,
            "rms_rate": self.rms_rate,
        }


def _checked_patterns(patterns: Any) -> list[str]:
    """Returns regular expressions as a list."""
    try:
        if isinstance(patterns, str):
            raise TypeError
        found = list(patterns or [])
        for pattern in found:
            re.compile(pattern)
    except (TypeError, re.error) as error:
        raise ArgumentError(
            "`exclude_layers` of `Muon` must be a list of regular expressions. "
            f"Received: exclude_layers={patterns!r}"
        ) from error
    return found
