"""A recurrent network as cuDNN knows it: descriptors, memory, where weights lie.

Descriptors hold all sizes and are made once; what runs a network takes addresses only.
Numbers are those of `cudnn_adv.h`, version 9.
"""

import ctypes
import weakref
from functools import partial
from typing import Any, NamedTuple

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import cudnn_rnn, device
from kerasish.backends.cuda.cudnn_rnn import Library
from kerasish.backends.cuda.libraries import Refused

__all__ = ["Network", "Place", "Problem", "Spaces"]

DTYPES = {"float32": 0, "float16": 2, "bfloat16": 9}
LSTM, GRU = 2, 3  # cells
STANDARD, PERSISTENT, PERSISTENT_SMALL = 0, 1, 3  # algorithms
DEFAULT, TENSOR_CORES, EXACT = 0, 1, 3  # how products are computed
TWO_BIASES, PADDED, BATCH_MAJOR = 2, 1, 2
INFERENCE, TRAINING = 0, 1
ADD = 0  # to the gradients of weights that are there

# The library's numbers of Keras' gates: i f c o, and z r h.
GATES = {"lstm": (0, 1, 2, 3), "gru": (1, 0, 2)}


class Problem(NamedTuple):
    """A recurrent network's sizes, hashable.

    Args:
        kind: "lstm" or "gru".
        batch: How many sequences.
        time: Steps of each.
        features: Numbers that come in at a step.
        units: Numbers of the state.
        dtype: Dtype name.
    """

    kind: str
    batch: int
    time: int
    features: int
    units: int
    dtype: str


class Place(NamedTuple):
    """Where a gate's weights lie, counted in elements.

    Args:
        matrix: The matrix `(units, inputs)`.
        row: From one of its rows to the next.
        column: From one of its columns to the next.
        bias: The bias, of no gaps.
    """

    matrix: int
    row: int
    column: int
    bias: int


class Spaces(NamedTuple):
    """Memory for a network.

    Args:
        weights: The weights, or their gradient.
        scratch: What a call may write over.
        reserve: What the forward pass leaves for the way back, or None.
    """

    weights: Array
    scratch: Array
    reserve: Array | None


class Network:
    """A recurrent network as the library knows it, of one layer and one direction.

    Sequences lie as `(batch, time, numbers)`. The sizes in bytes of the memory that it
    needs are `weights`, `scratch` and, for the way back, `reserve`.

    Args:
        lib: The library.
        problem: Its sizes.
        algorithm: One of the algorithms above.
        exact: Whether float32 may not be rounded to TF32.

    Raises:
        Refused: If the library does not have it.
    """

    def __init__(
        self, lib: Library, problem: Problem, algorithm: int, exact: bool
    ) -> None:
        self._lib, self.problem = lib, problem
        self._made: list[tuple[str, ctypes.c_void_p]] = []
        weakref.finalize(self, _destroy, lib, self._made)
        self._describe(algorithm, exact)
        self._measure()
        self.places = [self._place(i) for i in range(2 * len(GATES[problem.kind]))]

    def forward(
        self,
        x: Array,
        y: Array,
        first: list[Array],
        last: list[Array | None],
        spaces: Spaces,
    ) -> device.Step:
        """Returns a step that computes the outputs and the last states.

        Args:
            x: `(batch, time, features)`.
            y: `(batch, time, units)`, to be written.
            first: The first states.
            last: To be written; None for one that nobody reads.
            spaces: Memory; without a reserve there is no way back.
        """
        (hx, hy), (cx, cy) = self._states(first, last)
        return self._step(
            "cudnnRNNForward",
            *(self._rnn, INFERENCE if spaces.reserve is None else TRAINING, None),
            *(self._x, x, self._y, y),
            *(self._state, hx, hy, self._state, cx, cy),
            spaces=spaces,
        )

    def backward(
        self,
        inputs: tuple[Array, Array],
        outputs: tuple[Array, Array],
        first: list[Array],
        slopes: tuple[list[Array], list[Array | None]],
        spaces: Spaces,
    ) -> device.Step:
        """Returns a step that computes the gradients of inputs and first states.

        It changes the reserve, which the gradient of the weights needs then.

        Args:
            inputs: The inputs, and their gradient, to be written.
            outputs: The outputs, and their gradient.
            first: The first states.
            slopes: Gradients of the last states; those of the first, to be written.
            spaces: Memory.
        """
        (hx, dhy, dhx), (cx, dcy, dcx) = self._states(first, *slopes)
        return self._step(
            "cudnnRNNBackwardData_v8",
            *(self._rnn, None, self._y, *outputs, self._x, inputs[1]),
            *(self._state, hx, dhy, dhx, self._state, cx, dcy, dcx),
            spaces=spaces,
        )

    def weight_gradient(
        self, x: Array, y: Array, h: Array, spaces: Spaces
    ) -> device.Step:
        """Returns a step, after `backward`, that adds to the gradient of the weights.

        Args:
            x: The inputs.
            y: The outputs.
            h: The first state.
            spaces: Memory, with the gradient in place of the weights.
        """
        return self._step(
            "cudnnRNNBackwardWeights_v8",
            *(self._rnn, ADD, None, self._x, x, self._state, h, self._y, y),
            spaces=spaces,
        )

    def _step(self, name: str, *args: Any, spaces: Spaces) -> device.Step:
        weights, scratch, reserve = spaces
        args = (*args, self.weights, weights, self.scratch, scratch)
        args = (*args, 0 if reserve is None else self.reserve, reserve)
        step = partial(cudnn_rnn.launch, self._lib, name, *map(_address, args))
        step.kept = self, args  # type: ignore[attr-defined]
        return step

    @staticmethod
    def _states(*groups: list[Any]) -> tuple[Any, Any]:
        """Returns all of `h`, and all of `c`, which a GRU does not have."""
        h, *c = zip(*groups, strict=True)
        return h, c[0] if c else (None,) * len(groups)

    def _describe(self, algorithm: int, exact: bool) -> None:
        kind, batch, time, features, units, name = self.problem
        dtype, wide = DTYPES[name], DTYPES["float32"]
        math = TENSOR_CORES if dtype != wide else EXACT if exact else DEFAULT
        self._rnn = self._create("RNNDescriptor")
        self._lib.check(
            "cudnnSetRNNDescriptor_v8",
            *(self._rnn, algorithm, LSTM if kind == "lstm" else GRU, TWO_BIASES, 0, 0),
            *(dtype, wide, math, features, units, units, 1, None, PADDED),
        )
        lengths, fill = (ctypes.c_int * batch)(*[time] * batch), ctypes.c_double(0)
        self._x, self._y = (self._create("RNNDataDescriptor") for _ in "xy")
        for made, size in ((self._x, features), (self._y, units)):
            self._lib.check(
                "cudnnSetRNNDataDescriptor",
                *(made, dtype, BATCH_MAJOR, time, batch, size),
                *(ctypes.byref(lengths), ctypes.byref(fill)),
            )
        self._state = self._create("TensorDescriptor")
        sizes, strides = (
            (ctypes.c_int * 3)(1, batch, units),
            (ctypes.c_int * 3)(batch * units, units, 1),
        )
        self._lib.check(
            "cudnnSetTensorNdDescriptor",
            *(self._state, dtype, 3, ctypes.byref(sizes), ctypes.byref(strides)),
        )

    def _measure(self) -> None:
        lib, handle = self._lib, self._lib.handle()
        size, found = ctypes.c_size_t(), []
        lib.check("cudnnGetRNNWeightSpaceSize", handle, self._rnn, ctypes.byref(size))
        self.weights = size.value
        for mode in (INFERENCE, TRAINING):
            scratch, reserve = ctypes.c_size_t(), ctypes.c_size_t()
            lib.check(
                "cudnnGetRNNTempSpaceSizes",
                *(handle, self._rnn, mode, self._x),
                *(ctypes.byref(scratch), ctypes.byref(reserve)),
            )
            found.append(scratch.value)
        self.scratch, self.reserve = max(found), reserve.value

    def _place(self, number: int) -> Place:
        """Returns where a gate's weights for the inputs, then for the states, lie."""
        base, itemsize = 4096, 4 if self.problem.dtype == "float32" else 2
        matrix, bias = (self._create("TensorDescriptor") for _ in "wb")
        matrix_at, bias_at = ctypes.c_void_p(), ctypes.c_void_p()
        self._lib.check(
            "cudnnGetRNNWeightParams",
            *(self._lib.handle(), self._rnn, 0, self.weights, base, number),
            *(matrix, ctypes.byref(matrix_at), bias, ctypes.byref(bias_at)),
        )
        dtype, count = ctypes.c_int(), ctypes.c_int()
        sizes, strides = (ctypes.c_int * 3)(), (ctypes.c_int * 3)()
        self._lib.check(
            "cudnnGetTensorNdDescriptor",
            *(matrix, 3, ctypes.byref(dtype), ctypes.byref(count)),
            *(ctypes.byref(sizes), ctypes.byref(strides)),
        )
        columns = (self.problem.features, self.problem.units)[
            number >= len(GATES[self.problem.kind])
        ]
        if [*sizes] != [1, self.problem.units, columns]:
            raise Refused(f"cuDNN: a gate's weights have the sizes {[*sizes]}.")
        first, second = (
            ((at.value or 0) - base) // itemsize for at in (matrix_at, bias_at)
        )
        return Place(first, strides[1], strides[2], second)

    def _create(self, kind: str) -> ctypes.c_void_p:
        made = ctypes.c_void_p()
        self._lib.check(f"cudnnCreate{kind}", ctypes.byref(made))
        self._made.append((f"cudnnDestroy{kind}", made))
        return made


def _destroy(lib: Library, made: list[tuple[str, ctypes.c_void_p]]) -> None:
    for destroyer, handle in made:
        getattr(lib.calls, destroyer)(handle)


def _address(x: Any) -> Any:
    """Returns where an array is; numbers, handles and None as they are."""
    return int(x.data.ptr) if hasattr(x, "data") else x
