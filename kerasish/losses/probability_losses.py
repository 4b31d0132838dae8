"""Cross-entropies, focal losses and overlaps as objects."""

from typing import Any

from kerasish.losses import probability_functions as functions
from kerasish.losses.regression_losses import FixedLoss

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "Circle",
    "Dice",
    "SparseCategoricalCrossentropy",
    "Tversky",
]


class BinaryCrossentropy(FixedLoss):
    """The binary cross-entropy.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1: how far targets are moved towards equal ones.
        axis: The axis of classes or features.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        functions.check_smoothing(label_smoothing)
        super().__init__(
            functions.binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


class CategoricalCrossentropy(FixedLoss):
    """The cross-entropy of one-hot targets.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1: how far targets are moved towards equal ones.
        axis: The axis of classes or features.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        functions.check_smoothing(label_smoothing)
        super().__init__(
            functions.categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


class SparseCategoricalCrossentropy(FixedLoss):
    """The cross-entropy of integer targets.

    Args:
        from_logits: Whether predictions are logits.
        ignore_class: A target that does not count.
        reduction: As for `Loss`.
        axis: The axis of classes or features.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            functions.sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis


class BinaryFocalCrossentropy(FixedLoss):
    """The binary cross-entropy that plays easy samples down.

    Args:
        apply_class_balancing: Whether classes are weighted by `alpha`, `1 - alpha`.
        alpha: Weight of class 1, or of each class.
        gamma: How much easy samples are played down, not negative.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1: how far targets are moved towards equal ones.
        axis: The axis of classes or features.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        functions.check_smoothing(label_smoothing)
        functions.check_gamma(gamma)
        super().__init__(
            functions.binary_focal_crossentropy,
            reduction,
            name,
            dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.apply_class_balancing = apply_class_balancing
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


class CategoricalFocalCrossentropy(FixedLoss):
    """The cross-entropy that plays easy samples down.

    Args:
        alpha: Weight of class 1, or of each class.
        gamma: How much easy samples are played down, not negative.
        from_logits: Whether predictions are logits.
        label_smoothing: From 0 to 1: how far targets are moved towards equal ones.
        axis: The axis of classes or features.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        functions.check_smoothing(label_smoothing)
        functions.check_gamma(gamma)
        super().__init__(
            functions.categorical_focal_crossentropy,
            reduction,
            name,
            dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


class CategoricalGeneralizedCrossEntropy(FixedLoss):
    """The cross-entropy that noisy labels harm less.

    Args:
        q: Exponent, above 0 and at most 1.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        functions.check_q(q)
        super().__init__(
            functions.categorical_generalized_cross_entropy,
            reduction,
            name,
            dtype,
            q=q,
        )
        self.q = q


class Dice(FixedLoss):
    """The 1 minus the Dice coefficient.

    Args:
        reduction: As for `Loss`.
        name: The name in logs.
        axis: Axes over which sets are taken, all by default.
        dtype: A dtype name or policy for the computation.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            functions.dice,
            reduction,
            name,
            dtype,
            axis=axis,
        )
        self.axis = axis


class Tversky(FixedLoss):
    """The 1 minus the Tversky index.

    Args:
        alpha: Weight of false positives.
        beta: Weight of false negatives.
        reduction: As for `Loss`.
        name: The name in logs.
        axis: Axes over which sets are taken, all by default.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        functions.check_not_negative("Tversky", alpha=alpha, beta=beta)
        super().__init__(
            functions.tversky,
            reduction,
            name,
            dtype,
            alpha=alpha,
            beta=beta,
            axis=axis,
        )
        self.alpha = alpha
        self.beta = beta
        self.axis = axis


class Circle(FixedLoss):
    """The circle loss of embeddings.

    Args:
        gamma: Scale, positive.
        margin: Relaxation, from 0 to 1.
        remove_diagonal: Whether a sample is not compared with itself.
        reduction: As for `Loss`.
        name: The name in logs.
        dtype: A dtype name or policy for the computation.

    Raises:
        ArgumentError: If an argument is out of range.
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None:
        functions.check_not_negative("Circle", gamma=gamma, margin=margin)
        super().__init__(
            functions.circle,
            reduction,
            name,
            dtype,
            gamma=gamma,
            margin=margin,
            remove_diagonal=remove_diagonal,
        )
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal
