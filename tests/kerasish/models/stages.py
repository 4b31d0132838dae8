"""Scenarios of training that are played twice: by recorded steps and step by step."""

import numpy as np

import kerasish as keras
from kerasish import callbacks, layers, random
from kerasish.core import naming

__all__ = ["X", "Y", "Each", "Stage", "is_recorded", "play"]

ROWS, BATCH = 44, 8  # five full batches and a short one


def problem(rows=ROWS):
    """Returns points in four dimensions, and whether two of them agree in sign."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(rows, 4)).astype("float32")
    y = (x[:, :1] * x[:, 1:2] > 0).astype("float32")
    return x, y


X, Y = problem()


class Stage:
    """One playing of a scenario.

    Args:
        eager: Whether steps run operation by operation.
        tmp_path: Where files may be written.
    """

    def __init__(self, eager, tmp_path):
        self.eager = eager
        self.path = tmp_path / ("eager" if eager else "recorded")
        self.path.mkdir()
        self.told = []
        self.models = []

    def compile(self, model, optimizer="adam", loss="binary_crossentropy", **kwargs):
        """Compiles a model, recorded or not."""
        model.compile(optimizer, loss, run_eagerly=self.eager, **kwargs)

    def model(self, *extra, optimizer="adam", **kwargs):
        """Makes a small model with some layers between its two, and compiles it."""
        made = keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(6, activation="tanh", name="first"),
                *extra,
                layers.Dense(1, activation="sigmoid", name="last"),
            ]
        )
        self.compile(made, optimizer, **kwargs)
        self.models.append(made)
        return made

    def fit(self, model, *data, epochs=2, **kwargs):
        """Trains and keeps the history."""
        options = {"batch_size": BATCH, "verbose": 0, "epochs": epochs, **kwargs}
        history = model.fit(*(data or (X, Y)), **options).history
        self.told.append(history)

    def tell(self, value):
        """Keeps a number or array to be compared."""
        self.told.append(np.array(value))

    def results(self):
        """Returns all that must be the same in both playings."""
        weights = [np.array(w) for m in self.models for w in m.get_weights()]
        slots = [v.numpy() for m in self.models for v in m.optimizer.variables]
        made = [m.predict(X, verbose=0) for m in self.models]
        return self.told, weights, slots, made


class Each(callbacks.Callback):
    """Calls a function with the model and the number of the batch.

    Args:
        change: The function.
    """

    def __init__(self, change):
        super().__init__()
        self.change = change
        self.batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1
        self.change(self.model, self.batches)


def close(found, expected):
    """Checks that numbers in lists and dicts agree."""
    for x, y in zip(found, expected, strict=True):
        if isinstance(x, dict):
            assert list(x) == list(y)
            close(x.values(), y.values())
        else:
            np.testing.assert_allclose(x, y, rtol=2e-4, atol=2e-5)


def play(script, tmp_path):
    """Plays a scenario both ways, compares, and returns the recorded stage."""
    results = []
    for eager in (True, False):
        naming.reset_uids()
        random.set_random_seed(11)
        stage = Stage(eager, tmp_path)
        script(stage)
        results.append(stage.results())
    for expected, found in zip(*results, strict=True):
        close(found, expected)
    return stage


def is_recorded(model, step="train_step"):
    """Returns whether a plan of a step is there; fails if it is not."""
    return "return" in model._functions._function(step).graph()
