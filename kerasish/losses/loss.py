"""Loss: the base class of losses, and how their values are reduced to one number."""

from collections.abc import Callable
from typing import Any

from kerasish import ops
from kerasish.autodiff import Tensor
from kerasish.core import config, dtype_policies, tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.core.naming import auto_name
from kerasish.core.registry import Serializable, serialize_keras_object
from kerasish.distribution.losses import divisor, factor

__all__ = ["Loss", "LossFunctionWrapper", "squeezed"]

REDUCTIONS = (
    None,
    "none",
    "sum",
    "sum_over_batch_size",
    "mean",
    "mean_with_sample_weight",
)


class Loss(Serializable):
    """The base class of losses; subclasses override `call(y_true, y_pred)`.

    Args:
        name: A name, made up if None.
        reduction: How the values of samples become one: "sum_over_batch_size" (or
            "mean": their sum, weighted, over their number), "mean_with_sample_weight"
            (over the sum of weights), "sum", "none" or None.
        dtype: A dtype name or policy for the computation, `config.floatx()` by
            default.

    Raises:
        ArgumentError: If `reduction` is none of these.

    Example:
        >>> class Cubed(Loss):
        ...     def call(self, y_true, y_pred):
        ...         return keras.ops.mean(abs(y_true - y_pred) ** 3, axis=-1)
        >>> float(Cubed()([[0.0], [0.0]], [[1.0], [3.0]]))
        14.0
    """

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        self.name = name or auto_name(type(self).__name__)
        if reduction not in REDUCTIONS:
            raise ArgumentError(
                f"`reduction` of a loss must be one of {REDUCTIONS}. "
                f"Received: reduction={reduction!r}"
            )
        self.reduction = reduction
        # Not the policy of layers: a loss of half precision would overflow.
        self.dtype_policy = dtype_policies.get(dtype or config.floatx())

    @property
    def dtype(self) -> str:
        """The dtype of the computation."""
        return self.dtype_policy.compute_dtype

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of every sample; subclasses override it.

        Args:
            y_true: Targets.
            y_pred: Predictions.
        """
        raise NotImplementedError(f"{type(self).__name__} does not override `call`.")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns the loss of a batch, reduced."""
        in_mask = getattr(y_pred, "_keras_mask", None)
        y_pred = _structure(y_pred, self.dtype)
        y_true = _structure(y_true, self.dtype)
        values = self.call(y_true, y_pred)
        if not isinstance(values, Tensor | int | float) and not hasattr(
            values, "__array__"
        ):
            raise ArgumentTypeError(
                f"The loss {self.name!r} must return a tensor, with a value for each "
                f"sample. Received: {values!r:.80} of type {type(values).__name__}"
            )
        mask = getattr(values, "_keras_mask", None)
        mask = in_mask if mask is None else mask
        return _reduced(values, sample_weight, mask, self.reduction, self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"name": self.name, "reduction": self.reduction}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class LossFunctionWrapper(Loss):
    """A loss made of a function `(y_true, y_pred, **kwargs)`.

    Args:
        fn: The function.
        reduction: As for `Loss`.
        name: A name, the function's if None.
        dtype: A dtype name or policy for the computation.
        **kwargs: Further arguments of the function.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        name = name or getattr(fn, "__name__", None)
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the function's values."""
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            y_true, y_pred = squeezed(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "fn": serialize_keras_object(self.fn),
            **{k: serialize_keras_object(v) for k, v in self._fn_kwargs.items()},
        }


def squeezed(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Gives two tensors the same axes where only a last one of size 1 differs.

    A tensor of one axis gets it; of others it is taken away.

    Args:
        y_true: Tensor.
        y_pred: Tensor.

    Example:
        >>> a, b = squeezed(np.ones((4, 1)), np.ones(4))
        >>> a.shape, b.shape
        ((4, 1), (4, 1))
    """
    true_ndim, pred_ndim = len(y_true.shape), len(y_pred.shape)
    if true_ndim == pred_ndim + 1 and y_true.shape[-1] == 1:
        if pred_ndim == 1:
            return y_true, ops.expand_dims(y_pred, -1)
        return ops.squeeze(y_true, -1), y_pred
    if pred_ndim == true_ndim + 1 and y_pred.shape[-1] == 1:
        if true_ndim == 1:
            return ops.expand_dims(y_true, -1), y_pred
        return y_true, ops.squeeze(y_pred, -1)
    return y_true, y_pred


def _structure(y: Any, dtype: str) -> Any:
    if isinstance(y, Tensor) or not isinstance(y, list | tuple | dict):
        return _as(y, dtype)
    if all(isinstance(x, int | float) for x in tree.flatten(y)):
        return _as(y, dtype)  # nested lists of numbers are one array
    return tree.map_structure(lambda x: _as(x, dtype), y)


def _as(x: Any, dtype: str) -> Any:
    x = ops.convert_to_tensor(x)
    kind = x.dtype
    if kind == dtype or kind in ("int64", "uint64", "uint32"):
        return x  # labels keep the digits that a float has not
    return ops.cast(x, dtype)


def _reduced(
    values: Any, sample_weight: Any, mask: Any, reduction: str | None, dtype: str
) -> Any:
    values = ops.cast(values, dtype)
    weights = _weights(values, sample_weight, mask, dtype)
    if weights is not None:
        values = ops.multiply(values, weights)
    if reduction in (None, "none"):
        return values
    total = ops.sum(values)
    if not values.shape:
        return total
    if reduction == "sum":
        times = factor()  # where other processes have more rows of the batch
        return total if times == 1.0 else ops.multiply(total, times)
    if reduction == "mean_with_sample_weight" and weights is not None:
        counted = ops.sum(ops.broadcast_to(weights, values.shape))
        return ops.divide_no_nan(total, divisor(counted))
    if mask is not None:
        counted = ops.sum(ops.broadcast_to(_fitted(mask, values, dtype), values.shape))
        return ops.divide_no_nan(total, divisor(counted))
    return ops.divide(total, float(max(values.size, 1)))


def _weights(values: Any, sample_weight: Any, mask: Any, dtype: str) -> Any:
    weights = None
    if sample_weight is not None:
        weights = _fitted(sample_weight, values, dtype)
    if mask is not None:
        flags = _fitted(mask, values, dtype)
        weights = flags if weights is None else ops.multiply(weights, flags)
    return weights


def _fitted(weight: Any, values: Any, dtype: str) -> Any:
    """Returns weights with axes of size 1 so that they broadcast over the values."""
    weight = ops.cast(weight, dtype)
    while len(weight.shape) > len(values.shape) and weight.shape[-1] == 1:
        weight = ops.squeeze(weight, -1)
    while 0 < len(weight.shape) < len(values.shape):
        weight = ops.expand_dims(weight, -1)
    fits = len(weight.shape) <= len(values.shape) and all(
        a in (1, b) for a, b in zip(weight.shape, values.shape, strict=False)
    )
    if not fits:
        raise ShapeError(
            f"`sample_weight` must have the shape {tuple(values.shape)} of the losses, "
            f"or its first axes. Received: {tuple(weight.shape)}"
        )
    return weight
