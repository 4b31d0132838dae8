"""LSTM and GRU over all time steps as one operation, where a backend has a kernel.

The kernel's gradient comes from one call too. A second derivative goes step by step.
"""

from typing import Any

from kerasish.autodiff import (
    GradientTape,
    TensorSpec,
    contained_gradient,
    defvjp,
    keep,
    nondifferentiable,
    primitive,
)
from kerasish.backends import current
from kerasish.core.errors import ArgumentError
from kerasish.ops.activations import sigmoid
from kerasish.ops.arithmetic import multiply
from kerasish.ops.cell_steps import gru_step, lstm_step
from kerasish.ops.creation import zeros
from kerasish.ops.movement import flip
from kerasish.ops.reductions import sum as sum_over
from kerasish.ops.time_loop import prepared, run_steps
from kerasish.ops.trigonometry import tanh

__all__ = ["kernel_space", "whole_sequence"]


def kernel_space(
    kind: str, use_cudnn: Any, x: Any, units: int, activations: Any, plain: bool
) -> int | None:
    """Returns the bytes that a kernel for whole sequences keeps for the way back.

    Args:
        kind: "lstm" or "gru".
        use_cudnn: Whether it is to be used: "auto", True or False.
        x: The inputs `(batch, time, features)`.
        units: Size of the state.
        activations: That of the candidate, and that of the gates.
        plain: Whether there is nothing else that it does not do.

    Returns:
        None if there is none, or it is not wanted.

    Raises:
        ArgumentError: If it must be used and there is none, or `use_cudnn` is another
            value.
    """
    if use_cudnn != "auto" and not isinstance(use_cudnn, bool):
        raise ArgumentError(
            f"`use_cudnn` of `{kind}` must be 'auto', True or False. "
            f"Received: use_cudnn={use_cudnn!r}"
        )
    found = None
    if use_cudnn and plain and activations == (tanh, sigmoid):
        found = current().recurrent_space(kind, tuple(x.shape), units, x.dtype)
    if found is None and use_cudnn is True:
        raise ArgumentError(
            f"`use_cudnn=True` of `{kind}` needs the backend 'cupy' with cuDNN; "
            "float32, float16 or bfloat16; `activation='tanh'`, "
            "`recurrent_activation='sigmoid'`, for a GRU `reset_after=True`; and "
            "neither a mask nor recurrent dropout. Received: inputs of shape "
            f"{tuple(x.shape)} and dtype {x.dtype} on the backend "
            f"{current().name!r}. Use cuDNN where it can be by `use_cudnn='auto'`."
        )
    return found


def whole_sequence(
    kind: str,
    space: int,
    x: Any,
    w: Any,
    u: Any,
    b: Any,
    first: list[Any],
    go_backwards: bool,
    return_sequences: bool,
) -> tuple[Any, ...]:
    """Computes an LSTM or a GRU over all time steps by a kernel of the backend.

    Args:
        kind: "lstm" or "gru".
        space: What `kernel_space` has returned.
        x: Inputs `(batch, time, features)`.
        w: The kernel.
        u: The recurrent kernel.
        b: The bias, or None.
        first: First states, None for zeros.
        go_backwards: Whether the last step is computed first.
        return_sequences: Whether the outputs of all steps are wanted, or only the last.

    Returns:
        Tuple of the outputs and the last states.
    """
    units = u.shape[0]
    if b is None:
        b = zeros((2, 3 * units) if kind == "gru" else (4 * units,), x.dtype)
    shape = (x.shape[0], units)
    states = [zeros(shape, x.dtype) if s is None else s for s in first]
    x = flip(x, axis=1) if go_backwards else x
    y, *last = _with_gradient(x, w, u, b, *states, kind=kind, space=space)
    return y if return_sequences else last[0], *last


@contained_gradient
def _with_gradient(*xs: Any, kind: str, space: int) -> Any:
    made = _whole_sequence(*xs, kind=kind, space=space)

    def grad(*g: Any) -> Any:
        return _whole_sequence_back(*xs, *made, *g, kind=kind, space=space)

    return made[:-1], grad


def _spec(*xs: TensorSpec, kind: str, space: int) -> Any:
    x, _, u, _, *first = xs
    y = TensorSpec((*x.shape[:2], u.shape[0]), x.dtype)
    return y, *first, TensorSpec((space,), "uint8")


@primitive(spec=_spec, cast=keep)
def _whole_sequence(*xs: Any, kind: str = "lstm", space: int = 0) -> Any:
    return current().recurrent(kind, space, *xs)


def _back_spec(*xs: TensorSpec, kind: str, space: int) -> Any:
    return xs[: _count(kind)]


@primitive(spec=_back_spec, cast=keep)
def _whole_sequence_back(*xs: Any, kind: str = "lstm", space: int = 0) -> Any:
    return current().recurrent_vjp(kind, space, *xs)


def _count(kind: str) -> int:
    """Returns how many operands there are: inputs, three weights, the states."""
    return 6 if kind == "lstm" else 5


def _second_vjp(g: Any, y: Any, index: int, *xs: Any, kind: str, space: int) -> Any:
    count = _count(kind)
    given, upstream = list(xs[:count]), list(xs[2 * count - 2 :])
    if count <= index < 2 * count - 2:  # what the forward pass has made of the others
        return None
    with GradientTape() as outer:
        outer.watch(xs[index])
        with GradientTape() as inner:
            inner.watch(given)
            made = _step_by_step(kind, *given)
        grads = inner.gradient(made, given, output_gradients=upstream)
        pairs = zip(g, grads, strict=True)
        value = sum(sum_over(multiply(a, b)) for a, b in pairs)
    return outer.gradient(value, xs[index])


def _step_by_step(kind: str, x: Any, w: Any, u: Any, b: Any, *first: Any) -> Any:
    if kind == "lstm":
        step = lstm_step(u, None, tanh, sigmoid)
    else:
        b, inner = b[0], b[1]
        step = gru_step(u, inner, None, tanh, sigmoid, reset_after=True)
    steps, states = prepared(x, w, b, first, None, u, False)
    return run_steps(step, steps, states, sequences=True, zero_output=False)


nondifferentiable(_whole_sequence, "is differentiated by `_whole_sequence_back`")
defvjp(_whole_sequence_back, _second_vjp)
