"""What holds for every convolution layer: shapes, dtypes, formats, wrong arguments."""

import copy
import pickle

import numpy as np
import pytest
import scipy.signal

import kerasish as keras
from kerasish import layers, ops
from kerasish.tracing import Function

# Layer, arguments, spatial axes.
LAYERS = [
    ("Conv1D", {"filters": 4, "kernel_size": 3}, 1),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}, 2),
    ("Conv3D", {"filters": 4, "kernel_size": 3}, 3),
    ("Conv1DTranspose", {"filters": 4, "kernel_size": 3}, 1),
    ("Conv2DTranspose", {"filters": 4, "kernel_size": 3}, 2),
    ("Conv3DTranspose", {"filters": 4, "kernel_size": 3}, 3),
    ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, 1),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, 2),
    ("SeparableConv1D", {"filters": 4, "kernel_size": 3}, 1),
    ("SeparableConv2D", {"filters": 4, "kernel_size": 3}, 2),
]
EACH = pytest.mark.parametrize("cls, kwargs, rank", LAYERS, ids=[r[0] for r in LAYERS])


def make(cls, kwargs, **more):
    return getattr(layers, cls)(**kwargs, **more)


def data(rng, rank, channels=2):
    return rng.normal(size=(2, *(5, 4, 6)[:rank], channels)).astype("float32")


@EACH
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_unknown_sizes(cls, kwargs, rank, padding, data_format):
    layer = make(cls, kwargs, padding=padding, strides=2, data_format=data_format)
    first = data_format == "channels_first"
    shape = (2, None, *(7,) * (rank - 1)) if first else (None, *(7,) * (rank - 1), 2)
    transposed, same = "Transpose" in cls, padding == "same"
    size = {(True, True): 14, (True, False): 15, (False, True): 4}
    sizes = (size.get((transposed, same), 3),) * (rank - 1)
    expected = (4, None, *sizes) if first else (None, *sizes, 4)
    assert layer(keras.Input(shape)).shape == (None, *expected)


@EACH
def test_channels_first_is_channels_last_moved(cls, kwargs, rank, rng):
    x = data(rng, rank)
    options = {"padding": "same", "strides": 2, "activation": "tanh"}
    last = make(cls, kwargs, **options, bias_initializer="random_normal")
    expected = np.asarray(last(x))
    first = make(cls, kwargs, **options, data_format="channels_first")
    moved = np.moveaxis(x, -1, 1)
    first.build(moved.shape)
    first.set_weights(last.get_weights())
    found = np.moveaxis(np.asarray(first(moved)), 1, -1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@EACH
@pytest.mark.parametrize(
    "policy, computed, kept, tolerance",
    [
        ("float64", "float64", "float64", 1e-5),
        ("float16", "float16", "float16", 2e-2),
        ("bfloat16", "bfloat16", "bfloat16", 1e-1),
        ("mixed_float16", "float16", "float32", 2e-2),
        ("mixed_bfloat16", "bfloat16", "float32", 1e-1),
    ],
)
def test_dtypes(cls, kwargs, rank, policy, computed, kept, tolerance, rng):
    x = data(rng, rank)
    single = make(cls, kwargs, activation="relu")
    expected = single(x)
    layer = make(cls, kwargs, activation="relu", dtype=policy)
    symbolic = layer(keras.Input(x.shape[1:]))
    layer.set_weights(single.get_weights())
    found = layer(x)
    assert {w.dtype for w in layer.weights} == {kept}
    assert symbolic.dtype == found.dtype == computed
    assert symbolic.shape[1:] == found.shape[1:]
    np.testing.assert_allclose(
        np.asarray(found, "float32"), expected, rtol=tolerance, atol=tolerance
    )


@EACH
def test_whole_numbers_are_taken(cls, kwargs, rank, rng):
    x = rng.integers(0, 255, (2, *(5, 4, 6)[:rank], 2)).astype("uint8")
    layer = make(cls, kwargs)
    assert layer(x).dtype == "float32"
    np.testing.assert_allclose(layer(x), layer(x.astype("float32")), rtol=1e-6)


@EACH
def test_copies(cls, kwargs, rank, rng):
    x = data(rng, rank)
    layer = make(cls, kwargs, activation="relu")
    y = layer(x)
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(again(x), y)


@EACH
def test_a_model_of_it_trains_and_is_saved(cls, kwargs, rank, rng, tmp_path):
    x = data(rng, rank)
    inputs = keras.Input(x.shape[1:])
    y = make(cls, kwargs, strides=2, padding="same")(inputs)
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(y)))
    model.compile("sgd", "mse")
    before = [w.copy() for w in model.get_weights()]
    assert np.isfinite(model.train_on_batch(x, np.ones(len(x), "float32")))
    after = model.get_weights()
    assert all((a != b).any() for a, b in zip(before, after, strict=True))
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(again.predict(x, verbose=0), expected, atol=1e-6)


