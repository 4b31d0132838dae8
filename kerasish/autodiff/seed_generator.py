"""Seeds: where random operations take their keys from.

A key is two words, `[seed, count]`: the seed that the user gave and the number of
draws made with it so far. The bits of a draw depend on its key alone, so a run can be
repeated, and resumed, from the generator's one variable.
"""

import random as python_random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.tensor import Tensor
from kerasish.autodiff.variable import Variable
from kerasish.backends.communication import current as current_group
from kerasish.backends.communication import share
from kerasish.core.errors import ArgumentError
from kerasish.core.naming import auto_name
from kerasish.core.registry import Serializable
from kerasish.core.revision import revise, settings

__all__ = [
    "SeedGenerator",
    "draw_key",
    "forget_global_seed",
    "global_seed_generator",
    "make_default_seed",
    "seed_scope",
    "set_random_seed",
]

GOLDEN = 0x9E3779B9  # 2^32 over the golden ratio: multiples of it lie far apart

_scope: ContextVar["python_random.Random | None"] = ContextVar("seeds", default=None)
_global: list["SeedGenerator"] = []


class SeedGenerator(Serializable):
    """Gives a new key for every draw.

    Args:
        seed: A non-negative integer, or None for one that `set_random_seed` governs.
        name: A name, made up if None.

    Raises:
        ArgumentError: If `seed` is not a non-negative integer.

    Example:
        >>> generator = SeedGenerator(7)
        >>> generator.next().tolist(), generator.next().tolist()
        ([7, 0], [7, 1])
    """

    _public_module = "keras.random"

    def __init__(
        self, seed: int | None = None, name: str | None = None, **kwargs: Any
    ) -> None:
        if kwargs:
            raise ArgumentError(f"`SeedGenerator` has no arguments {sorted(kwargs)}.")
        self.name = name or auto_name("seed_generator")
        seed = make_default_seed() if seed is None else seed
        self.seed = _checked_seed(seed)
        self.state = Variable(
            lambda shape, dtype: as_tensor([self.seed, 0], dtype),
            shape=(2,),
            dtype="uint32",
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
            name="seed_generator_state",
        )

    def next(self, ordered: bool = True) -> Tensor:
        """Returns the key of the next draw, two words, and counts it.

        Args:
            ordered: Accepted as Keras does; draws are always ordered.
        """
        key = self.state.value
        self.state.assign(_counted(key))
        return _own(key)

    def get_config(self) -> dict[str, Any]:
        """Returns the seed; the count is in `state`."""
        return {"seed": self.seed}


def make_default_seed() -> int:
    """Returns a seed for whoever was given none.

    Example:
        >>> set_random_seed(1)
        >>> a = make_default_seed()
        >>> set_random_seed(1)
        >>> a == make_default_seed()
        True
    """
    source = _scope.get() or python_random
    return source.randint(1, 10**9)


@contextmanager
def seed_scope(seed: int) -> Iterator[None]:
    """Makes everything seeded by default inside the block repeatable.

    No global seed is touched, so estimators with a `random_state` can use it.

    Args:
        seed: A non-negative integer.

    Example:
        >>> with seed_scope(3):
        ...     a = make_default_seed()
        >>> with seed_scope(3):
        ...     a == make_default_seed()
        True
    """
    token = _scope.set(python_random.Random(_checked_seed(seed)))
    held, _global[:] = list(_global), []
    try:
        yield
    finally:
        _global[:] = held
        _scope.reset(token)


def set_random_seed(seed: int) -> None:
    """Seeds Python, NumPy and kerasish, so that a script gives the same numbers again.

    Args:
        seed: A non-negative integer below 2^32.

    Raises:
        ArgumentError: If `seed` is not one.
    """
    import numpy as np

    seed = _checked_seed(seed)
    if seed >= 2**32:
        raise ArgumentError(f"`seed` must be below 2**32. Received: seed={seed}")
    python_random.seed(seed)
    np.random.seed(seed)
    _global[:] = [SeedGenerator(seed)]
    revise()


def global_seed_generator() -> SeedGenerator:
    """Returns the generator of draws that were given no seed."""
    if not _global:
        _global.append(SeedGenerator())
        revise()
    return _global[0]


def forget_global_seed() -> None:
    """Lets the next draw without a seed make a new global generator."""
    _global.clear()
    revise()


def draw_key(seed: Any) -> Tensor:
    """Returns the key of one draw.

    Args:
        seed: An integer (the same numbers at every call), a `SeedGenerator`, or None
            for the global generator.

    Raises:
        ArgumentError: If `seed` is none of these.
    """
    if seed is None:
        return global_seed_generator().next()
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, Tensor | Variable):
        return as_tensor(seed, "uint32")
    return as_tensor([_checked_seed(seed) % 2**32, 0], "uint32")


# A recording keeps the state that it drew from, so that no other gets its address.
settings.append(lambda: id(_global[0].state) if _global else 0)


def _own(key: Tensor) -> Tensor:
    """Returns a key that no other process uses for its part of the same batch."""
    group = current_group()
    if group is None or share() is None or not group.rank:
        return key
    word = group.rank * GOLDEN % 2**32
    return key + as_tensor([word, 0], "uint32")  # type: ignore[operator,no-any-return]


def _counted(key: Tensor) -> Any:
    return key + as_tensor([0, 1], "uint32")  # type: ignore[operator]


def _checked_seed(seed: Any) -> int:
    try:
        number = seed.__index__()
    except AttributeError:
        number = -1
    if isinstance(seed, bool) or number < 0:
        raise ArgumentError(
            "`seed` must be a non-negative integer, a `SeedGenerator` or None. "
            f"Received: seed={seed!r}"
        )
    return int(number)
