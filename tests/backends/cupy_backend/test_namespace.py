"""The namespace has all that kernels and operations ask of it."""

import ast
import json
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from tests.sources import source_files, tree_of

NAMES = json.loads(Path(__file__).with_name("cupy_names.json").read_text())
DTYPES = "bool int32 int64 uint8 uint32 uint64 float32 float64 complex64 complex128"
OTHERS = {
    *DTYPES.split(),
    "linalg",
    "fft",
    "finfo",
    "iinfo",
    "cuda",
    "ElementwiseKernel",
}
ADDED = {"linalg.svdvals"}


def used():
    """Returns the names of `xp` that the base and the operations use, with keywords."""
    found = {}
    for path in source_files():
        if not str(path).startswith(("backends/base", "kerasish/ops")):
            continue
        for node in ast.walk(tree_of(path)):
            call = node.func if isinstance(node, ast.Call) else node
            if not isinstance(call, ast.Attribute):
                continue
            text = ast.unparse(call)
            for prefix in ("self.xp.", "xp.", "current().xp.", "backend.xp."):
                name = text.removeprefix(prefix)
                if name != text and name.replace(".", "").isidentifier():
                    keys = found.setdefault(name, set())
                    if isinstance(node, ast.Call):
                        keys.update(k.arg for k in node.keywords)
    return found


def test_cupy_has_what_is_used():
    names = {name: keys for name, keys in used().items() if name not in OTHERS}
    assert len(names) > 100
    assert not {n for n in names if n not in NAMES} - ADDED
    for name, keywords in names.items():
        known = NAMES.get(name)
        if isinstance(known, list) and name != "argsort":
            assert keywords <= {*known}, name


def test_arrays_of_numbers(backend, cupy):
    xp = backend.xp
    assert xp.asarray(2.0, dtype=xp.float32).dtype == np.float32
    assert xp.asarray([1, 2], dtype=xp.uint64).get().tolist() == [1, 2]
    x = xp.asarray([1.0])
    assert xp.asarray(x) is x
    assert xp.asarray(x, copy=True) is not x


def test_what_cupy_does_not_compute_in_bfloat16(backend):
    xp, kind = backend.xp, ml_dtypes.bfloat16
    host = np.array([[2.5, 0.5], [-1.0, 3.5]])
    x = backend.from_numpy(host.astype(kind))
    for made, expected in (
        (xp.round(x), np.round(host)),
        (xp.sort(x, axis=1), np.sort(host)),
        (xp.cumulative_sum(x, axis=0, dtype=x.dtype), np.cumsum(host, 0)),
        (xp.where(x > 1, x, x * 2), np.where(host > 1, host, host * 2)),
        (xp.where(x > 1, x, 4.0), np.where(host > 1, host, 4.0)),
    ):
        assert made.dtype == kind
        assert made.get().astype(float).tolist() == expected.tolist()
    assert xp.argmax(x, axis=1).get().tolist() == [0, 1]
    assert xp.searchsorted(xp.sort(x[0], axis=0), x[1]).get().tolist() == [0, 2]


def test_sorting_is_stable(backend):
    x = backend.from_numpy(np.array([1.0, 0.0, 1.0, 0.0]))
    assert backend.xp.argsort(x, axis=0, stable=True).get().tolist() == [1, 3, 0, 2]


def test_singular_values_and_the_pseudo_inverse(backend):
    x = np.array([[2.0, 0.0], [0.0, 1e-9], [0.0, 0.0]])
    given = backend.from_numpy(x)
    assert backend.xp.linalg.svdvals(given).get().tolist() == [2.0, 1e-9]
    for rtol in (None, 1e-6):
        made = backend.xp.linalg.pinv(given, rtol=rtol).get()
        assert made == pytest.approx(np.linalg.pinv(x, rtol=rtol))


def test_failures_are_reported(backend, cupy, monkeypatch):
    given = backend.from_numpy(np.zeros((2, 2)))
    with pytest.raises(np.linalg.LinAlgError):
        backend.xp.linalg.inv(given)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = backend.xp.nothing
