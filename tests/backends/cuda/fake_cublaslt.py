"""A cublasLt that computes with NumPy what it was told, column by column.

It is called as the shared object is, with handles and references of `ctypes`, and knows
of each call what the header says of it.
"""

import ctypes
from types import SimpleNamespace

import numpy as np
from numpy.lib.stride_tricks import as_strided

KINDS = {0: np.float32, 1: np.float64, 2: np.float16}
try:
    from ml_dtypes import bfloat16

    KINDS[14] = bfloat16
except ImportError:
    pass


class Calls:
    """The functions of the library.

    Descriptions are read when a product is called, memory when its stream comes to it:
    `put` is given that work.

    Args:
        refuses: Epilogues for which it has no algorithm.
        algorithms: How many it knows for each product.
    """

    def __init__(self, refuses=(), algorithms=3):
        self.held, self.refuses, self.launches = {}, refuses, []
        self.algorithms, self.asked = algorithms, []
        self.put = lambda work: work()
        self.hides_nan = self.refuses_wide = False
        for kind in ("MatmulDesc", "MatrixLayout", "MatmulPreference"):
            self._offer(f"cublasLt{kind}Create", self._create)
            self._offer(f"cublasLt{kind}SetAttribute", self._set)
            self._offer(f"cublasLt{kind}Destroy", self._destroy)
        self._offer("cublasLtCreate", self._create)
        self._offer("cublasLtDestroy", self._destroy)
        self._offer("cublasLtMatmulAlgoGetHeuristic", self._heuristic)
        self._offer("cublasLtMatmul", self._matmul)

    def _offer(self, name, method):
        # Like a function of a shared object it can be given its signature.
        setattr(self, name, lambda *args: method(*args))

    def _create(self, reference, *args):
        reference._obj.value = len(self.held) + 1
        self.held[reference._obj.value] = SimpleNamespace(
            args=args, set={}, freed=False
        )
        return 0

    def _destroy(self, handle):
        self.held[handle.value].freed = True
        return 0

    def _set(self, handle, attribute, reference, size):
        assert ctypes.sizeof(reference._obj) == size
        self.held[handle.value].set[attribute] = reference._obj.value
        return 0

    def _heuristic(self, handle, what, a, b, c, d, wish, wanted, found, count):
        self.wish = self.held[wish.value].set
        self.asked.append(wanted)
        is_wide = self.held[a.value].args[0] != self.held[c.value].args[0]
        if is_wide and self.refuses_wide:
            return 15
        if self.held[what.value].set.get(7) not in self.refuses:
            count._obj.value = min(wanted, self.algorithms)
            for number in range(count._obj.value):
                found[number].algorithm[0] = number
        return 0

    def _matmul(self, handle, what, alpha, a, la, b, lb, beta, c, lc, d, ld, *rest):
        assert (alpha._obj.value, beta._obj.value, c) == (1, 0, d)
        algorithm, space, size, stream = rest
        told = self.held[what.value]
        number = algorithm._obj[0]
        self.launches.append(
            SimpleNamespace(told=told, stream=stream, algorithm=number, out=d)
        )
        left, right = self._matrix(a, la), self._matrix(b, lb)
        left = left.swapaxes(-1, -2) if told.set[3] else left
        right = right.swapaxes(-1, -2) if told.set[4] else right
        out, end, vector = self._matrix(d, ld), told.set.get(7, 1), None
        if end != 1:
            vector = self._array(told.set[8], (out.shape[-2], 1), (1, 0), out.dtype)
        self.put(lambda: self._multiply(left, right, out, end, vector))
        return 0

    def _multiply(self, left, right, out, end, vector):
        made = left.astype(np.float64) @ right.astype(np.float64)
        if end & 4:
            made = made + vector.astype(np.float64)
        if end & 2:
            made = (np.fmax if self.hides_nan else np.maximum)(made, 0)
        if end & 32:
            made *= 0.5 * (1 + np.tanh(0.7978845608 * (made + 0.044715 * made**3)))
        if end & 256:
            vector[...] = left.astype(np.float64).sum(-1, keepdims=True)[0]
        out[...] = made

    def _matrix(self, pointer, handle):
        told = self.held[handle.value]
        assert not told.freed
        dtype, rows, columns, leading = told.args
        assert leading >= rows
        count, stride = told.set.get(5, 1), told.set.get(6, 0)
        return self._array(
            pointer, (count, rows, columns), (stride, 1, leading), KINDS[dtype]
        )

    @staticmethod
    def _array(pointer, shape, strides, dtype):
        size = np.dtype(dtype).itemsize
        count = 1 + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
        raw = (ctypes.c_uint8 * (count * size)).from_address(pointer)
        flat = np.frombuffer(raw, dtype)
        return as_strided(flat, shape, [s * size for s in strides])
