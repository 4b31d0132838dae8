"""Random loops over time: what recurrent networks are made of, put together at random.

A loop is drawn once and is then the same function each time it runs: products, gates
and their parts, what is joined along any axis and read by several, embeddings with
numbers that repeat and count from the end, variables that change on the way, and an
optimizer's step. Values stay within about [-2, 2].
"""

import numpy as np

from kerasish import Variable, ops, optimizers
from kerasish.autodiff import GradientTape
from kerasish.autodiff.mode import part
from kerasish.ops.time_loop import gate_parts, time_steps

__all__ = ["Loop"]

OPTIMIZERS = [
    lambda: optimizers.SGD(0.05),
    lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=0.5),
    lambda: optimizers.Adam(0.01, epsilon=0.1, global_clipnorm=0.3),
    lambda: optimizers.AdamW(0.01, epsilon=0.1, weight_decay=0.1),
    lambda: optimizers.RMSprop(0.01, epsilon=0.1, clipvalue=0.1),
    lambda: optimizers.Adam(0.01, epsilon=0.1, use_ema=True, ema_momentum=0.5),
    lambda: optimizers.Adagrad(0.05, epsilon=0.1, weight_decay=0.01),
]


def joined(*values, axis=-1):
    """Returns values side by side."""
    return ops.concatenate(values, axis)


def small(x):
    """Returns a value of the same shape that is computed, and within [-1, 1]."""
    return ops.tanh(x)


def pair(a, b, axis):
    """Returns two matrices along a new axis."""
    return joined(
        ops.expand_dims(small(a), axis), ops.expand_dims(small(b), axis), axis=axis
    )


