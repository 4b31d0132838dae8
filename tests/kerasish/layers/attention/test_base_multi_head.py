"""Layers of several heads: values of Keras, masks, tiles, dropout, gradients, files."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.autodiff import GradientTape
from kerasish.autodiff.mode import mode
from kerasish.layers.attention.base_multi_head import positive
from kerasish.ops import heads
from tests.golden.stored_attention import (
    call,
    given,
    identify,
    made,
    masks,
    new,
    plain,
    rows,
)

ROWS = rows("MultiHeadAttention", "GroupQueryAttention")
RNG = np.random.default_rng(0)
QUERY, VALUE = RNG.normal(size=(2, 6, 4)), RNG.normal(size=(2, 9, 4))
LAYERS = {
    "multi": lambda **kw: layers.MultiHeadAttention(2, 3, **kw),
    "group": lambda **kw: layers.GroupQueryAttention(3, 4, 2, **kw),
}
each = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_outputs_and_weights_are_those_of_keras(row):
    layer = made(row)
    assert [v.path.split("/", 1)[1] for v in layer.weights] == row["paths"]
    found = call(layer, row)
    told = masks(row).get("query_mask")
    for y, e in zip(found, row["y"], strict=True):
        y, e = np.asarray(y), np.asarray(e)
        assert y.shape == e.shape
        if told is not None and row["cls"] == "MultiHeadAttention":
            # Keras does not look at a `query_mask` that is given by name.
            place = told if y.ndim == told.ndim + 1 else slice(0, 0)
            y, e = y[place], e[place]
        np.testing.assert_allclose(y, e, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("row", [r for r in ROWS if "config" in r], ids=identify)
def test_configs_are_those_of_keras(row):
    assert plain(new(row).get_config()) == plain(row["config"])
    layer = made(row)
    assert plain(layer.get_build_config()) == row["build"]
    again = layers.deserialize(layers.serialize(layer))
    assert again.built and again.get_config() == layer.get_config()
    again.set_weights(layer.get_weights())
    for a, b in zip(call(again, row), call(layer, row), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_symbolic_shapes_are_those_computed(row):
    layer = made(row)
    symbols = [keras.KerasTensor((None, *x.shape[1:])) for x in given(row)]
    found = layer(*symbols, **row["call"])
    found = found if isinstance(found, tuple) else (found,)
    for s, y in zip(found, row["y"], strict=True):
        assert s.shape == (None, *np.shape(y)[1:])
    shapes = [s.shape for s in symbols]
    order = [shapes[0], shapes[1], *shapes[2:]]
    assert layer.compute_output_shape(*order) == found[0].shape
    assert new(row)(*symbols, **row["call"]) is not None


def loop(layer, q, v, seen):
    """Computes a layer one target after the other, in float64."""
    names = ("query", "key", "value", "attention_output")
    w = {n: layer.get_weights()[2 * i : 2 * i + 2] for i, n in enumerate(names)}
    y = np.zeros(q.shape)
    count = w["query"][0].shape[1]
    shared = count // w["key"][0].shape[1]
    for b, t in np.ndindex(q.shape[:2]):
        y[b, t] = w["attention_output"][1]
        for h in range(count):
            one = q[b, t] @ w["query"][0][:, h] + w["query"][1][h]
            keys = v[b] @ w["key"][0][:, h // shared] + w["key"][1][h // shared]
            values = v[b] @ w["value"][0][:, h // shared] + w["value"][1][h // shared]
            scores = keys @ one / np.sqrt(len(one))
            shares = np.exp(scores - scores.max()) * seen[b, t]
            made = shares @ values / shares.sum()
            y[b, t] += made @ w["attention_output"][0][h]
    return y


@each
@pytest.mark.parametrize("tiled", [True, False, None])
def test_values_are_those_of_a_loop(make, tiled):
    layer = make(dtype="float64", flash_attention=tiled, sliding_window=4)
    layer.build(QUERY.shape, VALUE.shape)
    layer.set_weights([RNG.normal(size=v.shape) for v in layer.weights])
    mask = np.array([[1] * 7 + [0] * 2, [1] * 9], bool)
    y = layer(QUERY, VALUE, value_mask=mask, use_causal_mask=True)
    i, j = np.ogrid[:6, :9]
    seen = mask[:, None, :] & (j <= i) & (abs(i - j) < 4)
    np.testing.assert_allclose(y, loop(layer, QUERY, VALUE, seen), rtol=1e-10)


@each
def test_long_sequences_are_computed_in_tiles(make, monkeypatch):
    def run(layer):
        given = [ops.convert_to_tensor(x) for x in (QUERY, VALUE)]
        with GradientTape() as tape:
            tape.watch(given)
            y = layer(*given, use_causal_mask=True)
            loss = ops.sum(ops.sin(y))
        return y, *tape.gradient(loss, [*given, *layer.trainable_weights])

    layer = make(dtype="float64")
    expected = run(layer)
    calls = []
    inner = heads.tiled_attention

    def counted(*args):
        calls.append(args)
        return inner(*args)

    monkeypatch.setattr(heads, "tiled_attention", counted)
    monkeypatch.setattr(heads, "LARGE", 50)
    monkeypatch.setattr(heads, "LONG", 50)
    for a, b in zip(run(layer), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-12)
    assert len(calls) == 1


@each
def test_padding_changes_no_result(make):
    layer = make()
    tokens = np.array([[3, 1, 2, 0, 0], [4, 4, 0, 0, 0]])
    table = layers.Embedding(5, 4, mask_zero=True)
    padded = layer(table(tokens), table(tokens), use_causal_mask=True)
    assert padded._keras_mask.tolist() == (tokens > 0).tolist()
    for b, n in ((0, 3), (1, 2)):
        alone = table(tokens[b : b + 1, :n])
        y = layer(alone, alone, use_causal_mask=True)
        np.testing.assert_allclose(padded[b, :n], y[0], rtol=1e-5, atol=1e-6)


@each
def test_masks_come_with_the_inputs(make):
    layer = make()
    x = layers.Masking()(np.array([[[1.0] * 4, [0.0] * 4, [2.0] * 4]]))
    y, weights = layer(x, x, return_attention_scores=True)
    assert y._keras_mask.tolist() == [[True, False, True]]
    assert getattr(weights, "_keras_mask", None) is None
    found = np.asarray(weights)[0]
    assert not found[:, 1].any() and not found[:, :, 1].any()
    np.testing.assert_allclose(found[:, [0, 2]].sum(-1), 1.0, rtol=1e-6)
    assert getattr(layer(np.ones((1, 3, 4)), x), "_keras_mask", None) is None


@each
def test_what_sees_nothing_gets_the_mean_or_zeros_as_in_keras(make):
    mask = np.zeros((2, 6, 9), bool)
    layer = make(use_bias=False)
    y = layer(QUERY, VALUE, attention_mask=mask)
    mean = layer(QUERY, np.repeat(VALUE.mean(1, keepdims=True), 9, axis=1))
    np.testing.assert_allclose(y, mean, rtol=1e-4, atol=1e-6)
    y, weights = layer(QUERY, VALUE, attention_mask=mask, return_attention_scores=True)
    assert not np.any(y) and not np.any(weights)
    hidden = ops.convert_to_tensor(QUERY)
    hidden._keras_mask = ops.zeros((2, 6), "bool")
    assert not np.any(make(use_bias=False, dropout=0.1)(hidden, VALUE))


@each
def test_dropout_is_drawn_while_training(make):
    keras.utils.set_random_seed(1)
    one, two = (make(dropout=0.5, seed=3) for _ in range(2))
    one.build(QUERY.shape, VALUE.shape)
    two.build(QUERY.shape, VALUE.shape)
    two.set_weights(one.get_weights())
    first = one(QUERY, VALUE, training=True)
    np.testing.assert_array_equal(first, two(QUERY, VALUE, training=True))
    assert np.abs(np.asarray(first - one(QUERY, VALUE, training=True))).max() > 1e-3
    np.testing.assert_array_equal(one(QUERY, VALUE), two(QUERY, VALUE, training=False))
    y, weights = one(QUERY, VALUE, training=True, return_attention_scores=True)
    np.testing.assert_allclose(np.asarray(weights).sum(-1), 1.0, rtol=1e-5)
    whole = make(dropout=1.0, use_bias=False)
    assert not np.any(whole(QUERY, VALUE, training=True))


@each
def test_gradients_are_those_of_differences(make):
    layer = make(dtype="float64", use_gate=True)
    layer.build(QUERY.shape, VALUE.shape)
    layer.set_weights([0.5 * RNG.normal(size=v.shape) for v in layer.weights])
    mask = RNG.integers(0, 2, (2, 6, 9)).astype(bool)

    def loss():
        y = layer(QUERY, VALUE, attention_mask=mask, use_causal_mask=True)
        return ops.sum(ops.sin(y))

    with GradientTape() as tape:
        value = loss()
    for v, g in zip(layer.weights, tape.gradient(value, layer.weights), strict=True):
        held, around = v.numpy(), []
        place = tuple(n // 2 for n in v.shape)
        for sign in (1, -1):
            moved = held.copy()
            moved[place] += sign * 1e-5
            v.assign(moved)
            around.append(float(loss()))
        v.assign(held)
        slope = (around[0] - around[1]) / 2e-5
        np.testing.assert_allclose(np.asarray(g)[place], slope, rtol=1e-6, atol=1e-8)


@each
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_half_precision_attends_in_float32(make, policy):
    exact, layer = make(), make(dtype=policy)
    exact.build(QUERY.shape, VALUE.shape)
    layer.build(QUERY.shape, VALUE.shape)
    layer.set_weights(exact.get_weights())
    y, weights = layer(QUERY, VALUE, return_attention_scores=True)
    assert y.dtype == weights.dtype == layer.compute_dtype
    expected, shares = exact(QUERY, VALUE, return_attention_scores=True)
    np.testing.assert_allclose(np.asarray(y, "float32"), expected, atol=0.03)
    np.testing.assert_allclose(np.asarray(weights, "float32"), shares, atol=0.01)


@each
def test_few_operations_are_recorded(make):
    layer = make()
    layer(QUERY, QUERY)
    names = []

    class Names:
        def record(self, rule, *rest):
            names.append(rule.__name__)

        def read(self, *variable): ...

    x = ops.convert_to_tensor(QUERY.astype("float32"))
    with mode(tapes=(Names(),)):
        layer(x, x)
    count = {n: names.count(n) for n in ("matmul", "add", "_softmax", "_transpose")}
    assert count == {"matmul": 6, "add": 4, "_softmax": 1, "_transpose": 4}
    assert len(names) == sum(count.values()) + names.count("_reshape") + 1  # the scale


@each
def test_a_model_learns_and_is_saved(make, tmp_path):
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Embedding(7, 4, mask_zero=True)(inputs)
    x = layers.Add()([x, make(dropout=0.1)(x, x, use_causal_mask=True)])
    y = layers.Dense(1)(layers.GlobalAveragePooling1D()(x))
    model = keras.Model(inputs, y)
    model.compile(keras.optimizers.Adam(0.02), "mse")
    tokens = RNG.integers(0, 7, (32, 6))
    tokens[:, 0] = 1
    target = (tokens == 3).sum(1).astype("float32")[:, None]
    history = model.fit(tokens, target, epochs=12, batch_size=8, verbose=0)
    losses = history.history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(
        again.predict(tokens, verbose=0), model.predict(tokens, verbose=0)
    )


@each
def test_penalties_and_constraints_reach_the_projections(make):
    layer = make(
        kernel_regularizer="l2",
        bias_regularizer="l1",
        kernel_constraint="non_neg",
        bias_constraint="non_neg",
    )
    layer(QUERY, VALUE)
    assert len(layer.losses) == 8
    assert all(v.constraint is not None for v in layer.weights)


@each
@pytest.mark.parametrize(
    ("kw", "match"),
    [
        ({"dropout": 2}, "`dropout` of `.*` must be a number from 0 to 1.*=2"),
        ({"dropout": "a"}, "`dropout` of"),
        ({"sliding_window": 0}, "`sliding_window` of .*positive integer or `None`.*=0"),
        ({"sliding_window": True}, "`sliding_window` of"),
        ({"flash_attention": True, "dropout": 0.1}, "Dropout is not supported"),
    ],
)
def test_wrong_arguments_are_told(make, kw, match):
    with pytest.raises(ValueError, match=match):
        make(**kw)


@each
@pytest.mark.parametrize(
    ("args", "kw", "match"),
    [
        ((QUERY, VALUE, VALUE[:, :4]), {}, "`value` and `key`, except the last one"),
        ((QUERY, VALUE[:1]), {}, "same sizes along those .*query_shape=\\(2, 6, 4\\)"),
        ((QUERY[0], VALUE[0]), {}, "3 axes"),
        ((QUERY, VALUE[:, :, None]), {}, "same number of axes"),
        (
            (QUERY, VALUE),
            {"query_mask": np.ones((2, 9), bool)},
            r"`query_mask` must have the shape \(2, 6\).*\(2, 9\)",
        ),
        ((QUERY, VALUE), {"value_mask": np.ones((2, 6))}, "`value_mask` must have"),
        ((QUERY, VALUE), {"key_mask": np.ones(9)}, "`key_mask` must have"),
        (
            (QUERY, VALUE),
            {"attention_mask": np.ones((2, 9, 6))},
            r"`attention_mask` must broadcast to \(2, 6, 9\).*\(2, 9, 6\)",
        ),
        ((QUERY, VALUE), {"attention_mask": np.ones(9)}, "`attention_mask` must"),
    ],
)
def test_wrong_inputs_are_told(make, args, kw, match):
    with pytest.raises(ValueError, match=match):
        make()(*args, **kw)


@each
def test_tiles_have_no_scores(make):
    layer = make(flash_attention=True)
    with pytest.raises(ValueError, match="attention scores is not supported"):
        layer(QUERY, VALUE, return_attention_scores=True)


def test_positive_integers():
    assert positive("units", np.int64(3), "X") == 3
    with pytest.raises(ValueError, match="`n` of `X` must be a positive integer or 5."):
        positive("n", 0.5, "X", " or 5")
