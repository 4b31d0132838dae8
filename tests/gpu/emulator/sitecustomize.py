"""Puts the emulated CuPy, cublasLt and cuDNN in place when Python starts."""

from functools import partial

import emulated_cupy

from kerasish.backends.cuda import cublaslt, cudnn, cudnn_rnn
from tests.backends.cuda import fake_cublaslt, fake_cudnn, fake_cudnn_rnn


class _Graph(fake_cudnn.Graph):
    """A graph of cuDNN that waits in the stream of its handle."""

    def _run(self, pointers, workspace, handle):
        run = partial(super()._run, pointers, workspace, handle)
        emulated_cupy.put(run, _streams[handle])


def _set_stream(handle, stream):
    _streams[handle] = stream


def _install(products, networks, front):
    front.pygraph = partial(_Graph, front)
    front.set_stream = _set_stream
    cudnn.frontend = lambda: front
    cublaslt.library = lambda: products
    cudnn_rnn.library = lambda: networks
    products.calls.put = networks.calls.put = emulated_cupy.put


_streams = {}
_install(
    cublaslt.Library(fake_cublaslt.Calls()),
    cudnn_rnn.Library(fake_cudnn_rnn.Calls()),
    fake_cudnn.frontend(),
)
