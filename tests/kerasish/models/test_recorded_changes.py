"""Whatever changes between the steps takes effect at the next one, recorded or not."""

import pytest

import kerasish as keras
from kerasish import callbacks, layers, ops, optimizers
from tests.kerasish.models.stages import Each, X, is_recorded, play

SCENARIOS = {}


def scenario(script):
    """Enters a function of a stage in the table."""
    SCENARIOS[script.__name__] = script
    return script


# ----------------------------------------------------------------- learning rates


@scenario
def learning_rate_scheduler(stage):
    change = callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    stage.fit(stage.model(), callbacks=[change], epochs=4)


@scenario
def reduce_on_plateau(stage):
    change = callbacks.ReduceLROnPlateau("loss", factor=0.1, patience=1, min_delta=10.0)
    stage.fit(stage.model(), callbacks=[change], epochs=4)


@scenario
def a_learning_rate_assigned_at_each_batch(stage):
    def change(model, batch):
        model.optimizer.learning_rate = 0.05 / batch

    stage.fit(stage.model(), callbacks=[Each(change)], epochs=2)


@scenario
def a_schedule_as_learning_rate(stage):
    rate = optimizers.schedules.ExponentialDecay(0.1, 4, 0.5)
    stage.fit(stage.model(optimizer=optimizers.SGD(rate)), epochs=3)


# ------------------------------------------------------------ settings of objects


@scenario
def momentum_changed_in_mid_epoch(stage):
    def change(model, batch):
        if batch in (9, 20):
            model.optimizer.momentum = 0.05 * batch

    model = stage.model(optimizer=optimizers.SGD(0.05, momentum=0.9))
    stage.fit(model, callbacks=[Each(change)], epochs=6)


@scenario
def clipnorm_changed_between_fits(stage):
    model = stage.model()
    for clipnorm in (None, 0.01, 1.0):
        model.optimizer.clipnorm = clipnorm
        stage.fit(model)


@scenario
def dropout_rate_changed_in_mid_epoch(stage):
    def change(model, batch):
        if batch == 10:
            model.layers[1].rate = 0.1

    stage.fit(stage.model(layers.Dropout(0.5)), callbacks=[Each(change)], epochs=4)


@scenario
def a_regularizer_changed_between_fits(stage):
    model = stage.model(layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.1)))
    stage.fit(model)
    model.layers[1].kernel_regularizer.l2 = 0.0
    stage.fit(model)


@scenario
def an_activation_changed_between_fits(stage):
    model = stage.model()
    for activation in (ops.relu, ops.sigmoid, ops.tanh):
        model.layers[0].activation = activation
        stage.fit(model)


# -------------------------------------------------------------------- trainable


@scenario
def trainable_flips_without_compiling(stage):
    model = stage.model()
    for trainable in (True, False, True):
        model.layers[0].trainable = trainable
        stage.fit(model)
        stage.tell(model.layers[0].get_weights()[0])


@scenario
def trainable_flips_with_compiling(stage):
    model = stage.model()
    for trainable in (True, False, True):
        model.layers[0].trainable = trainable
        stage.compile(model)
        stage.fit(model)
        stage.tell(model.layers[0].get_weights()[0])


@scenario
def trainable_flips_in_mid_epoch(stage):
    def change(model, batch):
        model.layers[0].trainable = batch % 8 < 4

    stage.fit(stage.model(), callbacks=[Each(change)], epochs=5)


@scenario
def frozen_batch_normalization(stage):
    model = stage.model(layers.BatchNormalization())
    stage.fit(model)
    model.layers[1].trainable = False
    stage.fit(model)
    stage.tell(model.layers[1].get_weights()[2])


# ----------------------------------------------------------------------- values


@scenario
def set_weights_between_fits(stage):
    model = stage.model()
    stage.fit(model)
    model.set_weights([w * 0.5 + 0.1 for w in model.get_weights()])
    stage.fit(model)


@scenario
def variables_assigned_in_mid_epoch(stage):
    def change(model, batch):
        if batch % 5 == 0:
            model.layers[0].kernel.assign(model.layers[0].kernel * 0.5)
            model.layers[0].bias.assign_add(ops.ones(6) * 0.1)

    stage.fit(stage.model(), callbacks=[Each(change)], epochs=3)


@scenario
def weights_loaded_between_fits(stage):
    model = stage.model()
    model.save_weights(stage.path / "start.weights.h5")
    stage.fit(model)
    model.load_weights(stage.path / "start.weights.h5")
    stage.fit(model)


@scenario
def the_best_weights_restored(stage):
    stop = callbacks.EarlyStopping(
        "loss", patience=1, min_delta=10.0, restore_best_weights=True
    )
    model = stage.model(optimizer=optimizers.SGD(0.5))
    stage.fit(model, callbacks=[stop], epochs=5)
    stage.fit(model)


@scenario
def a_model_that_was_saved_goes_on(stage):
    model = stage.model(layers.Dropout(0.3))
    stage.fit(model)
    model.save(stage.path / "model.keras")
    again = keras.saving.load_model(stage.path / "model.keras")
    again.run_eagerly = stage.eager
    stage.fit(again)
    stage.fit(model)
    stage.models.append(again)


@scenario
def swapped_averages(stage):
    swap = callbacks.SwapEMAWeights(swap_on_epoch=True)
    optimizer = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    stage.fit(stage.model(optimizer=optimizer), callbacks=[swap], epochs=3)


# -------------------------------------------------------------------- compiling


@scenario
def compiled_again_with_other_things(stage):
    model = stage.model(metrics=["accuracy"])
    stage.fit(model)
    stage.compile(model, optimizers.SGD(0.1), "mse", metrics=["mae"])
    stage.fit(model)
    stage.compile(model, "rmsprop", "hinge", metrics=["mse"], loss_weights=[0.5])
    stage.fit(model)


@scenario
def the_same_optimizer_compiled_again(stage):
    optimizer = optimizers.Adam(0.01)
    model = stage.model(optimizer=optimizer)
    stage.fit(model)
    stage.compile(model, optimizer, "mse")
    stage.fit(model)


@scenario
def eager_and_recorded_in_turn(stage):
    model = stage.model(layers.Dropout(0.5))
    for eager in (False, True, False):
        model.run_eagerly = stage.eager or eager
        stage.fit(model)


@scenario
def layers_added_and_popped(stage):
    model = stage.model()
    stage.fit(model)
    last = model.layers[-1]
    model.pop()
    model.add(layers.Dense(3, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    stage.compile(model)
    stage.fit(model)
    model.pop()
    model.pop()
    model.add(last)
    stage.compile(model)
    stage.fit(model)


@scenario
def an_added_layer_without_compiling(stage):
    model = stage.model(optimizer=optimizers.SGD(0.1))
    stage.fit(model)
    stage.tell(model.predict(X, verbose=0))
    model.add(layers.Rescaling(0.5))
    stage.tell(model.predict(X, verbose=0))
    stage.fit(model)


@pytest.mark.parametrize("name", SCENARIOS)
def test_recorded_training_is_eager_training(name, tmp_path):
    stage = play(SCENARIOS[name], tmp_path)
    assert all(is_recorded(model) for model in stage.models)
