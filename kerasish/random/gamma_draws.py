"""Gamma, beta and binomial numbers: distributions whose inverse has no short form.

They are drawn in double precision and then rounded, so that a seed gives the same
numbers in every dtype and on every backend.
"""

from collections.abc import Sequence
from typing import Any

from kerasish import ops
from kerasish.autodiff import Tensor, TensorSpec, keep, nondifferentiable
from kerasish.autodiff.primitive import primitive
from kerasish.autodiff.seed_generator import draw_key
from kerasish.backends import current
from kerasish.core.errors import ShapeError
from kerasish.random.arguments import float_dtype, sizes

__all__ = ["beta", "binomial", "gamma"]


def _drawn(key: TensorSpec, like: TensorSpec, *others: TensorSpec) -> TensorSpec:
    return TensorSpec(like.shape, "float64")


@primitive(spec=_drawn, cast=keep)
def _log_gamma(key: Any, alpha: Any) -> Any:
    return current().random_log_gamma(key, alpha)


@primitive(spec=_drawn, cast=keep)
def _binomial(key: Any, counts: Any, odds: Any) -> Any:
    return current().random_binomial(key, counts, odds)


for _source in (_log_gamma, _binomial):
    nondifferentiable(_source, "is drawn, not computed")


def gamma(
    shape: Sequence[int], alpha: Any, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Draws from the gamma distribution of scale 1.

    Args:
        shape: The result's shape.
        alpha: Shape parameter, a number or a tensor that broadcasts to `shape`.
            Where it is negative the result is NaN.
        dtype: A float dtype, the default float if None.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor of that shape.

    Example:
        >>> gamma((2, 3), 0.5, seed=1).shape
        (2, 3)

    Reference: Marsaglia, Tsang, 2000, "A simple method for generating gamma variables".
    """
    dtype = float_dtype(dtype, "gamma")
    logs = _log_gamma(draw_key(seed), _spread("gamma", "alpha", alpha, shape))
    return ops.cast(ops.exp(logs), dtype)  # type: ignore[no-any-return]


def beta(
    shape: Sequence[int], alpha: Any, beta: Any, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Draws from the beta distribution.

    Args:
        shape: The result's shape.
        alpha: First parameter, a number or a tensor that broadcasts to `shape`.
        beta: Second parameter, likewise. Where one is negative the result is NaN.
        dtype: A float dtype, the default float if None.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor of that shape, with values from 0 to 1.

    Example:
        >>> beta((2, 3), 0.5, 2.0, seed=1).shape
        (2, 3)
    """
    dtype = float_dtype(dtype, "beta")
    alphas = _spread("beta", "alpha", alpha, shape)
    betas = _spread("beta", "beta", beta, shape)
    # x / (x + y) of two gamma numbers, from logarithms: both may be below 1e-308.
    logs = _log_gamma(draw_key(seed), ops.stack([alphas, betas]))
    return ops.cast(ops.sigmoid(logs[0] - logs[1]), dtype)  # type: ignore[no-any-return]


def binomial(
    shape: Sequence[int],
    counts: Any,
    probabilities: Any,
    dtype: Any = None,
    seed: Any = None,
) -> Tensor:
    """Draws numbers of successes in independent trials.

    Args:
        shape: The result's shape.
        counts: Number of trials, a number or a tensor that broadcasts to `shape`.
        probabilities: Probability of success, likewise. Where it is outside [0, 1],
            or `counts` negative, the result is NaN.
        dtype: A float dtype, the default float if None.
        seed: Integer, `SeedGenerator`, or None for the global generator.

    Returns:
        Tensor of that shape, with whole numbers from 0 to `counts`.

    Example:
        >>> binomial((3,), 5, [0.0, 1.0, 1.0], seed=1).tolist()
        [0.0, 5.0, 5.0]

    Reference: Hörmann, 1993, "The generation of binomial random variates".
    """
    dtype = float_dtype(dtype, "binomial")
    drawn = _binomial(
        draw_key(seed),
        _spread("binomial", "counts", counts, shape),
        _spread("binomial", "probabilities", probabilities, shape),
    )
    return ops.cast(drawn, dtype)  # type: ignore[no-any-return]


def _spread(function: str, name: str, x: Any, shape: Any) -> Any:
    """Returns a parameter in double precision, one value for each number to draw."""
    x = ops.cast(x, "float64")
    try:
        return ops.broadcast_to(x, sizes(shape))
    except ValueError as error:
        raise ShapeError(
            f"`{name}` of `{function}` must be a number or broadcast to `shape`. "
            f"Received: {name} of shape {x.shape}, shape={sizes(shape)}"
        ) from error
