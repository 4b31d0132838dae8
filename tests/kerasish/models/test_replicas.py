"""Training by a group of processes is training by one on the whole batches."""

import socket

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops, tree
from kerasish.core.errors import ArgumentError
from kerasish.models import replicas
from tests.backends.communication.launching import by_mpiexec, by_number, has_mpi
from tests.backends.communication.threads import as_group

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 6)).astype("float32")
Y = (X.sum(1, keepdims=True) + RNG.normal(size=(50, 1))).astype("float32")
W = RNG.uniform(0.5, 2, 50).astype("float32")


def network(policy=None, normalised=None, **compiled):
    def dense(units, seed, **more):
        made = keras.initializers.GlorotUniform(seed=seed)
        return layers.Dense(units, kernel_initializer=made, dtype=policy, **more)

    between = []
    if normalised is not None:
        between = [layers.BatchNormalization(momentum=0.9, synchronized=normalised)]
    stack = [keras.Input((6,)), dense(8, 1, activation="tanh"), *between, dense(1, 2)]
    model = keras.Sequential(stack)
    given = {"optimizer": "sgd", "loss": "mse", "metrics": ["mae"], **compiled}
    if callable(given["optimizer"]):
        given["optimizer"] = given["optimizer"]()
    model.compile(**given)
    return model


def trained(model, epochs=3, evaluated=16, **given):
    """Returns weights, history, evaluation and predictions."""
    given = {"x": X, "y": Y, "batch_size": 8, **given}
    if not isinstance(given["x"], np.ndarray):
        given = {"x": given["x"]()}
    held = {"validation_data": (X[:21], Y[:21]), "shuffle": False, "verbose": 0}
    history = model.fit(**given, epochs=epochs, **held).history
    score = model.evaluate(X, Y, batch_size=evaluated, verbose=0)
    return model.get_weights(), history, score, model.predict(X[:5], verbose=0)


def agrees(make, size=2, tolerance=2e-6, **given):
    """Compares all that comes of training in a group with that of one process."""
    alone = tree.flatten(trained(make(), **given))
    together = as_group(size, lambda group: trained(make(), **given))
    for found in together:
        for a, b in zip(alone, tree.flatten(found), strict=True):
            np.testing.assert_allclose(b, a, rtol=tolerance, atol=tolerance)
    for others in together[1:]:
        for a, b in zip(together[0][0], others[0], strict=True):
            np.testing.assert_array_equal(a, b)


adam = keras.optimizers.Adam
CASES = {
    "plain": {},
    "clipped": {"optimizer": lambda: adam(0.01, global_clipnorm=0.5)},
    "averaged": {"optimizer": lambda: adam(0.01, use_ema=True, weight_decay=0.01)},
    "accumulated": {"optimizer": lambda: adam(0.01, gradient_accumulation_steps=2)},
    "compiled": {"optimizer": "adam", "jit_compile": True},
    "not compiled": {"optimizer": "adam", "jit_compile": False},
    "eager": {"optimizer": "adam", "run_eagerly": True},
    "several steps": {"steps_per_execution": 3},
    "summed": {
        "loss": lambda: keras.losses.MeanSquaredError(reduction="sum"),
        "optimizer": lambda: keras.optimizers.SGD(1e-3),
    },
    "normalised": {"normalised": True},
}


@pytest.mark.parametrize(
    ("case", "size"),
    [*((case, 2) for case in CASES), ("clipped", 3), ("normalised", 3)],
)
def test_training_is_that_of_one_process(case, size):
    def make():
        options = dict(CASES[case])
        if callable(options.get("loss")):
            options["loss"] = options["loss"]()
        return network(**options)

    agrees(make, size)


def test_sample_weights_and_a_loss_that_divides_by_them():
    def make():
        loss = keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")
        return network(loss=loss)

    agrees(make, sample_weight=W)
    agrees(network, sample_weight=W)


def test_fewer_rows_than_processes():
    agrees(lambda: network(normalised=True), size=4, batch_size=3, evaluated=7)


def test_half_precision_with_a_scale_of_the_loss():
    agrees(lambda: network("mixed_float16", optimizer="adam"), tolerance=2e-3)


