"""GroupQueryAttention: its own arguments, and heads that are shared."""

import numpy as np
import pytest

from kerasish import layers

X = np.random.default_rng(0).normal(size=(2, 3, 4))


def test_as_many_heads_of_keys_are_multi_head_attention():
    group = layers.GroupQueryAttention(3, 2, 2)
    multi = layers.MultiHeadAttention(2, 3)
    y = group(X, X)
    multi.build(X.shape, X.shape)
    multi.set_weights(group.get_weights())
    np.testing.assert_allclose(y, multi(X, X), rtol=1e-5, atol=1e-6)


def test_shared_heads_are_repeated_ones():
    group = layers.GroupQueryAttention(3, 4, 2)
    y = group(X, X)
    weights = group.get_weights()
    for i in (2, 3, 4, 5):  # of keys and values
        weights[i] = np.repeat(weights[i], 2, axis=-2)
    multi = layers.MultiHeadAttention(4, 3)
    multi.build(X.shape, X.shape)
    multi.set_weights(weights)
    np.testing.assert_allclose(y, multi(X, X), rtol=1e-5, atol=1e-6)


def test_names_are_those_of_keras():
    layer = layers.GroupQueryAttention(3, 4, 2)
    assert layer.name.startswith("grouped_query_attention")
    assert layers.serialize(layer)["class_name"] == "GroupQueryAttention"
    assert (layer.num_repeats, layer.head_dim) == (2, 3)
    assert (layer.num_query_heads, layer.num_key_value_heads) == (4, 2)
    layer(X, X)
    assert layer.feature_dim == 4


def test_activities_are_penalised_as_in_keras():
    # Those of four projections and of the layer itself.
    layer = layers.GroupQueryAttention(3, 2, 1, activity_regularizer="l2")
    layer(X, X)
    assert len(layer.losses) == 5
    layer = layers.MultiHeadAttention(2, 3, activity_regularizer="l2")
    layer(X, X)
    assert len(layer.losses) == 4


@pytest.mark.parametrize(
    ("sizes", "match"),
    [
        ((0, 2, 1), "`head_dim` of `GroupQueryAttention`.*=0"),
        ((3, 0, 1), "`num_query_heads` of"),
        ((3, 2, 0), "`num_key_value_heads` of"),
        ((3, 3, 2), "divisible by `num_key_value_heads`. Received: 3 and 2"),
        ((3, 2, 4), "divisible by"),
    ],
)
def test_wrong_arguments_are_told(sizes, match):
    with pytest.raises(ValueError, match=match):
        layers.GroupQueryAttention(*sizes)


def test_inputs_have_three_axes():
    with pytest.raises(ValueError, match=r"must have 3 axes.*\(1, 2, 3, 4\)"):
        layers.GroupQueryAttention(3, 2, 1)(X[None], X[None])
