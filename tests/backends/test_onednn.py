"""oneDNN: products of any strides, what it refuses, and where it is looked for."""

import gc
import os

import numpy as np
import pytest

from kerasish.backends import onednn
from kerasish.backends.onednn import Library, bind_matmul, library

needs_library = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")


def numbers(*shape):
    rng = np.random.default_rng(shape)
    return rng.normal(size=shape).astype("float32")


@needs_library
@pytest.mark.parametrize("rows", [1, 2, 33])
@pytest.mark.parametrize("turn", ["neither", "first", "second", "both"])
def test_products_of_any_strides(rows, turn):
    x = numbers(20, rows).T if turn in ("first", "both") else numbers(rows, 20)
    w = numbers(7, 20).T if turn in ("second", "both") else numbers(20, 7)
    out = np.full((rows, 7), np.nan, "float32")
    run = bind_matmul(x, w, out)
    for _ in range(2):
        run()
        np.testing.assert_allclose(out, x.astype("float64") @ w, 1e-4, 1e-5)
        x *= 2


@needs_library
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid"])
def test_bias_and_activation(activation):
    x, w, b = numbers(5, 8), numbers(8, 3), numbers(3)
    out = np.empty((5, 3), "float32")
    bind_matmul(x, w, out, b, activation)()
    y = x.astype("float64") @ w + b
    expected = {
        None: y,
        "relu": y.clip(0),
        "tanh": np.tanh(y),
        "sigmoid": 1 / (1 + np.exp(-y)),
    }
    np.testing.assert_allclose(out, expected[activation], 1e-5, 1e-6)


@needs_library
def test_a_bound_product_keeps_its_memory_and_frees_what_it_made(monkeypatch):
    destroyed = []
    monkeypatch.setattr(
        onednn, "_destroy", lambda lib, made: destroyed.extend(n for n, _ in made)
    )
    run = bind_matmul(numbers(2, 2), numbers(2, 2), np.empty((2, 2), "float32"))
    gc.collect()
    run()
    del run
    gc.collect()
    assert sorted(destroyed) == [
        "dnnl_memory_desc_destroy",
        "dnnl_memory_desc_destroy",
        "dnnl_memory_desc_destroy",
        "dnnl_memory_destroy",
        "dnnl_memory_destroy",
        "dnnl_memory_destroy",
        "dnnl_primitive_attr_destroy",
        "dnnl_primitive_desc_destroy",
        "dnnl_primitive_destroy",
    ]


def test_one_row_by_a_large_matrix_is_left_to_numpy():
    x, w, out = numbers(1, 256), numbers(256, 256), np.empty((1, 256), "float32")
    assert bind_matmul(x, w, out) is None


def test_other_dtypes_and_empty_matrices_are_left_to_numpy():
    wide = np.ones((2, 2))
    assert bind_matmul(wide, wide, wide) is None
    none = np.ones((0, 2), "float32")
    assert bind_matmul(none, np.ones((2, 2), "float32"), none) is None


@needs_library
def test_a_refusal_is_no_error():
    x, out = numbers(2, 3), np.empty((2, 2), "float32")
    assert bind_matmul(x, numbers(4, 2), out) is None  # 3 columns, 4 rows


@needs_library
def test_a_status_of_a_run_is_raised():
    with pytest.raises(Exception, match="dnnl_primitive_execute.*status 2"):
        library().execute(None, None, 0, None)


def test_the_environment_names_the_library(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASISH_ONEDNN", "")
    assert onednn._candidates() == []
    monkeypatch.setenv("KERASISH_ONEDNN", str(tmp_path / "none.so"))
    library.cache_clear()
    try:
        assert library() is None
        assert onednn.threads() is None
        x = np.ones((2, 2), "float32")
        assert bind_matmul(x, x, x.copy()) is None
    finally:
        monkeypatch.undo()
        library.cache_clear()


def test_a_library_of_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(Library, "_version", lambda self: (2, 7, 0))
    monkeypatch.setattr(onednn.ctypes, "CDLL", lambda path: None)
    with pytest.raises(OSError, match=r"lib\.so is oneDNN \(2, 7, 0\); version 3"):
        Library("lib.so")


def test_the_library_lies_in_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("KERASISH_ONEDNN", raising=False)
    (tmp_path / "lib").mkdir()
    place = tmp_path / "lib" / "libdnnl.so.3"
    place.touch()
    monkeypatch.setattr(onednn.sys, "prefix", os.fspath(tmp_path))
    monkeypatch.setattr(onednn.sys, "base_prefix", os.fspath(tmp_path / "other"))
    assert onednn._candidates() == [str(place), "libdnnl.so.3"]


def test_no_runtime_no_threads(monkeypatch):
    def missing(name):
        raise OSError(name)

    onednn.runtime.cache_clear()
    monkeypatch.setattr(onednn.ctypes, "CDLL", missing)
    assert onednn.runtime() is None
    onednn.runtime.cache_clear()
