"""compile, and steps that are overridden."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers

X, Y = np.ones((4, 2), "float32"), np.zeros((4, 1), "float32")


class Custom(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="own")

    def call(self, x, training=False):
        return self.dense(x)

    def train_step(self, batch):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(batch)
        with keras.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        self.tracker.update_state(loss)
        return {"own": self.tracker.result()}


def test_an_overridden_step_is_used():
    model = Custom()
    model.compile("sgd", "mse")
    assert list(model.fit(X, Y, verbose=0).history) == ["own"]


def test_losses_of_layers_are_added():
    class Penalty(layers.Layer):
        def call(self, x):
            self.add_loss(keras.ops.sum(x) * 0.0 + 3.0)
            return x

    model = keras.Sequential([keras.Input((2,)), Penalty(), layers.Dense(1)])
    model.compile("sgd")
    for _ in range(2):
        assert model.evaluate(X, verbose=0) == pytest.approx(3.0)


def test_compile_config_comes_back():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    assert model.get_compile_config() is None
    model.compile(keras.optimizers.Adam(0.5), keras.losses.Huber(0.3), metrics=["mae"])
    other = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    other.compile_from_config(model.get_compile_config())
    assert float(other.optimizer.learning_rate) == 0.5
    other.set_weights(model.get_weights())
    assert other.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_wrong_arguments():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="`jit_compile`"):
        model.compile(jit_compile="x")
    with pytest.raises(ValueError, match="Unknown optimizer"):
        model.compile("adm")
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="needs targets"):
        model.train_on_batch(X)


def test_names_of_metrics():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.metrics_names == ["loss", "compile_metrics"]
    model.fit(X, Y, verbose=0)
    assert set(model.get_metrics_result()) == {"loss", "mae"}


def test_a_loss_of_given_values():
    dense = layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.5))
    model = keras.Sequential([keras.Input((2,)), dense])
    model.compile("sgd", "mse")
    held = [np.ones((2, 1)), np.zeros(1)]
    before = model.get_weights()
    metrics = [np.array(v) for v in model.metrics_variables]
    loss, (trained, others, counted) = model.stateless_compute_loss(
        iter(held), [], metrics, x=X, y=Y, y_pred=np.full((4, 1), 3.0)
    )
    # The mean of 3 squared, and half the squares of the given kernel.
    assert float(loss) == pytest.approx(9.0 + 0.5 * 2)
    np.testing.assert_array_equal(trained[0], held[0])
    assert others == [] and len(counted) == len(metrics)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="`trainable_variables` of `stateless_comp"):
        model.stateless_compute_loss([], [], metrics, y=Y, y_pred=Y)


def scaled(policy, **arguments):
    """Returns the optimizer of a model of a policy after `compile`."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name="m")
    model.dtype_policy = policy
    model.compile("sgd", "mse", **arguments)
    return model


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "float16"])
def test_the_loss_is_scaled_for_mixed_float16_alone(policy):
    assert type(scaled("mixed_float16").optimizer).__name__ == "LossScaleOptimizer"
    assert type(scaled(policy).optimizer).__name__ == "SGD"


def test_a_loss_that_is_not_to_be_scaled_is_not_after_loading_either():
    model = scaled("mixed_float16", auto_scale_loss=False)
    assert type(model.optimizer).__name__ == "SGD"
    config = model.get_compile_config()
    assert config["auto_scale_loss"] is False
    model.compile_from_config(config)
    assert type(model.optimizer).__name__ == "SGD"
    assert "auto_scale_loss" not in scaled("mixed_float16").get_compile_config()


def test_an_optimizer_that_scales_is_taken_as_it_is():
    own = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(), 4.0)
    model = scaled("mixed_float16")
    model.compile(own, "mse")
    assert model.optimizer is own
