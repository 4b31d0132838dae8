"""LayerNormalization: mean 0 and variance 1 within every sample."""

import warnings
from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError, ArgumentTypeError, KerasishWarning
from kerasish.layers.base import Layer
from kerasish.ops.specs import canonical_axes

__all__ = ["LayerNormalization"]


class LayerNormalization(Layer):
    """Scales and shifts each sample by its mean and variance over axes.

    Args:
        axis: Axis or axes, not that of the batch.
        epsilon: Added to the variance, not negative.
        center: Whether a trained shift (beta) is added.
        scale: Whether there is a trained factor (gamma).
        beta_initializer: First values of beta.
        gamma_initializer: First values of gamma.
        beta_regularizer: Penalty on beta.
        gamma_regularizer: Penalty on gamma.
        beta_constraint: What beta is projected onto.
        gamma_constraint: What gamma is projected onto.
        **kwargs: Arguments of `Layer`, and `rms_scaling=True`, which divides by the
            deviation alone, without taking off the mean or adding beta; it is kept for
            old models.

    Raises:
        ArgumentError: If `epsilon` is negative.

    Example:
        >>> LayerNormalization()(np.array([[1.0, 3.0]])).numpy().round(2).tolist()
        [[-1.0, 1.0]]

    Reference:
        Ba et al., 2016, arXiv:1607.06450.
    """

    supports_masking = True

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        rms_scaling = bool(kwargs.pop("rms_scaling", False))
        if rms_scaling:
            warnings.warn(
                "`rms_scaling=True` of `LayerNormalization` divides by the deviation "
                "from the mean, not by the root mean square; use `RMSNormalization`.",
                KerasishWarning,
                stacklevel=2,
            )
        super().__init__(**kwargs)
        if not isinstance(axis, int | list | tuple):
            raise ArgumentTypeError(
                f"`axis` must be an integer or a list of them. Received: axis={axis!r}"
            )
        if not epsilon >= 0:
            raise ArgumentError(
                "`epsilon` of `LayerNormalization` must not be negative. "
                f"Received: epsilon={epsilon}"
            )
        self.axis = list(axis) if isinstance(axis, list | tuple) else axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.rms_scaling = rms_scaling
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Any) -> None:
        """Makes gamma and beta of the sizes of the axes."""
        axes = canonical_axes(self.axis, len(input_shape))
        shape = tuple(input_shape[a] for a in axes)
        self.gamma = self.beta = None
        if self.scale or self.rms_scaling:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
                name="gamma",
            )
        if self.center and not self.rms_scaling:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
                name="beta",
            )

    def call(self, inputs: Any) -> Any:
        """Normalises the inputs."""
        ndim = len(inputs.shape)
        axes = canonical_axes(self.axis, ndim)
        dtype = inputs.dtype
        x = ops.cast(inputs, "float32") if dtype in ("float16", "bfloat16") else inputs
        away = ops.subtract(x, ops.mean(x, axis=axes, keepdims=True))
        variance = ops.mean(ops.square(away), axis=axes, keepdims=True)
        factor = ops.rsqrt(ops.add(variance, self.epsilon))
        y = ops.multiply(x if self.rms_scaling else away, factor)
        shape = tuple(inputs.shape[i] if i in axes else 1 for i in range(ndim))
        if self.gamma is not None:
            y = ops.multiply(y, ops.reshape(ops.cast(self.gamma, x.dtype), shape))
        if self.beta is not None:
            y = ops.add(y, ops.reshape(ops.cast(self.beta, x.dtype), shape))
        return ops.cast(y, dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "rms_scaling": self.rms_scaling,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }
