"""CuPy on an NVIDIA GPU: the base kernels over `cupy`, plans as CUDA graphs."""

from kerasish.backends.cupy_backend.backend import CupyBackend

__all__ = ["CupyBackend"]
