"""Kernels of linear algebra, over stacks of matrices."""

import numpy as np

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["LinalgKernels"]


class LinalgKernels(ArrayKernels):
    """Matrix products, decompositions and solutions."""

    def matmul(self, x1: Array, x2: Array) -> Array:
        """Returns the product of matrices or stacks of them."""
        xp = self.xp
        if x1.dtype == xp.bool:
            return self.cast(
                xp.matmul(self.cast(x1, "int32"), self.cast(x2, "int32")), "bool"
            )
        if self.dtype_name(x1) == "bfloat16":  # array libraries give float32
            wide = (self.cast(x, "float32") for x in (x1, x2))
            return self.cast(self.matmul(*wide), "bfloat16")
        if x1.ndim > 2 and x2.ndim == 2:
            # One product instead of a stack of small ones.
            flat = xp.matmul(xp.reshape(x1, (-1, x1.shape[-1])), x2)
            return xp.reshape(flat, (*x1.shape[:-1], x2.shape[-1]))
        return xp.matmul(x1, x2)

    def qr(self, x: Array, mode: str) -> tuple[Array, Array]:
        """Returns an orthogonal and an upper triangular factor."""
        q, r = self.xp.linalg.qr(x, mode=mode)
        return q, r

    def lu_factor(self, x: Array) -> tuple[Array, Array, Array]:
        """Returns both triangles in one, the rows exchanged, and the rows' order."""
        xp = self.xp
        n = x.shape[-1]
        rows = xp.arange(n)
        order = xp.broadcast_to(rows, x.shape[:-1])
        pivots = []
        for k in range(n):
            column = xp.abs(x[..., k])
            lowest = xp.asarray(-1.0, dtype=x.dtype)
            best = xp.argmax(xp.where(rows >= k, column, lowest), axis=-1)
            pivots.append(best)
            best = xp.expand_dims(best, axis=-1)
            own = xp.asarray(k, dtype=rows.dtype)
            swap = xp.where(rows == k, best, xp.where(rows == best, own, rows))
            order = xp.take_along_axis(order, swap, axis=-1)
            wide = xp.broadcast_to(xp.expand_dims(swap, axis=-1), x.shape)
            x = xp.take_along_axis(x, wide, axis=-2)
            x = self._eliminated(x, k)
        held = xp.stack(pivots, axis=-1) if n else xp.zeros(x.shape[:-1])
        return x, self.cast(held, "int32"), self.cast(order, "int32")

    def _eliminated(self, x: Array, k: int) -> Array:
        """Subtracts row `k` from those below, and leaves the factors in column `k`."""
        xp = self.xp
        rows = xp.arange(x.shape[-1])
        below = xp.expand_dims(rows > k, axis=-1)
        pivot = x[..., k : k + 1, k : k + 1]
        pivot = xp.where(pivot == 0, xp.ones_like(pivot), pivot)
        zero = xp.asarray(0.0, dtype=x.dtype)
        factors = xp.where(below, x[..., k : k + 1] / pivot, zero)
        left = x - factors * xp.where(rows > k, x[..., k : k + 1, :], zero)
        return xp.where(below & (rows == k), factors, left)

    def eig(self, x: Array) -> tuple[Array, Array]:
        """Returns eigenvalues and eigenvectors, complex; on the host."""
        # The standard has no such function, GPUs have no such kernel.
        host = self.to_numpy(x)
        name = np.result_type(host.dtype, "complex64")
        values, vectors = (part.astype(name) for part in np.linalg.eig(host))
        return self.from_numpy(values), self.from_numpy(vectors)