@EACH
@pytest.mark.parametrize(
    "kw, match",
    [
        ({"kernel_size": 0}, "`kernel_size` of `.*` must be a positive integer.*=0"),
        ({"kernel_size": 2.0}, "`kernel_size`.*=2.0"),
        ({"kernel_size": (2, 2, 2, 2)}, r"`kernel_size`.*\(2, 2, 2, 2\)"),
        ({"strides": 0}, "`strides`.*strides=0"),
        ({"strides": True}, "`strides`.*strides=True"),
        ({"dilation_rate": -1}, "`dilation_rate`.*=-1"),
        ({"padding": "full"}, "`padding` of .* must be one of .*valid.*'full'"),
        ({"padding": None}, "`padding`.*None"),
        ({"data_format": "last"}, "`data_format`.*channels_last.*'last'"),
        ({"activation": "reluu"}, "relu"),
    ],
)
def test_arguments_out_of_range(cls, kwargs, rank, kw, match):
    with pytest.raises(ValueError, match=match):
        getattr(layers, cls)(**{**kwargs, **kw})


@EACH
def test_inputs_that_do_not_fit(cls, kwargs, rank, rng):
    x = data(rng, rank)
    layer = make(cls, kwargs)
    with pytest.raises(ValueError, match=f"expected ndim={rank + 2}"):
        layer(x[0])
    with pytest.raises(ValueError, match="channels of the inputs .* must be known"):
        layer(keras.Input((*(7,) * rank, None)))
    layer(x)
    with pytest.raises(
        ValueError, match="expected axis -1 of the input to have the size 2"
    ):
        layer(data(rng, rank, channels=4))


@EACH
def test_words_in_capitals(cls, kwargs, rank):
    layer = make(cls, kwargs, padding="SAME", data_format="Channels_First")
    assert (layer.padding, layer.data_format) == ("same", "channels_first")
    assert layer.rank == rank


@EACH
def test_penalties_and_constraints_reach_the_weights(cls, kwargs, rank, rng):
    config = make(cls, kwargs).get_config()
    words = ("regularizer", "constraint", "initializer")
    values = dict(zip(words, ("l1", "non_neg", "ones"), strict=True))
    options = {k: values[k.split("_")[1]] for k in config if k.endswith(words)}
    layer = make(cls, {**kwargs, **options, "activity_regularizer": None})
    layer(data(rng, rank))
    size = sum(w.numpy().size for w in layer.weights)
    assert len(layer.losses) == len(layer.weights) == len(options) // 3
    np.testing.assert_allclose(float(sum(layer.losses)), 0.01 * size, rtol=1e-5)
    assert all(w.constraint is not None for w in layer.weights)
    unbiased = make(cls, kwargs, use_bias=False)
    unbiased(data(rng, rank))
    assert unbiased.bias is None
    assert len(unbiased.weights) == len(layer.weights) - 1


def test_activity_is_penalised_as_the_mean_over_samples(rng):
    x = data(rng, 1)
    layer = layers.SeparableConv1D(4, 3, activity_regularizer="l1")
    y = np.asarray(layer(x))
    (penalty,) = layer.losses
    np.testing.assert_allclose(penalty, 0.01 * np.abs(y).sum() / 2, rtol=1e-5)


def test_depthwise_is_a_convolution_of_each_channel(rng):
    x = rng.normal(size=(1, 6, 5, 3)).astype("float32")
    layer = layers.DepthwiseConv2D((2, 3), depth_multiplier=2)
    y = np.asarray(layer(x))
    kernel, _ = layer.get_weights()
    for c in range(3):
        for m in range(2):
            expected = scipy.signal.correlate2d(
                x[0, ..., c], kernel[..., c, m], "valid"
            )
            np.testing.assert_allclose(y[0, ..., 2 * c + m], expected, atol=1e-5)


def test_transposed_is_the_gradient_of_the_convolution(rng):
    how = {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False}
    x = rng.normal(size=(2, 7, 6, 3))
    forward = layers.Conv2D(4, **how, dtype="float64")
    y = forward(x)
    back = layers.Conv2DTranspose(3, **how, output_padding=(0, 1), dtype="float64")
    g = rng.normal(size=y.shape)
    back.build(g.shape)
    back.set_weights(forward.get_weights())
    # <conv(x), g> = <x, conv_transpose(g)>
    left, right = ops.sum(y * g), ops.sum(back(g) * x)
    np.testing.assert_allclose(float(left), float(right), rtol=1e-10)


@pytest.mark.parametrize(
    "cls, product",
    [
        ("Conv2D", "_conv"),
        ("Conv2DTranspose", "_conv_input"),
        ("SeparableConv2D", "_conv"),
    ],
)
def test_the_product_is_followed_by_bias_and_activation(cls, product, rng):
    layer = getattr(layers, cls)(4, 3, activation="relu", data_format="channels_last")
    x = data(rng, 2)
    layer.build(x.shape)
    function = Function(layer, roots=lambda: [layer])
    for _ in range(3):
        function(x)
    steps = [line.split(" = ")[1] for line in function.graph().splitlines()[:-1]]
    assert [step.partition("(")[0] for step in steps[-3:]] == [product, "add", "relu"]
    assert f"{layer.name}/bias]" in steps[-2]
