"""Which of cuDNN's algorithms computes a recurrent network, and whether any may.

A small network of each kind and dtype is compared with the base's kernels first. Then
the algorithms run a few steps of the problem, and the fastest is taken.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache, partial
from math import sqrt
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.base.recurrent import RecurrentKernels
from kerasish.backends.cuda import choosing, cudnn_rnn, device, trust
from kerasish.backends.cuda.cudnn_rnn import Library
from kerasish.backends.cuda.libraries import Refused
from kerasish.backends.cuda.recurrent_network import (
    DTYPES,
    GATES,
    PERSISTENT,
    PERSISTENT_SMALL,
    STANDARD,
    Network,
    Problem,
)
from kerasish.backends.cuda.recurrent_steps import backward, forward, space_of
from kerasish.core.config import matmul_precision

__all__ = ["chosen"]

Shape = tuple[int, ...]
STEPS = 16  # that tell how fast an algorithm is


def chosen(problem: Problem) -> Network:
    """Returns the network that computes a problem.

    Args:
        problem: Its sizes.

    Raises:
        Refused: If there is no library, it refuses, or its numbers are wrong.
    """
    lib = cudnn_rnn.library()
    if lib is None or problem.dtype not in DTYPES or min(problem[1:5]) < 1:
        raise Refused("cuDNN is not there, or has no such network.")
    number = int(device.library().cuda.runtime.getDevice())
    return _chosen(lib, problem, matmul_precision() == "highest", number)


@lru_cache(4096)
def _chosen(lib: Library, problem: Problem, exact: bool, number: int) -> Network:
    small = problem._replace(batch=2, time=3, features=3, units=5)
    what = f"cuDNN's {problem.kind.upper()} in {problem.dtype}"
    if not trust.is_right(what, exact, partial(_compared, lib, small, exact)):
        raise Refused(f"{what} does not give the numbers of the base's kernels.")
    few = problem._replace(time=min(problem.time, STEPS))
    return Network(lib, problem, _fastest(lib, few, exact, number), exact)


@lru_cache(4096)
def _fastest(lib: Library, problem: Problem, exact: bool, number: int) -> int:
    """Returns the fastest algorithm of those that give the numbers of the first."""
    first = _Trial(lib, problem, STANDARD, exact)
    first.step()
    trials = {STANDARD: first}
    for algorithm in (PERSISTENT_SMALL, PERSISTENT):
        with suppress(Refused):
            trial = _Trial(lib, problem, algorithm, exact)
            what = f"cuDNN's algorithm {algorithm} for {problem}"
            if trust.is_right(what, exact, partial(trial.beside, first.made)):
                trials[algorithm] = trial
    steps = [trial.step for trial in trials.values()]
    return [*trials][choosing.fastest((problem, exact), steps)]


def _compared(lib: Library, problem: Problem, exact: bool) -> Iterable[Any]:
    """Returns pairs of what the library and the base's kernels compute."""
    trial = _Trial(lib, problem, STANDARD, exact)
    return trial.beside(trial.expected())


class _Base(RecurrentKernels):
    """The base's kernels on NumPy's arrays."""

    xp: Any = np


class _Trial:
    """A network there and back on random numbers: a step, and what it makes.

    Args:
        lib: The library.
        problem: Sizes.
        algorithm: One of the library's.
        exact: Whether float32 may not be rounded to TF32.

    Raises:
        Refused: If the library does not have it.
    """

    def __init__(
        self, lib: Library, problem: Problem, algorithm: int, exact: bool
    ) -> None:
        network = Network(lib, problem, algorithm, exact)
        self._kind, batch, time, features, units, dtype = problem
        width, is_lstm = len(GATES[self._kind]) * units, self._kind == "lstm"
        last: list[Shape] = [(batch, units)] * (2 if is_lstm else 1)
        made = [(batch, time, units), *last]
        weights: list[Shape] = [(features, width), (units, width)]
        weights.append((width,) if is_lstm else (2, width))
        shapes = [(batch, time, features), *weights, *last]
        self._operands, self._slopes = _drawn(shapes, dtype), _drawn(made, dtype)
        kind = self._operands[0].dtype
        results, grads = (
            [device.empty(shape, kind) for shape in row] for row in (made, shapes)
        )
        self.made = [*results, *grads]
        results.append(device.empty((space_of(network),), "uint8"))
        self.step = device.in_turn(
            forward(network, self._operands, results),
            backward(network, self._operands, results, self._slopes, grads),
        )

    def beside(self, expected: list[Any]) -> Iterable[Any]:
        """Runs the step; returns pairs of what it makes and what is expected."""
        self.step()
        return zip(self.made, expected, strict=True)

    def expected(self) -> list[Any]:
        """Returns what the base's kernels make of the same numbers."""
        copy, base = device.library().asnumpy, _Base()
        operands, slopes = (
            [copy(x).astype(np.float64) for x in row]
            for row in (self._operands, self._slopes)
        )
        made = base.recurrent(self._kind, 0, *operands)
        grads = base.recurrent_vjp(self._kind, 0, *operands, *made, *slopes)
        return [*made[:-1], *grads]


def _drawn(shapes: list[Shape], dtype: str) -> list[Array]:
    """Returns random numbers; sums over the rows of matrices are near 1."""
    rng, kind = np.random.default_rng(0), _Base().dtype(dtype)
    scales = [1.0 / sqrt(shape[0]) if len(shape) == 2 else 1.0 for shape in shapes]
    rows = zip(shapes, scales, strict=True)
    hosts = [rng.normal(0.0, scale, shape).astype(kind) for shape, scale in rows]
    return [device.library().asarray(x) for x in hosts]
