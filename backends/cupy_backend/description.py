"""What computes on the GPU: the device, its driver, and the libraries found."""

from typing import Any

from kerasish.backends.cuda import cublaslt, cudnn
from kerasish.backends.cupy_backend.memory import GIB, Memory

__all__ = ["describe"]

CONVOLUTIONS = (
    "pip install nvidia-cudnn-cu13 'nvidia-cudnn-frontend<1.24', or -cu12; without it "
    "convolutions are slow and steps with them are no CUDA graphs"
)
PRODUCTS = (
    "pip install nvidia-cublas, or nvidia-cublas-cu12; without it steps with products "
    "are no CUDA graphs"
)


def describe(cupy: Any, memory: Memory) -> dict[str, str]:
    """Returns the parts of the CuPy backend, in words.

    Args:
        cupy: The library.
        memory: The memory of its device.
    """
    runtime = cupy.cuda.runtime
    device = runtime.getDevice()
    properties = runtime.getDeviceProperties(device)
    capability = f"{properties['major']}.{properties['minor']}"
    info = memory.info()
    limit = info.limit
    return {
        "CuPy": str(cupy.__version__),
        "device": f"gpu:{device} of {runtime.getDeviceCount()}, "
        f"{properties['name'].decode()}, compute capability {capability}",
        "CUDA": f"driver {_version(runtime.driverGetVersion())}, "
        f"runtime {_version(runtime.runtimeGetVersion())}",
        "memory": f"{info.free / GIB:.1f} of {info.total / GIB:.1f} GiB free, "
        + ("no limit" if limit is None else f"limit {limit / GIB:.1f} GiB"),
        "cuBLASLt": _found(cublaslt.library(), PRODUCTS),
        "cuDNN": _found(cudnn.frontend(), CONVOLUTIONS),
    }


def _found(library: Any, mend: str) -> str:
    return f"not found ({mend})" if library is None else "found"


def _version(number: int) -> str:
    """Returns CUDA's number of a version as people write it."""
    return f"{number // 1000}.{number % 1000 // 10}"
