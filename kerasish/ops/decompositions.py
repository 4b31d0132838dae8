"""Decompositions of matrices."""

from typing import Any

from kerasish.autodiff import TensorSpec, nondifferentiable, primitive, promote_float
from kerasish.backends import current

__all__ = ["qr"]


def _qr_spec(x: TensorSpec, mode: str) -> tuple[TensorSpec, TensorSpec]:
    *batch, m, n = x.shape
    k = min(m, n) if mode == "reduced" else m  # type: ignore[type-var]
    return TensorSpec((*batch, m, k), x.dtype), TensorSpec((*batch, k, n), x.dtype)


@primitive(spec=_qr_spec, cast=promote_float)
def qr(x: Any, mode: str = "reduced") -> Any:
    """Decomposes into an orthogonal and an upper triangular matrix: `x = q @ r`.

    Args:
        x: Tensor `(..., m, n)`.
        mode: "reduced" for factors of `min(m, n)` columns and rows, or "complete".

    Returns:
        Tuple `(q, r)`; no gradient flows through them.

    Example:
        >>> q, r = qr([[2.0, 0.0], [0.0, 3.0]])
        >>> abs(r).tolist()
        [[2.0, 0.0], [0.0, 3.0]]
    """
    return current().qr(x, mode)


nondifferentiable(qr, "is used for initial values")