def test_penalties_and_masks():
    tokens = RNG.integers(0, 5, (20, 6))
    targets = RNG.normal(size=(20, 6, 1)).astype("float32")

    def make():
        made = keras.initializers.RandomNormal(seed=1)
        stack = [
            keras.Input((6,)),
            layers.Embedding(5, 4, mask_zero=True, embeddings_initializer=made),
            layers.Dense(1, kernel_initializer=made, kernel_regularizer="l2"),
        ]
        model = keras.Sequential(stack)
        model.compile("sgd", "mse")
        return model

    def fit(model):
        history = model.fit(
            tokens, targets, batch_size=7, epochs=3, shuffle=False, verbose=0
        )
        return model.get_weights(), history.history

    alone = tree.flatten(fit(make()))
    for found in as_group(3, lambda group: fit(make())):
        for a, b in zip(alone, tree.flatten(found), strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[index * 11 : index * 11 + 11], Y[index * 11 : index * 11 + 11]


@pytest.mark.parametrize(
    "source",
    [Batches, lambda: iter([(X[i : i + 5], Y[i : i + 5]) for i in (0, 7)] * 4)],
)
def test_data_sets_and_generators(source):
    agrees(network, x=source, epochs=1 if source is not Batches else 3)


def test_own_data_of_each_process():
    def work(group):
        model = network()
        own = slice(0, 20) if group.rank == 0 else slice(20, 30)
        distribution = keras.distribution.DataParallel(auto_shard_dataset=False)
        size = 4 if group.rank == 0 else 2
        with distribution.scope():
            given = {"batch_size": size, "shuffle": False, "verbose": 0}
            model.fit(X[own], Y[own], epochs=3, **given)
        return model.get_weights()

    order = [[*range(4 * i, 4 * i + 4), 20 + 2 * i, 21 + 2 * i] for i in range(5)]
    order = np.ravel(order)
    alone = network()
    alone.fit(X[order], Y[order], batch_size=6, epochs=3, shuffle=False, verbose=0)
    for weights in as_group(2, work):
        for a, b in zip(alone.get_weights(), weights, strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)


# --------------------------------------------------------------- what goes round


def test_processes_begin_with_the_weights_of_the_first():
    def work(group):
        model = keras.Sequential([layers.Dense(2), layers.Dense(1)])  # not built yet
        model.compile(keras.optimizers.SGD(0.0), "mse")
        model.train_on_batch(X[:4], Y[:4])
        return model.get_weights()

    first, second = as_group(2, work)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_other_models_are_refused():
    def work(group):
        model = keras.Sequential([keras.Input((6,)), layers.Dense(1 + group.rank)])
        model.compile("sgd", "mse")
        with pytest.raises(ArgumentError, match="the same model with the same opt"):
            model.fit(X, np.zeros((50, 1 + group.rank)), verbose=0)

    as_group(2, work)


def test_masks_of_dropout_differ():
    def work(group):
        drop = layers.Dropout(0.5, seed=1)
        model = keras.Sequential([keras.Input((64,)), drop])
        model.compile(loss="mse", optimizer="sgd", run_eagerly=True)
        seen = []
        model.compute_loss = lambda y_pred, **_: (
            seen.append(np.asarray(y_pred)) or ops.sum(y_pred)
        )
        model.train_on_batch(np.ones((2, 64)), np.ones((2, 64)))
        return seen[0]

    first, second = as_group(2, work)
    assert (first != second).any()


def test_statistics_are_averaged_after_an_epoch():
    def work(group):
        model = network(normalised=False, optimizer=keras.optimizers.SGD(0.0))
        model.fit(X[:8], Y[:8], batch_size=8, shuffle=False, verbose=0)
        return model.get_layer(index=1).get_weights()

    def half(rows):
        model = network(normalised=False, optimizer=keras.optimizers.SGD(0.0))
        model.fit(X[rows], Y[rows], batch_size=4, shuffle=False, verbose=0)
        return model.get_layer(index=1).get_weights()

    expected = np.mean([half(slice(0, 4)), half(slice(4, 8))], axis=0)
    for found in as_group(2, work):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


class Counting(layers.Layer):
    def build(self, input_shape):
        def weight(aggregation, dtype="float32"):
            return self.add_weight(
                (), "zeros", dtype, trainable=False, aggregation=aggregation
            )

        self.total, self.mean = weight("sum"), weight("mean")
        self.first, self.steps = weight("only_first_replica"), weight(None, "int32")

    def call(self, x, training=False):
        if training:
            rows = ops.sum(x) * 0.0 + float(len(x))
            for v in (self.total, self.mean, self.first):
                v.assign_add(rows)
            self.steps.assign_add(1)
        return x


def test_variables_say_how_they_are_combined():
    def work(group):
        model = keras.Sequential([keras.Input((6,)), Counting(), layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(X[:10], Y[:10], batch_size=5, epochs=2, shuffle=False, verbose=0)
        return [float(v) for v in model.layers[0].weights]

    # Of 5 rows the processes have 2 and 3, in each of 4 steps.
    assert as_group(2, work) == [[20.0, 10.0, 8.0, 4.0]] * 2


def test_metrics_on_a_batch_go_on_counting():
    def steps():
        model = network()
        return [
            model.train_on_batch(X[:8], Y[:8]),
            model.train_on_batch(X[8:13], Y[8:13]),
            model.test_on_batch(X[:7], Y[:7]),
        ]

    for found in as_group(2, lambda group: steps()):
        np.testing.assert_allclose(found, steps(), rtol=1e-5)


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight((6, 1), "ones")

    def call(self, x):
        return ops.matmul(x, self.w)

    def train_step(self, data):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        with keras.GradientTape() as tape:
            loss = ops.mean(ops.square(self(x) - y))
        gradients = tape.gradient(loss, [self.w])
        self.optimizer.apply_gradients(zip(gradients, [self.w], strict=True))
        return {"mine": loss, "text": "x"}


def test_a_step_of_ones_own():
    def fit():
        model = Own()
        model.compile(keras.optimizers.SGD(0.01))
        logs = model.fit(X[:48], Y[:48], batch_size=8, shuffle=False, verbose=0).history
        return model.get_weights()[0], logs["mine"], logs["text"]

    weights, mine, _ = fit()
    for found in as_group(2, lambda group: fit()):
        np.testing.assert_allclose(found[0], weights, rtol=1e-5)
        np.testing.assert_allclose(found[1], mine, rtol=1e-5)
        assert found[2] == ["x"]


class Pair(keras.Model):
    """Two nets that are trained by a step, and no call."""

    def __init__(self):
        super().__init__()
        self.net = keras.Sequential([layers.Dense(2), layers.Dropout(0.5)])
        self.mean = keras.metrics.Mean("mean")

    def train_step(self, data):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        with keras.GradientTape() as tape:
            loss = ops.mean(ops.square(self.net(x) - y))
        weights = self.net.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        self.mean.update_state(loss)
        return {"mean": self.mean.result()}


def test_a_model_without_call_makes_the_same_weights_everywhere():
    def work(group):
        model = Pair()
        model.compile("adam")
        history = model.fit(X, Y, batch_size=10, epochs=2, verbose=0).history
        return [*model.net.get_weights(), *history["mean"]]

    first, second = as_group(2, work)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


# ------------------------------------------------------------------- callbacks


def test_any_process_stops_all_after_the_epoch():
    class Stop(keras.callbacks.Callback):
        def __init__(self, rank):
            super().__init__()
            self.rank, self.batches = rank, 0

        def on_train_batch_end(self, batch, logs=None):
            self.batches += 1
            if self.rank == 1 and self.batches == 8:
                self.model.stop_training = True

    def work(group):
        callback = Stop(group.rank)
        history = network().fit(X, Y, epochs=5, verbose=0, callbacks=callback)
        return len(history.epoch), callback.batches

    assert as_group(2, work) == [(4, 8)] * 2


def test_early_stopping_decides_alike():
    def work(group):
        stopping = keras.callbacks.EarlyStopping(monitor="loss", min_delta=10)
        made = network().fit(X, Y, epochs=5, verbose=0, callbacks=stopping)
        return made.history

    first, second = as_group(2, work)
    assert first == second
    assert len(first["loss"]) == 2


def test_the_first_process_writes(tmp_path, capsys):
    def work(group):
        folder = tmp_path / str(group.rank)
        folder.mkdir()
        callbacks = [
            keras.callbacks.ModelCheckpoint(folder / "model.keras"),
            keras.callbacks.CSVLogger(folder / "log.csv"),
            keras.callbacks.EarlyStopping(monitor="loss", min_delta=10, verbose=1),
        ]
        network().fit(X, Y, epochs=3, verbose=2, callbacks=callbacks)

    as_group(2, work)
    assert {p.name for p in (tmp_path / "0").iterdir()} == {"model.keras", "log.csv"}
    assert not list((tmp_path / "1").iterdir())
    out = capsys.readouterr().out
    assert out.count("Epoch 1/3") == 1
    assert out.count("early stopping") == 1


def test_a_group_is_remembered_by_the_model():
    def work(group):
        model = network()
        held = replicas.replicas_of(model)
        assert not held.is_alone
        return held is replicas.replicas_of(model)

    assert as_group(2, work) == [True, True]
    assert replicas.replicas_of(network()).is_alone


# ------------------------------------------------------------------ in earnest

SCRIPT = """
    import numpy as np
    import kerasish as keras
    from tests.kerasish.models.test_replicas import X, Y, W, adam, network
    from kerasish import tree

    def work(**options):
        keras.utils.set_random_seed(7)  # as the order of the rows
        model = network(**options)
        given = {"batch_size": 8, "epochs": 3, "verbose": 0, "sample_weight": W}
        held = (X[:21], Y[:21])
        history = model.fit(X, Y, validation_data=held, **given).history
        score = model.evaluate(X, Y, verbose=0)
        return tree.flatten([model.get_weights(), history, score])

    cases = [
        {"optimizer": lambda: adam(0.01, global_clipnorm=0.5), "normalised": True},
        {"jit_compile": True},
        {"run_eagerly": True},
    ]
    alone = [work(**case) for case in cases]
    distribution = keras.distribution.DataParallel()
    assert distribution.num_processes == 2
    keras.distribution.set_distribution(distribution)
    for case, expected in zip(cases, alone, strict=True):
        for a, b in zip(expected, work(**case), strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)
    if distribution.data_shard_id == 0:
        print("done")
"""


@pytest.mark.skipif(not has_mpi(), reason="mpi4py or mpiexec is missing")
def test_processes_of_mpi_train_as_one():
    made = by_mpiexec(2, SCRIPT)
    assert (made.returncode, made.stdout.strip()) == (0, "done"), made.stderr


def test_processes_that_know_their_number_train_as_one():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    first, second = by_number(2, SCRIPT, port)
    assert (first[2], first[0].strip()) == (0, "done"), first[1]
    assert second[2] == 0, second[1]
