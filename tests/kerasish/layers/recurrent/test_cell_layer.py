"""Layers that make their own cell: attributes, config, penalties."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends, layers
from kerasish.backends.numpy_backend import NumpyBackend
from kerasish.core import tree
from kerasish.core.errors import ArgumentError
from kerasish.layers.recurrent.cell_layer import FromCell, GatedLayer


def test_attributes_are_those_of_the_cell_and_are_set_there():
    layer = layers.GRU(3)
    assert isinstance(layers.GRU.units, FromCell)
    assert layer.use_bias is True
    with pytest.raises(AttributeError, match=r"`dropout` of GRU .*`layer.cell.dropou"):
        layer.dropout = 0.5
    layer.cell.dropout = 0.5
    assert layer.dropout == 0.5


def test_a_penalty_on_the_outputs():
    layer = layers.LSTM(2, activity_regularizer="l2")
    y = np.asarray(layer(np.ones((4, 5, 3), "float32")))
    np.testing.assert_allclose(layer.losses[0], 0.01 * (y**2).sum() / 4, rtol=1e-5)
    config = layer.get_config()
    assert config["activity_regularizer"]["class_name"] == "L2"
    again = layers.LSTM.from_config(config)
    assert again.activity_regularizer.l2 == layer.activity_regularizer.l2
    assert layers.LSTM(2).get_config()["activity_regularizer"] is None


def test_penalties_on_weights_and_constraints_reach_them():
    layer = layers.GRU(
        2,
        kernel_regularizer="l1",
        recurrent_regularizer="l2",
        bias_constraint="non_neg",
    )
    layer.build((1, 2, 3))
    kernel, recurrent, bias = layer.weights
    assert type(kernel.regularizer).__name__ == "L1"
    assert type(recurrent.regularizer).__name__ == "L2"
    assert type(bias.constraint).__name__ == "NonNeg"
    assert len(layer.losses) == 2


def test_config_holds_no_cell():
    config = layers.SimpleRNN(2, name="own").get_config()
    assert "cell" not in config
    assert config["name"] == "own"
    with pytest.raises(TypeError, match="Error when deserializing 'SimpleRNN'"):
        layers.SimpleRNN.from_config({"unit": 3})


class Whole(NumpyBackend):
    """A backend with a kernel for whole sequences, which counts its calls."""

    calls = 0

    def recurrent_space(self, kind, shape, units, dtype):
        return 0

    def recurrent(self, *given):
        self.calls += 1
        return super().recurrent(*given)


X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
OPTIONS = (
    {},
    {"return_sequences": True, "go_backwards": True, "unroll": True},
    {"return_state": True, "stateful": True},
    {"recurrent_dropout": 0.5, "dropout": 0.5},
)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_a_kernel_for_all_steps_is_used(kind, options):
    layer = getattr(layers, kind)(3, **options)
    expected = [layer(X), layer(X)]
    layer.reset_state()
    backend = Whole()
    backends.set_backend(backend)
    for y, e in zip([layer(X), layer(X)], expected, strict=True):
        for a, b in zip(tree.flatten(y), tree.flatten(e), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert backend.calls == 2
    layer.use_cudnn = False
    layer(X)
    layers.RNN(layer.cell)(X)  # knows nothing of it
    assert backend.calls == 2


def test_both_ways_use_it():
    backend = Whole()
    backends.set_backend(backend)
    for choice in ("auto", True, False):
        layer = layers.Bidirectional(layers.GRU(2, use_cudnn=choice))
        assert layer.backward_layer.use_cudnn is layer.forward_layer.use_cudnn
        assert layer.forward_layer.use_cudnn is choice
        layer(X)
    assert backend.calls == 4


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_a_kernel_that_must_be_used_and_cannot(kind):
    layer = getattr(layers, kind)(2, use_cudnn=True)
    assert "use_cudnn" not in layer.get_config()
    assert layer(keras.Input((5, 3))).shape == (None, 2)
    with pytest.raises(ArgumentError, match="on the backend 'numpy'. Use cuDNN where"):
        layer(X)
    backends.set_backend(Whole())
    layer(X)
    with pytest.raises(ValueError, match=f"`use_cudnn=True` of `{kind.lower()}` needs"):
        layer(X, mask=np.ones((2, 4), bool))
    dropping = getattr(layers, kind)(2, use_cudnn=True, recurrent_dropout=0.5)
    with pytest.raises(ValueError, match="neither a mask nor recurrent dropout"):
        dropping(X, training=True)


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_what_use_cudnn_may_be(kind):
    assert issubclass(kind, GatedLayer)
    assert kind(2).use_cudnn == "auto"
    with pytest.raises(ArgumentError, match="`use_cudnn` of `.*` must be 'auto', True"):
        kind(2, use_cudnn="never")
