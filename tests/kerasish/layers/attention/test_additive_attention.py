"""AdditiveAttention against a loop; values of Keras are in test_attention.py."""

import numpy as np
import pytest

from kerasish import layers

RNG = np.random.default_rng(0)
QUERY, VALUE, KEY = (RNG.normal(size=s) for s in ((2, 3, 4), (2, 5, 6), (2, 5, 4)))


@pytest.mark.parametrize("scaled", [True, False])
def test_values_are_those_of_a_loop(scaled):
    layer = layers.AdditiveAttention(use_scale=scaled, dtype="float64")
    y, weights = layer([QUERY, VALUE, KEY], return_attention_scores=True)
    factors = layer.get_weights()[0] if scaled else np.ones(4)
    for b, t in np.ndindex(2, 3):
        scores = np.array([factors @ np.tanh(QUERY[b, t] + k) for k in KEY[b]])
        shares = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(weights[b, t], shares, rtol=1e-12)
        np.testing.assert_allclose(y[b, t], shares @ VALUE[b], rtol=1e-12)


def test_the_seed_is_an_argument_and_the_mode_of_scores_is_none():
    config = layers.AdditiveAttention(dropout=0.1, seed=3).get_config()
    assert (config["seed"], config["dropout"]) == (3, 0.1)
    assert "score_mode" not in config
    with pytest.raises(ValueError, match="`dropout` of `AdditiveAttention`"):
        layers.AdditiveAttention(dropout=3)
