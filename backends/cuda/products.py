"""Products of matrices: cublasLt's, or, on arrays that it cannot take, of copies."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.building import Building
from kerasish.backends.cuda.endings import ended, keeps_nan
from kerasish.backends.cuda.matrices import Matrix
from kerasish.backends.cuda.moving import bind_move, in_order
from kerasish.backends.cuda.multiplication import NOTHING, End, are_dtypes, bind_product

__all__ = ["EPILOGUES", "PRODUCTS"]

# What a product may take along: an activation, sums of the rows of its operand, or that
# its result is float32 where the operands are half as wide.
EPILOGUES = frozenset({"relu", "gelu", "_sum_to", "cast_to"})
HALF = ("bfloat16", "float16")  # in which the library's tanh is near enough


def _multiply(
    x1: Array, x2: Array, out: Array, end: End = NOTHING
) -> device.Step | None:
    """Returns a product in one step, with copies of what lies otherwise."""
    if x1.dtype != x2.dtype or not are_dtypes(x1.dtype.name, out.dtype.name):
        return None
    if not (x1.size and x2.size):
        return None
    if x1.ndim == 1 or x2.ndim == 1:
        return _with_vector(x1, x2, out)
    if x2.ndim == 2 and x1.flags.c_contiguous and out.flags.c_contiguous:
        # One product in place of a stack; splitting and joining rows moves nothing.
        x1, out = x1.reshape(-1, x1.shape[-1]), out.reshape(-1, out.shape[-1])
    stack = out.shape[:-2]
    before: list[device.Step] = []
    after: list[device.Step] = []
    x1, x2 = (_plain(x, stack, before) for x in (x1, x2))
    made = out
    found = Matrix.of(out, stack)
    if found is None or found.is_turned:
        made = device.empty(out.shape, out.dtype)
        after.append(bind_move(out, made))
    product = bind_product(x1, x2, made, end)
    if product is not None:
        return device.in_turn(*before, product, *after)
    if end is not NOTHING or x1.dtype == out.dtype:
        return None
    narrow = device.empty(out.shape, x1.dtype)
    product = _multiply(x1, x2, narrow)
    if product is None:
        return None
    return device.in_turn(*before, product, device.copying(out, narrow))


def _with_vector(x1: Array, x2: Array, out: Array) -> device.Step | None:
    """Returns a product with vectors, which are matrices of one row or column."""
    shape = out.shape
    if x1.ndim == 1:
        x1, shape = x1[None], (*shape[: max(x2.ndim - 2, 0)], 1, *shape[-1:])
    if x2.ndim == 1:
        x2, shape = x2[:, None], (*shape, 1)
    return _multiply(x1, x2, out.reshape(shape)) if out.flags.c_contiguous else None


def _plain(x: Array, stack: tuple[int, ...], steps: list[device.Step]) -> Array:
    """Returns an operand, or memory in order that a step fills."""
    if Matrix.of(x, stack) is not None:
        return x
    x = device.library().broadcast_to(x, (*stack, *x.shape[-2:]))
    made = device.empty(x.shape, x.dtype)
    steps.append(bind_move(made, x))
    return made


def _dense(
    x1: Array, x2: Array, bias: Array, out: Array, activation: str | None
) -> device.Step | None:
    if not bias.flags.c_contiguous or bias.dtype != out.dtype:
        return None
    return ended(
        lambda kept: _multiply(x1, x2, out, End(bias, kept)),
        lambda: _multiply(x1, x2, out),
        activation is None or _may_end(activation, out.dtype),
        out,
        bias,
        activation,
    )


def _may_end(activation: str, dtype: Any) -> bool:
    """Returns whether the library may do an activation with the product."""
    if activation == "gelu" and dtype.name not in HALF:
        return False

    def compute(x: Array) -> Any:
        bias, ones = (device.library().asarray(np.ones(s, dtype)) for s in (8, (8, 8)))
        out = device.empty((72, 8), dtype)
        end = End(bias, activation)
        return bind_product(x.reshape(72, 8), ones, out, end), out

    return keeps_nan(f"{activation} with a product", dtype, compute)


def _dense_gradients(
    x1: Array, x2: Array, out: Array | None, sums: Array | None
) -> device.Step | None:
    """Binds `x1 @ x2`, the gradient of a weight, with the sums of the rows of `x2`."""
    if out is None or sums is None:
        return _multiply(x1, x2, out) if sums is None else summing(x2, sums)
    if sums.flags.c_contiguous and sums.dtype == out.dtype:
        fused = _multiply(x1, x2, out, End(sums=sums))
        if fused is not None:
            return fused
    product, end = _multiply(x1, x2, out), summing(x2, sums)
    return device.in_turn(product, end) if product and end else None


def _summing(x: Array, sums: Array) -> device.Step | None:
    """Returns a step that sums the rows of a matrix."""
    built, row = Building(), sums.reshape(1, -1)
    made = built.array(x)
    if x.dtype != sums.dtype:
        made = built.call("cast_to", made, dtype=sums.dtype.name)
    made = built.call("sum", made, shape=row.shape, axis=(0,), keepdims=True)
    return built.step({made: row})


summing = in_order(_summing)


PRODUCTS: dict[str, Callable[..., device.Step | None]] = {
    "dense": _dense,
    "dense_gradients": _dense_gradients,
    "matmul": _multiply,
}
