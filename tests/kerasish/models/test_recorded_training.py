"""Training by recorded steps is training step by step."""

import warnings

import numpy as np
import pytest

import kerasish as keras
from kerasish import callbacks, layers, ops, optimizers, random
from kerasish.core.errors import KerasishWarning
from tests.kerasish.models.stages import ROWS, Each, X, Y, is_recorded, play

SCENARIOS = {}


def scenario(script):
    """Enters a function of a stage in the table."""
    SCENARIOS[script.__name__] = script
    return script


# -------------------------------------------------------------------- optimizers


@scenario
def adam_and_a_short_last_batch(stage):
    stage.fit(stage.model(metrics=["accuracy", "mae"]), epochs=3)


@scenario
def batch_sizes_that_change(stage):
    model = stage.model()
    for batch_size in (8, 5, 44, 8):
        stage.fit(model, batch_size=batch_size)


@scenario
def clipping_decay_and_averages(stage):
    optimizer = optimizers.SGD(
        0.1, momentum=0.9, nesterov=True, global_clipnorm=0.5, use_ema=True
    )
    stage.fit(stage.model(optimizer=optimizer), epochs=3)


@scenario
def accumulated_gradients(stage):
    optimizer = optimizers.AdamW(0.01, gradient_accumulation_steps=3)
    stage.fit(stage.model(optimizer=optimizer), epochs=3)


@scenario
def a_scaled_loss(stage):
    optimizer = optimizers.LossScaleOptimizer(
        optimizers.Adam(0.01), initial_scale=1024.0, dynamic_growth_steps=4
    )
    stage.fit(stage.model(optimizer=optimizer), epochs=3)


@scenario
def regularizers_and_constraints(stage):
    dense = layers.Dense(
        5,
        kernel_regularizer="l2",
        kernel_constraint="max_norm",
        activity_regularizer="l1",
    )
    stage.fit(stage.model(dense), epochs=3)


@scenario
def batch_normalization(stage):
    stage.fit(stage.model(layers.BatchNormalization()), validation_split=0.25)


@scenario
def several_steps_at_once(stage):
    stage.fit(stage.model(steps_per_execution=3), epochs=3)


# ------------------------------------------------------------------------ draws


@scenario
def dropout_and_noise(stage):
    model = stage.model(layers.Dropout(0.5), layers.GaussianNoise(0.3))
    stage.fit(model, epochs=3)


@scenario
def dropout_with_a_seed(stage):
    stage.fit(stage.model(layers.Dropout(0.5, seed=3)), epochs=3)


@scenario
def the_global_seed_set_between_fits(stage):
    model = stage.model(layers.Dropout(0.5))
    for _ in range(3):
        random.set_random_seed(7)
        stage.fit(model)


class Noisy(keras.Model):
    """Draws from the global generator in a step of its own."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.dense(x)

    def train_step(self, batch):
        x, y = batch[:2]
        return super().train_step((x + random.normal(x.shape) * 0.1, y))


@scenario
def global_draws_in_an_own_step(stage):
    model = Noisy()
    stage.compile(model)
    for _ in range(3):
        random.set_random_seed(7)
        stage.fit(model)
    stage.models.append(model)


# ------------------------------------------------------------------------- data


@scenario
def weights_of_classes_and_samples(stage):
    model = stage.model(weighted_metrics=["accuracy"], metrics=["mae"])
    stage.fit(model, class_weight={0: 1.0, 1: 3.0})
    stage.fit(model, sample_weight=np.linspace(0, 2, ROWS))
    stage.fit(model)


@scenario
def validation_in_between(stage):
    model = stage.model(layers.Dropout(0.5), metrics=["accuracy"])
    stage.fit(
        model, validation_data=(X[:20], Y[:20]), validation_batch_size=6, epochs=4
    )
    stage.fit(model, validation_split=0.3, validation_freq=2, epochs=4)


@scenario
def evaluated_and_predicted_in_between(stage):
    model = stage.model(metrics=["accuracy"])
    for _ in range(3):
        stage.fit(model)
        stage.tell(model.evaluate(X, Y, batch_size=10, verbose=0))
        stage.tell(model.predict(X, batch_size=10, verbose=0))
        stage.tell(model(X[:3]))
        stage.tell(model.predict_on_batch(X[:5]))


@scenario
def single_batches(stage):
    model = stage.model(layers.Dropout(0.2), metrics=["mae"])
    for i in range(8):
        rows = slice(0, 3 + i % 2)
        stage.tell(model.train_on_batch(X[rows], Y[rows]))
        stage.tell(model.test_on_batch(X[rows], Y[rows]))
        if i == 4:
            model.reset_metrics()


@scenario
def inputs_that_are_targets(stage):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4)])
    stage.compile(model, "adam", "mse")
    stage.models.append(model)
    for _ in range(6):
        stage.tell(model.train_on_batch(X, X))
    stage.fit(model, X, X)
    stage.tell(model.train_on_batch(X, X * 2))


@scenario
def generators(stage):
    def batches():
        while True:
            yield X[:8], Y[:8]
            yield X[8:13], Y[8:13]

    model = stage.model()
    stage.fit(model, batches(), steps_per_epoch=7, epochs=3, batch_size=None)


@scenario
def several_inputs_and_outputs(stage):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    hidden = layers.Dense(5, activation="relu")(layers.Concatenate()([a, b]))
    first = layers.Dense(1, activation="sigmoid", name="p")(hidden)
    second = layers.Dense(2, name="q")(hidden)
    model = keras.Model({"a": a, "b": b}, {"p": first, "q": second})
    stage.compile(
        model,
        "adam",
        {"p": "binary_crossentropy", "q": "mse"},
        loss_weights={"p": 1.0, "q": 0.3},
        metrics={"p": ["accuracy"], "q": ["mae"]},
    )
    x = {"a": X, "b": X[::-1].copy()}
    stage.fit(model, x, {"p": Y, "q": X[:, :2]}, epochs=3)
    stage.tell(model.evaluate(x, {"p": Y, "q": X[:, :2]}, verbose=0))
    for made in model.predict(x, verbose=0).values():
        stage.tell(made)
    for w in model.get_weights():
        stage.tell(w)
    assert stage.eager or is_recorded(model)


# ----------------------------------------------------------------------- errors


class Stop(Exception):
    """Raised on purpose."""


def stopped(stage, error, at, **kwargs):
    def change(model, batch):
        if batch == at:
            raise error

    model = stage.model(layers.Dropout(0.2), metrics=["mae"])
    with pytest.raises(error):
        stage.fit(model, callbacks=[Each(change)], epochs=3)
    for w in model.get_weights():
        stage.tell(w)
    stage.fit(model)


@scenario
def an_error_in_a_callback(stage):
    stopped(stage, Stop, 9)


@scenario
def an_error_in_a_callback_before_recording(stage):
    stopped(stage, Stop, 1)


@scenario
def an_error_in_a_callback_while_recording(stage):
    stopped(stage, Stop, 2)


@scenario
def an_interruption_in_mid_epoch(stage):
    stopped(stage, KeyboardInterrupt, 15)


@scenario
def an_error_in_the_data(stage):
    def batches():
        for i in range(20):
            if i == 9:
                raise Stop
            yield X[:8] * i, Y[:8]

    model = stage.model()
    with pytest.raises(Stop):
        stage.fit(model, batches(), epochs=1, steps_per_epoch=15, batch_size=None)
    stage.fit(model)


@scenario
def a_callback_that_stops(stage):
    def change(model, batch):
        model.stop_training = batch == 9

    model = stage.model()
    stage.fit(model, callbacks=[Each(change)], epochs=4)
    stage.fit(model)


# ----------------------------------------------------------------- own training


class Penalized(keras.Model):
    """Has a step of its own, with a factor that is a Python number."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1, activation="sigmoid")
        self.factor = 0.1
        self.seen = keras.metrics.Sum(name="seen")

    def call(self, x):
        return self.dense(x)

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        self.seen.update_state(ops.sum(y))
        return loss + self.factor * ops.sum(ops.square(self.dense.kernel))