# What a loop does in each step, and behind its last: of two matrices of one shape, and
# the loop's square matrix, another.
STEPS = [
    lambda a, b, w: small(a),
    lambda a, b, w: ops.sigmoid(a) * b,
    lambda a, b, w: a * 0.5 + b,
    lambda a, b, w: ops.relu(a) - b * 0.25,
    lambda a, b, w: ops.maximum(a, b) * 0.8,
    lambda a, b, w: small(ops.matmul(a, w)),
    lambda a, b, w: small(ops.matmul(joined(a, b), joined(w, w * 0.5, axis=0))),
    lambda a, b, w: ops.split(joined(a, b), 2, -1)[1] * 0.7,
    lambda a, b, w: joined(a, b, axis=0)[len(a) // 2 : len(a) // 2 + len(a)] + 0.1,
    lambda a, b, w: ops.softmax(a, -1) + b * 0.3,
    lambda a, b, w: a - ops.mean(a, 0, keepdims=True),
    lambda a, b, w: a - ops.mean(b, -1, keepdims=True),
    lambda a, b, w: small(a + ops.sum(b, 0) * 0.2),
    lambda a, b, w: ops.reshape(ops.transpose(ops.transpose(a)), a.shape) + b * 0.1,
    lambda a, b, w: ops.stack([a, b, a], 1)[:, 1] * 0.5,
    lambda a, b, w: ops.sum(pair(a, b, 1), 1) * 0.4,
    lambda a, b, w: ops.mean(pair(a, b, 2), 2),
    lambda a, b, w: ops.max(pair(a, b, 0), 0) * 0.9,
    lambda a, b, w: ops.flip(joined(small(b), a), 1)[:, : a.shape[1]] * 0.9,
    lambda a, b, w: ops.take(a, np.arange(len(a))[::-1] // 2, 0) * 0.6,
    lambda a, b, w: ops.reshape(pair(a, b, 1), (len(a), 2 * a.shape[1]))[
        :, a.shape[1] :
    ],
    lambda a, b, w: gate_parts(joined(small(a), small(b), small(a)), count=3)[2] * 0.8,
]
# What it returns besides.
ENDS = [
    lambda a, b: joined(a, b, a, axis=0),
    lambda a, b: joined(a, b, a),
    lambda a, b: joined(ops.reshape(small(a), (-1,)), ops.reshape(b, (-1,))),
    lambda a, b: ops.transpose(joined(small(a), small(b))),
    lambda a, b: joined(joined(small(a), b), joined(small(b), a), axis=0),
    lambda a, b: joined(ops.sum(a, 0), ops.mean(b, 0), ops.max(a, 0)),
    lambda a, b: joined(ops.sum(a, -1, keepdims=True), small(b)),
    lambda a, b: joined(pair(a, b, 1), ops.exp(-ops.square(pair(b, a, 1))), axis=1),
    lambda a, b: ops.stack([small(a), ops.min(pair(a, b, 1), 1) * 0.5 + b], -1),
]
OUTPUTS = [
    ops.stack,
    lambda xs: ops.stack(xs, 1),
    lambda xs: ops.stack(xs, -1),
    lambda xs: ops.concatenate(xs, 0),
    lambda xs: ops.concatenate(xs, 1),
]


class Loop:
    """A random function of a sequence and of numbers, with a state.

    Args:
        seed: What it is drawn with.
        dtype: That of all values.
        size: The number of steps of `STEPS` at a time.
    """

    def __init__(self, seed, dtype="float32", size=5):
        self.seed, self.dtype = seed, dtype
        rng = np.random.default_rng(seed)
        self.batch = int(rng.choice((1, 2, 3, 7, 8, 33)))
        self.time, self.units = int(rng.integers(2, 7)), int(rng.choice((1, 4, 8, 16)))
        self.width = int(rng.choice((1, 3, 8, 12)))
        self.words = int(rng.choice((5, 40, 300)))
        self.steps, self.last = ([_drawn(rng) for _ in range(size)] for _ in range(2))
        self.ends = [_drawn(rng) for _ in range(3)]
        self.embeds, self.changes = rng.random() < 0.5, int(rng.integers(4))
        self.output = OUTPUTS[rng.integers(len(OUTPUTS))]
        units, both = self.units, (self.batch, self.units)
        shapes = [(self.words, self.width), (self.width, 4 * units), (units, 4 * units)]
        shapes += [(units, units), (4 * units,), (2 * units, 3)]
        self.weights = [Variable(rng.normal(size=n) * 0.4, dtype=dtype) for n in shapes]
        self.state = Variable(np.full(both, 0.3), dtype=dtype)
        self.other = Variable(np.full(both, 0.5), dtype=dtype)
        self.wide = Variable(np.zeros((self.batch, 2 * units)), dtype=dtype)
        self.tall = Variable(np.zeros((2 * self.batch, units)), dtype=dtype)
        self.variables = [*self.weights, self.state, self.other, self.wide, self.tall]
        self.optimizer = None
        if rng.random() < 0.7:
            self.optimizer = OPTIMIZERS[rng.integers(len(OPTIMIZERS))]()
            self.optimizer.build(self.weights)
            self.variables += self.optimizer.variables
        self.start = [v.numpy().copy() for v in self.variables]

    def reset(self):
        """Gives the variables the values they began with."""
        for v, value in zip(self.variables, self.start, strict=True):
            v.assign(value)

    def inputs(self, number):
        """Returns arrays to run it with."""
        rng = np.random.default_rng(1000 * self.seed + number)
        x = rng.normal(size=(self.batch, self.time, self.width)).astype(self.dtype)
        ids = rng.integers(-self.words, self.words, x.shape[:2])
        ids[rng.random(ids.shape) < 0.4] = ids[0, 0]
        return x, ids.astype("int32")

    def __call__(self, x, ids):
        """Runs it; returns what it makes, and its loss if it is trained."""
        if self.optimizer is None:
            return self._forward(x, ids)
        with GradientTape() as tape:
            made = self._forward(x, ids)
            loss = sum(ops.mean(ops.square(t)) for t in made)
        found = zip(tape.gradient(loss, self.weights), self.weights, strict=True)
        with part("optimizer"):
            self.optimizer.apply_gradients(
                [(ops.zeros_like(v) if g is None else g, v) for g, v in found]
            )
        return [*made, loss]

    def _forward(self, x, ids):
        table, kernel, inner, square, bias, out = self.weights
        batch, units = self.batch, self.units
        if self.embeds:
            x = ops.take(table, ids, axis=0) * 0.5 + x
        rows = ops.reshape(ops.transpose(x, (1, 0, 2)), (-1, self.width))
        z = ops.matmul(rows, kernel) + bias
        h, c = ops.zeros((batch, units), self.dtype), self.state.value
        hs, cs, threes = [], [], []
        for step in time_steps(ops.reshape(z, (self.time, batch, 4 * units))):
            i, f, g, o = gate_parts(step + ops.matmul(h, inner), count=4)
            made = _extended([h, c, i, f, g, o], self.steps, square)
            c = small(made[-1] * 0.7 + ops.sigmoid(f) * c)
            h = ops.sigmoid(o) * small(made[-2] + c)
            hs.append(h)
            cs.append(c)
            threes.append(joined(h, c, i))
        made = [h, c, small(hs[0] + 0.1), small(cs[0] * 0.3), self.state.value]
        made = _extended(made, self.last, square)
        both = joined(ops.stack(hs, 1), ops.stack(cs, 1))
        results = [
            self.output(hs) * 0.5,
            ops.matmul(ops.reshape(both, (-1, 2 * units)), out),
            ops.concatenate(threes, 0),
            *made[-2:],
            ops.reshape(small(made[-3]), (-1,)),
            joined(small(made[-3]), made[-1]),
            *(_chosen(ENDS, end, made) for end in self.ends),
        ]
        self._change(h, c, small(made[-1]), small(made[-3]))
        return results

    def _change(self, h, c, a, b):
        if self.changes == 0:
            self.state.assign(h)
            self.wide.assign(joined(a, b))
            self.tall.assign(joined(b, a, axis=0))
        elif self.changes == 1:
            self.state.assign(h)
            self.other.assign(self.other * 0.5 + c * 0.2)
            self.wide.assign(self.wide * 0.5 + joined(a, self.state.value) * 0.5)
        elif self.changes == 2:
            old = self.state.value
            self.state.assign(self.other.value)
            self.other.assign(old * 0.5 + a * 0.5)
            self.tall.assign(joined(self.state, self.other, axis=0))
        else:
            self.wide.assign(joined(self.wide[:, self.units :], a))
            self.tall.assign(ops.reshape(self.wide.value, self.tall.shape) * 0.5)


def _drawn(rng):
    return int(rng.integers(1 << 30)), float(rng.random()), float(rng.random())


def _chosen(table, drawn, made, *more):
    which, first, second = drawn
    a, b = made[int(first * len(made))], made[int(second * len(made))]
    return table[which % len(table)](a, b, *more)


def _extended(made, drawn, square):
    """Returns values and what each of some steps makes of two of those before it."""
    for each in drawn:
        made = [*made, _chosen(STEPS, each, made, square)]
    return made
