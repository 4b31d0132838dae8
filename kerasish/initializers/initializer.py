"""Initializers: functions of a shape and dtype that give a weight its first value."""

from typing import Any, Self

from kerasish.autodiff import Tensor
from kerasish.core.errors import ArgumentTypeError
from kerasish.core.registry import Serializable
from kerasish.random import SeedGenerator, make_default_seed

__all__ = ["Initializer", "RandomInitializer"]


class Initializer(Serializable):
    """The base class of initializers; subclasses override `__call__`.

    Example:
        >>> class Twos(Initializer):
        ...     def __call__(self, shape, dtype=None):
        ...         return keras.ops.full(shape, 2.0, dtype)
        >>> Twos()((2,)).tolist()
        [2.0, 2.0]
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns a tensor of a shape.

        Args:
            shape: Tuple of sizes.
            dtype: Dtype name, the default float if None.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not override `__call__`."
        )

    def clone(self) -> Self:
        """Returns an initializer with the same config."""
        return type(self).from_config(self.get_config())


class RandomInitializer(Initializer):
    """The base class of initializers that draw.

    One instance gives the same values for the same shape every time.

    Args:
        seed: Integer, `SeedGenerator`, or None for a seed made up now.

    Raises:
        ArgumentTypeError: If `seed` is none of these.
    """

    def __init__(self, seed: Any = None) -> None:
        self._given_seed = seed
        if seed is None:
            seed = make_default_seed()
        elif isinstance(seed, dict):
            seed = SeedGenerator.from_config(seed["config"])
        elif isinstance(seed, bool) or not isinstance(seed, int | SeedGenerator):
            raise ArgumentTypeError(
                "`seed` of an initializer must be an integer, a `SeedGenerator` or "
                f"None. Received: seed={seed!r}"
            )
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        seed = self._given_seed
        if isinstance(seed, SeedGenerator):
            seed = {
                "module": "keras.random",
                "class_name": "SeedGenerator",
                "config": seed.get_config(),
                "registered_name": None,
            }
        return {"seed": seed}
