"""MultiHeadAttention: its own arguments and other axes than the usual one."""

import h5py
import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from tests.golden.stored_attention import made, rows

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 4, 5))
Y = RNG.normal(size=(2, 3, 6, 5))


def test_properties_tell_the_arguments():
    layer = layers.MultiHeadAttention(2, np.int64(3), dropout=0.1, use_bias=False)
    assert (layer.num_heads, layer.key_dim, layer.value_dim) == (2, 3, 3)
    assert (layer.dropout, layer.use_bias, layer.attention_axes) == (0.1, False, None)
    layer(X[0], X[0])
    assert layer.attention_axes == (1,)
    parts = ("query_dense", "key_dense", "value_dense", "output_dense")
    assert [getattr(layer, name).kernel.shape for name in parts] == [
        (5, 2, 3),
        (5, 2, 3),
        (5, 2, 3),
        (2, 3, 5),
    ]


def test_the_output_may_have_any_shape():
    for given, stored in ((7, (7,)), ([2, 3], (2, 3)), ((2, 3), (2, 3)), (None, None)):
        layer = layers.MultiHeadAttention(2, 3, output_shape=given)
        assert layer.get_config()["output_shape"] == stored
        assert layer(X[0], X[0]).shape == (3, 4, *(stored or (5,)))


@pytest.mark.parametrize("row", rows("MultiHeadAttention")[:1])
def test_axes_are_told_as_keras_does_once_it_is_built(row):
    for row in rows("MultiHeadAttention"):
        assert list(made(row).get_config()["attention_axes"]) == row["axes"]


def test_each_row_attends_by_itself():
    layer = layers.MultiHeadAttention(2, 3, attention_axes=-2)
    y = layer(X, Y, use_causal_mask=True)
    single = layers.MultiHeadAttention(2, 3)
    single.build(X.shape[1:], Y.shape[1:])
    single.set_weights(layer.get_weights())
    for i in range(3):
        expected = single(X[:, i], Y[:, i], use_causal_mask=True)
        np.testing.assert_allclose(y[:, i], expected, rtol=1e-5, atol=1e-6)


def test_all_axes_are_one_long_one():
    layer = layers.MultiHeadAttention(2, 3)
    y = layer(X, Y)
    single = layers.MultiHeadAttention(2, 3)
    single.build((2, 12, 5), (2, 18, 5))
    single.set_weights(layer.get_weights())
    flat = single(X.reshape(2, 12, 5), Y.reshape(2, 18, 5))
    np.testing.assert_allclose(y, np.reshape(flat, X.shape), rtol=1e-5, atol=1e-6)


def test_a_layer_in_a_functional_model_keeps_its_axes(tmp_path):
    inputs = keras.Input((3, 4, 5))
    y = layers.MultiHeadAttention(2, 3, attention_axes=(2,))(inputs, inputs)
    model = keras.Model(inputs, y)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    assert again.layers[1].attention_axes == (2,)
    np.testing.assert_array_equal(
        again.predict(X, verbose=0), model.predict(X, verbose=0)
    )


def test_weights_lie_where_keras_writes_them(tmp_path):
    inputs = keras.Input((4, 5))
    y = layers.MultiHeadAttention(2, 3, use_gate=True)(inputs, inputs)
    y = layers.GroupQueryAttention(2, 2, 1)(y, y)
    keras.Model(inputs, y).save_weights(tmp_path / "x.weights.h5")
    found = set()
    with h5py.File(tmp_path / "x.weights.h5") as file:
        file.visit(found.add)
    multi, group = "layers/multi_head_attention", "layers/grouped_query_attention"
    for name in ("query_dense", "key_dense", "value_dense", "output_dense"):
        assert f"{multi}/{name}/vars/1" in found
        assert f"{group}/_{name}/vars/1" in found
    assert f"{multi}/_gate_dense/vars/0" in found
    assert f"{multi}/_softmax/vars" in found and f"{multi}/_dropout_layer" in found


@pytest.mark.parametrize(
    ("kw", "match"),
    [
        ({"num_heads": 0}, "`num_heads` of `MultiHeadAttention` .*=0"),
        ({"num_heads": 2.5}, "`num_heads` of"),
        ({"key_dim": -1}, "`key_dim` of"),
        ({"value_dim": 0}, "`value_dim` of .*positive integer or `None`"),
        ({"output_shape": 0}, "`output_shape` of .*positive integer"),
        ({"output_shape": ("a",)}, "`output_shape` of"),
    ],
)
def test_wrong_arguments_are_told(kw, match):
    with pytest.raises(ValueError, match=match):
        layers.MultiHeadAttention(**({"num_heads": 2, "key_dim": 3} | kw))


def test_unknown_arguments_are_told():
    with pytest.raises(TypeError, match="Unrecognized keyword.*'heads'"):
        layers.MultiHeadAttention(2, 3, heads=4)


@pytest.mark.parametrize("axes", [0, (0,), -1, (3,), (1, 1), (1, -3)])
def test_wrong_axes_are_told(axes):
    layer = layers.MultiHeadAttention(2, 3, attention_axes=axes)
    with pytest.raises(ValueError, match="`attention_axes` must name axes from 1 to 2"):
        layer(X, X)


def test_a_line_needs_one_axis():
    with pytest.raises(ValueError, match="need one attention axis"):
        layers.MultiHeadAttention(2, 3)(X, Y, use_causal_mask=True)
    with pytest.raises(ValueError, match="need one attention axis"):
        layers.MultiHeadAttention(2, 3, sliding_window=2)(X, Y)
