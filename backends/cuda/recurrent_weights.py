"""Kernels between Keras' weights of a recurrent network and those of cuDNN.

Keras has the gates side by side, in one matrix for the inputs and one for the states;
the library has a matrix for each, turned, somewhere in one piece of memory.
"""

from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.kernels import bind
from kerasish.backends.cuda.recurrent_network import GATES, Network, Place

__all__ = ["bind_packing", "bind_unpacking"]

# A thread for each element of the kernel, the recurrent kernel and the biases, one
# below the other. Without an own bias of the states it is zero.
WHERE = """\
  constexpr int64 MATRIX[] = {@matrices@};
  constexpr int64 ROW[] = {@rows@};
  constexpr int64 COLUMN[] = {@columns@};
  constexpr int64 BIAS[] = {@biases@};
  constexpr index WIDTH = @gates@ * @units@;
  constexpr index STATES = @features@, BIASES = STATES + @units@;
  const index row = t / WIDTH, column = t % WIDTH, unit = column % @units@;
  const bool of_inputs = row < STATES, is_bias = row >= BIASES;
  const index line = row - (is_bias ? BIASES : of_inputs ? 0 : STATES);
  const bool second = is_bias ? line > 0 : !of_inputs;
  const index gate = column / @units@ + (second ? @gates@ : 0);
  const index from = line * WIDTH + column;
  const int64 at = is_bias ? BIAS[gate] + unit
                           : MATRIX[gate] + unit * ROW[gate] + line * COLUMN[gate];
"""
PACK = (
    WHERE
    + """\
  if (!is_bias) space[at] = of_inputs ? w[from] : u[from];
  else space[at] = line < @lines@ ? b[from] : @dtype@();
"""
)
UNPACK = (
    WHERE
    + """\
  if (is_bias) b[from] = space[at];
  else if (of_inputs) w[from] = space[at];
  else u[from] = space[at];
"""
)


def bind_packing(
    network: Network, w: Array, u: Array, b: Array, space: Array
) -> device.Step:
    """Returns a step that writes Keras' weights where the library reads them.

    Args:
        network: Whose they are.
        w: The kernel `(features, gates * units)`.
        u: The recurrent kernel `(units, gates * units)`.
        b: The bias, one for inputs or two; each `(gates * units,)`.
        space: The library's weights, of their dtype.
    """
    return _bound(network, PACK, 2, {"w": w, "u": u, "b": b, "space": space})


def bind_unpacking(
    network: Network, space: Array, w: Array, u: Array, b: Array
) -> device.Step:
    """Returns a step that reads the library's gradients of weights.

    Args:
        network: Whose they are.
        space: The gradients as the library has them.
        w: The kernel's, to be written.
        u: The recurrent kernel's, to be written.
        b: The bias's, to be written.
    """
    lines = 2 if b.ndim == 2 else 1
    return _bound(network, UNPACK, lines, {"space": space, "w": w, "u": u, "b": b})


def _bound(
    network: Network, text: str, lines: int, arrays: dict[str, Array]
) -> device.Step:
    kind, _, _, features, units, _ = network.problem
    order, gates = GATES[kind], len(GATES[kind])
    places = [network.places[k] for k in (*order, *(gates + k for k in order))]
    b = arrays["b"]
    return bind(
        (features + units + lines) * gates * units,
        [*arrays.items()],
        text,
        **_columns(places),
        gates=gates,
        units=units,
        features=features,
        lines=2 if b.ndim == 2 else 1,
        dtype=b.dtype.name,
    )


def _columns(places: list[Place]) -> dict[str, Any]:
    names = ("matrices", "rows", "columns", "biases")
    return {
        name: ", ".join(map(str, column))
        for name, column in zip(names, zip(*places, strict=True), strict=True)
    }
