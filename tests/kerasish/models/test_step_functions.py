"""Steps of a model as recorded functions of host batches."""

import threading

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops
from kerasish.autodiff import GradientTape, StatelessScope, Tensor
from kerasish.models.step_functions import StepFunctions, tensors

X = np.linspace(-1, 1, 24).astype("float32").reshape(6, 4)
Y = X[:, :1] * 2


def model(*extra, **kwargs):
    made = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="tanh"), *extra, layers.Dense(1)]
    )
    made.compile("adam", "mse", **kwargs)
    return made


def runs_of(made, step, calls=6, batch=(X, Y, None)):
    """Returns how often the Python code of a step runs in some calls."""
    runs = []
    real = getattr(made, step)

    def counted(given):
        runs.append(1)
        return real(given)

    setattr(made, step, counted)
    for _ in range(calls):
        made._functions.run(step, batch)
    return len(runs)


# --------------------------------------------------------------------- batches


def test_batches_become_tensors_of_the_default_float():
    x, y, weight = tensors(model(), (X.astype("float64"), {"a": Y, "b": [Y]}, None))
    assert isinstance(x, Tensor)
    assert x.dtype == "float32"
    assert y["b"][0].dtype == "float32"
    assert weight is None


def test_integers_and_text_stay():
    words = np.array(["a", "b"])
    x, y, _ = tensors(model(), (words, np.array([1, 2], "int64"), None))
    assert x is words
    assert y.dtype == "int64"


@pytest.mark.parametrize("how", ["input", "policy"])
def test_a_model_of_double_precision_gets_it(how):
    if how == "input":
        inputs = keras.Input((4,), dtype="float64")
        made = keras.Model(inputs, layers.Dense(1, dtype="float64")(inputs))
    else:
        made = keras.Sequential([layers.Dense(1)])
        made.dtype_policy = "float64"
    x, _, _ = tensors(made, (X.astype("float64"), None, None))
    assert x.dtype == "float64"


# ----------------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("step", "expected"),
    [("train_step", 2), ("test_step", 3), ("predict_step", 1)],
)
def test_steps_are_recorded(step, expected):
    made = model()
    made.train_on_batch(X, Y)
    assert runs_of(made, step) == expected


@pytest.mark.parametrize("step", ["train_step", "test_step", "predict_step"])
def test_steps_run_eagerly_where_that_is_wanted(step):
    assert runs_of(model(run_eagerly=True), step) == 6


def test_a_model_that_is_not_built_is_not_recorded_at_once():
    made = keras.Sequential([layers.Dense(3), layers.Dense(1)])
    made.compile("adam", "mse")
    assert runs_of(made, "predict_step") == 2  # built by the first


@pytest.mark.parametrize(
    ("calls", "expected"), [(3, 6), (7, 6), (8, 2), (100, 2), (None, 3)]
)
def test_what_is_to_come_tells_when_to_record(calls, expected):
    made = model()
    made._functions.prepare("train_step", calls)
    assert runs_of(made, "train_step") == expected


def test_an_own_step_is_recorded():
    seen = []

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

        def train_step(self, batch):
            seen.append(1)
            return {**super().train_step(batch), "rows": ops.shape(batch[0])[0]}

    made = Own()
    made.compile("sgd", "mse")
    for _ in range(6):
        logs = made.train_on_batch(X, Y, return_dict=True)
    assert len(seen) == 3
    assert logs["rows"] == 6


def test_names_tell_the_model_and_the_step():
    made = model()
    function = made._functions._function("train_step")
    assert function.__name__ == f"{made.name}.train_step"


def test_compiling_again_begins_again():
    made = model()
    for _ in range(4):
        made.train_on_batch(X, Y)
    before = made._functions
    made.compile("sgd", "mae")
    assert made._functions is not before


# ---------------------------------------------------------------------- forward


def test_calls_of_a_model_are_replayed():
    made = model()
    expected = made(X).numpy()
    f = made._functions.forward((X,), {})
    for _ in range(4):
        np.testing.assert_allclose(f(X), expected, rtol=1e-6)
    assert "matmul" in f.graph()
    assert made._functions.forward((X,), {}) is f


