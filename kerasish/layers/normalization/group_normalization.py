"""GroupNormalization: mean 0 and variance 1 within groups of a sample's channels."""

from typing import Any

from kerasish import constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.layers.base import InputSpec, Layer

__all__ = ["GroupNormalization"]


class GroupNormalization(Layer):
    """Scales and shifts each group of channels of a sample by its mean and variance.

    One group is nearly `LayerNormalization` over all axes of a sample; as many groups
    as channels are instance normalisation.

    Args:
        groups: How many, a divisor of the number of channels; -1 for one a channel.
        axis: The axis of channels, not that of the batch.
        epsilon: Added to the variance, not negative.
        center: Whether a trained shift (beta) is added.
        scale: Whether there is a trained factor (gamma).
        beta_initializer: First values of beta.
        gamma_initializer: First values of gamma.
        beta_regularizer: Penalty on beta.
        gamma_regularizer: Penalty on gamma.
        beta_constraint: What beta is projected onto.
        gamma_constraint: What gamma is projected onto.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentTypeError: If `groups` or `axis` is no integer.
        ArgumentError: If a number is out of range.

    Example:
        >>> x = np.array([[1.0, 3.0, 20.0, 40.0]])
        >>> GroupNormalization(2, epsilon=0.0)(x).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]

    Reference:
        Wu and He, 2018, "Group normalization", arXiv:1803.08494.
    """

    supports_masking = True

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
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
        super().__init__(**kwargs)
        for name, number in (("groups", groups), ("axis", axis)):
            if not hasattr(number, "__index__") or isinstance(number, bool):
                raise ArgumentTypeError(
                    f"`{name}` of `GroupNormalization` must be an integer. "
                    f"Received: {name}={number!r}"
                )
        if groups < 1 and groups != -1:
            raise ArgumentError(
                "`groups` of `GroupNormalization` must be a positive integer, or -1 "
                f"for one group a channel. Received: groups={groups}"
            )
        if not epsilon >= 0:
            raise ArgumentError(
                "`epsilon` of `GroupNormalization` must not be negative. "
                f"Received: epsilon={epsilon}"
            )
        self.groups = int(groups)
        self.axis = int(axis)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Any) -> None:
        """Makes gamma and beta, one number a channel."""
        channels = self._channels(input_shape)
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ArgumentError(
                f"`groups` of `GroupNormalization` must divide the {channels} channels "
                f"of its inputs. Received: groups={self.groups}, "
                f"input_shape={tuple(input_shape)}"
            )
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                (channels,),
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                (channels,),
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
                name="beta",
            )
        axes = {self.axis: channels}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def _channels(self, shape: Any) -> int:
        """Returns the number of channels that a shape has."""
        ndim = len(shape)
        if not -ndim <= self.axis < ndim or self.axis % ndim == 0:
            raise ArgumentError(
                "`axis` of `GroupNormalization` must be an axis of the inputs, and not "
                f"that of the batch. Received: axis={self.axis}, "
                f"input_shape={tuple(shape)}"
            )
        if shape[self.axis] is None:
            raise ShapeError(
                f"Axis {self.axis} of the inputs of `GroupNormalization` must have a "
                f"known size. Received: input_shape={tuple(shape)}"
            )
        return int(shape[self.axis])

    def call(self, inputs: Any) -> Any:
        """Normalises the inputs."""
        dtype = self.compute_dtype
        half = dtype in ("float16", "bfloat16")
        x = ops.cast(inputs, "float32" if half else dtype)
        shape = x.shape
        axis = self.axis % len(shape)
        part = (self.groups, shape[axis] // self.groups)
        x = ops.reshape(x, (*shape[:axis], *part, *shape[axis + 1 :]))
        others = tuple(i for i in range(1, len(x.shape)) if i != axis)
        away = ops.subtract(x, ops.mean(x, axis=others, keepdims=True))
        variance = ops.mean(ops.square(away), axis=others, keepdims=True)
        factor = ops.rsqrt(ops.add(variance, self.epsilon))
        # Factors of channels join those of samples first: one product for all of x.
        wide = (*part, *[1] * (len(shape) - axis - 1))
        if self.gamma is not None:
            gamma = ops.reshape(ops.cast(self.gamma, x.dtype), wide)
            factor = ops.multiply(factor, gamma)
        y = ops.multiply(away, factor)
        if self.beta is not None:
            y = ops.add(y, ops.reshape(ops.cast(self.beta, x.dtype), wide))
        return ops.cast(ops.reshape(y, shape), dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the inputs' shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "groups": self.groups,
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }
