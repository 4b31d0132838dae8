"""A whole device that is emulated: CuPy, our kernels, cublasLt and cuDNN, with graphs.

`install` puts it where the backend looks for them. Kernels are the text for the GPU,
compiled by g++; what a stream captures is done when the graph is launched.
"""

import importlib.machinery
import sys
import types

from kerasish.backends.cuda import cublaslt, cudnn, cudnn_rnn, device, modules
from kerasish.backends.cupy_backend import CupyBackend, graphs
from kerasish.core import revision
from tests.backends.cuda import (
    emulation,
    fake_cublaslt,
    fake_cudnn,
    fake_cudnn_rnn,
)
from tests.backends.cupy_backend.conftest import KERNELS
from tests.backends.cupy_backend.fake_cupy import FakeCupy

__all__ = ["install"]


def install(patch):
    """Puts the device in place of CuPy.

    Args:
        patch: A `MonkeyPatch`, which puts back what was there.

    Returns:
        The stand-in for the module `cupy`.
    """
    cupy = FakeCupy()
    cupy.kernels.update(KERNELS)
    cupy.__spec__ = importlib.machinery.ModuleSpec("cupy", None)

    class RawModule(emulation.RawModule):
        def get_function(self, name):
            run = super().get_function(name)
            return lambda grid, block, arguments: cupy.launch(
                lambda *given: run(grid, block, arguments), arguments
            )

    class Graph(fake_cudnn.Graph):
        def _run(self, *given):
            _into_stream(cupy, super()._run)(*given)

    cupy.RawModule = RawModule
    core, cublas = types.ModuleType("cupy._core"), types.ModuleType("cublas")
    core.set_compute_type = cublas.setMathMode = lambda *setting: None
    names = ("cupy", "cupyx", "cupy._core", "cupy_backends.cuda.libs.cublas")
    for name, module in zip(names, (cupy, cupy.cupyx, core, cublas), strict=True):
        patch.setitem(sys.modules, name, module)
    held, front = cublaslt.Library(fake_cublaslt.Calls()), fake_cudnn.frontend()
    front.pygraph = lambda **told: Graph(front, **told)
    patch.setattr(graphs, "_told", set())
    patch.setattr(device, "library", lambda: cupy)
    patch.setattr(device, "_workspaces", {})
    patch.setattr(modules, "_known", {})
    patch.setattr(cublaslt, "library", lambda: held)
    patch.setattr(cublaslt, "launch", _into_stream(cupy, cublaslt.launch))
    recurrent = cudnn_rnn.Library(fake_cudnn_rnn.Calls())
    patch.setattr(cudnn_rnn, "library", lambda: recurrent)
    recurrent.calls.put = lambda work: cupy.launch(work, ())
    patch.setattr(cudnn, "frontend", lambda: front)
    emulation.forget(patch)
    return cupy


def backend(patch):
    """Yields the backend on the device, where nothing may have raced at the end.

    Args:
        patch: A `MonkeyPatch`, which puts back what was there.
    """
    cupy = install(patch)
    surroundings = list(revision.surroundings)
    yield CupyBackend()
    revision.surroundings[:] = surroundings
    assert not cupy.order.races


def _into_stream(cupy, run):
    """Returns a call that is done, or noted, as the current stream wants it."""
    return lambda *given, **named: cupy.launch(lambda: run(*given, **named), ())
