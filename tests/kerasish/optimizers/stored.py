"""Trajectories computed once with Keras; they lie in `tests/golden/optimizers.json`."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from kerasish import Variable
from kerasish.optimizers import schedules

__all__ = [
    "arguments",
    "compare",
    "gradients",
    "identify",
    "near",
    "rows",
    "start",
    "stored",
]

GOLDEN = Path(__file__).parents[2] / "golden" / "optimizers.json"
STEPS = (1, 2, 3, 6)  # after which weights are stored


@cache
def stored():
    """Returns all values."""
    return json.loads(GOLDEN.read_text("utf-8"))


def rows(classes=None, option=None):
    """Returns the rows of some classes, and of those that use an option."""
    return [
        row
        for row in stored()["rows"]
        if (classes is None or row["cls"] in classes)
        and (option is None or option in row["kw"])
    ]


def identify(row):
    """Returns a name for a row."""
    return f"{row['cls']}-{'-'.join(map(str, row['kw']))}"


def arguments(row):
    """Returns the arguments of a row; `schedule` makes an exponential decay."""
    kw = dict(row["kw"])
    if "schedule" in kw:
        kw["learning_rate"] = schedules.ExponentialDecay(*kw.pop("schedule"))
    return kw


def start(names):
    """Returns the weights as they were before the first step."""
    return [Variable(_array(stored()["start"], name), name=name) for name in names]


def gradients(names):
    """Yields the gradients of each step."""
    for given in stored()["grads"]:
        yield [_array(given, name) for name in names]


def compare(optimizer, names, steps):
    """Takes the steps and compares the weights with those stored."""
    variables = start(names)
    optimizer.build(variables)
    expected = dict(zip(STEPS, steps, strict=True))
    for step, grads in enumerate(gradients(names), 1):
        optimizer.apply(grads, variables)
        if step in expected:
            near(variables, expected[step])


def near(variables, values):
    """Compares weights with stored values."""
    for v, expected in zip(variables, values, strict=True):
        found = v.numpy().ravel()
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


def _array(given, name):
    return np.array(given[name], "float32").reshape(stored()["shapes"][name])
