"""LSTM and GRU over all time steps by cuDNN, there and back.

Weights are packed for the library on the way there, next to what it keeps for the way
back: so the way back finds them in the same memory, one value of a plan.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from kerasish.backends.cuda import device
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.moving import in_order
from kerasish.backends.cuda.recurrent_choice import chosen
from kerasish.backends.cuda.recurrent_network import Network, Problem
from kerasish.backends.cuda.recurrent_steps import backward, forward, space_of

__all__ = ["RECURRENT", "recurrent_space"]

STATES = {"lstm": 2, "gru": 1}


def recurrent_space(
    kind: str, shape: tuple[int, ...], units: int, dtype: str
) -> int | None:
    """Returns the bytes that cuDNN keeps for the way back, or None where it refuses.

    Args:
        kind: "lstm" or "gru".
        shape: The inputs' shape `(batch, time, features)`.
        units: Size of the state.
        dtype: Dtype name.
    """
    batch, time, features = shape
    try:
        return space_of(chosen(Problem(kind, batch, time, features, units, dtype)))
    except Refused:
        return None


def _forward(network: Network, *arrays: Any) -> device.Step:
    count = 4 + STATES[network.problem.kind]
    return forward(network, arrays[:count], arrays[count:])


def _backward(network: Network, *arrays: Any) -> device.Step:
    count = 4 + STATES[network.problem.kind]
    operands, results = arrays[:count], arrays[count : 2 * count - 2]
    slopes, grads = arrays[2 * count - 2 : -count], arrays[-count:]
    return backward(network, operands, results, slopes, grads)


def _bound(form: Callable[..., Any], results: int) -> Callable[..., Any]:
    def bound(*arrays: Any, kind: str, space: int) -> device.Step | None:
        (batch, time, features), units = arrays[0].shape, arrays[2].shape[0]
        dtype = arrays[0].dtype.name
        try:
            network = chosen(Problem(kind, batch, time, features, units, dtype))
        except Refused:
            return None
        if space_of(network) != space:  # nobody has asked the library
            return None
        return in_order(partial(form, network), results + STATES[kind])(*arrays)

    return bound


RECURRENT: dict[str, Callable[..., Any]] = {
    "_whole_sequence": _bound(_forward, results=2),
    "_whole_sequence_back": _bound(_backward, results=4),
}
