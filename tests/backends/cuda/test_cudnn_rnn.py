"""The library is found and called with a handle for each thread, device and stream."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from kerasish.backends.cuda.cudnn_rnn import Library, launch
from kerasish.backends.cuda.libraries import Refused
from tests.backends.cuda import emulation
from tests.backends.cuda.fake_cudnn_rnn import Calls


@pytest.fixture
def cupy(monkeypatch):
    return emulation.install(monkeypatch)


def test_a_status_is_an_error(cupy):
    lib = Library(SimpleNamespace(**vars(Calls())))
    lib.calls.cudnnRNNForward = lambda *args: 3000
    with pytest.raises(Refused, match="`cudnnRNNForward` returned the status 3000"):
        launch(lib, "cudnnRNNForward", 1, 2)


def test_a_handle_is_a_threads_own_and_follows_the_stream(cupy):
    calls = Calls()
    lib = Library(calls)
    first = lib.handle()
    assert lib.handle() is first
    assert calls.held[first.value].stream == 0
    cupy.cuda.get_current_stream = lambda: SimpleNamespace(ptr=9)
    assert lib.handle() is first
    assert calls.held[first.value].stream == 9
    cupy.cuda.runtime.getDevice = lambda: 1
    assert lib.handle() is not first
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lib.handle).result() is not lib.handle()


def test_a_launch_is_on_the_current_stream(cupy):
    calls, found = Calls(), []
    calls.cudnnRNNForward = lambda *args: found.append(args) or 0
    lib = Library(calls)
    launch(lib, "cudnnRNNForward", "x")
    assert found == [(lib.handle(), "x")]
