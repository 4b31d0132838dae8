"""check_gradients: compares a tape's derivatives with numerical ones in float64."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.tape import GradientTape
from kerasish.autodiff.tensor import Tensor
from kerasish.backends import current as current_backend
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, GradientError

__all__ = ["check_gradients"]


def check_gradients(
    function: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    step: float = 1e-3,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    seed: int = 0,
) -> None:
    """Checks the derivatives of a function against central differences.

    The outputs are weighted with random numbers and summed, and every element of
    every float input is checked. With `order=2` the gradient itself is checked in the
    same way. Differences are Richardson-extrapolated (error of order step^4).

    Args:
        function: A function of tensors that returns a tensor or a structure of them.
        *inputs: Where to check; floats are taken as float64, integers as they are.
        order: 1 for gradients, 2 for gradients of gradients as well.
        step: Step of the differences, in units of the inputs.
        rtol: Error allowed relative to the largest derivative.
        atol: Error allowed absolutely.
        seed: Seed of the random weights.

    Raises:
        GradientError: If a derivative is wrong, missing or not finite; the message
            names the input and the element.
        ArgumentError: If `order` is neither 1 nor 2, or no input is a float.

    Example:
        >>> from kerasish import ops
        >>> check_gradients(ops.tanh, [0.5, -1.0], order=2)
    """
    if order not in (1, 2):
        raise ArgumentError(f"`order` must be 1 or 2. Received: order={order}")
    hosts = [np.asarray(x) for x in inputs]
    hosts = [h.astype("float64") if h.dtype.kind == "f" else h for h in hosts]
    which = [i for i, h in enumerate(hosts) if h.dtype.kind == "f"]
    if not which:
        raise ArgumentError("`check_gradients` needs an input of a float dtype.")
    rng = np.random.default_rng(seed)
    scalar = _weighted(function, rng)
    _compare(scalar, hosts, which, step, rtol, atol, "gradient")
    if order == 2:
        slope = _weighted(_gradient_function(scalar, which), rng)
        _compare(slope, hosts, which, step, rtol * 100, atol * 100, "second derivative")


def _weighted(function: Any, rng: np.random.Generator) -> Any:
    weights: list[np.ndarray] = []

    def scalar(*tensors: Tensor) -> Tensor:
        outputs = [
            y for y in tree.flatten(function(*tensors)) if y.dtype in ("float64",)
        ]
        if not outputs:
            raise GradientError("The function returned no float64 tensor to check.")
        if not weights:
            weights.extend(rng.uniform(0.5, 1.5, y.shape) for y in outputs)
        total: Any = 0.0
        for y, w in zip(outputs, weights, strict=True):
            total = total + (y * as_tensor(w)).sum()
        return total  # type: ignore[no-any-return]

    return scalar


def _gradient_function(scalar: Any, which: list[int]) -> Any:
    def gradient(*tensors: Tensor) -> Any:
        with GradientTape() as tape:
            sources = [tensors[i] for i in which]
            tape.watch(sources)
            y = scalar(*tensors)
        return tape.gradient(y, sources, unconnected_gradients="zero")

    return gradient


def _compare(
    scalar: Any,
    hosts: list[np.ndarray],
    which: list[int],
    step: float,
    rtol: float,
    atol: float,
    what: str,
) -> None:
    tensors = [_tensor(h) for h in hosts]
    analytic = _gradient_function(scalar, which)(*tensors)
    for i, g in zip(which, analytic, strict=True):
        numeric = _differences(scalar, hosts, i, step)
        found = g.numpy()
        if found.shape != hosts[i].shape:
            raise GradientError(
                f"The {what} at input {i} must have its shape {hosts[i].shape}. "
                f"Received: {found.shape}"
            )
        allowed = atol + rtol * np.max(np.abs(numeric), initial=1.0)
        wrong = ~(np.abs(found - numeric) <= allowed)
        if wrong.any():
            at = tuple(int(n) for n in np.argwhere(wrong)[0])
            raise GradientError(
                f"The {what} at input {i}, element {at}, is {found[at]:.10g}; "
                f"central differences give {numeric[at]:.10g}."
            )


def _differences(
    scalar: Any, hosts: list[np.ndarray], i: int, step: float
) -> np.ndarray:
    def at(index: tuple[int, ...], h: float) -> float:
        moved = hosts[i].copy()
        moved[index] += h
        tensors = [_tensor(moved if j == i else x) for j, x in enumerate(hosts)]
        return float(scalar(*tensors))

    numeric = np.zeros(hosts[i].shape)
    for index in np.ndindex(*hosts[i].shape):
        coarse = (at(index, step) - at(index, -step)) / (2 * step)
        fine = (at(index, step / 2) - at(index, -step / 2)) / step
        numeric[index] = (4 * fine - coarse) / 3  # cancels the step^2 term
    return numeric


def _tensor(host: np.ndarray) -> Tensor:
    return Tensor(current_backend().from_numpy(np.asarray(host)))
