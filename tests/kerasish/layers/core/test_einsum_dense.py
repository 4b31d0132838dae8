"""EinsumDense against values of Keras, and what it refuses."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import initializers, layers, ops
from kerasish.autodiff import GradientTape, check_gradients
from kerasish.autodiff.mode import mode
from kerasish.tracing import Function
from tests.golden.stored_attention import call, fans, identify, made, new, plain, rows

ROWS = rows("EinsumDense")


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_outputs_and_weights_are_those_of_keras(row):
    layer = made(row)
    np.testing.assert_allclose(call(layer, row)[0], row["y"][0], 1e-5, 1e-5)
    assert [v.path.split("/", 1)[1] for v in layer.weights] == row["paths"]
    assert plain(layer.get_build_config()) == row["build"]


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_configs_are_those_of_keras(row):
    assert plain(new(row).get_config()) == plain(row["config"])


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_symbolic_shapes_are_those_computed(row):
    layer, shape = made(row), np.shape(row["y"][0])
    x = keras.KerasTensor(layer.get_build_config()["input_shape"])
    assert layer(x).shape == shape == layer.compute_output_shape(x.shape)
    if row["kw"]["equation"] not in ("abc,acd->abd",) and "a" not in (
        row["kw"].get("bias_axes") or ""
    ):
        free = keras.KerasTensor((None, *x.shape[1:]))
        assert new(row)(free).shape == (None, *shape[1:])


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_the_config_makes_the_same_layer(row):
    layer = made(row)
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(call(again, row)[0], call(layer, row)[0])


@pytest.mark.parametrize(
    "row", [r for r in ROWS if "relu" not in identify(r)], ids=identify
)
def test_gradients_are_those_of_differences(row):
    layer = made(row, dtype="float64")
    x = np.random.default_rng(0).normal(size=layer.get_build_config()["input_shape"])
    check_gradients(layer, x)
    weights = layer.weights
    with GradientTape() as tape:
        loss = ops.sum(ops.sin(layer(x)))
    gradients = tape.gradient(loss, weights)
    for v, g in zip(weights, gradients, strict=True):
        held, step = v.numpy(), np.zeros(v.shape)
        step[(0,) * step.ndim] = 1e-6
        around = []
        for sign in (1, -1):
            v.assign(held + sign * step)
            around.append(float(ops.sum(ops.sin(layer(x)))))
        v.assign(held)
        slope = (around[0] - around[1]) / 2e-6
        np.testing.assert_allclose(np.ravel(g)[0], slope, rtol=1e-5, atol=1e-7)


def test_fans_are_counted_along_the_axes_of_the_formula():
    for row in fans():
        for fan in ("fan_in", "fan_out"):
            given = initializers.VarianceScaling(1.0, fan, "uniform", seed=1)
            layer = layers.EinsumDense(
                row["equation"], row["output_shape"], kernel_initializer=given
            )
            layer.build(tuple(row["shape"]))
            found = 3 / float(np.abs(layer.kernel.numpy()).max()) ** 2
            assert found == pytest.approx(row[fan], rel=0.02)
            assert given.input_axes is None
            assert layer.kernel_initializer is given


def test_fans_that_are_told_stay():
    given = initializers.VarianceScaling(input_axes=[0], output_axes=[1], seed=1)
    layer = layers.EinsumDense("ab,bc->ac", 6, kernel_initializer=given)
    layer.build((1, 3))
    np.testing.assert_array_equal(layer.kernel, given((3, 6)))


def test_a_dense_layer_is_the_recorded_product_of_two_matrices():
    layer = layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de")
    function = Function(lambda x: layer(x), roots=lambda: [layer])
    x = np.ones((2, 5, 4), "float32")
    for _ in range(3):
        y = function(x)
    np.testing.assert_allclose(y, layer(x), rtol=1e-6)
    names = []

    class Names:
        def record(self, rule, *rest):
            names.append(rule.__name__)

        def read(self, *variable): ...

    with mode(tapes=(Names(),)):
        layer(x)
    assert names == ["_reshape", "_reshape", "matmul", "_reshape", "add", "_reshape"]


def test_other_lengths_and_no_rows_are_fine():
    layer = layers.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d")
    assert layer(keras.Input((None, 4))).shape == (None, None, 6)
    assert layer(np.ones((2, 3, 4))).shape == (2, 3, 6)
    assert layer(np.ones((1, 5, 4))).shape == (1, 5, 6)
    assert layer(np.ones((0, 5, 4))).shape == (0, 5, 6)


def test_masks_are_not_passed_on():
    layer = layers.EinsumDense("abc,cd->abd", (None, 6))
    with pytest.warns(UserWarning, match="does not support masking"):
        y = layer(layers.Masking()(np.ones((2, 3, 4))))
    assert getattr(y, "_keras_mask", None) is None


@pytest.mark.parametrize("dtype", ["mixed_float16", "float16", "bfloat16", "float64"])
def test_dtypes(dtype):
    layer = layers.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d", dtype=dtype)
    y = layer(np.ones((2, 3, 4)))
    assert y.dtype == layer.compute_dtype
    assert layer.kernel.dtype == layer.variable_dtype


def test_a_model_of_it_is_saved(tmp_path):
    model = keras.Sequential(
        [
            keras.Input((3, 4)),
            layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"),
            layers.EinsumDense("abcd,cde->abe", (None, 5), activation="tanh"),
        ]
    )
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(
        again.predict(x, verbose=0), model.predict(x, verbose=0)
    )


E = layers.EinsumDense
REFUSED = [
    (lambda: E("ab,bc->ad", 6), ValueError, "'d' of the output"),
    (lambda: E(3, 6), TypeError, "must be a string"),
    (lambda: E("ab,bc->ac", (6, 7)), ValueError, "must hold 1 sizes, of the axes 'c'"),
    (lambda: E("abc,cd->abd", 6), ValueError, "must hold 2 sizes, of the axes 'bd'"),
    (lambda: E("ab,bc->ac", None), ValueError, "must hold 1 sizes.*=None"),
    (lambda: E("ab,bc->ac", 0), ValueError, "positive integers or None.*=0"),
    (lambda: E("ab,bc->ac", (True,)), ValueError, "positive integers or None"),
    (lambda: E("ab,bc->ac", ("a",)), ValueError, "positive integers or None"),
    (lambda: E("ab,bc->ac", 6, bias_axes="z"), ValueError, "'z' was requested, but is"),
    (lambda: E("ab,bc->ac", 6, bias_axes=""), ValueError, "must be letters of 'ac'"),
    (lambda: E("ab,bc->ac", 6, bias_axes=1), ValueError, "must be letters of 'ac'"),
    (lambda: E("ab,bc->ac", 6, lora_rank=2), ValueError, "not support `lora_rank`"),
    (lambda: E("ab,bc->ac", 6, activation="foo"), ValueError, "foo"),
    (lambda: E("ab,bc->ac", 6, units=3), TypeError, "Unrecognized keyword.*units"),
    (lambda: E("abc,cd->abd", (5, 6))(np.ones((2, 3, 4))), ValueError, "dimension 'b'"),
    (lambda: E("ab,bc->ac", 6)(np.ones((2, 3, 4))), ValueError, "must have 2 axes"),
    (
        lambda: E("abc,cd->abd", (None, 6)).build((None, 3, None)),
        ValueError,
        "sizes of the kernel.*'c': None",
    ),
    (
        lambda: E("abc,cd->abd", (None, 6), bias_axes="b").build((None, None, 4)),
        ValueError,
        "sizes of the bias.*'b': None",
    ),
]


@pytest.mark.parametrize(("make", "kind", "match"), REFUSED)
def test_what_is_wrong_is_told(make, kind, match):
    with pytest.raises(kind, match=match):
        make()


def test_other_inputs_than_it_was_built_for_are_refused():
    layer = E("abc,cd->abd", (None, 6), name="head")
    layer(np.ones((2, 3, 4)))
    with pytest.raises(ValueError, match="'head'.*axis -1.*size 4"):
        layer(np.ones((2, 3, 5)))
    with pytest.raises(ValueError, match="'head'.*ndim=3"):
        layer(np.ones((2, 4)))
