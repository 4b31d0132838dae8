"""Training with recorded steps gives what training step by step gives."""

from contextlib import nullcontext

import numpy as np
import pytest

import kerasish as keras
from kerasish import constraints, layers, optimizers
from kerasish.callbacks import Callback
from kerasish.core.errors import DataWarning
from kerasish.optimizers import schedules

STEPS = 12
X = np.random.default_rng(3).normal(size=(8 * STEPS, 5)).astype("float32")
Y = (X[:, :2] * [2.0, -1.0] + 0.5).astype("float32")


def trained(make, eagerly, factor=None, callbacks=()):
    """Returns the model after `STEPS` steps; `factor` spoils batches."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((5,), name="x")
    x = layers.Dense(4, activation="tanh", kernel_constraint=constraints.MaxNorm(1.5))(
        inputs
    )
    model = keras.Model(inputs, layers.Dense(2, name="out")(x))
    model.compile(make(), "mse", run_eagerly=eagerly)
    x = X if factor is None else X * np.repeat(factor, 8)[:, None]
    said = nullcontext() if factor is None else pytest.warns(DataWarning)
    with said:
        model.fit(x, Y, 8, shuffle=False, verbose=0, callbacks=list(callbacks))
    return model


def assert_same(make, **kw):
    eager, recorded = trained(make, True, **kw), trained(make, False, **kw)
    assert "optimizer" in recorded._functions._function("train_step").plan()
    ours = [*recorded.weights, *recorded.optimizer.variables]
    theirs = [*eager.weights, *eager.optimizer.variables]
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype and np.all(np.isfinite(a.numpy()))
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-6, atol=1e-6)
    return recorded


SCHEDULE = schedules.ExponentialDecay(0.1, 2, 0.5)
BASE = {"learning_rate": 0.05}
CLASSES = [
    ("Adadelta", {}),
    ("Adafactor", {}),
    ("Adafactor", {"relative_step": False}),
    ("Adagrad", {}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("Adamax", {}),
    ("Ftrl", {"l1_regularization_strength": 0.01}),
    ("Lamb", {}),
    ("Lion", {}),
    ("Muon", {}),
    ("Muon", {"exclude_layers": ["out"], "nesterov": False}),
    ("Nadam", {}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("SGD", {}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("ScheduleFreeAdamW", {"warmup_steps": 4, "weight_decay": 0.1}),
]
OPTIONS = [
    {"weight_decay": 0.1},
    {"clipnorm": 0.1},
    {"clipvalue": 0.1},
    {"global_clipnorm": 0.1},
    {"use_ema": True, "ema_momentum": 0.8},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 5},
    {"loss_scale_factor": 8.0},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "use_ema": True, "global_clipnorm": 0.5},
    {"learning_rate": SCHEDULE},
    {"learning_rate": schedules.CosineDecay(0.1, 10, warmup_target=0.2)},
    {"learning_rate": schedules.CosineDecayRestarts(0.1, 3)},
    {"learning_rate": schedules.InverseTimeDecay(0.1, 3, 0.5, staircase=True)},
    {"learning_rate": schedules.PiecewiseConstantDecay([3, 7], [0.1, 0.05, 0.01])},
    {"learning_rate": schedules.PolynomialDecay(0.1, 3, cycle=True)},
    {"learning_rate": SCHEDULE, "gradient_accumulation_steps": 2},
]


def name(value):
    return value if isinstance(value, str) else "-".join(value) or "plain"


@pytest.mark.parametrize("cls, kw", CLASSES, ids=name)
def test_every_optimizer(cls, kw):
    assert_same(lambda: getattr(optimizers, cls)(**BASE, **kw))


@pytest.mark.parametrize("cls", ["SGD", "Adam", "Nadam"])
@pytest.mark.parametrize("kw", OPTIONS, ids=name)
def test_every_option(cls, kw):
    assert_same(lambda: getattr(optimizers, cls)(**{**BASE, **kw}))


@pytest.mark.parametrize("factor", [None, 4.0])
def test_several_optimizers(factor):
    def make():
        chosen = optimizers.OptimizerMap(
            optimizers.SGD(0.1, gradient_accumulation_steps=2),
            {".*kernel": optimizers.Adam(0.05, use_ema=True)},
        )
        return optimizers.MultiOptimizer(chosen, factor)

    assert_same(make)


@pytest.mark.parametrize("kw", [{}, {"gradient_accumulation_steps": 2}], ids=name)
def test_a_loss_scale_that_moves(kw):
    factor = np.where(np.isin(np.arange(STEPS), (1, 5, 6)), np.inf, 1.0)

    def make():
        inner = optimizers.Adam(0.05, **kw)
        return optimizers.LossScaleOptimizer(inner, 2.0**10, dynamic_growth_steps=3)

    optimizer = assert_same(make, factor=factor).optimizer
    # Three batches halve it; the steps in between and after double it twice.
    assert float(optimizer.dynamic_scale) == 2.0**10 * 2.0 ** (2 - 3)
    assert int(optimizer.inner_optimizer.variables[0]) == STEPS - 3


def test_a_function_is_asked_at_every_step():
    asked = []

    def make():
        asked.clear()

        def rate():
            asked.append(0.1 / (1 + len(asked)))
            return asked[-1]

        return optimizers.SGD(rate)

    assert_same(make)
    assert len(asked) == STEPS


class Settings(Callback):
    """Changes settings of the optimizer while plans are in use."""

    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            self.model.optimizer.learning_rate = 0.2
        if batch == 3:
            self.model.optimizer.momentum = 0.5
            self.model.optimizer.clipnorm = 0.01


def test_settings_may_change_in_between():
    def make():
        return optimizers.SGD(0.1, momentum=0.9)

    model = assert_same(make, callbacks=[Settings()])
    plain = trained(make, eagerly=True)
    assert not np.allclose(model.weights[0].numpy(), plain.weights[0].numpy())
