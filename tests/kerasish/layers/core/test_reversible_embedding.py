"""ReversibleEmbedding: both ways, their masks, dtypes and files."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.autodiff import GradientTape

TOKENS = np.array([[1, 2, 0], [3, 3, 1]])
# What Keras 3.15.1 writes, but for what `Embedding` writes.
CONFIG = {"tie_weights": True, "reverse_dtype": None, "logit_soft_cap": None}


def test_the_way_back_multiplies_by_the_table():
    layer = layers.ReversibleEmbedding(5, 3)
    y = layer(TOKENS)
    (table,) = layer.get_weights()
    np.testing.assert_array_equal(y, table[TOKENS])
    scores = layer(y, reverse=True)
    np.testing.assert_allclose(scores, table[TOKENS] @ table.T, rtol=1e-5, atol=1e-8)


def test_it_may_have_a_table_of_its_own():
    layer = layers.ReversibleEmbedding(
        5,
        3,
        tie_weights=False,
        logit_soft_cap=0.02,
        embeddings_regularizer="l2",
        embeddings_constraint="non_neg",
    )
    y = layer(TOKENS)
    assert [v.path.split("/")[1] for v in layer.weights] == [
        "embeddings",
        "reverse_embeddings",
    ]
    table, back = layer.get_weights()
    assert back.shape == (3, 5) and len(layer.losses) == 1
    assert layer.weights[1].constraint is None
    scores = layer(y, True)
    expected = 0.02 * np.tanh(table[TOKENS] @ back / 0.02)
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-8)


def test_both_ways_have_gradients_at_one_table():
    layer = layers.ReversibleEmbedding(5, 3, dtype="float64")
    with GradientTape() as tape:
        loss = ops.sum(ops.square(layer(layer(TOKENS), reverse=True)))
    table = layer.embeddings
    g = np.zeros((5, 3))
    g += tape.gradient(loss, table)
    held = table.numpy()
    for place in ((1, 0), (4, 2)):
        around = []
        for sign in (1, -1):
            moved = held.copy()
            moved[place] += sign * 1e-6
            around.append(np.square(moved[TOKENS] @ moved.T).sum())
        slope = (around[0] - around[1]) / 2e-6
        np.testing.assert_allclose(g[place], slope, rtol=1e-6, atol=1e-12)


def test_masks_end_at_the_scores():
    layer = layers.ReversibleEmbedding(5, 3, mask_zero=True)
    y = layer(TOKENS)
    assert y._keras_mask.tolist() == (TOKENS > 0).tolist()
    assert getattr(layer(y, reverse=True), "_keras_mask", None) is None
    assert getattr(layer(np.asarray(y), reverse=True), "_keras_mask", None) is None


@pytest.mark.parametrize(
    ("kw", "forth", "back"),
    [
        ({"dtype": "mixed_float16"}, "float16", "float16"),
        (
            {"dtype": "mixed_bfloat16", "reverse_dtype": "float32"},
            "bfloat16",
            "float32",
        ),
        ({"reverse_dtype": "float16"}, "float32", "float16"),
    ],
)
def test_dtypes(kw, forth, back):
    layer = layers.ReversibleEmbedding(5, 3, **kw)
    y = layer(TOKENS)
    assert (y.dtype, layer(y, reverse=True).dtype) == (forth, back)
    symbol = layer(keras.Input((4, 3)), reverse=True)
    assert (symbol.shape, symbol.dtype) == ((None, 4, 5), back)
    assert layer(keras.Input((4,), dtype="int32")).shape == (None, 4, 3)


def test_shapes_are_told():
    layer = layers.ReversibleEmbedding(5, 3)
    assert layer.compute_output_shape((2, None)) == (2, None, 3)
    assert layer.compute_output_shape((2, None, 3), reverse=True) == (2, None, 5)


def test_config_and_files(tmp_path):
    layer = layers.ReversibleEmbedding(5, 3)
    plain = layers.Embedding(5, 3, name=layer.name).get_config()
    assert layer.get_config() == {**plain, **CONFIG}
    inputs = keras.Input((3,), dtype="int32")
    table = layers.ReversibleEmbedding(5, 3, tie_weights=False, logit_soft_cap=2.0)
    x = layers.Dense(3)(table(inputs))
    model = keras.Model(inputs, table(x, reverse=True))
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(
        again.predict(TOKENS, verbose=0), model.predict(TOKENS, verbose=0)
    )


def test_weights_may_be_given():
    table = np.arange(15.0, dtype="float32").reshape(5, 3)
    layer = layers.ReversibleEmbedding(5, 3, weights=[table])
    np.testing.assert_array_equal(layer(TOKENS), table[TOKENS])


@pytest.mark.parametrize(
    ("kw", "match"),
    [
        ({"logit_soft_cap": 0}, "`logit_soft_cap` of .*positive or None.*=0"),
        ({"reverse_dtype": "int32"}, "`reverse_dtype` of .* float dtype.*'int32'"),
        ({"reverse_dtype": "foo"}, "foo"),
    ],
)
def test_wrong_arguments_are_told(kw, match):
    with pytest.raises((ValueError, TypeError), match=match):
        layers.ReversibleEmbedding(5, 3, **kw)


def test_wrong_vectors_are_told():
    layer = layers.ReversibleEmbedding(5, 3, name="table")
    with pytest.raises(ValueError, match=r"'table' must in reverse have 3 features"):
        layer(np.ones((1, 4)), reverse=True)
    with pytest.raises(ValueError, match="3 features"):
        layer.compute_output_shape((1, 4), reverse=True)
