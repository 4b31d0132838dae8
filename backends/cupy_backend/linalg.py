"""Products of matrices by cuBLAS, and how exactly they are computed."""

import threading
from importlib import import_module

from kerasish.backends.base.array import Array
from kerasish.backends.base.linalg import LinalgKernels
from kerasish.core.config import matmul_precision

__all__ = ["CupyLinalg"]

DEFAULT, TF32 = (1, 0), (7, 3)  # CuPy's compute type, and cuBLAS's math mode
_threads = threading.local()  # a handle of cuBLAS belongs to a thread and a device


class CupyLinalg(LinalgKernels):
    """Overrides the product of matrices."""

    def matmul(self, x1: Array, x2: Array) -> Array:
        """Returns the product of matrices or stacks of them."""
        name, stacks = self.dtype_name(x1), max(x1.ndim, x2.ndim) > 2
        self._allow_tf32(matmul_precision() != "highest")
        if name in ("float16", "bfloat16"):
            # CuPy has no products of stacks in bfloat16, and slow ones in float16. Of
            # single ones it keeps the sums in float32.
            operands = [self.cast(x, "float32") if stacks else x for x in (x1, x2)]
            return self.cast(self.xp.matmul(*operands), name)
        return super().matmul(x1, x2)

    def _allow_tf32(self, allowed: bool) -> None:
        """Sets for this thread and device whether factors may be rounded to TF32."""
        device = self.xp.cuda.runtime.getDevice()
        state = _threads.__dict__
        if state.get(device) is not allowed:
            compute_type, mode = TF32 if allowed else DEFAULT
            import_module("cupy._core").set_compute_type("float32", compute_type)
            cublas = import_module("cupy_backends.cuda.libs.cublas")
            cublas.setMathMode(self.xp.cuda.get_cublas_handle(), mode)
            state[device] = allowed
