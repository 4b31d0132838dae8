"""Kernels of linear algebra, over stacks of matrices."""

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
