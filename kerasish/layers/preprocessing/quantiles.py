"""Quantiles of a stream of numbers, from a summary of few of them.

A summary is some of the numbers in order and how many each stands for. It keeps at
most about `1 / epsilon` of a batch, so that memory does not grow with the data.
"""

from typing import Any

import numpy as np

__all__ = ["boundaries", "merged", "summarized"]

Array = Any


def summarized(values: Array, epsilon: float) -> Array:
    """Returns the summary of a batch.

    Args:
        values: Flat array of numbers.
        epsilon: What part of them one may stand for.

    Returns:
        Array `(2, kept)` of numbers and how many each stands for.

    Example:
        >>> summarized(np.array([3.0, 1.0, 2.0]), 0.01).tolist()
        [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]
    """
    step = max(values.size * epsilon, 1.0)
    kept = np.sort(values)[int(step - 1) :: int(step)]
    return np.stack([kept, np.full(kept.shape, step)])


def merged(first: Array, second: Array, epsilon: float) -> Array:
    """Returns the summary of two batches together.

    Args:
        first: Summary of one.
        second: Summary of the other.
        epsilon: What part of the numbers one may stand for.

    Example:
        >>> one = summarized(np.arange(3.0), 0.01)
        >>> merged(one, one, 0.01)[0].tolist()
        [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    """
    both = np.concatenate([first, second], axis=1)
    return _thinned(both[:, np.argsort(both[0], kind="stable")], epsilon)


def boundaries(summary: Array, num_bins: int) -> list[float]:
    """Returns the numbers that cut a stream into bins of about the same size.

    Args:
        summary: What was seen of it.
        num_bins: How many bins.

    Example:
        >>> boundaries(summarized(np.arange(8.0), 0.01), 4)
        [1.0, 3.0, 5.0]
    """
    cuts = _thinned(summary, 1.0 / num_bins)[0, :-1]
    return [float(cut) for cut in cuts]


def _thinned(summary: Array, epsilon: float) -> Array:
    """Keeps the quantiles of a summary that lie `epsilon` apart."""
    if summary.shape[1] * epsilon < 1:
        return summary
    sums = summary[1].cumsum()
    parts = epsilon + np.arange(0.0, 1.0, epsilon)
    numbers = np.interp(parts, sums / sums[-1], summary[0])
    counts = np.diff(np.interp(parts, sums / sums[-1], sums), prepend=0)
    return np.stack([numbers, counts])
