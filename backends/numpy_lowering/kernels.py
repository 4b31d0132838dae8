"""Steps of kernels as the base writes them: recorded once, then run in given memory.

A kernel of one operand is called with a stand-in for a block of elements. What it does
to that becomes a list of NumPy calls with places for their results, which are reused as
the kernel lets go of them; so a long formula stays in the cache and allocates nothing.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Array, Backend
from kerasish.backends.numpy_lowering.elementwise import ELEMENTWISE
from kerasish.backends.numpy_lowering.steps import Step, copying, in_turn

__all__ = ["KERNELS"]

BLOCK = 8192  # elements: a few such arrays fit into a core's own cache


class _Traced:
    """Stands for an array that a step writes; its memory is free when it is gone."""

    def __init__(self, array: Array, tape: "_Tape") -> None:
        self.array = array
        self.dtype = array.dtype
        self.shape = array.shape
        self._tape = tape

    def __del__(self) -> None:
        self._tape.free.append(self.array)

    def __neg__(self) -> Any:
        return self._tape.call(np.negative, self)


def _operator(ufunc: np.ufunc, swapped: bool = False) -> Any:
    def call(self: _Traced, other: Any) -> Any:
        pair = (other, self) if swapped else (self, other)
        return self._tape.call(ufunc, *pair)

    return call


for _name, _ufunc in {
    "add": np.add,
    "and": np.logical_and,
    "mul": np.multiply,
    "sub": np.subtract,
    "truediv": np.divide,
}.items():
    setattr(_Traced, f"__{_name}__", _operator(_ufunc))
    setattr(_Traced, f"__r{_name}__", _operator(_ufunc, swapped=True))
for _name in ("equal", "greater", "less", "less_equal", "greater_equal"):
    _short = {"equal": "eq", "greater": "gt", "less": "lt"}.get(_name)
    _short = _short or _name[0] + "e"
    setattr(_Traced, f"__{_short}__", _operator(getattr(np, _name)))


class _Tape:
    """What was recorded, and in place of NumPy the namespace of a kernel."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.free: list[Array] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        if isinstance(found, np.ufunc):
            return partial(self.call, found)
        return found

    def take(self, shape: Any, dtype: Any) -> _Traced:
        """Returns a place for a result."""
        for i, array in enumerate(self.free):
            if array.dtype == dtype and array.shape == shape:
                return _Traced(self.free.pop(i), self)
        return _Traced(np.empty(shape, dtype), self)

    def call(self, ufunc: np.ufunc, *args: Any) -> Any:
        """Records a call; numbers take the dtype of the arrays."""
        traced = next(x for x in args if isinstance(x, _Traced))
        given = [self._array(x, traced.dtype) for x in args]
        kind = ufunc.resolve_dtypes((*(x.dtype for x in given), None))[-1]
        made = self.take(traced.shape, kind)
        self.steps.append(partial(ufunc, *given, out=made.array))
        return made

    @staticmethod
    def _array(x: Any, dtype: Any) -> Array:
        return x.array if isinstance(x, _Traced) else np.asarray(x, dtype)

    def where(self, condition: _Traced, x1: Any, x2: Any) -> _Traced:
        """Records a choice."""
        traced = next(x for x in (x1, x2) if isinstance(x, _Traced))
        made = self.take(condition.shape, traced.dtype)
        first, second = (self._array(x, traced.dtype) for x in (x1, x2))
        choose = ELEMENTWISE["_choose"](condition.array, first, second, made.array)
        self.steps.append(choose)  # type: ignore[arg-type]
        return made

    def clip(self, x: _Traced, low: Any, high: Any) -> Any:
        """Records a limit on both sides."""
        return self.call(np.minimum, self.call(np.maximum, x, low), high)

    def astype(self, x: _Traced, dtype: Any, copy: bool = True) -> _Traced:
        """Records a cast."""
        if x.dtype == dtype:
            return x
        made = self.take(x.shape, np.dtype(dtype))
        self.steps.append(copying(made.array, x.array))
        return made

    def full_like(self, x: _Traced, value: Any) -> Array:
        """Returns a constant."""
        return np.full((), value, x.dtype)

    def ones_like(self, x: _Traced) -> Array:
        """Returns a constant."""
        return np.ones((), x.dtype)

    def zeros_like(self, x: _Traced) -> Array:
        """Returns a constant."""
        return np.zeros((), x.dtype)


def _recorded(kernel: str) -> Callable[..., Step | None]:
    def bind(x: Array, out: Array) -> Step | None:
        if not (x.flags.c_contiguous and out.flags.c_contiguous):
            return None
        flat, made = x.reshape(-1), out.reshape(-1)
        ends = [slice(i, i + BLOCK) for i in range(0, x.size, BLOCK)]
        programs: dict[int, Any] = {}
        steps: list[Step] = []
        for part in ends:
            size = flat[part].size
            if size not in programs:
                programs[size] = _program(kernel, size, x.dtype)
            source, inner, result = programs[size]
            steps += [copying(source, flat[part]), inner, copying(made[part], result)]
        return in_turn(*steps)

    return bind


def _program(kernel: str, size: int, dtype: Any) -> tuple[Array, Step, Array]:
    """Returns the operand's place, the steps, and the result's place."""
    tape = _Tape()
    backend = type("_Recording", (Backend,), {"xp": tape})()
    given = tape.take((size,), dtype)
    made = getattr(backend, kernel)(given)
    return given.array, in_turn(*tape.steps), made.array


KERNELS: dict[str, Callable[..., Step | None]] = {
    "_i1": _recorded("bessel_i1"),
    "cbrt": _recorded("cbrt"),
    "erf": _recorded("erf"),
    "erfc": _recorded("erfc"),
    "erfinv": _recorded("erfinv"),
    "exp2": _recorded("exp2"),
    "i0": _recorded("bessel_i0"),
    "sinc": _recorded("sinc"),
}