def test_replayed_calls_see_new_weights():
    made = model()
    for scale in (1.0, 2.0, 0.0):
        made.set_weights([np.full(w.shape, scale) for w in made.get_weights()])
        for _ in range(4):
            found = made(X)
        expected = np.tanh(X.sum(1) * scale + scale)[:, None] * 3 * scale + scale
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_replayed_calls_see_new_settings():
    made = model(layers.Rescaling(2.0))
    first = [made(X).numpy() for _ in range(5)][-1]
    made.layers[1].scale = 4.0
    bias = made.layers[2].bias.numpy()
    second = [made(X).numpy() for _ in range(5)]
    for y in second:
        np.testing.assert_allclose(y - bias, 2 * (first - bias), rtol=1e-5)


def called_in(scope):
    def refuse(made):
        with scope():
            return made._functions.forward((X,), {})

    return refuse


def masked():
    x = ops.convert_to_tensor(X)
    x._keras_mask = ops.ones((6,), "bool")
    return x


REFUSED = {
    "keyword": lambda made: made._functions.forward((X,), {"training": True}),
    "two": lambda made: made._functions.forward((X, X), {}),
    "list": lambda made: made._functions.forward((X.tolist(),), {}),
    "mask": lambda made: made._functions.forward((masked(),), {}),
    "tape": called_in(GradientTape),
    "stateless": called_in(StatelessScope),
}


@pytest.mark.parametrize("name", REFUSED)
def test_some_calls_run_as_they_are(name):
    assert REFUSED[name](model()) is None


class Doubled(layers.Layer):
    """A layer of a user's own, which may do anything."""

    def call(self, x):
        return x * 2


MODELS = {
    "eager": lambda: model(run_eagerly=True),
    "unbuilt": lambda: keras.Sequential([layers.Dense(1)]),
    "own_layer": lambda: model(Doubled()),
    "lambda": lambda: model(layers.Lambda(lambda x: x * 2)),
    "penalty": lambda: model(layers.ActivityRegularization(0.1)),
    "activity": lambda: model(layers.Dense(2, activity_regularizer="l2")),
    "masking": lambda: keras.Sequential([keras.Input((3, 2)), layers.Masking()]),
    "embedding": lambda: keras.Sequential(
        [keras.Input((3,)), layers.Embedding(5, 2, mask_zero=True)]
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_some_models_run_as_they_are(name):
    assert MODELS[name]()._functions.forward((X,), {}) is None


def test_a_layer_of_others_that_is_added_is_seen():
    made = model()
    assert made._functions.forward((X,), {}) is not None
    made.add(Doubled())
    assert made._functions.forward((X,), {}) is None


# --------------------------------------------------------------------- threads


def test_steps_of_several_threads_take_turns_while_one_trains():
    steps = StepFunctions(model())
    order = []

    class Model:
        run_eagerly = True
        compute_dtype = "float32"

        def train_step(self, batch):
            order.append("in")
            threading.Event().wait(0.01)
            order.append("out")
            return batch

    steps._model = Model()
    with steps.training():
        workers = [
            threading.Thread(target=steps.run, args=("train_step", (X, None, None)))
            for _ in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert order == ["in", "out"] * 4
    assert steps.run("train_step", (X, None, None)).read()[0].shape == (6, 4)


def test_calls_of_a_model_wait_for_the_end_of_a_training_step():
    made = model()
    for _ in range(4):
        made(X)
    order = []

    def call():
        made(X)
        order.append("call")

    def step():
        worker = threading.Thread(target=call)
        worker.start()
        worker.join(0.05)
        order.append("step")
        return worker

    with made._functions.training():
        made._functions.in_turn(step).join()
    assert order == ["step", "call"]


def test_one_thread_predicts_while_another_trains():
    made = model()
    made.train_on_batch(X, Y)
    errors = []

    def predict():
        try:
            for _ in range(15):
                assert made.predict(X, verbose=0).shape == (6, 1)
                assert made(X).shape == (6, 1)
        except BaseException as error:
            errors.append(error)

    worker = threading.Thread(target=predict)
    worker.start()
    made.fit(X, Y, batch_size=2, epochs=20, verbose=0)
    worker.join()
    assert errors == []
