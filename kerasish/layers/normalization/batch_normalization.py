"""BatchNormalization: mean 0 and variance 1 over the batch, per channel."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError
from kerasish.layers.base import InputSpec, Layer

__all__ = ["BatchNormalization"]


class BatchNormalization(Layer):
    """Scales and shifts each channel by its mean and variance over the batch.

    Training uses the batch's own, and keeps running averages of them; inference uses
    these, and so does a layer whose `trainable` is False.

    Args:
        axis: The axis of channels.
        momentum: How much of the running averages stays at each step, from 0 to 1.
        epsilon: Added to the variance, not negative.
        center: Whether a trained shift (beta) is added.
        scale: Whether there is a trained factor (gamma).
        beta_initializer: First values of beta.
        gamma_initializer: First values of gamma.
        moving_mean_initializer: First values of the running mean.
        moving_variance_initializer: First values of the running variance.
        beta_regularizer: Penalty on beta.
        gamma_regularizer: Penalty on gamma.
        beta_constraint: What beta is projected onto.
        gamma_constraint: What gamma is projected onto.
        synchronized: Must be False: there is one device.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> BatchNormalization()(np.ones((4, 3))).shape
        (4, 3)

    Reference:
        Ioffe and Szegedy, 2015, arXiv:1502.03167.
    """

    supports_masking = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        for name in ("renorm", "renorm_clipping", "renorm_momentum"):
            if kwargs.pop(name, None) and name == "renorm":
                raise ArgumentError("`BatchNormalization` has no `renorm`.")
        super().__init__(**kwargs)
        if not 0 <= momentum <= 1:
            raise ArgumentError(
                f"`momentum` of `BatchNormalization` must be from 0 to 1. "
                f"Received: momentum={momentum}"
            )
        if not epsilon >= 0:
            raise ArgumentError(
                "`epsilon` of `BatchNormalization` must not be negative. "
                f"Received: epsilon={epsilon}"
            )
        if synchronized:
            raise ArgumentError(
                "`synchronized=True` needs several devices; there is one."
            )
        self.axis = int(axis)
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.synchronized = synchronized

    def build(self, input_shape: Any) -> None:
        """Makes gamma, beta and the running averages, one number a channel."""
        ndim = len(input_shape)
        if not -ndim <= self.axis < ndim:
            raise ArgumentError(
                f"`axis` of `BatchNormalization` must be an axis of the inputs. "
                f"Received: axis={self.axis}, input_shape={tuple(input_shape)}"
            )
        shape = (input_shape[self.axis],)
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
                name="beta",
            )
        self.moving_mean = self.add_weight(
            shape,
            self.moving_mean_initializer,
            trainable=False,
            autocast=False,
            name="moving_mean",
        )
        self.moving_variance = self.add_weight(
            shape,
            self.moving_variance_initializer,
            trainable=False,
            autocast=False,
            name="moving_variance",
        )
        self.input_spec = InputSpec(ndim=ndim, axes={self.axis: shape[0]})

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Normalises the inputs."""
        ndim = len(inputs.shape)
        axis = self.axis % ndim
        others = tuple(i for i in range(ndim) if i != axis)
        dtype = self.compute_dtype
        x = inputs
        if dtype in ("float16", "bfloat16"):
            x = ops.cast(x, "float32")
        if training and self.trainable:
            mean, variance = _moments(x, others, mask)
            keep = self.momentum
            self.moving_mean.assign(
                self.moving_mean.value * keep + ops.stop_gradient(mean) * (1.0 - keep)  # type: ignore[operator]
            )
            self.moving_variance.assign(
                self.moving_variance.value * keep  # type: ignore[operator]
                + ops.stop_gradient(variance) * (1.0 - keep)
            )
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
            mean, variance = ops.cast(mean, x.dtype), ops.cast(variance, x.dtype)
        shape = [1] * ndim
        shape[axis] = -1
        factor = ops.rsqrt(ops.add(variance, self.epsilon))
        if self.gamma is not None:
            factor = ops.multiply(factor, ops.cast(self.gamma, x.dtype))
        shift = ops.negative(ops.multiply(mean, factor))
        if self.beta is not None:
            shift = ops.add(shift, ops.cast(self.beta, x.dtype))
        wide = tuple(shape)
        y = ops.multiply(x, ops.reshape(factor, wide))
        return ops.cast(ops.add(y, ops.reshape(shift, wide)), dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        made = initializers.serialize
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": made(self.beta_initializer),
            "gamma_initializer": made(self.gamma_initializer),
            "moving_mean_initializer": made(self.moving_mean_initializer),
            "moving_variance_initializer": made(self.moving_variance_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
            "synchronized": self.synchronized,
        }


def _moments(x: Any, axes: tuple[int, ...], mask: Any) -> tuple[Any, Any]:
    if mask is None:
        mean = ops.mean(x, axis=axes, keepdims=True)
        variance = ops.mean(ops.square(ops.subtract(x, mean)), axis=axes)
        return ops.squeeze(mean, axes), variance
    weight = ops.cast(mask, x.dtype)
    while len(weight.shape) < len(x.shape):
        weight = ops.expand_dims(weight, -1)
    weight = ops.broadcast_to(weight, x.shape)
    total = ops.maximum(ops.sum(weight, axis=axes, keepdims=True), 1e-7)
    mean = ops.divide(ops.sum(ops.multiply(x, weight), axis=axes, keepdims=True), total)
    away = ops.square(ops.subtract(x, mean))
    variance = ops.divide(
        ops.sum(ops.multiply(away, weight), axis=axes, keepdims=True), total
    )
    return ops.squeeze(mean, axes), ops.squeeze(variance, axes)
