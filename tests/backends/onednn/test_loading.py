"""oneDNN: where it is looked for, what it refuses, and its status codes."""

import os

import numpy as np
import pytest

from kerasish.backends.onednn import loading
from kerasish.backends.onednn.loading import Library, library
from kerasish.backends.onednn.matmul import bind_matmul

needs_library = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")


@needs_library
def test_the_instruction_set_has_a_name(monkeypatch):
    found = library()
    assert found.instructions in (*loading.INSTRUCTIONS.values(), "unknown")
    monkeypatch.setitem(
        loading.INSTRUCTIONS, found.calls.dnnl_get_effective_cpu_isa(), "X"
    )
    assert found.instructions == "X"


@needs_library
def test_a_status_of_a_run_is_raised():
    with pytest.raises(Exception, match="dnnl_primitive_execute.*status 2"):
        library().execute(None, None, 0, None)


def test_the_environment_names_the_library(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASISH_ONEDNN", "")
    assert loading._candidates() == []
    monkeypatch.setenv("KERASISH_ONEDNN", str(tmp_path / "none.so"))
    library.cache_clear()
    try:
        assert library() is None
        assert loading.threads() is None
        x = np.ones((2, 2), "float32")
        assert bind_matmul(x, x, x.copy()) is None
    finally:
        monkeypatch.undo()
        library.cache_clear()


def test_a_library_of_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(Library, "_version", lambda self: (2, 7, 0))
    monkeypatch.setattr(loading.ctypes, "CDLL", lambda path: None)
    with pytest.raises(OSError, match=r"lib\.so is oneDNN \(2, 7, 0\); version 3"):
        Library("lib.so")


def test_the_library_lies_in_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("KERASISH_ONEDNN", raising=False)
    (tmp_path / "lib").mkdir()
    place = tmp_path / "lib" / "libdnnl.so.3"
    place.touch()
    monkeypatch.setattr(loading.sys, "prefix", os.fspath(tmp_path))
    monkeypatch.setattr(loading.sys, "base_prefix", os.fspath(tmp_path / "other"))
    assert loading._candidates() == [str(place), "libdnnl.so.3"]


def test_no_runtime_no_threads(monkeypatch):
    def missing(name):
        raise OSError(name)

    loading.runtime.cache_clear()
    monkeypatch.setattr(loading.ctypes, "CDLL", missing)
    assert loading.runtime() is None
    loading.runtime.cache_clear()
