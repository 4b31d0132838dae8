"""Sample calls of operations, from which `test_properties.py` tests every one of them.

A module `tests/kerasish/ops/samples/<name>.py` for each module `kerasish/ops/<name>.py`
holds a list `SAMPLES`, one row or more for each operation:

    SAMPLES = [
        sample("tanh", floats(2, 3), reference=np.tanh),
        sample("max", separated(2, 3), axis=1, reference=np.max),
        sample("concatenate", [floats(2, 3), floats(2, 1)], axis=1,
               reference=np.concatenate),
        sample("take", floats(3, 2), integers(4, high=3), axis=0, reference=np.take),
        sample("floor", floats(2, 3), reference=np.floor, gradient=False),
    ]

The first argument is the operation's name in `kerasish.ops` (or `"nn.relu"`), or that
of a private primitive; or the operation itself. The others are the call's arguments,
in which recipes (`floats`, `positive`, ...), also in lists and dicts, stand for arrays
that are drawn anew for each test. These properties are tested of every row:

- value: equals `reference(*args, **kwargs)`, called with float64 (or integer, boolean)
  NumPy arrays of the same values, in each of the row's dtypes;
- spec: the inferred shape and dtype are those computed, in each dtype, also where the
  first axis of arrays of two axes and more is unknown (`batch=False`: skip that,
  `batch=(0,)`: only that of the first recipe);
- graph: a functional graph of the one call gives what the eager call gives;
- gradient: first and second derivatives at every float recipe agree with differences
  (`gradient=False`: the operation is constant between jumps, or has no float input;
  `order=1`: no second derivative; `gradient=(0,)`: only at the recipe of this number).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasish import ops
from kerasish.autodiff import PRIMITIVES
from kerasish.core import tree

__all__ = [
    "BFLOAT16",
    "FLOATS",
    "NUMBERS",
    "Recipe",
    "Sample",
    "bits",
    "booleans",
    "find",
    "fixed",
    "floats",
    "given",
    "integers",
    "positive",
    "sample",
    "separated",
    "unit",
]

FLOATS = ("float64", "float32", "float16")
NUMBERS = (*FLOATS, "int32")
BFLOAT16 = "bfloat16"


@dataclass(frozen=True)
class Recipe:
    """How to draw an array.

    Attributes are the shape, a function of (generator, shape) that draws float64
    numbers, and the array's own dtype, or None to follow the dtype under test.
    """

    shape: tuple[int, ...]
    draw: Callable[[np.random.Generator, tuple[int, ...]], Any]
    dtype: str | None = None

    def make(self, rng: np.random.Generator, dtype: str) -> np.ndarray:
        """Draws an array in the recipe's dtype, or else in the one given."""
        values = np.asarray(self.draw(rng, self.shape))
        if self.dtype is None and values.dtype.kind == "f" and "int" in dtype:
            values = np.round(values * 3)
        return values.astype(numpy_dtype(self.dtype or dtype))


@dataclass(frozen=True)
class Sample:
    """One sample call of an operation; made by `sample`."""

    name: str
    operation: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    reference: Callable[..., Any] | None
    dtypes: tuple[str, ...]
    gradient: bool | tuple[int, ...]
    order: int
    batch: bool | tuple[int, ...]
    loose: float
    sized: bool

    def __str__(self) -> str:
        text = [_shown(a) for a in self.args]
        text += [f"{k}={_shown(v)}" for k, v in self.kwargs.items()]
        return f"{self.name}({', '.join(text)})"

    @property
    def recipes(self) -> list[Recipe]:
        """The recipes among the arguments, in order."""
        leaves = tree.flatten((self.args, self.kwargs))
        return [x for x in leaves if isinstance(x, Recipe)]

    def fill(self, values: Any) -> tuple[Any, dict[str, Any]]:
        """Returns the arguments with recipes replaced by values, in order."""
        rest = iter(values)

        def value(x: Any) -> Any:
            return next(rest) if isinstance(x, Recipe) else x

        return tree.map_structure(value, (self.args, self.kwargs))

    def draw(self, dtype: str, seed: int = 0) -> list[np.ndarray]:
        """Draws an array for each recipe."""
        rng = np.random.default_rng(seed)
        return [recipe.make(rng, dtype) for recipe in self.recipes]


