"""Arguments out of range, of the wrong type or misspelt, and calls out of turn."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import callbacks, initializers, layers, losses, metrics, optimizers
from kerasish.core.errors import KerasishWarning
from tests.reliability.builders import X, Y, case, fit, regressor, two

NAN = float("nan")


def called(function, *args, **kwargs):
    return lambda: function(*args, **kwargs)


def fitted(**kwargs):
    return lambda: fit(regressor(), **kwargs)


def compiled(*args, **kwargs):
    def action():
        model = two()
        model.compile("sgd", *args, **kwargs)
        fit(model, [X, X], [Y, Y])

    return action


def watched(callback):
    return lambda: fit(regressor(), callbacks=[callback()])


def uncompiled():
    return keras.Sequential([layers.Dense(1)])


# Many values of one argument.
OF_FIT = [
    case(f"{name}={value!r}", fitted(**{name: value}), error, f"`{name}` .*{shown}")
    for name, value, error, shown in [
        ("batch_size", -1, ValueError, "positive integer.*=-1"),
        ("batch_size", 0, ValueError, "positive integer.*=0"),
        ("batch_size", 2.5, TypeError, "positive integer.*=2.5"),
        ("batch_size", "a", TypeError, "positive integer.*='a'"),
        ("epochs", -1, ValueError, "non-negative integer.*=-1"),
        ("epochs", 2.5, ValueError, "non-negative integer.*=2.5"),
        ("epochs", "a", ValueError, "non-negative integer.*='a'"),
        ("initial_epoch", -1, ValueError, "non-negative integer.*=-1"),
        ("steps_per_epoch", -1, ValueError, "positive integer.*=-1"),
        ("steps_per_epoch", 0, ValueError, "positive integer.*=0"),
        ("steps_per_epoch", 2.5, TypeError, "positive integer.*=2.5"),
        ("validation_split", 1, ValueError, "greater than 0 and less than 1.*=1"),
        ("validation_split", 1.5, ValueError, "less than 1.*=1.5"),
        ("validation_split", -0.1, ValueError, "less than 1.*=-0.1"),
        ("validation_split", NAN, ValueError, "less than 1.*=nan"),
        ("validation_split", "a", TypeError, "less than 1.*='a'"),
        ("validation_split", 0.999, ValueError, "at least one sample.*8 samples"),
        ("validation_freq", 0, ValueError, "positive integer.*Received: 0"),
        ("validation_freq", 1.5, ValueError, "positive integer.*Received: 1.5"),
        ("validation_batch_size", -1, ValueError, "positive integer.*=-1"),
        ("validation_batch_size", 0, ValueError, "positive integer.*=0"),
        ("validation_data", (X, Y, Y, Y), ValueError, r"\(x, y\).*4 items"),
        ("validation_data", X, TypeError, r"\(x, y\), not a single array.*\(8, 4\)"),
    ]
] + [
    case(
        "split_of_batches",
        lambda: fit(regressor(), iter([(X, Y)]), None, validation_split=0.2),
        ValueError,
        "`validation_split` of `fit` needs arrays.*`validation_data` instead",
    ),
    case(
        "epoch",
        fitted(epoch=3),
        TypeError,
        "`fit` of `Sequential` has no argument 'epoch'. Did you mean 'epochs'",
    ),
    case(
        "batchsize",
        called(regressor().evaluate, X, Y, batchsize=3),
        ValueError,
        r"not recognized: \['batchsize'\]. Did you mean 'batch_size'",
    ),
    case(
        "bs",
        called(regressor().predict, X, bs=3),
        TypeError,
        "`predict` of .* no argument 'bs'. Did you mean 'batch_size'",
    ),
    case("verbose", called(regressor().fit, X, Y, verbose="x"), ValueError, "`verbos"),
]
NAMES = [
    case(kind, action, ValueError, f"Unknown {kind}: .* Did you mean '{meant}")
    for kind, action, meant in [
        (
            "loss",
            lambda: regressor(loss="mean_squared_eror"),
            "mean_squared_error",
        ),
        ("optimizer", lambda: uncompiled().compile("adan", "mse"), "adam"),
        ("metric", lambda: regressor(metrics=["acuracy"]), "accuracy"),
        ("activation", called(layers.Dense, 1, activation="rleu"), "relu"),
        ("constraint", called(layers.Dense, 1, kernel_constraint="max_nrm"), "max_n"),
        ("dtype policy", called(layers.Dense, 1, dtype="float23"), "float32"),
        (
            "initializer",
            called(layers.Dense, 1, kernel_initializer="glorot_unifrm"),
            "glorot_uniform",
        ),
    ]
] + [
    case(
        "regularizer",
        called(layers.Dense, 1, kernel_regularizer="l3"),
        ValueError,
        "Unknown regularizer: 'l3'. Known: ",
    ),
    case("backend", called(keras.config.set_backend, "numpi"), RuntimeError, "'numpy'"),
    case(
        "argument_of_a_layer",
        called(layers.Dense, 1, acivation="relu"),
        TypeError,
        r"passed to Dense: {'acivation': 'relu'}. Did you mean 'activation'",
    ),
    case(
        "of_optimizer",
        called(optimizers.Adam, lr=1),
        TypeError,
        r"`Adam` has no arguments \['lr'\]. Did you mean 'learning_rate'",
    ),
    case(
        "metric_without_list",
        lambda: regressor(metrics="accuracy"),
        TypeError,
        r"`metrics` must be a list .*'accuracy' of type str; write metrics=\[...\]",
    ),
    case(
        "argument_of_compile",
        called(uncompiled().compile, "sgd", "mse", metric=["mae"]),
        TypeError,
        "`compile` of .* no argument 'metric'. Did you mean 'metrics'",
    ),
]
OPTIMIZERS = [
    case(f"rate={value}", called(optimizers.SGD, value), error, f"{match}{value}")
    for value, error, match in [
        (NAN, ValueError, "`learning_rate` of `SGD` must be finite.*="),
        (-0.1, ValueError, "`learning_rate` of `SGD` must be finite and not neg.*="),
        (float("inf"), ValueError, "`learning_rate` of `SGD` must be finite.*="),
        (None, TypeError, "`learning_rate` of `SGD` must be a number.*="),
    ]
] + [
    case("rate='x'", called(optimizers.SGD, "x"), TypeError, "a number, a `Lear.*'x'"),
    case(
        "rate_set",
        lambda: setattr(optimizers.SGD(), "learning_rate", NAN),
        ValueError,
        "`learning_rate` of `SGD`.*=nan",
    ),
    case("beta", called(optimizers.Adam, beta_1=1.5), ValueError, "`beta_1` of .*=1.5"),
    case("eps", called(optimizers.Adam, epsilon=-1), ValueError, "`epsilon` of.*=-1"),
    case("norm", called(optimizers.Adam, clipnorm=-1), ValueError, "`clipnorm`.*=-1"),
    case("clip", called(optimizers.Adam, clipvalue=0), ValueError, "`clipvalue`.*=0"),
    case(
        "two_clips",
        called(optimizers.Adam, clipvalue=1, clipnorm=1),
        ValueError,
        "Only one of `clipnorm`, `clipvalue`",
    ),
    case("momentum", called(optimizers.SGD, momentum=3), ValueError, "`momentum` .*3"),
    case(
        "decay",
        called(optimizers.AdamW, weight_decay=-1),
        ValueError,
        "`weight_decay` of `AdamW`.*=-1",
    ),
    case(
        "ema",
        called(optimizers.SGD, use_ema=True, ema_momentum=2),
        ValueError,
        "`ema_momentum`.*=2",
    ),
    case("kind", called(uncompiled().compile, 3, "mse"), ValueError, "optimizer .*: 3"),
]
PARTS = [
    case("l2", called(keras.regularizers.L2, -1), ValueError, "`l2`.*l2=-1"),
    case("l1", called(keras.regularizers.L1, NAN), ValueError, "`l1`.*l1=nan"),
    case("delta", called(losses.Huber, -1), ValueError, "`delta` of `Huber`.*=-1"),
    case("gamma", called(losses.Circle, -1), ValueError, "`gamma` of `Circle`.*=-1"),
    case("alpha", called(losses.Tversky, NAN), ValueError, "`alpha` of `Tver.*=nan"),
    case("q", called(losses.CategoricalGeneralizedCrossEntropy, 2), ValueError, "`q`"),
    case(
        "smoothing",
        called(losses.BinaryCrossentropy, label_smoothing=3),
        ValueError,
        "`label_smoothing` must be from 0 to 1. Received: 3",
    ),
    case(
        "smoothing_of_a_metric",
        called(metrics.CategoricalCrossentropy, label_smoothing=3),
        ValueError,
        "`label_smoothing` must be from 0 to 1. Received: 3",
    ),
    case(
        "smoothing_of_a_binary_metric",
        called(metrics.BinaryCrossentropy, label_smoothing=-1),
        ValueError,
        "`label_smoothing` must be from 0 to 1. Received: -1",
    ),
    case(
        "focus",
        called(losses.BinaryFocalCrossentropy, gamma=-1),
        ValueError,
        "`gamma` must not be negative",
    ),
    case(
        "k", called(metrics.TopKCategoricalAccuracy, 0), ValueError, "`k` of `TopK.*k=0"
    ),
    case(
        "sparse_k",
        called(metrics.SparseTopKCategoricalAccuracy, 1.5),
        ValueError,
        "`k` of `SparseTopK.*k=1.5",
    ),
    case(
        "seed", called(keras.random.normal, (2,), seed=1.5), ValueError, "`seed`.*1.5"
    ),
    case("set_seed", called(keras.utils.set_random_seed, -1), ValueError, "`seed`.*-1"),
    case(
        "seed_of_init",
        called(initializers.GlorotUniform, seed=1.5),
        TypeError,
        "`seed` of an initializer.*=1.5",
    ),
    case("dropout_seed", called(layers.Dropout, 0.5, seed="a"), ValueError, "`seed`"),
    case(
        "class_of_iou",
        lambda: metrics.MeanIoU(2).update_state([0, 5], [0, 1]),
        ValueError,
        "Targets of `mean_io_u` must be from 0 to 1. Received: 5",
    ),
    case(
        "negative_class",
        called(keras.utils.to_categorical, [0, -1]),
        ValueError,
        "`x` of `to_categorical`.*-1 at position 1",
    ),
    case(
        "fraction_of_class",
        called(keras.utils.to_categorical, [0, 1.5]),
        ValueError,
        "`x` of `to_categorical`.*1.5 at position 1",
    ),
    case(
        "sequences",
        called(keras.utils.pad_sequences, None),
        ValueError,
        "`sequences` of `pad_sequences`.*NoneType",
    ),
]
COMPILED = [
    case(
        "weights_count",
        compiled("mse", loss_weights=[1, 2, 3]),
        ValueError,
        r"`loss_weights` must have an entry for each of 2.*3 entries",
    ),
    case(
        "weights_key",
        compiled("mse", loss_weights={"z": 1}),
        ValueError,
        r"`loss_weights` names the outputs \['z'\]",
    ),
    case(
        "weights_nan",
        compiled("mse", loss_weights=[NAN, 1.0]),
        ValueError,
        "`loss_weights` must be numbers and finite. Received: nan for output 'p'",
    ),
    case(
        "weights_text",
        compiled("mse", loss_weights=["a", 1.0]),
        ValueError,
        "`loss_weights` must be numbers.*'a' for output 'p'",
    ),
    case("loss_count", compiled(["mse"] * 3), ValueError, "`loss` must .*3 entries"),
    case(
        "loss_key",
        compiled({"p": "mse", "z": "mse"}),
        ValueError,
        r"`loss` names the outputs \['z'\].*\['p', 'q'\]",
    ),
    case(
        "metrics_key",
        compiled("mse", metrics={"z": "mae"}),
        ValueError,
        r"`metrics` names the outputs \['z'\]",
    ),
    case("loss_kind", lambda: fit(regressor(loss=3)), ValueError, "A loss must .*: 3"),
    case(
        "loss_none",
        lambda: fit(regressor(loss=lambda y, p: None)),
        TypeError,
        "The loss '<lambda>' must return a tensor.*Received: None",
    ),
    case(
        "loss_text",
        lambda: fit(regressor(loss=lambda y, p: "x")),
        TypeError,
        "The loss '<lambda>' must return a tensor.*'x' of type str",
    ),
    case(
        "loss_constant",
        lambda: fit(regressor(loss=lambda y, p: np.zeros(8))),
        ValueError,
        "No gradients provided.*does not depend on .*/out/kernel",
    ),
    case(
        "metric_none",
        lambda: fit(regressor(metrics=[lambda y, p: None])),
        TypeError,
        "The metric '<lambda>' must return a tensor.*Received: None",
    ),
]
CALLBACKS = [
    case("text", watched(lambda: "a"), TypeError, "instances of .*Received: 'a'"),
    case(
        "class",
        watched(lambda: callbacks.EarlyStopping),
        TypeError,
        r"not classes: write `EarlyStopping\(...\)`",
    ),
    case("function", watched(lambda: print), TypeError, "wrap it as in `LambdaCallb"),
    case(
        "monitor",
        watched(lambda: callbacks.EarlyStopping("val_lss")),
        ValueError,
        "`monitor` of `EarlyStopping` is not among .*'val_lss'.*Available: loss",
    ),
    case(
        "monitor_of_checkpoint",
        watched(lambda: callbacks.ModelCheckpoint("a.keras", "acc", 0, True)),
        ValueError,
        "`monitor` of `ModelCheckpoint` is not among .*'acc'",
    ),
    case(
        "ending",
        called(callbacks.ModelCheckpoint, "a.h6"),
        ValueError,
        "`filepath` of `ModelCheckpoint` must be a path that ends in.*'a.h6'",
    ),
    case(
        "patience",
        called(callbacks.EarlyStopping, patience=-1),
        ValueError,
        "`patience` of `EarlyStopping`.*=-1",
    ),
    case(
        "mode",
        called(callbacks.EarlyStopping, mode="maxx"),
        ValueError,
        "`mode` of `EarlyStopping`.*'maxx'",
    ),
    case(
        "rate_text",
        watched(lambda: callbacks.LearningRateScheduler(lambda epoch, rate: "a")),
        ValueError,
        "`schedule` of `LearningRateScheduler`.*'a'",
    ),
    case(
        "rate_nan",
        watched(lambda: callbacks.LearningRateScheduler(lambda epoch, rate: NAN)),
        ValueError,
        "`schedule` of `LearningRateScheduler`.*nan",
    ),
    case(
        "factor",
        called(callbacks.ReduceLROnPlateau, factor=2.0),
        ValueError,
        "`factor` of `ReduceLROnPlateau`.*=2.0",
    ),
    case(
        "folder",
        watched(lambda: callbacks.CSVLogger("/nowhere/x.csv")),
        OSError,
        "`filename` of `CSVLogger` does not exist.*/nowhere/x.csv",
    ),
]
STATES = [
    case(
        f"uncompiled_{name}",
        lambda name=name: getattr(uncompiled(), name)(X, Y),
        RuntimeError,
        rf"You must call `compile\(\)` before calling `{name}\(\)`",
    )
    for name in ("fit", "evaluate", "train_on_batch")
] + [
    case(
        "no_loss",
        lambda: [model := uncompiled(), model.compile("sgd"), fit(model)],
        ValueError,
        r"No loss to compute. Provide a `loss` argument in `compile\(\)`",
    ),
    case(
        "no_layers",
        lambda: [m := keras.Sequential(), m.compile("sgd", "mse"), fit(m)],
        RuntimeError,
        "Sequential model 'sequential' has no layers",
    ),
    case(
        "optimizer_of_another_model",
        lambda: [
            optimizer := optimizers.Adam(),
            [m := regressor(), m.compile(optimizer, "mse"), fit(m)],
            [m := regressor(), m.compile(optimizer, "mse"), fit(m)],
        ],
        ValueError,
        "The optimizer was built for other variables.*compile the model again",
    ),
    case(
        "weights_count",
        lambda: regressor().set_weights([np.ones((4, 1))]),
        ValueError,
        "`set_weights` of 'sequential' needs 2 arrays.*1 arrays",
    ),
    case(
        "weights_shape",
        lambda: regressor().set_weights([np.ones((3, 1)), np.ones(1)]),
        ValueError,
        r"'sequential/out/kernel'.*\(4, 1\). Received: .*\(3, 1\)",
    ),
    case(
        "weights_kind",
        lambda: regressor().set_weights(3),
        TypeError,
        "`set_weights` of 'sequential' needs a list of arrays. Received: 3",
    ),
    case(
        "weights_text",
        lambda: regressor().set_weights([np.full((4, 1), "a"), np.ones(1)]),
        TypeError,
        "Weight 'sequential/out/kernel'.*array of numbers",
    ),
]


@pytest.mark.parametrize(
    ("action", "error", "match"),
    [*OF_FIT, *NAMES, *OPTIMIZERS, *PARTS, *COMPILED, *CALLBACKS, *STATES],
)
def test_wrong_arguments_are_refused(action, error, match):
    with pytest.raises(error, match=match):
        action()


@pytest.mark.parametrize(
    ("action", "match"),
    [
        (
            fitted(epochs=2, initial_epoch=5),
            "Nothing will be trained: initial_epoch=5 is not below epochs=2",
        ),
        (
            lambda: fit(
                regressor(
                    metrics=[
                        metrics.MeanAbsoluteError(name="m"),
                        metrics.MeanSquaredError(name="m"),
                    ]
                )
            ),
            r"Several metrics are called \['m'\]",
        ),
        (
            lambda: fit(regressor(metrics=[metrics.MeanAbsoluteError(name="loss")])),
            "A metric is called 'loss'",
        ),
    ],
    ids=["no_epochs", "names", "name_of_loss"],
)
def test_doubtful_arguments_are_named(action, match):
    with pytest.warns(KerasishWarning, match=match):
        action()


def test_a_refused_set_weights_changes_nothing():
    model = regressor()
    before = model.get_weights()
    with pytest.raises(ValueError, match="has the shape"):
        model.set_weights([np.ones((4, 1)), np.ones(2)])
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_first_value_of_nan_is_worse_than_any():
    stopping = callbacks.EarlyStopping("loss", patience=1)
    stopping.set_model(regressor())
    stopping.on_train_begin()
    for epoch, loss in enumerate([NAN, 3.0, 2.0]):
        stopping.on_epoch_end(epoch, {"loss": loss})
    assert stopping.best == 2.0
    assert stopping.stopped_epoch == 0
