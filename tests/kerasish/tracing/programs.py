"""Random programs: functions of two tensors that read and change variables.

A program is drawn once and is then the same function each time it runs, so that its
recording can be compared with running it eagerly. Values stay within about [-2, 2].
"""

import numpy as np

from kerasish import Variable, ops
from kerasish.autodiff import GradientTape
from kerasish.autodiff.mode import part

__all__ = ["Program", "inputs"]

ROWS, COLUMNS = 4, 6
SHAPES = [(ROWS, COLUMNS), (ROWS, 1), (COLUMNS,), ()]


def inputs(seed):
    """Returns two arrays, with a few of the numbers that are special."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, ROWS, COLUMNS)).astype("float32")
    x[0, 0], x[0, 1], y[1, 1] = 0.0, -0.0, 1.0
    return x, y


def pooled(x):
    """Returns the larger of each two neighbours, in the place of both."""
    y = ops.max_pool(ops.relu(ops.reshape(x, (ROWS, COLUMNS, 1))), 2)
    return ops.reshape(ops.repeat(y, 2, 1), x.shape) - 0.5


UNARY = [
    ops.tanh,
    ops.sigmoid,
    ops.relu,
    ops.negative,
    ops.abs,
    ops.stop_gradient,
    lambda x: ops.exp(ops.minimum(x, 0.5)),
    lambda x: ops.sqrt(ops.square(x) + 0.5),
    lambda x: ops.log(ops.square(x) + 1.0),
    lambda x: ops.cast(ops.cast(x, "float64") * 0.5, "float32"),
    lambda x: x * 1.0 + 0.0,
    lambda x: (x - 0.0) / 1.0,
    lambda x: ops.softplus(x) - 0.5,
    lambda x: ops.clip(x, -0.7, 0.9),
    lambda x: ops.reshape(ops.reshape(x, (-1,)), x.shape),
    lambda x: ops.transpose(ops.transpose(x)),
    lambda x: x + ops.exp(ops.ones(x.shape) * -1.0),
]
BINARY = [
    ops.add,
    ops.subtract,
    ops.maximum,
    ops.minimum,
    lambda x, y: x * y * 0.5,
    lambda x, y: x / (ops.square(y) + 1.0),
    lambda x, y: ops.where(x > y, x * 0.5, y),
    lambda x, y: x - ops.stop_gradient(y),
]
FULL = [
    lambda x: ops.softmax(x, -1),
    lambda x: ops.log_softmax(x, -1) * 0.3,
    lambda x: x - ops.mean(x, 0, keepdims=True),
    lambda x: ops.layer_normalization(x, epsilon=0.1) * 0.5,
    lambda x: ops.concatenate([x[:2], x[2:] * 0.5], 0),
    lambda x: ops.flip(x, 1),
    lambda x: ops.roll(x, 1, 1),
    lambda x: ops.matmul(ops.matmul(x, ops.transpose(x)), x) * 0.02,
    lambda x: ops.take(x, np.array([2, 0, 1, 1]), 0),
    lambda x: ops.cumsum(x, 1) * 0.2,
    lambda x: pooled(x),
]
REDUCED = [
    lambda x: ops.sum(x, -1, keepdims=True) * 0.2,
    lambda x: ops.max(x, -1, keepdims=True),
    lambda x: ops.reshape(ops.mean(x, -1) * 2.0, (ROWS, 1)),
    lambda x: ops.sum(x, 0) * 0.3,
    lambda x: ops.min(x, 0),
    lambda x: ops.mean(x),
    lambda x: ops.sum(ops.sum(x * x, -1)) * 0.02,
    lambda x: ops.cast(ops.argmax(x, -1, keepdims=True), "float32") * 0.1,
]


class Program:
    """A random function with a state.

    Args:
        seed: What it is drawn with.
        size: The number of steps.
    """

    def __init__(self, seed, size=24):
        rng = np.random.default_rng(seed)
        self.steps = [
            (rng.integers(5), rng.integers(1 << 30), rng.random(), rng.random())
            for _ in range(size)
        ]
        self.differentiates = seed % 3 > 0
        start = np.random.default_rng(100 + seed)
        self.w = Variable(start.normal(size=(COLUMNS, COLUMNS)) * 0.3, name="w")
        self.b = Variable(start.normal(size=COLUMNS) * 0.3, name="b")
        self.c = Variable(start.normal(size=COLUMNS) * 0.3, name="c")
        self.s = Variable(0.5, name="s")
        self.weights = [self.w, self.b, self.c]
        self.slots = [Variable(ops.zeros(v.shape), name="slot") for v in self.weights]
        self.variables = [*self.weights, *self.slots, self.s]
        self.start = [v.numpy().copy() for v in self.variables]

    def reset(self):
        """Gives the variables the values they began with."""
        for v, value in zip(self.variables, self.start, strict=True):
            v.assign(value)

    def __call__(self, x, y):
        """Runs the steps; returns the last values, and gradients perhaps."""
        if not self.differentiates:
            return self._body(x, y)
        with GradientTape() as tape:
            tape.watch(x)
            made = self._body(x, y)
            loss = sum(ops.mean(ops.square(t)) for t in made)
        *gradients, last = tape.gradient(loss, [*self.weights, x])
        with part("optimizer"):
            for v, slot, g in zip(self.weights, self.slots, gradients, strict=True):
                if g is not None:
                    slot.assign(slot * 0.5 + g)
                    v.assign(v - 0.1 * slot)
        return made if last is None else [*made, last]

    def _body(self, x, y):
        made = [x, y, ops.matmul(x, self.w) + self.b, ops.tanh(self.c) + self.s]
        for kind, which, first, second in self.steps:
            a = made[int(first * len(made))]
            b = made[int(second * len(made))]
            full = ops.broadcast_to(a, (ROWS, COLUMNS))
            if kind == 0:
                made.append(UNARY[which % len(UNARY)](a))
            elif kind == 1:
                made.append(BINARY[which % len(BINARY)](a, b))
            elif kind == 2:
                made.append(FULL[which % len(FULL)](full))
            elif kind == 3:
                made.append(REDUCED[which % len(REDUCED)](full))
            else:
                made.append(self._state(which % 5, full))
        return [ops.tanh(t) for t in made[-4:]]

    def _state(self, kind, x):
        if kind == 0:
            self.b.assign(self.b * 0.9 + ops.tanh(ops.mean(x, 0)) * 0.1)
            return x * self.b
        if kind == 1:
            self.s.assign_add(ops.tanh(ops.sum(x)) * 0.1)
            return x * self.s
        if kind == 2:
            return ops.relu(ops.matmul(x, self.w) + self.b) * 0.5
        if kind == 3:
            old = self.b.value
            self.b.assign(old * 0.5)
            return x + old
        return ops.sigmoid(ops.matmul(x, ops.transpose(self.w)))
