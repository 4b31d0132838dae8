"""LossScaleOptimizer: keeps float16 gradients in range by scaling the loss."""

from typing import Any, Self

from kerasish import ops
from kerasish.autodiff.mode import part
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.distribution.gradients import global_gradients
from kerasish.optimizers.choosing import change_if
from kerasish.optimizers.optimizer import Optimizer
from kerasish.optimizers.presence import paired

__all__ = ["LossScaleOptimizer", "with_loss_scale"]

# Beyond these a scale would end as infinity or zero, from which there is no way back.
SMALLEST, LARGEST = 2.0**-100, 2.0**100


class LossScaleOptimizer(Optimizer):
    """Scales the loss up, gradients down, and finds the scale by trial.

    A step whose gradients are not finite is skipped and halves the scale; after a
    number of finite steps in a row it doubles. `compile` wraps the optimizer of a
    model with the policy `mixed_float16` so.

    Args:
        inner_optimizer: The optimizer that makes the steps.
        initial_scale: The first scale, positive.
        dynamic_growth_steps: Finite steps until it doubles, positive.
        name: A name.
        **kwargs: `clipnorm` and others belong to the inner optimizer and are refused.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> optimizer = LossScaleOptimizer(keras.optimizers.SGD(), initial_scale=8.0)
        >>> float(optimizer.scale_loss(ops.convert_to_tensor(0.5)))
        4.0

    Reference:
        Micikevicius et al., 2018, "Mixed Precision Training", section 3.2.
        https://arxiv.org/abs/1710.03740
    """

    def __init__(
        self,
        inner_optimizer: Any,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(inner_optimizer, Optimizer):
            raise ArgumentTypeError(
                f"`inner_optimizer` must be an optimizer. Received: {inner_optimizer!r}"
            )
        if isinstance(inner_optimizer, LossScaleOptimizer):
            raise ArgumentError(
                "`inner_optimizer` must not be a `LossScaleOptimizer` too, since "
                f"gradients would be divided by both scales. Received: "
                f"{inner_optimizer!r}"
            )
        if kwargs:
            raise ArgumentError(
                f"`LossScaleOptimizer` does not take {sorted(kwargs)}: give them to "
                "the inner optimizer."
            )
        if not SMALLEST <= initial_scale <= LARGEST:
            raise ArgumentError(
                "`initial_scale` of `LossScaleOptimizer` must be positive and finite, "
                f"from 2**-100 to 2**100. Received: initial_scale={initial_scale}"
            )
        if not isinstance(dynamic_growth_steps, int) or dynamic_growth_steps < 1:
            raise ArgumentError(
                "`dynamic_growth_steps` of `LossScaleOptimizer` must be a positive "
                f"integer. Received: dynamic_growth_steps={dynamic_growth_steps!r}"
            )
        super().__init__(learning_rate=0.0, name=name)
        self.inner_optimizer = inner_optimizer
        inner_optimizer.loss_scale_factor = None  # the loss is scaled here
        self.initial_scale = float(initial_scale)
        self.dynamic_growth_steps = dynamic_growth_steps
        self.step_counter = self._add(0, "int32", "step_counter")
        self.dynamic_scale = self._add(self.initial_scale, "float32", "dynamic_scale")

    @property
    def variables(self) -> list[Any]:
        """The scale's and the inner optimizer's variables."""
        return [*self._variables, *self.inner_optimizer.variables]

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's learning rate."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """The inner optimizer's step count."""
        return self.inner_optimizer.iterations

    def build(self, variables: Any) -> None:
        """Makes the inner optimizer's slots."""
        if not self.inner_optimizer.built:
            self.inner_optimizer.build(variables)
        self._trainable_variables = self.inner_optimizer._trainable_variables
        self._places = self.inner_optimizer._places
        self.built = True

    def scale_loss(self, loss: Any) -> Any:
        """Returns the loss times the scale."""
        return loss * ops.cast(self.dynamic_scale, loss.dtype)

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Makes a step with the gradients scaled down, if they are finite.

        Args:
            grads: A gradient, or None, for each weight.
            trainable_variables: The weights; those of `build` if None.
        """
        grads, weights = paired(self, grads, trainable_variables)
        if not grads:
            return
        if not self.built:
            self.build(weights)
        with part("optimizer"), global_gradients(grads) as grads:
            changing = [*self.variables, *self._trainable_variables]
            finite = self.check_finite(grads)
            change_if(
                finite, lambda: self._grow(grads, weights), changing, self._shrink
            )

    def check_finite(self, grads: Any) -> Any:
        """Returns whether all gradients are finite, as a tensor.

        Args:
            grads: A gradient, or None, for each weight.

        Example:
            >>> optimizer = LossScaleOptimizer(keras.optimizers.SGD())
            >>> bool(optimizer.check_finite([np.ones(2), None, np.array(np.inf)]))
            False
        """
        found = ops.convert_to_tensor(True)
        for g in grads:
            if g is not None:
                found = ops.logical_and(found, ops.all(ops.isfinite(g)))
        return found

    def _grow(self, grads: list[Any], weights: list[Any]) -> None:
        """Makes the step; doubles the scale when it is time."""
        scale = self.dynamic_scale.value
        self.inner_optimizer.apply(
            [None if g is None else g / ops.cast(scale, g.dtype) for g in grads],
            weights,
        )
        count = self.step_counter.value + 1  # type: ignore[operator]
        due = ops.equal(count, self.dynamic_growth_steps)
        twice = ops.minimum(scale * 2.0, LARGEST)  # type: ignore[operator]
        self.step_counter.assign(ops.where(due, 0, count))
        self.dynamic_scale.assign(ops.where(due, twice, scale))

    def _shrink(self) -> None:
        """Leaves out the step and halves the scale."""
        self.step_counter.assign(0)
        half = self.dynamic_scale.value / 2.0  # type: ignore[operator]
        self.dynamic_scale.assign(ops.maximum(half, SMALLEST))

    def finalize_variable_values(self, var_list: Any) -> None:
        """Lets the inner optimizer set weights to their averages."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes an optimizer from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        config = dict(config)
        inner = deserialize_keras_object(config.pop("inner_optimizer"), custom_objects)
        known = ("initial_scale", "dynamic_growth_steps", "name")
        return cls(inner, **{k: v for k, v in config.items() if k in known})


def with_loss_scale(optimizer: Any) -> Any:
    """Returns an optimizer that scales the loss: itself, or one around it.

    Args:
        optimizer: An optimizer.

    Example:
        >>> with_loss_scale(keras.optimizers.SGD()).inner_optimizer
        <SGD name=sgd>
    """
    if isinstance(optimizer, LossScaleOptimizer):
        return optimizer
    return LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
