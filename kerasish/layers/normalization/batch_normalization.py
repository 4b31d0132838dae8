"""BatchNormalization: mean 0 and variance 1 over the batch, per channel."""

import math
from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.autodiff import contained_gradient
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import InputSpec, Layer
from kerasish.layers.normalization.replicas import has_replicas, replica_sums

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
        renorm: Whether training corrects the batch's statistics by slow averages of
            them, so that it computes what inference will (batch renormalisation).
        renorm_clipping: Dict of the limits of the correction: `rmin` and `rmax` of its
            factor, 0 and infinity by default, and `dmax` of its shift, infinity.
        renorm_momentum: How much of those averages stays at each step, from 0 to 1.
        synchronized: Whether processes that each hold a part of a batch count as one in
            training (`keras.distribution`); in a single one it changes nothing.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If a number is out of range.

    Example:
        >>> BatchNormalization()(np.ones((4, 3))).shape
        (4, 3)

    Reference:
        Ioffe and Szegedy, 2015, arXiv:1502.03167; Ioffe, 2017, "Batch
        renormalization", arXiv:1702.03275, algorithm 1.
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
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, number in (
            ("momentum", momentum),
            ("renorm_momentum", renorm_momentum),
        ):
            if not 0 <= number <= 1:
                raise ArgumentError(
                    f"`{name}` of `BatchNormalization` must be from 0 to 1. "
                    f"Received: {name}={number}"
                )
        if not epsilon >= 0:
            raise ArgumentError(
                "`epsilon` of `BatchNormalization` must not be negative. "
                f"Received: epsilon={epsilon}"
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
        self.renorm = bool(renorm)
        self.renorm_clipping = renorm_clipping
        self.renorm_momentum = renorm_momentum
        self._limits = _limits(renorm_clipping)
        self.synchronized = bool(synchronized)

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
        self.moving_mean = self._average(
            shape, self.moving_mean_initializer, "moving_mean"
        )
        self.moving_variance = self._average(
            shape, self.moving_variance_initializer, "moving_variance"
        )
        if self.renorm:
            self.moving_stddev = self._average(shape, self._deviation, "moving_stddev")
            self.renorm_mean = self._average(
                shape, self.moving_mean_initializer, "renorm_mean"
            )
            self.renorm_stddev = self._average(shape, self._deviation, "renorm_stddev")
        self.input_spec = InputSpec(ndim=ndim, axes={self.axis: shape[0]})

    def _average(self, shape: Any, initializer: Any, name: str) -> Any:
        return self.add_weight(
            shape, initializer, trainable=False, autocast=False, name=name
        )

    def _deviation(self, shape: Any, dtype: Any = None) -> Any:
        """Returns the root of the first variance."""
        return ops.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Normalises the inputs."""
        ndim = len(inputs.shape)
        axis = self.axis % ndim
        others = tuple(i for i in range(ndim) if i != axis)
        dtype = self.compute_dtype
        half = dtype in ("float16", "bfloat16")
        x = ops.cast(inputs, "float32" if half else dtype)
        correction = None
        if training and self.trainable:
            together = self.synchronized and has_replicas()
            mean, variance = _moments(x, others, _checked(mask, ndim), together)
            correction = self._learn(mean, variance)
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
            mean, variance = ops.cast(mean, x.dtype), ops.cast(variance, x.dtype)
        shape = [1] * ndim
        shape[axis] = -1
        factor = ops.rsqrt(ops.add(variance, self.epsilon))
        shift = ops.negative(ops.multiply(mean, factor))
        if correction is not None:
            factor = ops.multiply(factor, correction[0])
            shift = ops.add(ops.multiply(shift, correction[0]), correction[1])
        if self.gamma is not None:
            gamma = ops.cast(self.gamma, x.dtype)
            factor, shift = ops.multiply(factor, gamma), ops.multiply(shift, gamma)
        if self.beta is not None:
            shift = ops.add(shift, ops.cast(self.beta, x.dtype))
        factor, shift = (ops.reshape(row, tuple(shape)) for row in (factor, shift))
        return ops.cast(_scaled(x, factor, shift, axes=others), dtype)

    def _learn(self, mean: Any, variance: Any) -> tuple[Any, Any] | None:
        """Moves the averages; returns factor and shift of the correction, if any."""
        mean, variance = ops.stop_gradient(mean), ops.stop_gradient(variance)
        keep = self.momentum
        _move(self.moving_mean, mean, keep)
        if not self.renorm:
            _move(self.moving_variance, variance, keep)
            return None
        deviation = ops.sqrt(ops.add(variance, self.epsilon))
        low, high, most = self._limits
        slow = ops.cast(self.renorm_stddev.value, deviation.dtype)
        away = ops.subtract(mean, ops.cast(self.renorm_mean.value, mean.dtype))
        factor = ops.clip(ops.divide(deviation, slow), low, high)
        shift = ops.clip(ops.divide(away, slow), -most, most)
        _move(self.renorm_mean, mean, self.renorm_momentum)
        _move(self.renorm_stddev, deviation, self.renorm_momentum)
        _move(self.moving_stddev, deviation, keep)
        square = ops.square(self.moving_stddev.value)
        self.moving_variance.assign(ops.subtract(square, self.epsilon))
        return factor, shift

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
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
            "synchronized": self.synchronized,
        }


def _move(average: Any, value: Any, keep: float) -> None:
    average.assign(average.value * keep + value * (1.0 - keep))


def _limits(clipping: dict[str, float] | None) -> tuple[float, float, float]:
    """Returns rmin, rmax and dmax."""
    given = {"rmin": 0.0, "rmax": math.inf, "dmax": math.inf}
    for name in clipping or {}:
        if name not in given:
            raise ArgumentError(
                "`renorm_clipping` of `BatchNormalization` takes 'rmin', 'rmax' and "
                f"'dmax'. Received: {name!r}"
            )
    given.update(clipping or {})
    low, high, most = given.values()
    if not 0 <= low < high or not most >= 0:
        raise ArgumentError(
            "`renorm_clipping` of `BatchNormalization` must have rmin from 0 to below "
            f"rmax, and dmax not negative. Received: renorm_clipping={clipping}"
        )
    return low, high, most


def _checked(mask: Any, ndim: int) -> Any:
    """Returns a mask, which has all axes of the inputs but the last, or None."""
    if mask is not None and len(mask.shape) != ndim - 1:
        raise ShapeError(
            "The mask of `BatchNormalization` must have one axis less than the inputs. "
            f"Received: mask.shape={tuple(mask.shape)}, inputs of {ndim} axes"
        )
    return mask


@contained_gradient
def _scaled(x: Any, factor: Any, shift: Any, axes: tuple[int, ...]) -> Any:
    """Computes `x factor + shift`; a tape need not keep the product."""

    def grad(g: Any) -> Any:
        over = {"axis": axes, "keepdims": True}
        slope = ops.sum(ops.multiply(g, x), **over)
        return ops.multiply(g, factor), slope, ops.sum(g, **over)

    return ops.add(ops.multiply(x, factor), shift), grad


@contained_gradient
def _mean_and_variance(x: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """Computes the mean and variance in one pass over `x`, and their gradient.

    Both are taken of what `x` is away from the mean of its first row, which lies near
    enough to lose few digits. Deviations from a mean add up to zero, so none of the
    variance's gradient goes through the mean: that saves two more passes.
    """
    near = ops.mean(x[:1] if 0 in axes else x, axis=axes, keepdims=True)
    away = ops.subtract(x, near)
    shift = ops.mean(away, axis=axes, keepdims=True)
    squares = ops.mean(ops.square(away), axis=axes, keepdims=True)
    mean = ops.add(near, shift)
    variance = ops.maximum(ops.subtract(squares, ops.square(shift)), 0.0)

    def grad(g_mean: Any, g_variance: Any) -> Any:
        share = 1.0 / max(math.prod(x.shape[axis] for axis in axes), 1)
        first, second = (ops.reshape(g, mean.shape) for g in (g_mean, g_variance))
        slope = ops.multiply(second, 2.0 * share)
        # As factor and shift of `x`, so that it is read once.
        rest = ops.subtract(ops.multiply(first, share), ops.multiply(mean, slope))
        return ops.add(ops.multiply(x, slope), rest)

    return (ops.squeeze(mean, axes), ops.squeeze(variance, axes)), grad


def _moments(
    x: Any, axes: tuple[int, ...], mask: Any, together: bool
) -> tuple[Any, Any]:
    """Returns mean and variance over axes, and over all replicas if `together`."""
    if mask is None and not together:
        return _mean_and_variance(x, axes=axes)  # type: ignore[no-any-return]
    weight = ops.ones((1,) * len(x.shape), x.dtype)
    if mask is not None:
        weight = ops.expand_dims(ops.cast(mask, x.dtype), -1)
    weight = ops.broadcast_to(weight, x.shape)

    def added(*tensors: Any) -> Any:
        sums = tuple(ops.sum(t, axis=axes, keepdims=True) for t in tensors)
        return replica_sums(sums) if together else sums

    count, mean = added(weight, ops.multiply(x, weight))
    count = ops.maximum(count, 1e-7)
    mean = ops.divide(mean, count)
    # Deviations from the mean of all replicas, not sums of squares: these would lose
    # the variance of data far from zero.
    away = ops.square(ops.subtract(x, mean))
    (variance,) = added(ops.multiply(away, weight))
    return ops.squeeze(mean, axes), ops.squeeze(ops.divide(variance, count), axes)
