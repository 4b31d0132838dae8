"""Attention and its base against values of Keras, loops, masks and what it refuses."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.autodiff import check_gradients
from kerasish.ops import heads
from tests.golden.stored_attention import call, identify, inputs, made, new, plain, rows

ROWS = rows("Attention", "AdditiveAttention")
RNG = np.random.default_rng(0)
QUERY, VALUE = RNG.normal(size=(2, 6, 4)), RNG.normal(size=(2, 9, 4))


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_outputs_and_weights_are_those_of_keras(row):
    layer = made(row)
    assert [v.path.split("/", 1)[1] for v in layer.weights] == row["paths"]
    for y, e in zip(call(layer, row), row["y"], strict=True):
        assert y.shape == np.shape(e)
        np.testing.assert_allclose(y, e, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_configs_make_the_same_layer(row):
    if "config" in row:
        assert plain(new(row).get_config()) == plain(row["config"])
    layer = made(row)
    if "build" in row:
        assert plain(layer.get_build_config()) == row["build"]
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    again.set_weights(layer.get_weights())
    for a, b in zip(call(again, row), call(layer, row), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_symbolic_shapes_are_those_computed(row):
    symbols = [keras.KerasTensor((None, *x.shape[1:])) for x in inputs(row)]
    found = new(row)(symbols, **row["call"])
    found = found if isinstance(found, tuple) else (found,)
    for s, y in zip(found, row["y"], strict=True):
        assert s.shape == (None, *np.shape(y)[1:])
    shapes = [s.shape for s in symbols]
    assert new(row).compute_output_shape(shapes) == found[0].shape


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_gradients_are_those_of_differences(row):
    layer = made(row, dtype="float64")

    def outputs(*given):
        made = layer(list(given), **row["call"])
        return made[0] if isinstance(made, tuple) else made

    check_gradients(outputs, *inputs(row, "float64"))


@pytest.mark.parametrize("dtype", ["float64", "float16"])
@pytest.mark.parametrize("scaled", [False, True])
def test_long_sequences_are_computed_in_tiles(dtype, scaled, monkeypatch):
    layer = layers.Attention(use_scale=scaled, dtype=dtype)
    masks = [np.arange(6) < [[5], [6]], np.arange(9) < [[7], [9]]]
    options = {"mask": masks, "use_causal_mask": True}
    expected = layer([QUERY, VALUE], **options)
    calls = []
    inner = heads.tiled_attention

    def counted(*args):
        calls.append(args)
        return inner(*args)

    monkeypatch.setattr(heads, "tiled_attention", counted)
    monkeypatch.setattr(heads, "LARGE", 50)
    monkeypatch.setattr(heads, "LONG", 50)
    y = layer([QUERY, VALUE], **options)
    assert (y.dtype, len(calls)) == (dtype, 1)
    near = 1e-10 if dtype == "float64" else 4e-3
    np.testing.assert_allclose(y, expected, rtol=near, atol=near)
    layer([QUERY, VALUE], return_attention_scores=True)
    layers.Attention(score_mode="concat")([QUERY, VALUE])
    layers.AdditiveAttention()([QUERY, VALUE])
    assert len(calls) == 1


def test_masks_come_with_the_inputs():
    x = layers.Embedding(5, 4, mask_zero=True)(np.array([[1, 2, 0], [3, 0, 0]]))
    y, weights = layers.Attention()([x, x], return_attention_scores=True)
    assert y._keras_mask.tolist() == [[True, True, False], [True, False, False]]
    assert not np.any(np.asarray(y)[0, 2]) and not np.any(np.asarray(weights)[0, :, 2])
    y = layers.Attention()([np.ones((2, 3, 4)), x])
    assert getattr(y, "_keras_mask", None) is None
    layer = layers.Attention()
    assert layer.compute_mask([x, x]) is None
    assert layer.compute_mask([x, x], [None, x._keras_mask]) is None


def test_what_sees_nothing_gets_the_mean():
    mask = [None, np.zeros((2, 9), bool)]
    for dtype in ("float32", "float16"):
        for cls in (layers.Attention, layers.AdditiveAttention):
            y = cls(dtype=dtype)([QUERY, VALUE], mask=mask)
            mean = np.repeat(VALUE.mean(1, keepdims=True), 6, axis=1)
            np.testing.assert_allclose(y, mean, atol=1e-6 if "32" in dtype else 2e-3)


def test_dropout_is_drawn_while_training():
    one, two = (layers.Attention(dropout=0.5, seed=4) for _ in range(2))
    first = one([QUERY, VALUE], training=True)
    np.testing.assert_array_equal(first, two([QUERY, VALUE], training=True))
    assert np.abs(np.asarray(first - one([QUERY, VALUE], training=True))).max() > 1e-3
    plainly = layers.Attention()([QUERY, VALUE])
    np.testing.assert_array_equal(one([QUERY, VALUE]), plainly)
    _, weights = one([QUERY, VALUE], training=True, return_attention_scores=True)
    np.testing.assert_allclose(np.asarray(weights).sum(-1), 1.0, rtol=1e-5)


def test_a_model_of_it_is_saved(tmp_path):
    q, v = keras.Input((6, 4)), keras.Input((9, 4))
    y = layers.Attention(use_scale=True, dropout=0.2)([q, v])
    y = layers.AdditiveAttention()([y, v])
    model = keras.Model([q, v], y)
    model.compile("sgd", "mse")
    model.fit([QUERY, VALUE], QUERY, verbose=0)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(
        again.predict([QUERY, VALUE], verbose=0),
        model.predict([QUERY, VALUE], verbose=0),
    )


REFUSED = [
    (lambda: layers.Attention(score_mode="x"), "`score_mode` of `Attention`.*'x'"),
    (lambda: layers.Attention(dropout=-1), "`dropout` of `Attention`.*=-1"),
    (lambda: layers.Attention(dropout="a"), "`dropout` of `Attention`"),
    (lambda: layers.Attention()(QUERY), "must be called on a list of inputs"),
    (lambda: layers.Attention()([QUERY]), "list of 2 or 3 inputs.*Received: 1"),
    (lambda: layers.Attention()([QUERY] * 4), "list of 2 or 3 inputs.*Received: 4"),
    (
        lambda: layers.Attention()([QUERY, VALUE], mask=np.ones((2, 9), bool)),
        "`mask` of `Attention` must be a list",
    ),
    (lambda: layers.Attention()([QUERY, VALUE], mask=[None]), "2 or 3 masks.*: 1"),
    (
        lambda: layers.Attention()([QUERY, VALUE[..., :3]]),
        r"query and key the same last size.*\(2, 9, 3\)",
    ),
    (
        lambda: layers.AdditiveAttention()([QUERY, VALUE, VALUE[:, :4]]),
        "value and key the same length",
    ),
    (lambda: layers.Attention()([QUERY, VALUE[None]]), "same number of axes"),
    (lambda: layers.Attention()([QUERY[0, 0], VALUE[0, 0]]), "same number of axes"),
]


@pytest.mark.parametrize(("make", "match"), REFUSED)
def test_what_is_wrong_is_told(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_a_matrix_is_a_batch_of_none():
    y = layers.Attention()([QUERY[0], VALUE[0]])
    expected = layers.Attention()([QUERY, VALUE])[0]
    np.testing.assert_allclose(y, expected, rtol=1e-6)
    assert ops.shape(y) == (6, 4)
