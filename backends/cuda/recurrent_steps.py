"""The steps of a recurrent network on the GPU: packing, forward, the way back."""

from functools import partial
from math import prod
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.recurrent_network import Network, Spaces
from kerasish.backends.cuda.recurrent_weights import bind_packing, bind_unpacking

__all__ = ["backward", "forward", "space_of"]

LIBRARY, WEIGHTS, RESERVE, UNREAD = range(4)  # numbers of memory that steps share
ALIGNMENT = 256  # bytes


def space_of(network: Network) -> int:
    """Returns the bytes that are kept for the way back: the reserve, and weights."""
    return _aligned(network.reserve) + _aligned(network.weights)


def forward(network: Network, operands: Any, results: Any) -> device.Step:
    """Returns a step that computes outputs, last states, and what is kept.

    Args:
        network: What is computed.
        operands: Inputs, kernel, recurrent kernel, bias, first states.
        results: To be written; None for one that nobody reads. Where nobody reads what
            is kept, there is no way back.
    """
    (x, w, u, b, *first), (y, *last, kept) = operands, results
    y = _unread((*x.shape[:2], u.shape[0]), x.dtype) if y is None else y
    if kept is None:
        held = device.workspace(network.weights, WEIGHTS)
        spaces = _spaces(network, held[: network.weights].view(x.dtype), None)
    else:
        spaces = _kept(network, kept, x.dtype)
    return device.in_turn(
        bind_packing(network, w, u, b, spaces.weights),
        network.forward(x, y, first, last, spaces),
    )


def backward(
    network: Network, operands: Any, results: Any, slopes: Any, grads: Any
) -> device.Step:
    """Returns a step that computes the gradients of the operands.

    Args:
        network: What was computed.
        operands: Inputs, kernel, recurrent kernel, bias, first states.
        results: What `forward` has written.
        slopes: Gradients of the outputs and of the last states.
        grads: To be written; None for one that nobody reads.
    """
    (x, w, u, b, *first), (y, *_, kept) = operands, results
    (gx, *of_weights), of_first = grads[:4], list(grads[4:])
    gx = _unread(x.shape, x.dtype) if gx is None else gx
    # The library writes over the reserve, which may be needed for another way back.
    size, spaces = _aligned(network.reserve), _kept(network, kept, x.dtype)
    reserve = device.workspace(size, RESERVE)[:size]
    spaces = spaces._replace(reserve=reserve)
    steps = [
        device.copying(reserve.view("uint64"), kept[:size].view("uint64")),
        network.backward(
            (x, gx), (y, slopes[0]), first, (list(slopes[1:]), of_first), spaces
        ),
    ]
    if any(g is not None for g in of_weights):
        total = device.workspace(network.weights, WEIGHTS)[: network.weights]
        spaces = spaces._replace(weights=total.view(x.dtype))
        pairs = zip(of_weights, (w, u, b), strict=True)
        made = [_unread(a.shape, a.dtype) if g is None else g for g, a in pairs]
        steps += [
            partial(total.fill, 0),
            network.weight_gradient(x, y, first[0], spaces),
            bind_unpacking(network, spaces.weights, *made),
        ]
    return device.in_turn(*steps)


def _kept(network: Network, kept: Array, dtype: Any) -> Spaces:
    """Returns the parts of what is kept: the reserve, then the weights."""
    start = _aligned(network.reserve)
    weights = kept[start : start + network.weights].view(dtype)
    return _spaces(network, weights, kept[:start])


def _spaces(network: Network, weights: Array, reserve: Array | None) -> Spaces:
    return Spaces(weights, device.workspace(network.scratch, LIBRARY), reserve)


def _unread(shape: tuple[int, ...], dtype: Any) -> Array:
    """Returns memory for results that nobody reads, the same for all of them."""
    size = prod(shape) * dtype.itemsize
    return device.workspace(size, UNREAD)[:size].view(dtype).reshape(shape)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
