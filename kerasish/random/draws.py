"""Random tensors by distribution, each a function of a seed."""

import math
from collections.abc import Sequence
from typing import Any

from kerasish import ops
from kerasish.autodiff import Tensor, TensorSpec, defvjp, keep, nondifferentiable, op
from kerasish.autodiff.primitive import primitive
from kerasish.autodiff.seed_generator import draw_key
from kerasish.backends import current
from kerasish.core.dtypes import is_int_dtype, standardize_dtype
from kerasish.core.errors import ArgumentError, DtypeError
from kerasish.random.arguments import float_dtype, sizes

__all__ = [
    "categorical",
    "dropout",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]


def _drawn(key: TensorSpec, shape: Any, dtype: str, **static: Any) -> TensorSpec:
    return TensorSpec(shape, dtype)


@primitive(spec=_drawn, cast=keep, static=("shape", "dtype"))
def _uniform(key: Any, shape: Any, dtype: Any) -> Any:
    return current().random_uniform(key, shape, dtype)


@primitive(spec=_drawn, cast=keep, static=("shape", "dtype"))
def _normal(key: Any, shape: Any, dtype: Any) -> Any:
    return current().random_normal(key, shape, dtype)


@primitive(spec=_drawn, cast=keep, static=("shape", "span", "dtype"))
def _integers(key: Any, shape: Any, span: Any, dtype: Any) -> Any:
    return current().random_integers(key, shape, span, dtype)


for _source in (_uniform, _normal, _integers):
    nondifferentiable(_source, "is drawn, not computed")


