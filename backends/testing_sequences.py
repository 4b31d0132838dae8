"""Rows of the conformance suite for recurrent networks: loops, imaginary steps."""

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["SEQUENCES"]

STEP = 1e-30


def _forward(
    kind: str, space: int, x: Any, w: Any, u: Any, b: Any, h: Any, c: Any = None
) -> tuple[Any, ...]:
    outputs = []
    for row in np.swapaxes(x, 0, 1):
        if kind == "lstm":
            i, f, a, o = np.split(row @ w + h @ u + b, 4, axis=-1)
            c = _gate(f) * c + _gate(i) * np.tanh(a)
            h = _gate(o) * np.tanh(c)
        else:
            seen, held = np.split(row @ w + b[0], 3, 1), np.split(h @ u + b[1], 3, 1)
            z, r = (_gate(seen[k] + held[k]) for k in range(2))
            h = z * h + (1 - z) * np.tanh(seen[2] + r * held[2])
        outputs.append(h)
    last = (h, c) if kind == "lstm" else (h,)
    return np.stack(outputs, 1), *last, np.zeros(space, "uint8")


def _gate(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _backward(kind: str, space: int, *arrays: Any) -> tuple[Any, ...]:
    """An imaginary step gives the derivative without a rounding error."""
    count = 6 if kind == "lstm" else 5
    given, upstream = arrays[:count], arrays[2 * count - 2 :]
    grads = []
    for i, x in enumerate(given):
        grads.append(np.zeros(x.shape))
        for place in np.ndindex(x.shape):
            moved = x.astype(complex)
            moved[place] += STEP * 1j
            operands = [*given[:i], moved, *given[i + 1 :]]
            made = _forward(kind, 0, *operands)
            pairs = zip(upstream, made[:-1], strict=True)
            grads[-1][place] = sum((g * y.imag).sum() for g, y in pairs) / STEP
    return tuple(grads)


def _rows(kind: str, gates: int, states: int) -> list[Any]:
    rng = np.random.default_rng(gates)
    bias = (2, 2 * gates) if kind == "gru" else (2 * gates,)
    shapes = ((3, 4, 3), (3, 2 * gates), (2, 2 * gates), bias, *[(3, 2)] * states)
    given = [rng.normal(size=shape) for shape in shapes]
    made = _forward(kind, 4, *given)
    upstream = [rng.normal(size=y.shape) for y in made[:-1]]
    return [
        ("recurrent", "float", (kind, 4, *given), _forward),
        ("recurrent_vjp", "float", (kind, 4, *given, *made, *upstream), _backward),
    ]


SEQUENCES: list[tuple[str, str, tuple[Any, ...], Callable[..., Any]]] = [
    *_rows("lstm", 4, 2),
    *_rows("gru", 3, 1),
]
