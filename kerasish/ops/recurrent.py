"""Recurrent networks over whole sequences: simple, LSTM and GRU.

Each works over all time steps at once, so that a backend can put a kernel of its own
in the place of the loop.
"""

from collections.abc import Callable
from typing import Any

from kerasish.autodiff import KerasTensor, is_keras_tensor, op
from kerasish.core.dtypes import is_float_dtype, result_type
from kerasish.core.errors import ShapeError, unknown
from kerasish.ops.activations import elu, relu, selu, sigmoid, silu, softplus, softsign
from kerasish.ops.arithmetic import add
from kerasish.ops.cell_steps import dropped, gru_step, lstm_step
from kerasish.ops.conversion import cast, converted
from kerasish.ops.exponentials import exp
from kerasish.ops.products import matmul
from kerasish.ops.sparse_activations import hard_sigmoid, hard_tanh
from kerasish.ops.time_loop import prepared, run_steps
from kerasish.ops.trigonometry import tanh
from kerasish.ops.whole_sequence import kernel_space, whole_sequence

__all__ = ["gru", "lstm", "simple_rnn"]

Activation = str | Callable[[Any], Any]

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "elu": elu,
    "exponential": exp,
    "hard_sigmoid": hard_sigmoid,
    "hard_tanh": hard_tanh,
    "linear": lambda x: x,
    "relu": relu,
    "selu": selu,
    "sigmoid": sigmoid,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "tanh": tanh,
}


@op
def simple_rnn(
    inputs: Any,
    initial_h: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    mask: Any = None,
    activation: Activation = "tanh",
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    recurrent_dropout_mask: Any = None,
) -> Any:
    """Computes `h = activation(x kernel + h recurrent_kernel + bias)` over time.

    Where the mask is False the state stays as it is and the output is that of the
    step before, zero if there is none.

    Args:
        inputs: Tensor `(batch, time, features)`.
        initial_h: First state `(batch, units)`, or None for zeros.
        kernel: Tensor `(features, units)`.
        recurrent_kernel: Tensor `(units, units)`.
        bias: Tensor `(units,)`, or None.
        mask: Tensor `(batch, time)`, False where a step is to be skipped.
        activation: Name or function.
        go_backwards: Whether the last step is computed first; the outputs are in the
            order in which they were computed.
        return_sequences: Whether the outputs of all steps are wanted.
        zero_output_for_mask: Whether skipped steps give zero.
        recurrent_dropout_mask: Tensor `(batch, units)` of factors, the same at all
            steps, on the state where it meets the recurrent kernel; or None.

    Returns:
        Tuple of the outputs `(batch, time, units)`, or `(batch, units)` if only the
        last is wanted, and the last state.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If an activation is unknown.

    Example:
        >>> y, h = simple_rnn([[[1.0], [1.0]]], None, [[1.0]], [[2.0]],
        ...                   activation="linear")
        >>> y.tolist(), h.tolist()
        ([[[1.0], [3.0]]], [[3.0]])
    """
    activate = _activation(activation)
    given, mask = _common(
        mask, inputs, kernel, recurrent_kernel, bias, recurrent_dropout_mask, initial_h
    )
    _check("simple_rnn", given, mask, 1, (1,))
    if any(is_keras_tensor(x) for x in (*given, mask)):
        return _inferred(given, return_sequences, 1)
    x, w, u, b, drop, first = given
    steps, states = prepared(x, w, b, (first,), mask, u, go_backwards)

    def step(z: Any, h: Any) -> tuple[Any, ...]:
        return (activate(add(z, matmul(dropped(h, drop), u))),)

    return run_steps(step, steps, states, return_sequences, zero_output_for_mask)


@op
def lstm(
    inputs: Any,
    initial_h: Any,
    initial_c: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    mask: Any = None,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    recurrent_dropout_mask: Any = None,
    use_cudnn: bool | str = "auto",
) -> Any:
    """Computes a long short-term memory over time.

    With `i, f, g, o` the four parts of `x kernel + h recurrent_kernel + bias`, `i`, `f`
    and `o` under the recurrent activation and `g` under the other, a step computes
    `c = f * c + i * g` and `h = o * activation(c)`. Where the mask is False the states
    stay as they are and the output is that of the step before, zero if there is none.

    Args:
        inputs: Tensor `(batch, time, features)`.
        initial_h: First output state `(batch, units)`, or None for zeros.
        initial_c: First memory state `(batch, units)`, or None for zeros.
        kernel: Tensor `(features, 4 * units)`.
        recurrent_kernel: Tensor `(units, 4 * units)`.
        bias: Tensor `(4 * units,)`, or None.
        mask: Tensor `(batch, time)`, False where a step is to be skipped.
        activation: Name or function.
        recurrent_activation: Name or function, of the gates.
        go_backwards: Whether the last step is computed first; the outputs are in the
            order in which they were computed.
        return_sequences: Whether the outputs of all steps are wanted.
        zero_output_for_mask: Whether skipped steps give zero.
        recurrent_dropout_mask: Tensor `(batch, units)` of factors, the same at all
            steps, on the state where it meets the recurrent kernel; or None.
        use_cudnn: Whether cuDNN computes all steps at once: "auto" where it can, True
            or False.

    Returns:
        Tuple of the outputs `(batch, time, units)`, or `(batch, units)` if only the
        last is wanted, and the last states `h` and `c`.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If an activation is unknown, or cuDNN cannot be used and must.

    Example:
        >>> x, w, u = np.ones((2, 5, 3)), np.ones((3, 16)), np.ones((4, 16))
        >>> [y.shape for y in lstm(x, None, None, w, u)]
        [(2, 5, 4), (2, 4), (2, 4)]

    Reference:
        Hochreiter and Schmidhuber, 1997, "Long Short-Term Memory", Neural Computation
        9(8); with the forget gate of Gers et al., 2000.
    """
    activate, gate = _activation(activation), _activation(recurrent_activation)
    given, mask = _common(
        mask,
        inputs,
        kernel,
        recurrent_kernel,
        bias,
        recurrent_dropout_mask,
        initial_h,
        initial_c,
    )
    _check("lstm", given, mask, 4, (4,))
    if any(is_keras_tensor(x) for x in (*given, mask)):
        return _inferred(given, return_sequences, 2)
    x, w, u, b, drop, *first = given
    plain = mask is None and drop is None
    space = kernel_space("lstm", use_cudnn, x, u.shape[0], (activate, gate), plain)
    if space is not None:
        return whole_sequence(
            "lstm", space, x, w, u, b, first, go_backwards, return_sequences
        )
    steps, states = prepared(x, w, b, first, mask, u, go_backwards)
    step = lstm_step(u, drop, activate, gate)
    return run_steps(step, steps, states, return_sequences, zero_output_for_mask)


@op
def gru(
    inputs: Any,
    initial_h: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    mask: Any = None,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    reset_after: bool = True,
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    recurrent_dropout_mask: Any = None,
    use_cudnn: bool | str = "auto",
) -> Any:
    """Computes gated recurrent units over time.

    The kernels hold three parts, for the gates `z` and `r` and for the candidate. A
    step computes `h = z * h + (1 - z) * candidate`, where `candidate` is
    `activation(x_part + r * (h recurrent_part))`, or `activation(x_part + (r * h)
    recurrent_part)` without `reset_after`. Where the mask is False the state stays as
    it is and the output is that of the step before, zero if there is none.

    Args:
        inputs: Tensor `(batch, time, features)`.
        initial_h: First state `(batch, units)`, or None for zeros.
        kernel: Tensor `(features, 3 * units)`.
        recurrent_kernel: Tensor `(units, 3 * units)`.
        bias: With `reset_after` a tensor `(2, 3 * units)`, for the two kernels, else
            `(3 * units,)`; or None.
        mask: Tensor `(batch, time)`, False where a step is to be skipped.
        activation: Name or function.
        recurrent_activation: Name or function, of the gates.
        reset_after: Whether the reset gate is applied after the product.
        go_backwards: Whether the last step is computed first; the outputs are in the
            order in which they were computed.
        return_sequences: Whether the outputs of all steps are wanted.
        zero_output_for_mask: Whether skipped steps give zero.
        recurrent_dropout_mask: Tensor `(batch, units)` of factors, the same at all
            steps, on the state where it meets the recurrent kernel; or None.
        use_cudnn: Whether cuDNN computes all steps at once: "auto" where it can, True
            or False.

    Returns:
        Tuple of the outputs `(batch, time, units)`, or `(batch, units)` if only the
        last is wanted, and the last state.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If an activation is unknown, or cuDNN cannot be used and must.

    Example:
        >>> x, w, u = np.ones((2, 5, 3)), np.ones((3, 12)), np.ones((4, 12))
        >>> [y.shape for y in gru(x, None, w, u)]
        [(2, 5, 4), (2, 4)]

    Reference:
        Cho et al., 2014, "Learning Phrase Representations using RNN Encoder-Decoder",
        arXiv:1406.1078; version 1 is `reset_after`, version 3 is not.
    """
    activate, gate = _activation(activation), _activation(recurrent_activation)
    given, mask = _common(
        mask, inputs, kernel, recurrent_kernel, bias, recurrent_dropout_mask, initial_h
    )
    _check("gru", given, mask, 3, (2, 3) if reset_after else (3,))
    if any(is_keras_tensor(x) for x in (*given, mask)):
        return _inferred(given, return_sequences, 1)
    x, w, u, b, drop, *first = given
    plain = mask is None and drop is None and reset_after
    space = kernel_space("gru", use_cudnn, x, u.shape[0], (activate, gate), plain)
    if space is not None:
        return whole_sequence(
            "gru", space, x, w, u, b, first, go_backwards, return_sequences
        )
    inner = None
    if reset_after and b is not None:
        b, inner = b[0], b[1]
    steps, states = prepared(x, w, b, first, mask, u, go_backwards)
    step = gru_step(u, inner, drop, activate, gate, reset_after)
    return run_steps(step, steps, states, return_sequences, zero_output_for_mask)


def _activation(given: Activation) -> Callable[[Any], Any]:
    if callable(given):
        return given
    if given not in ACTIVATIONS:
        raise unknown("activation", given, ACTIVATIONS)
    return ACTIVATIONS[given]


def _common(mask: Any, *given: Any) -> tuple[list[Any], Any]:
    """Returns tensors of one float dtype, and the mask; None stays."""
    tensors = [None if x is None else converted(x) for x in given]
    dtype = result_type(*(x.dtype for x in tensors if x is not None))
    dtype = dtype if is_float_dtype(dtype) else result_type(dtype, float)
    found = [None if x is None else cast(x, dtype) for x in tensors]
    return found, None if mask is None else converted(mask)


def _check(
    name: str, given: list[Any], mask: Any, gates: int, bias: tuple[int, ...]
) -> None:
    """Raises unless all shapes fit those of the inputs and of the kernels."""
    x, w, u, b, *states = given  # the mask of dropout has the shape of a state
    if len(x.shape) != 3 or x.shape[1] == 0 or len(u.shape) != 2:
        raise ShapeError(
            f"`{name}` needs inputs (batch, time, features) of at least one time step "
            f"and a recurrent kernel of two axes. Received: inputs of shape "
            f"{tuple(x.shape)}, recurrent_kernel of shape {tuple(u.shape)}"
        )
    units = u.shape[0]
    *rows, parts = bias
    wanted = [
        ("kernel", w, (x.shape[2], gates * units)),
        ("recurrent_kernel", u, (units, gates * units)),
        ("bias", b, (*rows, parts * units)),
        *(("state or mask of dropout", s, (x.shape[0], units)) for s in states),
    ]
    if mask is not None:
        ndim = len(mask.shape)
        wanted.append(("mask", mask, (*x.shape[:2], *(1,) * (ndim == 3))))
    for what, found, shape in wanted:
        if found is not None and not _fits(found.shape, shape):
            raise ShapeError(
                f"The {what} of `{name}` must have the shape {shape} for inputs of "
                f"shape {tuple(x.shape)} and {units} units. "
                f"Received: {tuple(found.shape)}"
            )


def _fits(found: Any, wanted: Any) -> bool:
    return len(found) == len(wanted) and all(
        a is None or b is None or a == b for a, b in zip(found, wanted, strict=True)
    )


def _inferred(given: list[Any], sequences: bool, states: int) -> tuple[Any, ...]:
    x, _, u, *_ = given
    batch, time, _ = x.shape
    shape = (batch, u.shape[0])
    y = KerasTensor((batch, time, shape[1]) if sequences else shape, x.dtype)
    return y, *(KerasTensor(shape, x.dtype) for _ in range(states))
