"""Names of the optimizers of Keras 2, which Keras 3 has no more."""

from typing import Any

__all__ = ["SGD", "Adagrad", "Adam", "Ftrl", "LegacyOptimizer", "Optimizer", "RMSprop"]


class LegacyOptimizer:
    """Refuses to be made.

    Args:
        *args: Anything.
        **kwargs: Anything.

    Raises:
        ImportError: Always, as in Keras 3.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ImportError(
            "`optimizers.legacy` holds the optimizers of Keras 2, which Keras 3 does "
            "not have. Use the one of the same name in `optimizers`."
        )


SGD = Adagrad = Adam = Ftrl = Optimizer = RMSprop = LegacyOptimizer
