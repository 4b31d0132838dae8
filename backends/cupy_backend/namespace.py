"""CuPy as a namespace of the array API standard: what it lacks is added here."""

from typing import Any

import numpy as np

from kerasish.backends.base.array import Array
from kerasish.backends.cupy_backend.constants import Constants

__all__ = ["Namespace"]

# What CuPy 14.2 computes in float32 or not at all, by the loops that its kernels have.
NOT_IN_BFLOAT16 = frozenset(
    "argmax argmin cumulative_prod cumulative_sum round searchsorted sort".split()
)


class Namespace:
    """CuPy, with the names and keywords of the standard that it does not have.

    Args:
        cupy: The library.
        raising: Returns a context in which a failed decomposition raises.
    """

    def __init__(self, cupy: Any, raising: Any) -> None:
        self._cupy = cupy
        self.linalg = _Linalg(cupy, raising)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cupy, name)
        if name in NOT_IN_BFLOAT16:
            found = self._widened(found)
        setattr(self, name, found)  # the next time it is found at once
        return found

    def asarray(self, x: Any, dtype: Any = None, copy: bool | None = None) -> Array:
        """Returns an array; a plan uploads the host's numbers once."""
        if isinstance(x, self._cupy.ndarray):
            return self._cupy.asarray(x, dtype=dtype, copy=copy)
        return Constants.uploaded(np.asarray(x, dtype), self._cupy.asarray)

    def argsort(self, x: Array, axis: int = -1, stable: bool = True) -> Array:
        """Returns the indices that sort; CuPy's sorting is stable always."""
        return self._cupy.argsort(x, axis=axis)

    def where(self, condition: Array, x1: Any, x2: Any) -> Array:
        """Returns `x1` where a condition holds, else `x2`; of bfloat16 the bits."""
        if not any(map(_is_bfloat16, (x1, x2))):
            return self._cupy.where(condition, x1, x2)
        kind = (x1 if _is_bfloat16(x1) else x2).dtype
        bits = [self.asarray(x, dtype=kind).view("uint16") for x in (x1, x2)]
        return self._cupy.where(condition, *bits).view(kind)

    def _widened(self, function: Any) -> Any:
        """Returns a function that computes bfloat16 in float32."""

        def call(*args: Any, **kwargs: Any) -> Any:
            half = next((x for x in args if _is_bfloat16(x)), None)
            if half is None:
                return function(*args, **kwargs)
            wide = [x.astype("float32") if _is_bfloat16(x) else x for x in args]
            if "dtype" in kwargs:
                kwargs["dtype"] = "float32"
            made = function(*wide, **kwargs)
            return made.astype(half.dtype) if made.dtype == "float32" else made

        return call


def _is_bfloat16(x: Any) -> bool:
    return getattr(getattr(x, "dtype", None), "name", "") == "bfloat16"


class _Linalg:
    """`cupy.linalg`, which reports failures as NumPy does."""

    def __init__(self, cupy: Any, raising: Any) -> None:
        self._cupy = cupy
        self._raising = raising

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._cupy.linalg, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            with self._raising():
                return function(*args, **kwargs)

        return call

    def svdvals(self, x: Array) -> Array:
        """Returns the singular values."""
        return self.svd(x, compute_uv=False)

    def pinv(self, x: Array, rtol: float | None = None) -> Array:
        """Returns the pseudo-inverse; below `rtol` of the largest, values are zero."""
        if rtol is None:
            rtol = max(x.shape[-2:]) * float(self._cupy.finfo(x.dtype).eps)
        with self._raising():
            return self._cupy.linalg.pinv(x, rcond=rtol)
