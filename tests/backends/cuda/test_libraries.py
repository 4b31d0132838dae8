"""Libraries are found by their names, called with types, and may refuse."""

import ctypes
from types import SimpleNamespace

import pytest

from kerasish.backends.cuda import cublaslt, cudnn_rnn, libraries
from kerasish.backends.cuda.libraries import Library, Refused, found
from tests.backends.cuda import fake_cublaslt, fake_cudnn_rnn


class Function:
    def __call__(self, status):
        return status


def test_functions_are_given_their_types():
    function = Function()
    lib = Library("Sums", SimpleNamespace(add=function), {"add": (ctypes.c_int,)})
    assert (function.argtypes, function.restype) == ((ctypes.c_int,), ctypes.c_int)
    lib.check("add", 0)
    with pytest.raises(Refused, match="Sums: `add` returned the status 3"):
        lib.check("add", 3)


@pytest.fixture
def asked(monkeypatch):
    """What the finder of NVIDIA's libraries was asked for; it knows all."""
    names = []

    def find(name):
        names.append(name)
        return SimpleNamespace(abs_path=f"/{name}.so")

    finder = SimpleNamespace(load_nvidia_dynamic_lib=find)
    monkeypatch.setattr(libraries, "import_module", lambda name: finder)
    return names


def test_the_last_of_those_that_need_each_other_is_returned(asked, monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda path: path)
    assert found("one", "two") == "/two.so"
    assert asked == ["one", "two"]


@pytest.mark.parametrize("error", [ImportError, OSError, RuntimeError])
def test_none_where_one_is_missing(error, monkeypatch):
    def missing(name):
        raise error(name)

    monkeypatch.setattr(libraries, "import_module", missing)
    assert found("one") is None


@pytest.mark.parametrize(
    ("module", "calls", "names"),
    [
        (cublaslt, fake_cublaslt.Calls, ["cublasLt"]),
        (cudnn_rnn, fake_cudnn_rnn.Calls, ["cublasLt", "cudnn"]),
    ],
)
def test_who_looks_for_what(asked, monkeypatch, module, calls, names):
    monkeypatch.setattr(ctypes, "CDLL", lambda path: calls())
    assert isinstance(module.library.__wrapped__(), module.Library)
    assert asked == names
    monkeypatch.setattr(libraries, "found", lambda *names: None)
    assert module.library.__wrapped__() is None
