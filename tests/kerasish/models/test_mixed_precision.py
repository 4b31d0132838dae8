"""Training in mixed precision: as well as in float32, eagerly and recorded."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

import kerasish as keras
from kerasish import layers

HALF = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))[:800]
    return (x[order] / 16.0).reshape(-1, 8, 8, 1).astype("float32"), y[order]


def convnet(policy, **arguments):
    keras.config.set_dtype_policy(policy)
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(8, 3, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.1),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam(0.01)
    if policy == "mixed_float16":  # a scale that skips no step, to compare the others
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=256.0)
    model.compile(
        optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **arguments
    )
    return model


def regression(policy="mixed_float16", **arguments):
    keras.config.set_dtype_policy(policy)
    keras.utils.set_random_seed(1)
    x = keras.Input((3,))
    y = layers.Dense(4, activation="tanh")(x)
    model = keras.Model(x, layers.Dense(1)(y))
    model.compile(keras.optimizers.SGD(0.1), "mse", **arguments)
    return model


X = np.linspace(-1, 1, 48, dtype="float32").reshape(16, 3)
Y = X.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("policy", HALF)
def test_a_convnet_learns_as_well_as_in_float32(policy, digits):
    x, y = digits
    runs = {}
    for name, arguments in {
        "float32": {},
        policy: {"jit_compile": False},
        "compiled": {"jit_compile": True},
        "eager": {"run_eagerly": True},
    }.items():
        model = convnet("float32" if name == "float32" else policy, **arguments)
        history = model.fit(x[:600], y[:600], epochs=4, verbose=0).history
        runs[name] = [*history["loss"], *model.evaluate(x[600:], y[600:], verbose=0)]
        assert all(type(value) is float for value in history["accuracy"])
        assert {v.dtype for v in model.trainable_variables} == {"float32"}
        predicted = model.predict(x[600:], verbose=0)
        if name != "float32":
            assert keras.backend.standardize_dtype(predicted.dtype) == HALF[policy]
        assert np.mean(predicted.argmax(-1) == y[600:]) == pytest.approx(runs[name][-1])
    assert runs["float32"][-1] > 0.93
    for name in (policy, "compiled", "eager"):
        assert runs[name][-1] > runs["float32"][-1] - 0.02
        np.testing.assert_allclose(runs[name][:4], runs["float32"][:4], rtol=0.1)


@pytest.mark.parametrize("policy", HALF)
def test_losses_and_gradients_are_float32(policy):
    model = regression(policy)
    assert model.outputs[0].dtype == HALF[policy]
    with keras.GradientTape() as tape:
        y = model(X, training=True)
        loss = model.compute_loss(X, Y, y)
    assert (y.dtype, loss.dtype) == (HALF[policy], "float32")
    gradients = tape.gradient(loss, model.trainable_variables)
    assert {g.dtype for g in gradients} == {"float32"}


@pytest.mark.parametrize("run_eagerly", [True, False], ids=["eager", "recorded"])
def test_steps_that_overflow_are_skipped_until_the_scale_fits(run_eagerly):
    model = regression(run_eagerly=run_eagerly)
    scaling = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.1), initial_scale=2.0**24, dynamic_growth_steps=4
    )
    model.compile(scaling, "mse", run_eagerly=run_eagerly)
    before, scales = model.get_weights(), []
    while int(scaling.iterations) == 0 and len(scales) < 24:
        for one, other in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(one, other)
        scales.append(float(scaling.dynamic_scale))
        model.train_on_batch(X, Y)
    skipped = len(scales) - 1
    assert skipped >= 4 and scales == [2.0 ** (24 - i) for i in range(len(scales))]
    assert any((a != b).any() for a, b in zip(model.get_weights(), before, strict=True))
    # Three finite steps more double it; and that may overflow again.
    for _ in range(3):
        model.train_on_batch(X, Y)
    assert float(scaling.dynamic_scale) == scales[-1] * 2.0
    assert int(scaling.iterations) == 4


def test_gradients_too_small_for_float16_still_train():
    # 1e-8 is 0 in float16, whose least number is 6e-8; times 2^15 it is not.
    moved = {}
    for auto_scale_loss in (True, False):
        model = regression()
        model.compile(
            keras.optimizers.SGD(1e6),
            lambda y, p: keras.ops.mean(1e-8 * p, axis=-1),
            auto_scale_loss=auto_scale_loss,
        )
        before = model.layers[-1].kernel.numpy()
        model.train_on_batch(X, Y)
        moved[auto_scale_loss] = np.abs(model.layers[-1].kernel.numpy() - before).max()
    assert moved[False] == 0.0
    assert moved[True] > 1e-5


def test_a_loop_of_ones_own_scales_the_loss_itself():
    model = regression()
    losses = []
    for _ in range(30):
        with keras.GradientTape() as tape:
            loss = model.compute_loss(X, Y, model(X, training=True))
            scaled = model.optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        losses.append(float(loss))
    assert losses[-1] < losses[0] / 5


@pytest.mark.parametrize("policy", HALF)
def test_training_goes_on_from_a_file_as_if_it_had_not_stopped(policy, tmp_path):
    model = regression(policy)
    model.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    model.save(tmp_path / "m.keras")
    keras.config.set_dtype_policy("float32")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert type(again.optimizer) is type(model.optimizer)
    assert [layer.dtype_policy.name for layer in again.layers[1:]] == [policy] * 2
    for one in (model, again):
        one.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_without_ml_dtypes_the_extra_is_named(monkeypatch):
    model = regression("mixed_bfloat16")
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    match = r"'bfloat16' needs the package ml_dtypes: pip install kerasish\[bfloat16\]"
    with pytest.raises(RuntimeError, match=match):
        model.fit(X, Y, verbose=0)
