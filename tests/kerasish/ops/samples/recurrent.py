"""Samples of `kerasish.ops.recurrent`, against loops over time in NumPy."""

import numpy as np
import scipy.special

from tests.kerasish.ops.sampling import FLOATS, fixed, floats, sample

FUNCTIONS = {
    "tanh": np.tanh,
    "sigmoid": scipy.special.expit,
    "relu": lambda x: np.maximum(x, 0.0),
    "linear": lambda x: x,
    "softsign": lambda x: x / (1.0 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6.0 + 0.5, 0.0, 1.0),
}


def over_time(
    step,
    x,
    first,
    units,
    mask=None,
    go_backwards=False,
    return_sequences=True,
    zero_output_for_mask=False,
):
    """Goes through the rows and steps one by one."""
    batch, time = x.shape[:2]
    seen = np.ones((batch, time), bool) if mask is None else mask.astype(bool)
    seen = seen.reshape(batch, time)
    y = np.zeros((batch, time, units))
    last = [np.zeros((batch, units)) for _ in first]
    for row in range(batch):
        states = [np.zeros(units) if s is None else s[row] for s in first]
        before = np.zeros(units)
        for place in range(time):
            t = time - 1 - place if go_backwards else place
            if seen[row, t]:
                states = step(x[row, t], *states)
                before = states[0]
            shown = seen[row, t] or not zero_output_for_mask
            y[row, place] = before if shown else 0.0
        for made, state in zip(last, states, strict=True):
            made[row] = state
    return y if return_sequences else y[:, -1], *last


def with_drop(run):
    """Hands factors on the recurrent kernel's input to a reference that has none."""

    def wrapped(x, *rest, recurrent_dropout_mask, **how):
        # Every row has its own factors, and so its own recurrent kernel.
        rows = []
        for i, factors in enumerate(recurrent_dropout_mask):
            states, (w, u, *b) = rest[:-3], rest[-3:]
            own = [s[i : i + 1] for s in states]
            rows.append(run(x[i : i + 1], *own, w, factors[:, None] * u, *b, **how))
        return tuple(np.concatenate(parts) for parts in zip(*rows, strict=True))

    return wrapped


def simple_rnn(x, h, w, u, bias=None, mask=None, activation="tanh", **how):
    def step(x, h):
        return [FUNCTIONS[activation](x @ w + h @ u + (0 if bias is None else bias))]

    return over_time(step, x, [h], len(u), mask, **how)


def lstm(
    x,
    h,
    c,
    w,
    u,
    bias=None,
    mask=None,
    activation="tanh",
    recurrent_activation="sigmoid",
    **how,
):
    activate, gate = FUNCTIONS[activation], FUNCTIONS[recurrent_activation]

    def step(x, h, c):
        z = x @ w + h @ u + (0 if bias is None else bias)
        i, f, g, o = np.split(z, 4)
        c = gate(f) * c + gate(i) * activate(g)
        return [gate(o) * activate(c), c]

    return over_time(step, x, [h, c], len(u), mask, **how)


def gru(
    x,
    h,
    w,
    u,
    bias=None,
    mask=None,
    activation="tanh",
    recurrent_activation="sigmoid",
    reset_after=True,
    **how,
):
    activate, gate = FUNCTIONS[activation], FUNCTIONS[recurrent_activation]
    units = len(u)
    zero = np.zeros(3 * units)
    b, inner = (zero if bias is None else bias, zero)
    if bias is not None and reset_after:
        b, inner = bias

    def step(x, h):
        xz, xr, xh = np.split(x @ w + b, 3)
        uz, ur, uh = np.split(u, 3, axis=1)
        iz, ir, ih = np.split(inner, 3)
        z = gate(xz + h @ uz + iz)
        r = gate(xr + h @ ur + ir)
        new = r * (h @ uh + ih) if reset_after else (r * h) @ uh
        return [z * h + (1 - z) * activate(xh + new)]

    return over_time(step, x, [h], units, mask, **how)


def parts(x, count):
    return np.split(x, count, axis=-1)


# The rows of the mask: padded right, left and in the middle, and nothing at all.
MASK = fixed([[1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 0, 0]], "bool")
WIDE = fixed(np.tri(4, 3)[..., None], "int32")
X, H = floats(4, 3, 2), floats(4, 2)
KERNELS = {n: (floats(2, 2 * n), floats(2, 2 * n)) for n in (1, 3, 4)}
OPTIONS = (
    {},
    {"return_sequences": False},
    {"go_backwards": True},
    {"mask": MASK},
    {"mask": MASK, "return_sequences": False},
    {"mask": MASK, "zero_output_for_mask": True},
    {"mask": MASK, "zero_output_for_mask": True, "return_sequences": False},
    {"mask": WIDE, "go_backwards": True},
)


def row(name, *args, reference, **how):
    return sample(
        name,
        *args,
        reference=reference,
        dtypes=FLOATS,
        order=2 if "activation" in how else 1,
        batch=False,
        loose=8,
        **how,
    )


SAMPLES = [
    sample("time_steps", floats(3, 2, 2), reference=list, batch=False),
    sample("time_steps", floats(1, 2), reference=list, batch=False),
    sample("gate_parts", floats(3, 6), count=3, reference=parts),
]
for first in ((H, H), (None, None)):
    for how in OPTIONS if first == (H, H) else OPTIONS[:5]:
        h, c = first
        SAMPLES += [
            row(
                "simple_rnn", X, h, *KERNELS[1], floats(2), reference=simple_rnn, **how
            ),
            row("lstm", X, h, c, *KERNELS[4], floats(8), reference=lstm, **how),
            row("gru", X, h, *KERNELS[3], floats(2, 6), reference=gru, **how),
        ]
OTHER = {"activation": "softsign", "recurrent_activation": "hard_sigmoid"}
SAMPLES += [
    row("simple_rnn", X, H, *KERNELS[1], activation="linear", reference=simple_rnn),
    row("lstm", X, H, None, *KERNELS[4], **OTHER, reference=lstm),
    row("gru", X, H, *KERNELS[3], **OTHER, reference=gru),
    row("gru", X, H, *KERNELS[3], floats(6), reset_after=False, reference=gru),
    row("gru", X, None, *KERNELS[3], reset_after=False, mask=MASK, reference=gru),
]
DROP = {"recurrent_dropout_mask": floats(4, 2)}
for name, states, gates, reference in (
    ("simple_rnn", (H,), 1, simple_rnn),
    ("lstm", (H, H), 4, lstm),
    ("gru", (H,), 3, gru),
):
    bias = floats(2, 6) if name == "gru" else floats(2 * gates)
    given = (X, *states, *KERNELS[gates], bias)
    SAMPLES.append(row(name, *given, reference=with_drop(reference), **DROP))
given = (X, H, *KERNELS[3], floats(6))
SAMPLES.append(row("gru", *given, reset_after=False, reference=with_drop(gru), **DROP))
