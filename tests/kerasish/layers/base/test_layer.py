"""What happens around the call of a layer."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops


class Scale(layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1],), "ones", name="w")

    def call(self, x, training=False):
        return x * self.w * (self.factor if training else 1.0)


def test_a_layer_is_built_by_its_first_call():
    layer = Scale()
    assert not layer.built and layer.weights == []
    assert layer(np.ones((2, 3))).shape == (2, 3)
    assert layer.built and layer.weights[0].path == "scale/w"


def test_training_reaches_inner_layers():
    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Scale(5.0)

        def call(self, x):
            return self.inner(x)

    assert Outer()(np.ones((1, 1)), training=True).tolist() == [[5.0]]
    assert Outer()(np.ones((1, 1))).tolist() == [[1.0]]


def test_floats_are_cast_and_integers_are_not():
    assert layers.Identity()(np.ones(2)).dtype == "float32"
    assert layers.Identity()(np.ones(2, "int32")).dtype == "int32"
    assert layers.Identity(dtype="float64")(np.ones(2, "float32")).dtype == "float64"
    mixed = layers.Dense(2, dtype="mixed_bfloat16")
    assert mixed(np.ones((1, 2))).dtype == "bfloat16"
    assert mixed.kernel._tensor.dtype == "float32"


def test_masks_are_handed_on_or_lost_with_a_warning():
    x = layers.Masking()(np.array([[[1.0], [0.0]]]))
    assert layers.Dense(2)(x)._keras_mask.tolist() == [[True, False]]
    with pytest.warns(UserWarning, match="does not support masking"):
        layers.Flatten()(x)


def test_losses_of_the_last_call():
    layer = layers.Dense(1, kernel_regularizer="l2", activity_regularizer="l1")
    for _ in range(3):
        layer(np.ones((2, 2)))
    assert len(layer.losses) == 2


def test_symbolic_calls_make_no_values():
    y = Scale()(keras.Input((3,)))
    assert y.shape == (None, 3)
    assert Scale().compute_output_shape((5, 3)) == (5, 3)


def test_wrong_use():
    class NoInit(layers.Layer):
        def __init__(self):
            pass

    class NoReturn(layers.Layer):
        def call(self, x):
            pass

    with pytest.raises(RuntimeError, match="super"):
        NoInit()(np.ones(2))
    with pytest.raises(ValueError, match="must return tensors"):
        NoReturn()(np.ones(2))
    with pytest.raises(ValueError, match="without inputs"):
        Scale()()
    with pytest.raises(NotImplementedError, match="does not have a `call`"):
        layers.Layer()(np.ones(2))
    layer = Scale()
    with pytest.raises(ValueError, match="cannot hold itself"):
        layer.child = layer
    with pytest.raises(ValueError, match="without '/'"):
        Scale(name="a/b")


def test_operations_of_the_graph():
    layer = Scale()
    with pytest.raises(RuntimeError, match="never been called"):
        assert layer.output
    x = keras.Input((3,))
    y = layer(x)
    assert layer.input is x and layer.output is y
    assert ops.is_tensor(layer(np.ones((1, 3))))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_casts_of_mixed_precision_are_no_part_of_a_graph(policy):
    keras.config.set_dtype_policy(policy)
    x, other = keras.Input((3,)), keras.Input((3,))
    y = layers.Dense(3)(layers.Add()([x, other]))
    out = layers.Dense(2, dtype="float32")(y)
    assert (y.dtype, out.dtype) == (policy.removeprefix("mixed_"), "float32")
    model = keras.Model([x, other], out)
    kinds = [type(operation).__name__ for operation in model.operations]
    assert sorted(kinds) == ["Add", "Dense", "Dense", "InputLayer", "InputLayer"]
    assert model([np.ones((4, 3)), np.ones((4, 3))]).dtype == "float32"


def test_a_layer_infers_its_outputs_from_what_it_casts_its_inputs_to():
    class Told(layers.Layer):
        def compute_output_spec(self, inputs):
            self.told = inputs["a"].dtype
            return inputs["a"]

        def call(self, inputs):
            return inputs["a"]

    layer = Told(dtype="mixed_float16")
    a = keras.Input((2,))
    assert layer({"a": a}).dtype == layer.told == "float16"
    assert a.dtype == "float32"


class Nest(layers.Layer):
    """A layer that makes no weights but those of the layers within."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, x):
        return self.inner(x)


@pytest.mark.parametrize("how", ["call", "symbolic", "build", "graph"])
def test_weights_are_named_after_all_layers_around_them(how):
    nest = Nest(Nest(layers.Dense(1, name="d"), name="b"), name="a")
    start = {
        "call": lambda: nest(np.ones((1, 2))),
        "symbolic": lambda: nest(keras.KerasTensor((None, 2))),
        "build": lambda: nest.build((None, 2)),
        "graph": lambda: keras.Sequential([keras.Input((2,)), nest], name="m"),
    }
    start[how]()
    top = "m/" if how == "graph" else ""
    # As Keras 3.15.1 has it.
    assert [w.path for w in nest.weights] == [
        f"{top}a/b/d/kernel",
        f"{top}a/b/d/bias",
    ]