@scenario
def an_own_loss_with_a_factor(stage):
    model = Penalized()
    stage.compile(model, metrics=["mae"])
    for factor in (0.1, 1.0, 0.0):
        model.factor = factor
        stage.fit(model)
    stage.models.append(model)


@scenario
def two_models_that_share_layers(stage):
    body = layers.Dense(4, activation="tanh")
    heads = [layers.Dense(1, activation="sigmoid") for _ in range(2)]
    models = []
    for head in heads:
        models.append(keras.Sequential([keras.Input((4,)), body, head]))
        stage.compile(models[-1], optimizers.Adam(0.02))
    stage.models += models
    for i in range(12):
        stage.tell(models[i % 2].train_on_batch(X, Y))
    body.trainable = False
    for i in range(6):
        stage.tell(models[i % 2].train_on_batch(X, Y))


@pytest.mark.parametrize("name", SCENARIOS)
def test_recorded_training_is_eager_training(name, tmp_path):
    stage = play(SCENARIOS[name], tmp_path)
    assert all(is_recorded(model) for model in stage.models)


@pytest.mark.parametrize("jit_compile", [True, False])
def test_it_does_not_depend_on_how_kernels_are_made(jit_compile, tmp_path):
    def script(stage):
        model = stage.model(
            layers.Dropout(0.4), metrics=["accuracy"], jit_compile=jit_compile
        )
        stage.fit(model, epochs=3, validation_split=0.2)

    play(script, tmp_path)


def test_masks_differ_from_step_to_step():
    model = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
    model.compile(optimizers.SGD(0.0), "mse")
    losses = []
    for _ in range(12):
        model.reset_metrics()
        losses.append(model.train_on_batch(X, Y))
    assert is_recorded(model)
    assert len(set(losses)) == 12


def test_a_weight_read_in_a_callback_is_that_of_the_step(tmp_path):
    def script(stage):
        read = []

        def change(model, batch):
            read.append(float(ops.sum(model.layers[0].kernel)))
            read.append(float(model.optimizer.iterations))

        stage.fit(stage.model(), callbacks=[Each(change)], epochs=2)
        stage.tell(read)

    play(script, tmp_path)


def test_logs_of_each_batch(tmp_path):
    def script(stage):
        class Log(callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                stage.tell([logs["loss"], logs["mae"]])

        stage.fit(stage.model(metrics=["mae"]), callbacks=[Log()], epochs=2)

    play(script, tmp_path)


class Branching(keras.Model):
    """Looks at a value in its call."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)

    def call(self, x):
        y = self.dense(x)
        return y * 2.0 if ops.sum(y) > 0 else y


def test_a_branch_on_a_value_warns_once_and_trains_eagerly(tmp_path):
    counts = []

    def script(stage):
        model = Branching()
        stage.compile(model, "sgd", "mse")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            stage.fit(model, X[:40], Y[:40], epochs=4)
        told = [str(w.message) for w in caught if w.category is KerasishWarning]
        counts.append(len(told))
        for text in told:
            assert "branching.train_step" in text
            assert "`return y * 2.0 if ops.sum(y) > 0 else y`" in text
        for w in model.get_weights():
            stage.tell(w)

    play(script, tmp_path)
    assert counts == [0, 1]


def test_short_runs_are_not_recorded():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, batch_size=22, epochs=2, verbose=0)
    with pytest.raises(RuntimeError, match="has not been recorded yet"):
        model._functions._function("train_step").graph()