def sample(
    operation: Any,
    *args: Any,
    reference: Callable[..., Any] | None = None,
    dtypes: tuple[str, ...] = NUMBERS,
    gradient: bool | tuple[int, ...] = True,
    order: int = 2,
    batch: bool | tuple[int, ...] = True,
    loose: float = 1.0,
    sized: bool = True,
    **kwargs: Any,
) -> Sample:
    """Makes a row; see the module's docstring.

    Args:
        operation: Name of an operation, or the operation.
        *args: Arguments of the call, recipes among them.
        reference: An independent function of NumPy arrays that does the same; None
            where the value is tested elsewhere.
        dtypes: The dtypes to test in; the first is that of the functional graph.
        gradient: Whether derivatives are tested, or at which recipes.
        order: Highest order of derivatives tested.
        batch: Whether an unknown first axis is tested, or of which recipes.
        loose: Factor on the tolerance of values.
        sized: Whether the shape of the result is known without the data.
        **kwargs: Keyword arguments of the call.
    """
    if isinstance(operation, str):
        name, operation = operation, find(operation)
    else:
        name = operation.__name__
    return Sample(
        name,
        operation,
        args,
        kwargs,
        reference,
        dtypes,
        gradient,
        order,
        batch,
        loose,
        sized,
    )


def find(name: str) -> Callable[..., Any]:
    """Returns an operation by its name in `kerasish.ops` or among primitives."""
    place: Any = ops
    for part in name.split("."):
        place = getattr(place, part, None)
    return place if place is not None else PRIMITIVES[name]


def numpy_dtype(dtype: str) -> Any:
    """Returns NumPy's dtype of a name; bfloat16 needs ml_dtypes."""
    if dtype == BFLOAT16:
        import ml_dtypes

        return ml_dtypes.bfloat16
    return np.dtype(dtype)


def floats(*shape: int) -> Recipe:
    """Numbers from -2 to 2, at least 0.1 from zero."""
    return Recipe(shape, _away_from_zero)


def positive(*shape: int) -> Recipe:
    """Numbers from 0.3 to 2."""
    return Recipe(shape, lambda rng, s: rng.uniform(0.3, 2.0, s))


def unit(*shape: int) -> Recipe:
    """Numbers from -0.9 to 0.9, at least 0.05 from zero."""
    return Recipe(shape, lambda rng, s: _away_from_zero(rng, s) * 0.45)


def separated(*shape: int) -> Recipe:
    """Numbers from about -2 to 2, no two closer than 0.1 (to 40 of them)."""
    return Recipe(shape, _separated)


def given(values: Any, dtype: str | None = None) -> Recipe:
    """These values, in the dtype under test, or in their own where one is named."""
    host = np.asarray(values, "float64" if dtype is None else None)
    return Recipe(host.shape, lambda rng, s: host, dtype)


def fixed(values: Any, dtype: str = "float64") -> Recipe:
    """These values, always in the same dtype."""
    return given(values, dtype)


def integers(*shape: int, low: int = 0, high: int = 5, dtype: str = "int32") -> Recipe:
    """Integers from `low` to `high - 1`, always of one dtype."""
    return Recipe(shape, lambda rng, s: rng.integers(low, high, s), dtype)


def bits(*shape: int, low: int = 0, high: int = 16) -> Recipe:
    """Integers from `low` to `high - 1`, in the dtype under test."""
    return Recipe(shape, lambda rng, s: rng.integers(low, high, s))


def booleans(*shape: int) -> Recipe:
    """True and false, always booleans."""
    return Recipe(shape, lambda rng, s: rng.integers(0, 2, s), "bool")


def _away_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.1, 2.0, shape) * rng.choice([-1.0, 1.0], shape)


def _separated(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    spaced = np.linspace(-2.0, 2.0, max(size, 2))[:size] + rng.uniform(
        -0.01, 0.01, size
    )
    return rng.permutation(spaced).reshape(shape)


def _shown(x: Any) -> str:
    if isinstance(x, Recipe):
        return "x".join(map(str, x.shape)) or "scalar"
    if isinstance(x, list | tuple):
        return "[" + ", ".join(map(_shown, x)) + "]"
    return repr(x) if isinstance(x, str) or not callable(x) else x.__name__
