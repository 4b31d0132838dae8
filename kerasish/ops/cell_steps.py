"""One step of an LSTM and of a GRU, as functions for the loop over time."""

from collections.abc import Callable
from typing import Any

from kerasish.ops.arithmetic import add, multiply, subtract
from kerasish.ops.products import matmul
from kerasish.ops.time_loop import gate_parts

__all__ = ["dropped", "gru_step", "lstm_step"]

Step = Callable[..., tuple[Any, ...]]


def lstm_step(u: Any, drop: Any, activate: Any, gate: Any) -> Step:
    """Returns the step of an LSTM.

    Args:
        u: The recurrent kernel.
        drop: Factors of dropout on the state, or None.
        activate: The activation.
        gate: The activation of the gates.
    """

    def step(z: Any, h: Any, c: Any) -> tuple[Any, ...]:
        i, f, g, o = gate_parts(add(z, matmul(dropped(h, drop), u)), count=4)
        c = add(multiply(gate(f), c), multiply(gate(i), activate(g)))
        return multiply(gate(o), activate(c)), c

    return step


def gru_step(
    u: Any, inner: Any, drop: Any, activate: Any, gate: Any, reset_after: bool
) -> Step:
    """Returns the step of a GRU.

    Args:
        u: The recurrent kernel.
        inner: The bias of its product, or None.
        drop: Factors of dropout on the state, or None.
        activate: The activation.
        gate: The activation of the gates.
        reset_after: Whether the reset gate is applied after the product.
    """
    if reset_after:
        return _step_reset_after(u, inner, drop, activate, gate)
    return _step_reset_before(u, drop, activate, gate)


def _step_reset_after(u: Any, inner: Any, drop: Any, activate: Any, gate: Any) -> Step:
    def step(xs: Any, h: Any) -> tuple[Any, ...]:
        hs = matmul(dropped(h, drop), u)
        if inner is not None:
            hs = add(hs, inner)
        xz, xr, xh = gate_parts(xs, count=3)
        hz, hr, hh = gate_parts(hs, count=3)
        z, r = gate(add(xz, hz)), gate(add(xr, hr))
        new = activate(add(xh, multiply(r, hh)))
        return (add(new, multiply(z, subtract(h, new))),)

    return step


def _step_reset_before(u: Any, drop: Any, activate: Any, gate: Any) -> Step:
    units = u.shape[0]
    of_gates, of_new = u[:, : 2 * units], u[:, 2 * units :]

    def step(xs: Any, h: Any) -> tuple[Any, ...]:
        xz, xr, xh = gate_parts(xs, count=3)
        seen = dropped(h, drop)
        hz, hr = gate_parts(matmul(seen, of_gates), count=2)
        z, r = gate(add(xz, hz)), gate(add(xr, hr))
        new = activate(add(xh, matmul(multiply(r, seen), of_new)))
        return (add(new, multiply(z, subtract(h, new))),)

    return step


def dropped(h: Any, drop: Any) -> Any:
    """Returns a state as the recurrent kernel sees it.

    Args:
        h: The state.
        drop: Factors of dropout, or None.
    """
    return h if drop is None else multiply(h, drop)