def uniform(
    shape: Sequence[int],
    minval: Any = 0.0,
    maxval: Any = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Tensor:
    """Draws from the uniform distribution on `[minval, maxval)`.

    Args:
        shape: The result's shape.
        minval: Lower bound.
        maxval: Upper bound.
        dtype: A float dtype, the default float if None.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor of that shape.

    Example:
        >>> uniform((2, 3), seed=1).shape
        (2, 3)
    """
    dtype = float_dtype(dtype, "uniform")
    unit = _uniform(draw_key(seed), shape=sizes(shape), dtype=dtype)
    if minval == 0.0 and maxval == 1.0:
        return unit  # type: ignore[no-any-return]
    low = ops.cast(minval, dtype)
    return unit * (ops.cast(maxval, dtype) - low) + low  # type: ignore[no-any-return]


def normal(
    shape: Sequence[int],
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Tensor:
    """Draws from the normal distribution.

    Args:
        shape: The result's shape.
        mean: Mean.
        stddev: Standard deviation.
        dtype: A float dtype, the default float if None.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor of that shape.

    Example:
        >>> normal((2, 3), seed=1).shape
        (2, 3)
    """
    dtype = float_dtype(dtype, "normal")
    unit = _normal(draw_key(seed), shape=sizes(shape), dtype=dtype)
    return unit * ops.cast(stddev, dtype) + ops.cast(mean, dtype)  # type: ignore[no-any-return]


def truncated_normal(
    shape: Sequence[int],
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Tensor:
    """Draws from the normal distribution within two standard deviations of its mean.

    Args:
        shape: The result's shape.
        mean: Mean before truncation.
        stddev: Standard deviation before truncation.
        dtype: A float dtype, the default float if None.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor of that shape.

    Example:
        >>> bool((abs(truncated_normal((1000,), seed=1)) <= 2).all())
        True
    """
    dtype = float_dtype(dtype, "truncated_normal")
    real = "float64" if dtype == "float64" else "float32"
    bound = math.erf(math.sqrt(2.0))  # probability within two deviations
    u = uniform(shape, -bound, bound, dtype=real, seed=seed)
    unit = ops.clip(ops.erfinv(u) * math.sqrt(2.0), -2.0, 2.0)
    scaled = unit * ops.cast(stddev, real) + ops.cast(mean, real)
    return ops.cast(scaled, dtype)  # type: ignore[no-any-return]


def randint(
    shape: Sequence[int],
    minval: int,
    maxval: int,
    dtype: Any = "int32",
    seed: Any = None,
) -> Tensor:
    """Draws integers that are uniform on `[minval, maxval)`.

    Args:
        shape: The result's shape.
        minval: Lower bound.
        maxval: Upper bound, not drawn.
        dtype: An integer dtype.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor of that shape.

    Raises:
        ArgumentError: If the interval is empty.

    Example:
        >>> randint((2,), 3, 4, seed=1).tolist()
        [3, 3]
    """
    dtype = standardize_dtype(dtype)
    if not is_int_dtype(dtype):
        raise DtypeError(
            f"`dtype` of `randint` must be an integer dtype. Received: dtype={dtype!r}"
        )
    low, high = int(minval), int(maxval)
    if high <= low:
        raise ArgumentError(
            "`maxval` of `randint` must be larger than `minval`. "
            f"Received: minval={minval}, maxval={maxval}"
        )
    drawn = _integers(draw_key(seed), shape=sizes(shape), span=high - low, dtype=dtype)
    return drawn + ops.cast(low, dtype)  # type: ignore[no-any-return]


@op
def categorical(
    logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None
) -> Tensor:
    """Draws classes with the probabilities `softmax(logits)`.

    Uses the Gumbel-max trick: the largest of `logits + noise`.

    Args:
        logits: Tensor `(batch, classes)` of unnormalised log-probabilities.
        num_samples: Draws for each row.
        dtype: An integer dtype.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor `(batch, num_samples)`.

    Example:
        >>> categorical([[0.0, -1e9]], 3, seed=1).tolist()
        [[0, 0, 0]]
    """
    logits = ops.convert_to_tensor(logits)
    batch, classes = logits.shape
    real = logits.dtype if logits.dtype in ("float32", "float64") else "float32"
    u = uniform((batch, num_samples, classes), dtype=real, seed=seed)
    drawn: Any = ops.negative(ops.log1p(ops.negative(u)))  # exponential
    noise = ops.negative(ops.log(drawn + 1e-37))
    scores = ops.expand_dims(ops.cast(logits, real), 1) + noise
    return ops.cast(ops.argmax(scores, axis=-1), dtype)  # type: ignore[no-any-return]


@op
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """Shuffles a tensor along an axis.

    Args:
        x: Tensor.
        axis: The axis whose slices change places.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor like `x`.

    Example:
        >>> sorted(shuffle([1, 2, 3], seed=1).tolist())
        [1, 2, 3]
    """
    x = ops.convert_to_tensor(x)
    keys = _uniform(draw_key(seed), shape=(x.shape[axis],), dtype="float64")
    return ops.take(x, ops.argsort(keys), axis=axis)  # type: ignore[no-any-return]


def _kept(x: TensorSpec, key: TensorSpec, **static: Any) -> TensorSpec:
    return x


@primitive(spec=_kept, cast=keep, static=("rate", "noise_shape"))
def _dropout(x: Any, key: Any, rate: Any, noise_shape: Any) -> Any:
    return current().dropout(x, key, rate, noise_shape)


# Linear in x, with the same mask from the same key.
defvjp(
    _dropout,
    lambda g, y, x, key, rate, noise_shape: _dropout(
        g, key, rate=rate, noise_shape=noise_shape
    ),
    None,
)


@op
def dropout(
    inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None
) -> Tensor:
    """Sets elements to zero at random and scales the others by `1 / (1 - rate)`.

    Args:
        inputs: Float tensor.
        rate: Probability of zero, from 0 to below 1.
        noise_shape: Shape of the mask, which broadcasts to that of `inputs`; None
            in it, or for all of it, means the input's size.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor like `inputs`.

    Example:
        >>> sorted(set(dropout(ops.ones(100), 0.5, seed=1).tolist()))
        [0.0, 2.0]
    """
    inputs = ops.convert_to_tensor(inputs)
    shape = inputs.shape
    if noise_shape is not None:
        shape = tuple(
            n if m is None else m for n, m in zip(shape, noise_shape, strict=True)
        )
    key = draw_key(seed)
    return _dropout(inputs, key, rate=float(rate), noise_shape=shape)  # type: ignore[no-any-return]
