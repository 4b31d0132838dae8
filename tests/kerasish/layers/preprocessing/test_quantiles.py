"""Quantiles from summaries against exact ones."""

import numpy as np
import pytest

from kerasish.layers.preprocessing.quantiles import boundaries, merged, summarized

NOTHING = np.zeros((2, 0))


def test_few_numbers_are_kept_as_they_are():
    values = np.random.default_rng(0).normal(size=40)
    found = boundaries(merged(NOTHING, summarized(values, 0.01), 0.01), 8)
    wanted = np.quantile(
        values, np.arange(1, 8) / 8, method="interpolated_inverted_cdf"
    )
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize("epsilon", [0.1, 0.01, 0.002])
def test_shares_of_bins_are_as_exact_as_epsilon(epsilon):
    rng, summary, seen = np.random.default_rng(1), NOTHING, []
    for size in (1000, 10, 3333, 500):
        batch = rng.exponential(size=size)
        seen.append(batch)
        summary = merged(summary, summarized(batch, epsilon), epsilon)
    assert summary.shape[1] <= 1 / epsilon + 1
    values = np.concatenate(seen)
    shares = np.searchsorted(np.sort(values), boundaries(summary, 5)) / values.size
    np.testing.assert_allclose(shares, [0.2, 0.4, 0.6, 0.8], atol=3 * epsilon)


def test_too_few_numbers_make_fewer_boundaries():
    assert boundaries(summarized(np.array([1.0, 2.0]), 0.01), 5) == [1.0]
